"""Rotation: every sealed column of every model is found by itself and written anew under the newest key.

Where it stands is read from the envelopes themselves, so it may be broken off anywhere and begun again. A value that
somebody saves meanwhile is left as they saved it: only the very envelope that was read is replaced.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from hall.core import crypto
from hall.core.failpoints import failpoint
from hall.core.fields import SealedText

BATCH = 500


@dataclass
class Progress:
    """How far a rotation is. `unreadable` names rows whose values open under no key: they are left as they are."""

    model: str = ""
    resealed: int = 0
    unreadable: list[str] = field(default_factory=list)


def sealed_models() -> list[tuple[type[models.Model], list[SealedText]]]:
    """Every model that holds sealed columns, with these."""
    there = set(connection.introspection.table_names())
    made = [m for m in apps.get_models() if m._meta.db_table in there]
    found = [(m, [f for f in m._meta.local_fields if isinstance(f, SealedText)]) for m in made]
    return [(model, columns) for model, columns in found if columns]


def census() -> dict[str, Counter[str]]:
    """Per model, how many envelopes there are under which cipher and key."""
    found = {}
    for model, columns in sealed_models():
        counts: Counter[str] = Counter()
        for column in columns:
            name, table = _quoted(column.column), _quoted(model._meta.db_table)
            sql = " ".join(
                ["SELECT", f"substr({name}, 1, 3), count(*)", "FROM", table, f"WHERE length({name}) > 0 GROUP BY 1"]
            )
            with connection.cursor() as cursor:
                cursor.execute(sql)
                for start, count in cursor.fetchall():
                    counts[title(bytes(start))] += count
        found[model._meta.label] = counts
    return found


def title(start: bytes) -> str:
    """An envelope's beginning in words: sm4 fields-2."""
    return f"{crypto.NAMES.get(start[0], '?')} fields-{int.from_bytes(start[1:3], 'big')}"


def rotate(limit: int | None = None) -> Iterator[Progress]:
    """Seal anew what is not under the newest key and the chosen cipher; at most `limit` rows. Yields after each batch."""
    progress, left = Progress(), limit
    for model, columns in sealed_models():
        progress.model, last = model._meta.label, None
        while left is None or left > 0:
            with transaction.atomic():
                rows = _old_rows(model, columns, last, BATCH if left is None else min(BATCH, left))
                for number, column in enumerate(columns, start=1):
                    _reseal(model, column, [(row[0], row[number]) for row in rows], progress)
                failpoint("keys.batch")
            if not rows:
                break
            last = rows[-1][0]
            left = None if left is None else left - len(rows)
            failpoint("keys.committed")
            yield progress


def _old_rows(model: type[models.Model], columns: list[SealedText], after: Any, count: int) -> list[tuple]:
    """The next rows, by primary key, of which an envelope begins otherwise than it would now."""
    key = _quoted(model._meta.pk.column)
    names = [_quoted(column.column) for column in columns]
    old = " OR ".join(f"(length({name}) > 0 AND substr({name}, 1, 3) <> %s)" for name in names)
    beyond = f"{key} > %s AND " if after is not None else ""
    table, shown = _quoted(model._meta.db_table), ", ".join([key, *names])
    sql = " ".join(["SELECT", shown, "FROM", table, "WHERE", f"{beyond}({old})", "ORDER BY", key, "LIMIT %s"])
    start = [after] if after is not None else []
    with connection.cursor() as cursor:
        cursor.execute(sql, [*start, *[crypto.header()] * len(names), count])
        return cursor.fetchall()


def _reseal(model: type[models.Model], column: SealedText, values: list[tuple[Any, Any]], progress: Progress) -> None:
    current, changes = crypto.header(), []
    for pk, value in values:
        envelope = bytes(value or b"")
        if not envelope or envelope[:3] == current:
            continue
        try:
            plain = crypto.unseal(envelope, column.context(pk))
        except (crypto.Unreadable, crypto.KeyTrouble):
            progress.unreadable.append(f"{model._meta.label} {pk} {column.name}")
            continue
        changes.append((crypto.seal(plain, column.context(pk)), pk, envelope))
    name, key = _quoted(column.column), _quoted(model._meta.pk.column)
    table = _quoted(model._meta.db_table)
    sql = " ".join(["UPDATE", table, "SET", f"{name} = %s", "WHERE", f"{key} = %s AND {name} = %s"])
    with connection.cursor() as cursor:
        if changes:
            cursor.executemany(sql, changes)
    progress.resealed += len(changes)


def _quoted(name: Any) -> str:
    return connection.ops.quote_name(str(name))
