"""Export: the sealed log as JSON Lines, so that strangers can verify it with bin/verify-ledger and nothing of ours.

First a header with the log's name and public keys, then one line an entry in the order of the leaves, with the stored
hashes of the subtrees that it completes, then the checkpoints, then a line that says it is the end. It tells what the
tables hold and judges nothing. People stand in the entries by their keys; particulars hold personal data and go along
only where they were not erased.
"""

import json
from collections.abc import Iterator
from typing import Any

from hall.core import crypto
from hall.ledger import merkle, rows, sealing
from hall.ledger.heads import head_of, log_id
from hall.ledger.models import Checkpoint, Entry, Particulars
from hall.ledger.rows import GARBAGE, as_bytes, as_uuid

KIND = "dangwu-hall ledger"


def lines(*, particulars: bool = True) -> Iterator[str]:
    """The export, line by line. Without particulars the log still verifies; only their digests are then unchecked."""
    keys = [key.hex() for key in crypto.public_keys()]
    yield _line(kind=KIND, version=1, log=log_id(), public_keys=keys, particulars=particulars)
    sizes = [size for page in rows.pages(rows.CHECKPOINTS) for (size,) in page]  # first: the log only grows meanwhile
    count = 0
    for page in rows.leaves():
        for each in _entries(page, particulars):
            count += 1
            yield _line(**each)
    for key, text in rows.strays():
        yield _line(stray=str(key), text=str(text))
    yield from _checkpoints(sizes)
    yield _line(end=count)


def _line(**content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)


def _entries(page: list[tuple], particulars: bool) -> Iterator[dict[str, Any]]:
    ids = [as_uuid(row[1]) for row in page]
    entries = rows.read(Entry, ids, lambda _key: None)
    kept = rows.read(Particulars, ids, lambda _key: None) if particulars else {}
    nodes = _nodes([row[0] for row in page])
    for (number, _raw, value), key in zip(page, ids, strict=True):
        entry, more = entries.get(key), kept.get(key)
        content: dict[str, Any] = {
            "index": number, "hash": as_bytes(value).hex(), "leaf": entry and _leaf_text(entry), "nodes": _over(number, nodes),
        }  # fmt: skip
        if more:
            content |= {"salt": as_bytes(more.salt).hex(), "particulars": more.text}
        yield content


def _nodes(numbers: list[Any]) -> merkle.Hashes:
    """Hashes of the subtrees that these leaves complete; none where the numbers are garbage."""
    known = [number for number in numbers if isinstance(number, int) and number >= 0]
    return sealing.completed(min(known), max(known) + 1) if known else {}


def _over(number: Any, nodes: merkle.Hashes) -> list[str]:
    """The hashes over this leaf that it completes, lowest first; "" for one that is gone."""
    end = number + 1 if isinstance(number, int) and number >= 0 else 1
    levels = (end & -end).bit_length()
    return [nodes.get((level, (end >> level) - 1), b"").hex() for level in range(1, levels)]


def _leaf_text(entry: Entry) -> str | None:
    """None for an entry that cannot be read; the verifier reports it as gone."""
    try:
        return entry.leaf_text()
    except GARBAGE:
        return None


def _checkpoints(sizes: list[Any]) -> Iterator[str]:
    for size in sizes:
        try:
            yield _line(**head_of(Checkpoint.objects.get(size=size)).as_dict())
        except (*GARBAGE, Checkpoint.DoesNotExist):
            yield _line(stray=f"checkpoint {size}", text="unreadable")
