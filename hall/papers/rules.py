"""Verification codes and digests of papers."""

import json
import secrets
import unicodedata
from typing import Any

from hall.core.crypto import sm3

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread from paper
CODE_LENGTH = 12  # 30^12 ≈ 5·10^17: not to be guessed


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


def clean_code(typed: str) -> str:
    """A code as a person types it: spaces, hyphens, lower case and full width do not matter."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", typed).upper() if ch in ALPHABET)


def shown_code(code: str) -> str:
    """As printed: ABCD-EFGH-JKMN."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def number_text(year: int, serial: int) -> str:
    """A paper's number as printed: 2026-00001."""
    return f"{year}-{serial:05d}"


def copy_text(content: dict[str, Any]) -> str:
    """The one text of a paper's copy; its SM3 is the paper's digest."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def digest(text: str) -> bytes:
    return sm3(text.encode())


def signed_text(code: str, copy_digest: bytes) -> bytes:
    """What the hall's signature of a paper is of: its code and the digest of its copy."""
    return b"\n".join([b"dangwu-hall paper 1", code.encode(), copy_digest.hex().encode()])


def masked_name(name: str) -> str:
    """张*, 张*丰: what the public check page may show (PRF-04)."""
    if len(name) < 2:
        return "*" if name else ""
    return name[0] + "*" * (len(name) - 2) + name[-1] if len(name) > 2 else name[0] + "*"
