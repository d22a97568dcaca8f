"""What an answer shows and what a request wrote: canaries in every byte that leaves, statements that change a table."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from django.db import connection

from hall.proofs.tests.college import CANARY, Actor, World

WRITING = re.compile(
    r"^\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO|TRUNCATE|DROP|CREATE|ALTER)\s+\"?(\w+)", re.IGNORECASE
)
NOT_COUNTED = {"accounts_session", "privacy_pace"}
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def texts_of(answer: Any) -> str:
    """Everything the answer says: headers, cookies, body; workbooks and PDFs unpacked."""
    heads = "\n".join(f"{name}: {value}\n{unquote(value)}" for name, value in answer.headers.items())
    body: bytes = answer.whole
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    elif body.startswith(b"%PDF"):
        body += b"\n".join(_inflated(each) for each in STREAM.findall(body))
    return f"{heads}\n{answer.cookies.output()}\n{body.decode('utf-8', 'replace')}"


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def leaks(world: World, actor: Actor, text: str) -> list[str]:
    """Canaries in the text that may not reach this person, with where they belong."""
    found = []
    for token in set(CANARY.findall(text)):
        canary = world.canaries.get(token)
        if canary is not None and not world.may_see(actor, canary):
            found.append(
                f"{token} ({canary.module}, {canary.organisation and canary.organisation.pk}, {set(canary.owners)})"
            )
    return found


@contextmanager
def writes() -> Iterator[list[str]]:
    """The tables to which statements wrote meanwhile; sessions are not counted."""
    seen: list[str] = []

    def watch(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITING.match(sql)
        if found and found[2] not in NOT_COUNTED:
            seen.append(found[2])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


State = dict[str, dict[Any, tuple[Any, ...]]]


def state() -> State:
    """Every table with every row, but for sessions: the content as it stands."""
    found: State = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - NOT_COUNTED):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [each[0] for each in cursor.description]
            rows = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]
            found[table] = {repr(row[0]): tuple(zip(names, row, strict=True)) for row in rows}
    return found
