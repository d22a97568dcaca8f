"""An authenticator in software: what a telephone or security key does, and what a forged one would (WebAuthn)."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class Authenticator:
    """One key for one hall. `counter` is what it says next; each use counts one up unless `counts` is false."""

    origin: str = "https://hall.example.edu.cn"
    name: str = "hall.example.edu.cn"
    verifies: bool = True
    counts: bool = True
    counter: int = 0
    handle: str = ""
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, asked: dict) -> str:
        """The answer to a registration."""
        self.handle = asked["user"]["id"]
        attested = self._data(ATTESTED) + bytes(16) + len(self.credential).to_bytes(2, "big")
        attested += self.credential + cbor2.dumps(self._public())
        response = {
            "clientDataJSON": text(self._client("webauthn.create", asked)),
            "attestationObject": text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": attested})),
        }
        return self._answer(response)

    def show(self, asked: dict) -> str:
        """The answer to a sign-in or a proof."""
        client, data = self._client("webauthn.get", asked), self._data(0)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signed),
            "userHandle": self.handle,
        }  # fmt: skip
        return self._answer(response)

    def _answer(self, response: dict) -> str:
        known = text(self.credential)
        return json.dumps({"id": known, "rawId": known, "type": "public-key", "response": response})

    def _client(self, kind: str, asked: dict) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        self.counter += self.counts
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.name.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _public(self) -> dict:
        point = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
