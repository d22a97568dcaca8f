"""The provider of the house itself: keys are files of the hall's home, `fields-N`, `index` and `signing-N`.

Algorithms by OpenSSL and GmSSL. No certified product; a certified device takes this place (`provider`).
"""

import secrets
from functools import cache

import gmssl_pyx
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hall import home
from hall.core.crypto.provider import AES, SM4
from hall.core.crypto.quiet import stderr_closed
from hall.core.crypto.trouble import Misfit, damaged, missing

TAG = 16
ALGORITHMS: dict[str, type[algorithms.SM4] | type[algorithms.AES]] = {SM4: algorithms.SM4, AES: algorithms.AES}
DERIVED = {SM4: ("fields|sm4-gcm", 16), AES: ("fields|aes-256-gcm", 32)}  # purpose, bytes


def gcm_seal(cipher: str, key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    """Ciphertext and tag."""
    work = Cipher(ALGORITHMS[cipher](key), modes.GCM(nonce)).encryptor()
    work.authenticate_additional_data(bound)
    return work.update(plain) + work.finalize() + work.tag


def gcm_open(cipher: str, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    """The plain bytes. Misfit if they do not belong together."""
    try:
        work = Cipher(ALGORITHMS[cipher](key), modes.GCM(nonce, sealed[-TAG:])).decryptor()
        work.authenticate_additional_data(bound)
        return work.update(sealed[:-TAG]) + work.finalize()
    except (InvalidTag, ValueError):
        raise Misfit from None


def derived(secret: bytes, purpose: str, length: int) -> bytes:
    """A key of its own for one purpose (HKDF-SM3)."""
    return HKDF(algorithm=hashes.SM3(), length=length, salt=None, info=f"hall|{purpose}".encode()).derive(secret)


class Software:
    """Keys as files. Each is read once a process; `forget_keys` makes a new one of these."""

    def __init__(self) -> None:
        self.numbers = cache(self._numbers)
        self._field_key = cache(self._read_field_key)
        self._keyed = cache(self._read_keyed)
        self._pair = cache(self._read_pair)

    def _numbers(self, kind: str) -> tuple[int, ...]:
        found = [path.name.removeprefix(f"{kind}-") for path in (home.folder() / "keys").glob(f"{kind}-*")]
        if not (known := sorted(int(number) for number in found if number.isdecimal())):
            raise missing(f"{kind}-1")
        return tuple(known)

    def add(self, kind: str) -> int:
        number = self._numbers(kind)[-1] + 1
        content = home.signing_pair() if kind == "signing" else secrets.token_bytes(32)
        home.write_once(home.folder() / "keys" / f"{kind}-{number}", content)
        self.numbers.cache_clear()
        return number

    def encrypt(self, cipher: str, number: int, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        return gcm_seal(cipher, self._field_key(number, cipher), nonce, plain, bound)

    def decrypt(self, cipher: str, number: int, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        return gcm_open(cipher, self._field_key(number, cipher), nonce, sealed, bound)

    def mac(self, purpose: str, data: bytes) -> bytes:
        keyed = self._keyed(purpose).copy()
        keyed.update(data)
        return keyed.finalize()

    def sign(self, number: int, digest: bytes) -> bytes:
        return gmssl_pyx.sm2_sign_sm3_digest(self._pair(number)[0], digest)

    def public(self, number: int) -> bytes:
        return self._pair(number)[1]

    def check(self) -> None:
        for number in self.numbers("fields"):
            self._field_key(number, SM4)
        self.mac("start", b"")
        for number in self.numbers("signing"):
            self._pair(number)

    def _read_field_key(self, number: int, cipher: str) -> bytes:
        return derived(_file(f"fields-{number}", 32), *DERIVED[cipher])

    def _read_keyed(self, purpose: str) -> hmac.HMAC:
        return hmac.HMAC(derived(_file("index", 32), f"mac|{purpose}", 32), hashes.SM3())

    def _read_pair(self, number: int) -> tuple[bytes, bytes]:
        """Private and public half. KeyTrouble unless they belong together."""
        name = f"signing-{number}"
        content = _file(name, 96)
        private, public = content[:32], content[32:]
        probe = gmssl_pyx.sm3_hash(name.encode())
        try:
            with stderr_closed():
                fits = gmssl_pyx.sm2_verify_sm3_digest(public, probe, gmssl_pyx.sm2_sign_sm3_digest(private, probe))
        except gmssl_pyx.GmsslInnerError:
            fits = False
        if not fits:
            raise damaged(name)
        return private, public


def _file(name: str, length: int) -> bytes:
    try:
        content = home.key(name)
    except OSError:
        raise missing(name) from None
    if len(content) != length:
        raise damaged(name)
    return content
