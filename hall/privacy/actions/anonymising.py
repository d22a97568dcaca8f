"""A copy for a test site: every personal column made up or emptied, every text that may name somebody gone (T14).

Not for the hall people work in: it cannot be undone. Structure, dates, states and amounts stay, so that a test site has
the size and the shape of the real one.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import models, transaction

from hall import home
from hall.core.fields import BlindIndex, SealedText
from hall.core.modules import WHOLE
from hall.ledger import actions as ledger
from hall.ledger import queries as ledger_queries
from hall.ledger.acting import System, acting
from hall.privacy.queries import traces
from hall.privacy.queries.holdings import ACCOUNT, Table, column_of, tables

BATCH = 2000
MADE_UP = {"name": "测试{n:05d}", "name_key": "测试{n:05d}", "pinyin": "ceshi{n:05d}", "initials": "cs{n:05d}"}
EMPTY = {"snapshot": "{}"}


def anonymise(*, by: System, reason: str) -> Counter[str]:
    """Make the whole database anonymous; counts by table. A batch at a time: broken off, it is simply run again."""
    counts: Counter[str] = Counter()
    for table in reversed(tables()):
        counts[table.name] += _table(table)
    for model, column in traces.mentions():
        empty = column.get_default() if isinstance(column, models.JSONField) else ""
        model._base_manager.update(**{column.name: empty})
    for entries in _batches(ledger_queries.with_particulars(by.key), BATCH):
        counts["ledger.particulars"] += ledger.erase_many(by=by, entries=entries, reason=reason)
    with acting(by, "privacy.decide") as act:
        about: Any = "privacy.copy"
        act.record("privacy.copy.anonymised", about, counts=dict(counts))
    return counts


def _batches(rows: Any, size: int) -> Iterator[list[Any]]:
    while found := list(rows[:size]):
        yield found


def _table(table: Table) -> int:
    """Rows that go whole, or hold many people's data in one sealed text, are deleted; the others get made-up values."""
    whole = any(each.blank == WHOLE for each in table.columns)
    many = not table.target and any(isinstance(column_of(table, each), SealedText) for each in table.columns)
    if whole or many:
        return int(table.model._base_manager.all().delete()[0])
    count = 0
    for row in table.model._base_manager.order_by("pk").iterator(chunk_size=BATCH):
        count += 1
        with transaction.atomic():
            _make_up(table, row, count)
    return count


def _make_up(table: Table, row: Any, number: int) -> None:
    for each in table.columns:
        column = column_of(table, each)
        if isinstance(column, BlindIndex) or column.is_relation or column.choices or not _is_text(column):
            continue
        text = MADE_UP.get(column.name, "test-{n}" if column.unique else EMPTY.get(column.name, ""))
        made = text if column.name in EMPTY else text.format(n=number)
        setattr(row, column.attname, made[: column.max_length])
    if table.name == ACCOUNT:
        row.set_password(home.demo_password())
    row.save()


def _is_text(column: Any) -> bool:
    return isinstance(column, SealedText | models.CharField | models.TextField)
