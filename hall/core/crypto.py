"""Cryptography: one door for SM3, HMAC-SM3, SM4-GCM and SM2 (LAW-23). Nobody else imports a cipher.

Algorithms follow GB/T 32905, 32907 and 32918 and are tested with the official vectors; this is no certified product.
Keys are files of the hall's home: `fields-N` (the newest writes, all read), `index`, and `signing-N`. Without a key,
or with a damaged one, every face here refuses; none falls back to plain text. No face returns or prints a private key.
"""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache

import gmssl_pyx
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from hall import home

VERSION = 1  # SM4-GCM; a later cipher gets the next number, and old envelopes stay readable
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


class Unreadable(Exception):
    """A sealed value cannot be opened: wrong key, another row or column, or altered. Its text says what to do."""


class KeyTrouble(Exception):
    """A key of the hall's home is missing or damaged. Nothing is written or read without it."""


def sm3(data: bytes) -> bytes:
    """The 32-byte SM3 digest (GB/T 32905)."""
    return gmssl_pyx.sm3_hash(data)


def mac(purpose: str, data: bytes) -> bytes:
    """HMAC-SM3 under a key of this purpose alone: 32 bytes. Purposes never share a key."""
    keyed = _keyed(purpose).copy()
    keyed.update(data)
    return keyed.finalize()


def seal(plain: bytes, context: bytes) -> bytes:
    """SM4-GCM envelope: version, key number, nonce, ciphertext and tag. Opens only with the same context.

    The nonce is 12 random bytes; take a new key (`fields-2`) before 2³² envelopes.
    """
    header = bytes([VERSION]) + newest("fields").to_bytes(2, "big")
    nonce = secrets.token_bytes(NONCE)
    cipher = Cipher(algorithms.SM4(_field_key(newest("fields"))), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(header + context)
    return header + nonce + cipher.update(plain) + cipher.finalize() + cipher.tag


def unseal(envelope: bytes, context: bytes) -> bytes:
    """The plain bytes of an envelope. Unreadable if anything about it does not fit; KeyTrouble if its key is gone."""
    envelope = bytes(envelope)
    if len(envelope) < SHORTEST or envelope[0] != VERSION:
        raise Unreadable(
            _("This value is not one that the hall sealed; the database was changed from outside or damaged.")
        )
    number = int.from_bytes(envelope[1:HEADER], "big")
    nonce, body, tag = envelope[HEADER : HEADER + NONCE], envelope[HEADER + NONCE : -TAG], envelope[-TAG:]
    cipher = Cipher(algorithms.SM4(_field_key(number)), modes.GCM(nonce, tag)).decryptor()
    cipher.authenticate_additional_data(envelope[:HEADER] + context)
    try:
        return cipher.update(body) + cipher.finalize()
    except InvalidTag:
        raise Unreadable(_misfit(number)) from None


def _misfit(number: int) -> str:
    return _(
        "This sealed value does not fit its place: it was altered, moved here from another row or column, or the key "
        "fields-%(number)s is not the one it was sealed with. Restore the value or the key from a back-up."
    ) % {"number": number}


def sign(data: bytes) -> bytes:
    """SM2 signature (DER) of the data under the newest signing key, default identity."""
    private, public = _pair(newest("signing"))
    return gmssl_pyx.sm2_sign_sm3_digest(private, signed_digest(data, public))


def verify(data: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether the signature of the data is by this public key (x ‖ y, 64 bytes, with or without a leading 04)."""
    public = bytes(public_key)[-64:]
    if len(public_key) not in (64, 65) or (len(public_key) == 65 and public_key[0] != 4):
        return False
    with _stderr_closed():
        try:
            return bool(gmssl_pyx.sm2_verify_sm3_digest(public, signed_digest(data, public), bytes(signature)))
        except gmssl_pyx.GmsslInnerError:
            return False


def public_key() -> bytes:
    """The public half of the newest signing key: 04 ‖ x ‖ y, 65 bytes."""
    return b"\x04" + _pair(newest("signing"))[1]


def public_keys() -> list[bytes]:
    """Public halves of all signing keys of this home, oldest first. Signatures by others are not the hall's."""
    return [b"\x04" + _pair(number)[1] for number in numbers("signing")]


def signed_digest(data: bytes, public: bytes, signer: bytes = SIGNER) -> bytes:
    """The e of GB/T 32918.2: SM3(Z ‖ data), where Z binds the signer's identity, the curve and the public key."""
    z = sm3((len(signer) * 8).to_bytes(2, "big") + signer + CURVE + public)
    return sm3(z + data)


@cache
def numbers(kind: str) -> tuple[int, ...]:
    """Numbers of the keys `kind-N` in the home, ascending. KeyTrouble if there is none."""
    found = [path.name.removeprefix(f"{kind}-") for path in (home.folder() / "keys").glob(f"{kind}-*")]
    if not (known := sorted(int(number) for number in found if number.isdecimal())):
        raise KeyTrouble(_missing(f"{kind}-1"))
    return tuple(known)


def newest(kind: str) -> int:
    return numbers(kind)[-1]


def forget_keys() -> None:
    """Read the key files again. After a key was added; processes otherwise read them once."""
    for cached in (numbers, _field_key, _keyed, _pair):
        cached.cache_clear()


def check_keys() -> None:
    """KeyTrouble if a key is missing or damaged. For the start of the hall."""
    forget_keys()
    for number in numbers("fields"):
        _field_key(number)
    mac("start", b"")
    for number in numbers("signing"):
        _pair(number)


def _missing(name: str) -> str:
    return _(
        "The key %(name)s is missing from the hall's home. Put it back from the key back-up; "
        "without it nothing sealed can be read or written."
    ) % {"name": name}


def _damaged(name: str) -> str:
    return _("The key %(name)s in the hall's home is damaged. Put it back from the key back-up.") % {"name": name}


def _file(name: str, length: int) -> bytes:
    try:
        content = home.key(name)
    except OSError:
        raise KeyTrouble(_missing(name)) from None
    if len(content) != length:
        raise KeyTrouble(_damaged(name))
    return content


def _derived(name: str, purpose: str, length: int) -> bytes:
    return HKDF(algorithm=hashes.SM3(), length=length, salt=None, info=f"hall|{purpose}".encode()).derive(
        _file(name, 32)
    )


@cache
def _field_key(number: int) -> bytes:
    return _derived(f"fields-{number}", "fields|sm4-gcm", 16)


@cache
def _keyed(purpose: str) -> hmac.HMAC:
    return hmac.HMAC(_derived("index", f"mac|{purpose}", 32), hashes.SM3())


@cache
def _pair(number: int) -> tuple[bytes, bytes]:
    """Private and public half. KeyTrouble unless they belong together."""
    name = f"signing-{number}"
    content = _file(name, 96)
    private, public = content[:32], content[32:]
    try:
        signature = gmssl_pyx.sm2_sign_sm3_digest(private, sm3(name.encode()))
    except gmssl_pyx.GmsslInnerError:
        raise KeyTrouble(_damaged(name)) from None
    with _stderr_closed():
        try:
            fits = gmssl_pyx.sm2_verify_sm3_digest(public, sm3(name.encode()), signature)
        except gmssl_pyx.GmsslInnerError:
            fits = False
    if not fits:
        raise KeyTrouble(_damaged(name))
    return private, public


_closing = threading.Lock()


@contextmanager
def _stderr_closed() -> Iterator[None]:
    """The library prints an inner trace on every bad signature, past Python. For that call its way out is closed."""
    with _closing, ExitStack() as back:
        with suppress(OSError):  # a service may run without any standard error
            kept = os.dup(2)
            back.callback(os.close, kept)
            back.callback(os.dup2, kept, 2)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            back.callback(os.close, nowhere)
            os.dup2(nowhere, 2)
        yield
