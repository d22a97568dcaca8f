"""Export: the sealed log as JSON Lines, so that strangers can verify it with bin/verify-ledger and nothing of ours.

First a header with the log's name and public keys, then one line an entry in the order of the leaves, then the
checkpoints, then a line that says it is the end. It tells what the tables hold and judges nothing. People stand in the
entries by their keys; particulars hold personal data and go along only where they were not erased.
"""

import json
from collections.abc import Iterator
from typing import Any

from hall.core import crypto
from hall.ledger import rows
from hall.ledger.heads import head_of, log_id
from hall.ledger.models import Checkpoint, Entry, Particulars
from hall.ledger.rows import GARBAGE, as_bytes, as_uuid

KIND = "dangwu-hall ledger"


def lines(*, particulars: bool = True) -> Iterator[str]:
    """The export, line by line. Without particulars the log still verifies; only their digests are then unchecked."""
    keys = [key.hex() for key in crypto.public_keys()]
    yield _line(kind=KIND, version=1, log=log_id(), public_keys=keys, particulars=particulars)
    count = 0
    for page in rows.leaves():
        for each in _entries(page, particulars):
            count += 1
            yield _line(**each)
    for key, text in rows.strays():
        yield _line(stray=str(key), text=str(text))
    yield from _checkpoints()
    yield _line(end=count)


def _line(**content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)


def _entries(page: list[tuple], particulars: bool) -> Iterator[dict[str, Any]]:
    ids = [as_uuid(row[1]) for row in page]
    entries = rows.read(Entry, ids, lambda _key: None)
    kept = rows.read(Particulars, ids, lambda _key: None) if particulars else {}
    for (number, _raw, value), key in zip(page, ids, strict=True):
        entry, more = entries.get(key), kept.get(key)
        content = {"index": number, "hash": as_bytes(value).hex(), "leaf": entry and _leaf_text(entry)}
        if more:
            content |= {"salt": as_bytes(more.salt).hex(), "particulars": more.text}
        yield content


def _leaf_text(entry: Entry) -> str | None:
    """None for an entry that cannot be read; the verifier reports it as gone."""
    try:
        return entry.leaf_text()
    except GARBAGE:
        return None


def _checkpoints() -> Iterator[str]:
    for page in rows.pages(rows.CHECKPOINTS):
        for (size,) in page:
            try:
                yield _line(**head_of(Checkpoint.objects.get(size=size)).as_dict())
            except (*GARBAGE, Checkpoint.DoesNotExist):
                yield _line(stray=f"checkpoint {size}", text="unreadable")
