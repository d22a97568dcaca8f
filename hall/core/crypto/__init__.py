"""Cryptography: one door for SM3, HMAC-SM3, SM4-GCM, AES-256-GCM and SM2 (LAW-23). Nobody else imports a cipher.

Algorithms follow GB/T 32905, 32907 and 32918 and are tested with the official vectors; this is no certified product.
Secret keys live behind a `Provider`: by default files of the hall's home, or a device (HALL_CRYPTO_PROVIDER). Of the
keys `fields-N` the newest writes and all read; HALL_CIPHER (sm4, aes) says how new values are sealed, and what was
sealed otherwise stays readable. Without a key, or with a damaged one, every face here refuses; none falls back to
plain text. No face returns or prints a private key.
"""

import secrets

import gmssl_pyx
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.utils.translation import gettext as _

from hall.core.crypto.provider import CIPHERS, Provider, provider
from hall.core.crypto.quiet import stderr_closed
from hall.core.crypto.trouble import KeyTrouble, Misfit, Unreadable

__all__ = (
    "SHORTEST", "SIGNER", "VERSION", "KeyTrouble", "Misfit", "Provider", "Unreadable", "add_key", "check_keys",
    "forget_keys", "header", "mac", "newest", "numbers", "public_key", "public_keys", "running_sm3", "seal", "sign",
    "signed_digest", "sm3", "unseal", "verify",
)  # fmt: skip

VERSION = CIPHERS["sm4"]  # of the envelopes of the default cipher
NAMES = {version: cipher for cipher, version in CIPHERS.items()}
NONCE, TAG = 12, 16
HEADER = 3  # version (1), number of the key (2)
SHORTEST = HEADER + NONCE + TAG
SIGNER = b"1234567812345678"  # the identity GB/T 32918 gives to those who have none
CURVE = bytes.fromhex(  # a ‖ b ‖ Gx ‖ Gy of the SM2 curve, GB/T 32918.5
    "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
)


def sm3(data: bytes) -> bytes:
    """The 32-byte SM3 digest (GB/T 32905)."""
    return gmssl_pyx.sm3_hash(data)


def running_sm3() -> hashes.Hash:
    """An SM3 that is fed piece by piece: `update(bytes)`, then `finalize()`."""
    return hashes.Hash(hashes.SM3())


def mac(purpose: str, data: bytes) -> bytes:
    """HMAC-SM3 under a key of this purpose alone: 32 bytes. Purposes never share a key."""
    return provider().mac(purpose, data)


def header() -> bytes:
    """How an envelope begins that is sealed now: version of the cipher and number of the newest key."""
    return bytes([CIPHERS[settings.HALL_CIPHER]]) + newest("fields").to_bytes(2, "big")


def seal(plain: bytes, context: bytes) -> bytes:
    """GCM envelope: version, key number, nonce, ciphertext and tag. Opens only with the same context.

    The nonce is 12 random bytes; take a new key (`manage.py keys add`) before 2³² envelopes.
    """
    start, nonce = header(), secrets.token_bytes(NONCE)
    number = int.from_bytes(start[1:], "big")
    return start + nonce + provider().encrypt(settings.HALL_CIPHER, number, nonce, plain, start + context)


def unseal(envelope: bytes, context: bytes) -> bytes:
    """The plain bytes of an envelope. Unreadable if anything about it does not fit; KeyTrouble if its key is gone."""
    envelope = bytes(envelope)
    if len(envelope) < SHORTEST or envelope[0] not in NAMES:
        raise Unreadable(
            _("This value is not one that the hall sealed; the database was changed from outside or damaged.")
        )
    start, nonce, sealed = envelope[:HEADER], envelope[HEADER : HEADER + NONCE], envelope[HEADER + NONCE :]
    number = int.from_bytes(start[1:], "big")
    try:
        return provider().decrypt(NAMES[envelope[0]], number, nonce, sealed, start + context)
    except Misfit:
        raise Unreadable(_misfit(number)) from None


def _misfit(number: int) -> str:
    return _(
        "This sealed value does not fit its place: it was altered, moved here from another row or column, or the key "
        "fields-%(number)s is not the one it was sealed with. Restore the value or the key from a back-up."
    ) % {"number": number}


def sign(data: bytes) -> bytes:
    """SM2 signature (DER) of the data under the newest signing key, default identity."""
    number = newest("signing")
    return provider().sign(number, signed_digest(data, provider().public(number)))


def verify(data: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether the signature of the data is by this public key (x ‖ y, 64 bytes, with or without a leading 04)."""
    public = bytes(public_key)[-64:]
    if len(public_key) not in (64, 65) or (len(public_key) == 65 and public_key[0] != 4):
        return False
    with stderr_closed():
        try:
            return bool(gmssl_pyx.sm2_verify_sm3_digest(public, signed_digest(data, public), bytes(signature)))
        except gmssl_pyx.GmsslInnerError:
            return False


def public_key() -> bytes:
    """The public half of the newest signing key: 04 ‖ x ‖ y, 65 bytes."""
    return b"\x04" + provider().public(newest("signing"))


def public_keys() -> list[bytes]:
    """Public halves of all signing keys of this hall, oldest first. Signatures by others are not the hall's."""
    return [b"\x04" + provider().public(number) for number in numbers("signing")]


def signed_digest(data: bytes, public: bytes, signer: bytes = SIGNER) -> bytes:
    """The e of GB/T 32918.2: SM3(Z ‖ data), where Z binds the signer's identity, the curve and the public key."""
    z = sm3((len(signer) * 8).to_bytes(2, "big") + signer + CURVE + public)
    return sm3(z + data)


def numbers(kind: str) -> tuple[int, ...]:
    """Numbers of the keys `kind-N`, ascending. KeyTrouble if there is none."""
    return provider().numbers(kind)


def newest(kind: str) -> int:
    return numbers(kind)[-1]


def add_key(kind: str) -> int:
    """Make the next key of this kind; its number. Processes that run go on with theirs until they start again."""
    made = provider().add(kind)
    forget_keys()
    return made


def forget_keys() -> None:
    """Ask for the keys again. After a key was added; processes otherwise read them once."""
    provider.cache_clear()


def check_keys() -> None:
    """KeyTrouble if a key is missing or damaged. For the start of the hall."""
    forget_keys()
    provider().check()
