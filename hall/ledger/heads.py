"""Signed tree heads as values: the text under the signature, and the form in which a checkpoint leaves the building."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hall.core import crypto
from hall.ledger.models import Checkpoint, moment_text

KIND = "dangwu-hall checkpoint"


class NoCheckpoint(ValueError):
    """The file is no checkpoint."""


@dataclass(frozen=True, slots=True)
class Head:
    """A tree head: so many leaves, this root, signed then by this key. `at` is the text that was signed."""

    log: str
    size: int
    root: bytes
    at: str
    public_key: bytes
    signature: bytes

    def signed_by(self, keys: set[bytes]) -> bool:
        """Whether one of these keys signed it."""
        text = signed_text(self.log, self.size, self.root, self.at)
        return self.public_key in keys and crypto.verify(text, self.signature, self.public_key)

    def as_dict(self) -> dict[str, str | int]:
        return {
            "kind": KIND,
            "log": self.log,
            "size": self.size,
            "root": self.root.hex(),
            "at": self.at,
            "public_key": self.public_key.hex(),
            "signature": self.signature.hex(),
        }


def signed_text(log: str, size: int, root: bytes, at: str) -> bytes:
    """What the signature of a head is of."""
    return f"dangwu-hall ledger 1\n{log}\n{size}\n{root.hex()}\n{at}\n".encode()


def log_id() -> str:
    """The log's name: 16 bytes of the SM3 of its first public key, in hex."""
    return crypto.sm3(crypto.public_keys()[0]).hex()[:32]


def signed(size: int, root: bytes, at: datetime) -> Head:
    """A head signed now with the newest key."""
    text = signed_text(log_id(), size, root, moment_text(at))
    return Head(log_id(), size, root, moment_text(at), crypto.public_key(), crypto.sign(text))


def head_of(row: Checkpoint) -> Head:
    """A stored checkpoint as a head."""
    root, key, signature = bytes(row.root), bytes(row.public_key), bytes(row.signature)
    return Head(log_id(), row.size, root, moment_text(row.at), key, signature)


def read_head(text: str) -> Head:
    """A checkpoint from the file or the letter it was kept in. NoCheckpoint if it is none."""
    try:
        content: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])
        if content["kind"] != KIND or type(content["size"]) is not int or content["size"] < 0:
            raise ValueError
        root, key, signature = (bytes.fromhex(content[name]) for name in ("root", "public_key", "signature"))
        return Head(str(content["log"]), content["size"], root, str(content["at"]), key, signature)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoCheckpoint(
            _("This file is no checkpoint of the ledger. Give the file that was written by “ledger checkpoint”.")
        ) from None
