"""Rulebooks: TOML beside the code, read once. What changes by decree is data with a date and a source (VER-01…03)."""

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol


class Dated(Protocol):
    @property
    def effective_from(self) -> date: ...


@cache
def read(path: Path) -> dict[str, Any]:
    """The rulebook's content. ValueError with the file's name if it does not parse."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def in_force[D: Dated](entries: Iterable[D], on: date) -> D | None:
    """The entry in force on that day: the latest whose `effective_from` is not after it; None before the first."""
    known = [entry for entry in entries if entry.effective_from <= on]
    return max(known, key=lambda entry: entry.effective_from, default=None)
