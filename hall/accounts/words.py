"""Posts: what there are, where they stand, and what they may do. Read from posts.toml."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from hall.core import rulebook


@dataclass(frozen=True, slots=True)
class Post:
    name: str
    zh: str
    en: str
    kinds: tuple[str, ...]
    may: frozenset[str]
    office: bool = False

    def __str__(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


@cache
def posts() -> dict[str, Post]:
    """Every post by name, in the order of the file."""
    entries = rulebook.read(Path(__file__).with_name("posts.toml"))["post"]
    return {
        e["name"]: Post(e["name"], e["zh"], e["en"], tuple(e["kinds"]), frozenset(e["may"]), e.get("office", False))
        for e in entries
    }
