"""The seat for a cryptographic device: everything that touches a secret key goes through one `Provider`.

HALL_CRYPTO_PROVIDER=package.module:Class takes another one than the software of this house: a class without arguments
that speaks to a certified card or machine through PKCS#11 or GM/T 0018 (SDF). Keys are named by kind and number and
stay inside; only ciphertext, digests, signatures and public halves come out. Whatever it cannot do it says with
KeyTrouble; it never answers with plain text in place of ciphertext.
"""

from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

SM4, AES = "sm4", "aes"
CIPHERS = {SM4: 1, AES: 2}  # cipher → version byte of the envelope; a number is never used again


class Provider(Protocol):
    """What a device must do. `kind` is "fields" or "signing"; numbers rise from 1 and are never reused."""

    def numbers(self, kind: str) -> tuple[int, ...]:
        """Numbers of the keys of this kind, ascending. KeyTrouble if there is none."""

    def add(self, kind: str) -> int:
        """Make the next key of this kind inside the device; its number."""

    def encrypt(self, cipher: str, number: int, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        """GCM ciphertext with its 16-byte tag at the end, under the field key of this number."""

    def decrypt(self, cipher: str, number: int, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """The plain bytes. Misfit if anything does not belong together; KeyTrouble if the key is gone."""

    def mac(self, purpose: str, data: bytes) -> bytes:
        """HMAC-SM3, 32 bytes, under a key of this purpose alone."""

    def sign(self, number: int, digest: bytes) -> bytes:
        """SM2 signature (DER) of a 32-byte digest, the e of GB/T 32918.2."""

    def public(self, number: int) -> bytes:
        """Public half x ‖ y, 64 bytes, of a signing key."""

    def check(self) -> None:
        """KeyTrouble if a key is missing or damaged."""


@cache
def provider() -> Provider:
    """The provider of this process."""
    made: Provider = import_string(settings.HALL_CRYPTO_PROVIDER.replace(":", "."))()
    return made
