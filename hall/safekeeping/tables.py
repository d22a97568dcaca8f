"""What a database holds, table by table: a consistent copy, and row counts with content hashes to compare by.

SQLite is copied by its online back-up. PostgreSQL is read by COPY in one repeatable-read transaction, so no client
program is needed. The hash is taken of the rows in the order of the primary key.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.sqlite3._functions import register
from psycopg import sql

from hall.core.crypto import running_sm3

PLAIN = "SET TimeZone='UTC'; SET DateStyle='ISO, YMD'; SET bytea_output='hex'; SET extra_float_digits=3; SET row_security=off"
TABLES = """
SELECT c.relname, array(SELECT a.attname FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum),
  coalesce((SELECT array(SELECT a.attname FROM unnest(i.indkey) WITH ORDINALITY k(n, place)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.n ORDER BY place)
    FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary), '{}')
FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Content:
    """How many rows a table has and the SM3 of them all."""

    rows: int
    digest: str


def copy_sqlite(source: str | Path, target: Path) -> None:
    """A consistent copy of a SQLite file that is in use."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")


def sqlite_contents(path: Path) -> dict[str, Content]:
    """Counts and hashes of every table. sqlite3.DatabaseError if the file is damaged."""
    with closing(sqlite3.connect(path)) as there:
        register(there)  # the functions that constraints of the tables name
        there.text_factory = bytes
        if (said := there.execute("PRAGMA integrity_check").fetchone()[0]) != b"ok":
            raise sqlite3.DatabaseError(said.decode("utf-8", "replace"))
        names = there.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        return {name.decode(): _sqlite_content(there, name.decode()) for (name,) in names}


def _sqlite_content(there: sqlite3.Connection, table: str) -> Content:
    quoted = '"' + table.replace('"', '""') + '"'
    keyed = [row[1] for row in there.execute(" ".join(["PRAGMA", f"table_info({quoted})"])) if row[5]]
    order = ", ".join('"' + name.decode() + '"' for name in keyed) or "rowid"
    digest, rows = running_sm3(), 0
    for row in there.execute(" ".join(["SELECT * FROM", quoted, "ORDER BY", order])):
        digest.update(repr(row).encode())
        rows += 1
    return Content(rows, digest.finalize().hex())


@contextmanager
def snapshot(**where: Any) -> Iterator[psycopg.Cursor]:
    """A cursor that sees one moment of a PostgreSQL database, whatever others write meanwhile.

    psycopg.Error if this role may not see every row: a back-up that leaves rows out would be worse than none.
    """
    with psycopg.connect(**where) as there:
        there.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with there.cursor() as cursor:
            for each in PLAIN.split("; "):
                cursor.execute(each.encode())
            yield cursor


def postgres_tables(cursor: psycopg.Cursor) -> list[tuple[str, list[str], list[str]]]:
    """Table, its columns, those of its primary key."""
    return [(str(name), list(columns), list(keys)) for name, columns, keys in cursor.execute(TABLES).fetchall()]


def postgres_contents(cursor: psycopg.Cursor, into: Path | None = None) -> dict[str, Content]:
    """Counts and hashes of every table; with `into` also its rows as files `<table>.copy`."""
    return {table: _copied(cursor, table, columns, keys, into) for table, columns, keys in postgres_tables(cursor)}


def _copied(cursor: psycopg.Cursor, table: str, columns: list[str], keys: list[str], into: Path | None) -> Content:
    order = [sql.Identifier(name) for name in keys or columns]
    command = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _listed(columns), sql.Identifier(table), sql.SQL(", ").join(order)
    )
    digest, rows = running_sm3(), 0
    with open(into / f"{table}.copy" if into else "/dev/null", "wb") as file, cursor.copy(command) as lines:
        for piece in lines:
            digest.update(bytes(piece))
            rows += bytes(piece).count(b"\n")
            file.write(piece)
    return Content(rows, digest.finalize().hex())


def sequences(cursor: psycopg.Cursor) -> dict[str, int | None]:
    """Last value of each sequence; None if it was never asked."""
    return {str(name): value for name, value in cursor.execute(SEQUENCES).fetchall()}


def load_postgres(cursor: psycopg.Cursor, folder: Path, counters: dict[str, int | None]) -> None:
    """Fill the tables of a freshly migrated database from `<table>.copy`, all in one transaction."""
    tables = postgres_tables(cursor)
    names = sql.SQL(", ").join(sql.Identifier(name) for name, *_ways in tables)
    cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for name, columns, _keys in tables:
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), _listed(columns))
        with open(folder / f"{name}.copy", "rb") as file, cursor.copy(command) as lines:
            while piece := file.read(1 << 18):
                lines.write(piece)
    for name, value in counters.items():
        if value is not None:
            cursor.execute("SELECT setval(%s::regclass, %s)", [f'"{name}"', value])


def _listed(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in columns)
