"""Every readable text of the whole database, as somebody with a copy of it would read it; and an erased college to read."""

from collections.abc import Iterator
from typing import Any

from django.db import connection


def dump() -> Iterator[tuple[str, str]]:
    """(table.column, text) of every value in every table, sealed ones as the bytes they are."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            cursor.execute(" ".join(["SELECT", "*", "FROM", name]))
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if value is not None:
                        yield f"{table}.{column}", readable(value)


def readable(value: Any) -> str:
    raw = bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
    return raw + raw.encode().decode("unicode_escape", "replace") if "\\u" in raw else raw


def traces(words: list[str]) -> list[str]:
    """Where any of these words can be read."""
    return sorted({f"{place}: {word}" for place, text in dump() for word in words if word in text})
