"""How long things are kept: the daily chore erases what a manifest declares safe for that, and counts the rest."""

from collections import Counter
from datetime import date
from typing import Any

from hall.ledger.acting import System, acting
from hall.privacy.queries import keeping

BATCH = 5000  # rows a transaction


def retire(*, by: System, on: date) -> int:
    """Delete rows whose time has ended and that a machine may delete; how many. Safe to run twice."""
    counts: Counter[str] = Counter()
    for each in keeping.kept():
        if each.keeping.by == "machine":
            counts[each.name] += _delete(each, on)
    gone = {name: count for name, count in counts.items() if count}
    if gone:
        with acting(by, "privacy.decide") as act:
            about: Any = "privacy.retention"
            act.record("privacy.retention.carried_out", about, on=on, counts=gone)
    return sum(gone.values())


def tell_due(*, by: System, on: date) -> int:
    """Once a month: tell the organisation department what has been kept long enough and only a person may let go of."""
    lines = [line for line in keeping.due_lines(on) if line.by == "person" and line.count]
    if lines:
        with acting(by, "privacy.decide") as act:
            about: Any = "privacy.retention"
            said = "；".join(f"{line.what} {line.count}" for line in lines)
            act.record("privacy.retention.due", about, on=on, lines=said)
    return sum(line.count for line in lines)


def _delete(each: keeping.Kept, on: date) -> int:
    count = 0
    while keys := list(keeping.due(each, on).values_list("pk", flat=True)[:BATCH]):
        each.model._base_manager.filter(pk__in=keys).delete()
        count += len(keys)
    return count
