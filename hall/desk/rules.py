"""How tasks are ordered and filtered, and what a search word matches. Days come in."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from hall.core.modules import Task

SOON = 7  # days


def outside(address: str) -> SplitResult | None:
    """The address of a page elsewhere; None for anything a browser might read in another way (B31)."""
    if len(address) > 600 or any(character <= " " or character in "\\<>\"'`" for character in address):
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    plain = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc and port != 0
    return parts if plain else None


@dataclass(frozen=True, slots=True)
class Row:
    """A task, the matter it belongs to and its days: `late` (> 0 is overdue), `left` until it is due, `waited`."""

    task: Task
    matter: str
    matter_title: Any
    late: int
    left: int | None
    waited: int | None

    @property
    def place(self) -> str:
        return self.task.organisation

    @property
    def due_class(self) -> str:
        """overdue · soon · later · none."""
        if self.left is None:
            return "none"
        if self.late:
            return "overdue"
        return "soon" if self.left <= SOON else "later"


def row_of(task: Task, matter: str, matter_title: Any, today: date) -> Row:
    left = (task.due - today).days if task.due else None
    waited = max(0, (today - task.since).days) if task.since else None
    return Row(task, matter, matter_title, max(0, -left) if left is not None else 0, left, waited)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Overdue first, then what is due soonest, then what has waited longest."""
    far = date.max

    def place(row: Row) -> tuple[date, date, str]:
        return row.task.due or far, row.task.since or far, row.task.title

    return sorted(rows, key=place)


@dataclass(frozen=True, slots=True)
class Rows:
    """Tasks as `core.listing` cuts and counts them; they come from all modules, so no table holds them."""

    rows: tuple[Row, ...]

    def order_by(self) -> "Rows":
        return self

    def count(self) -> int:
        return len(self.rows)

    def where(self, fits: Callable[[Row], bool]) -> "Rows":
        return Rows(tuple(row for row in self.rows if fits(row)))

    def __getitem__(self, cut: slice) -> "Rows":
        return Rows(self.rows[cut])

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


@lru_cache(maxsize=500)
def initials(text: str) -> str:
    """First letters of the pinyin: 党员名册 → dymc."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="default")).lower()


def is_meant(title: str, words: str) -> bool:
    """Does what was typed mean this title: a part of it, or its pinyin initials?"""
    wanted = "".join(words.lower().split())
    plain = "".join(title.lower().split())
    return bool(wanted) and (wanted in plain or (wanted.isascii() and initials(plain).startswith(wanted)))
