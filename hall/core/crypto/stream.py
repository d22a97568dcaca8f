"""Sealed files: a long stream under a pass phrase, in pieces that cannot be changed, swapped, repeated or cut off.

    8 bytes kind and version · header (4 bytes length, JSON, 32 bytes SM3) · pieces (4 bytes length, GCM ciphertext, tag)

The key comes from the pass phrase by scrypt with a salt of this file alone, so a counter serves as nonce. A secret of
32 random bytes may take the place of the pass phrase; it needs no scrypt. Every piece is bound to the header and its
number; the last one says that it is the last. Nothing is given out before it was proven.
"""

import hashlib
import hmac
import json
import secrets
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from hall.core.crypto import Misfit, sm3
from hall.core.crypto.provider import CIPHERS
from hall.core.crypto.software import DERIVED, derived, gcm_open, gcm_seal

MAGIC = b"DWHALL\x00\x01"
PIECE = 256 * 1024
TAG = 16
COST = {"n": 1 << 15, "r": 8, "p": 1}
HEADER_LIMIT = 4096


class Damaged(Exception):
    """The file is no sealed file of the hall, was altered or is cut off."""


class WrongPassphrase(Exception):
    """The header is whole, but not under this pass phrase."""


def _keys(passphrase: str | bytes, salt: bytes, cipher: str) -> tuple[bytes, bytes]:
    """The key of the pieces and the key that proves the pass phrase. ValueError for random bytes that are too few."""
    if isinstance(passphrase, bytes):
        if len(passphrase) < 32:
            raise ValueError("A secret without scrypt needs 32 random bytes.")
        secret = derived(passphrase + salt, "stream|secret", 32)
    else:
        secret = hashlib.scrypt(passphrase.encode(), salt=salt, maxmem=1 << 27, dklen=32, **COST)
    return derived(secret, f"stream|{cipher}", DERIVED[cipher][1]), derived(secret, "stream|proof", 32)


def _proof(key: bytes, salt: bytes, cipher: str) -> str:
    return hmac.new(key, MAGIC + salt + cipher.encode(), hashlib.sha256).hexdigest()


def _nonce(number: int, last: bool) -> bytes:
    return bytes([last]) + number.to_bytes(11, "big")


class Sealer:
    """Writes a sealed file. `close` writes the last piece; a file without it does not open."""

    def __init__(self, file: BinaryIO, passphrase: str | bytes):
        self.file, self.number, self.waiting = file, 0, bytearray()
        self.cipher, salt = settings.HALL_CIPHER, secrets.token_bytes(16)
        self.key, proving = _keys(passphrase, salt, self.cipher)
        header = json.dumps({"cipher": self.cipher, "salt": salt.hex(), "proof": _proof(proving, salt, self.cipher)})
        self.bound = sm3(MAGIC + header.encode())
        file.write(MAGIC + len(header).to_bytes(4, "big") + header.encode() + self.bound)

    def write(self, plain: bytes) -> int:
        self.waiting += plain
        while len(self.waiting) > PIECE:
            self._piece(bytes(self.waiting[:PIECE]), last=False)
            del self.waiting[:PIECE]
        return len(plain)

    def close(self) -> None:
        self._piece(bytes(self.waiting), last=True)

    def _piece(self, plain: bytes, *, last: bool) -> None:
        sealed = gcm_seal(self.cipher, self.key, _nonce(self.number, last), plain, self.bound)
        self.file.write(len(sealed).to_bytes(4, "big") + sealed)
        self.number += 1


class Opener:
    """Reads a sealed file. Damaged or WrongPassphrase as soon as something does not fit; `finish` proves the end."""

    def __init__(self, file: BinaryIO, passphrase: str | bytes):
        self.file, self.number, self.ready, self.ended = file, 0, bytearray(), False
        if file.read(len(MAGIC)) != MAGIC:
            raise Damaged(_("This is no back-up of the hall, or its beginning is damaged."))
        header = file.read(min(int.from_bytes(file.read(4), "big"), HEADER_LIMIT))
        self.bound = file.read(32)
        if sm3(MAGIC + header) != self.bound:
            raise Damaged(_("The beginning of this back-up is damaged. Take another one."))
        said = json.loads(header)
        self.cipher, salt = said["cipher"], bytes.fromhex(said["salt"])
        if self.cipher not in CIPHERS:
            raise Damaged(_("This back-up is sealed with a cipher that this version does not know."))
        self.key, proving = _keys(passphrase, salt, self.cipher)
        if not hmac.compare_digest(_proof(proving, salt, self.cipher), said["proof"]):
            raise WrongPassphrase(_("The pass phrase is not the one of this back-up."))

    def read(self, size: int = -1) -> bytes:
        while not self.ended and (size < 0 or len(self.ready) < size):
            self._piece()
        size = len(self.ready) if size < 0 else size
        given = bytes(self.ready[:size])
        del self.ready[:size]
        return given

    def finish(self) -> None:
        """Damaged unless all pieces were there and nothing follows the last."""
        while not self.ended:
            self._piece()
        if self.file.read(1):
            raise Damaged(_("Something was added to the end of this back-up. Take another one."))

    def _piece(self) -> None:
        length = int.from_bytes(self.file.read(4), "big")
        sealed = self.file.read(length) if TAG <= length <= PIECE + TAG else b""
        if not sealed or len(sealed) != length:
            raise Damaged(_("This back-up is cut off or damaged. Take another one."))
        for last in (False, True):
            try:
                plain = gcm_open(self.cipher, self.key, _nonce(self.number, last), sealed, self.bound)
            except Misfit:
                continue
            self.ready += plain
            self.number, self.ended = self.number + 1, last
            return
        raise Damaged(_("This back-up was altered or is damaged. Take another one."))
