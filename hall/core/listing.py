"""Lists: filters in the address, a page at a time, a count that never joins. The same for every module."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict

from hall.core.modules import Text

SIZES = (20, 50, 100)
FOREIGN = frozenset({"ordering", "order", "order_by", "orderby", "filter", "fields", "include", "exclude", "expand"})
COUNT_LIMIT = 20_000  # more than this is shown as "more than 20000"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a list: `narrow(rows, value)` answers the narrowed rows; unknown values are ignored."""

    name: str
    title: Any
    choices: Sequence[tuple[str | int, Text]]
    narrow: Callable[[QuerySet, str], QuerySet]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list with what the template needs: rows, count, filters with the chosen value, page numbers."""

    rows: list[Any]
    count: int
    count_is_capped: bool
    number: int
    size: int
    pages: int
    filters: list[dict]
    words: str
    sort: str

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.count else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.count)

    @property
    def narrowed(self) -> bool:
        return bool(self.words) or any(each["value"] for each in self.filters)


def listing(
    rows: QuerySet,
    asked: QueryDict,
    *,
    filters: Iterable[Filter] = (),
    search: Callable[[QuerySet, str], QuerySet] | None = None,
    sorts: dict[str, tuple[str, ...]] | None = None,
    fetch: Callable[[QuerySet], Iterable[Any]] = list,
    size: int = 50,
    counted_by: str = "",
) -> Listing:
    """Narrow, sort, count and cut `rows` as the address asks. Only listed filters and sorts exist (A06).

    BadRequest (400) for a sort that is not listed, for names of columns behind a relation (`a__b`) and for words other
    systems sort and filter by; a listed filter with a value that is gone is passed over, so that old addresses work.

    `fetch` turns the cut queryset into rows (for example through `.values()`), so counting stays un-joined;
    `counted_by` is a column of an index that alone can answer the count. Two queries, the page and the capped count; a
    first page that is not full counts itself, so `fetch` answers one row for each.
    """
    _heed_names(asked, sorts or {})
    chosen = []
    for each in filters:
        value = asked.get(each.name, "")
        known = {str(key) for key, _title in each.choices}
        value = value if value in known else ""
        rows = each.narrow(rows, value) if value else rows
        chosen.append(
            {
                "name": each.name,
                "title": each.title,
                "choices": each.choices,
                "value": value,
                "options": [{"value": key, "title": title, "chosen": str(key) == value} for key, title in each.choices],
                "label": {str(key): title for key, title in each.choices}.get(value, ""),
            }
        )
    words = asked.get("q", "").strip()[:60]
    if search and words:
        rows = search(rows, words)
    sort = asked.get("sort", "")
    if sorts:
        sort = sort if sort in sorts else next(iter(sorts))
        rows = rows.order_by(*sorts[sort])
    size = _number(asked.get("size"), size) if _number(asked.get("size"), size) in SIZES else size
    number = max(1, _number(asked.get("page"), 1))
    found = list(fetch(rows[:size])) if number == 1 else []
    count = len(found) if number == 1 and len(found) < size else _count(rows, counted_by)
    pages = max(1, -(-min(count, COUNT_LIMIT) // size))
    if number > 1:
        number = min(number, pages)
        found = list(fetch(rows[(number - 1) * size : number * size]))
    shown, capped = min(count, COUNT_LIMIT), count > COUNT_LIMIT
    return Listing(found, shown, capped, number, size, pages, chosen, words, sort)


def _heed_names(asked: QueryDict, sorts: Mapping[str, tuple[str, ...]]) -> None:
    foreign = any(name.casefold() in FOREIGN or "__" in name for name in asked)
    if foreign or asked.get("sort", "") not in ("", *sorts):
        raise BadRequest


def _count(rows: QuerySet, counted_by: str) -> int:
    counted = rows.order_by().values(counted_by) if counted_by else rows.order_by()
    return counted[: COUNT_LIMIT + 1].count()


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else otherwise
