"""The ledger's tables as the database really holds them, garbage included: for verification, which trusts nothing."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models
from django.utils.translation import gettext_lazy as _

CHUNK = 1000
MOST = 200
GARBAGE = (ValueError, TypeError, OverflowError, AttributeError, ValidationError, DatabaseError)

LEAVES = (
    "SELECT number, entry_id, hash FROM ledger_leaf ORDER BY number LIMIT %s",
    "SELECT number, entry_id, hash FROM ledger_leaf WHERE number > %s ORDER BY number LIMIT %s",
)
WAITING = (
    "SELECT entry_id FROM ledger_pending ORDER BY entry_id LIMIT %s",
    "SELECT entry_id FROM ledger_pending WHERE entry_id > %s ORDER BY entry_id LIMIT %s",
)
CHECKPOINTS = (
    "SELECT size FROM ledger_checkpoint ORDER BY size LIMIT %s",
    "SELECT size FROM ledger_checkpoint WHERE size > %s ORDER BY size LIMIT %s",
)
STRAYS = (
    (
        "SELECT e.id FROM ledger_entry e LEFT JOIN ledger_leaf l ON l.entry_id = e.id"
        " LEFT JOIN ledger_pending p ON p.entry_id = e.id"
        " WHERE l.entry_id IS NULL AND p.entry_id IS NULL LIMIT %s",
        _("This entry is neither sealed nor waiting: it was put in from outside, or its leaf was taken away."),
    ),
    (
        "SELECT p.entry_id FROM ledger_pending p JOIN ledger_leaf l ON l.entry_id = p.entry_id LIMIT %s",
        _("This entry is sealed and yet marked as waiting."),
    ),
    (
        "SELECT p.entry_id FROM ledger_pending p LEFT JOIN ledger_entry e ON e.id = p.entry_id"
        " WHERE e.id IS NULL LIMIT %s",
        _("An entry that waited to be sealed is gone."),
    ),
    (
        "SELECT k.entry_id FROM ledger_particulars k LEFT JOIN ledger_entry e ON e.id = k.entry_id"
        " WHERE e.id IS NULL LIMIT %s",
        _("Particulars are left of an entry that is gone."),
    ),
)
NO_DATE = (  # SQLite keeps any text in a date column, and Django reads what is no date as nothing
    """SELECT id FROM ledger_entry WHERE "on" IS NOT NULL
    AND "on" NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' LIMIT %s""",
    _("The date of this entry is no date."),
)


def select(sql: str, *params: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return cursor.fetchall()


def pages(queries: tuple[str, str]) -> Iterator[list[tuple]]:
    """Rows in order of their first column, a chunk at a time."""
    first, next_ = queries
    found = select(first, CHUNK)
    while found:
        yield found
        found = select(next_, found[-1][0], CHUNK)


def leaves() -> Iterator[list[tuple]]:
    """(number, entry id, hash) of the leaves there are now; what is sealed meanwhile is left for the next time."""
    ((last,),) = select("SELECT MAX(number) FROM ledger_leaf")
    for page in pages(LEAVES):
        now = [row for row in page if not (isinstance(row[0], int) and isinstance(last, int) and row[0] > last)]
        if now:
            yield now
        if len(now) < len(page):
            return


def size() -> int:
    """How many leaves there seem to be; 0 where their numbers are garbage."""
    ((last,),) = select("SELECT MAX(number) FROM ledger_leaf")
    return last + 1 if isinstance(last, int) else 0


def strays() -> Iterator[tuple[Any, Any]]:
    """(entry id, what is wrong) of rows that belong to no whole entry, or hold what cannot be read."""
    for sql, text in (*STRAYS, NO_DATE) if connection.vendor == "sqlite" else STRAYS:
        for (key,) in select(sql, MOST):
            yield as_uuid(key) or key, text


def read[M: models.Model](model: type[M], keys: Iterable[Any], unreadable: Callable[[Any], None]) -> dict[Any, M]:
    """Rows by key. Where the database holds values of the wrong kind, the key is told to `unreadable` instead."""
    wanted = [key for key in keys if key is not None]
    try:
        return model._default_manager.in_bulk(wanted)
    except GARBAGE:
        found: dict[Any, M] = {}
    for key in wanted:
        try:
            found.update(model._default_manager.in_bulk([key]))
        except GARBAGE:
            unreadable(key)
    return found


def as_bytes(value: Any) -> bytes:
    """The bytes of a binary column; empty if it holds something else."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def as_uuid(value: Any) -> uuid.UUID | None:
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    except GARBAGE:
        return None
