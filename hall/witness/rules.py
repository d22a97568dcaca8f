"""When a checkpoint leaves, when a clock was set back, when a verification is overdue. Plain values in and out."""

import json
from datetime import datetime, timedelta
from typing import Any

TOLERATED = timedelta(minutes=2)  # a clock that is corrected by so little was not set back
AGAIN = timedelta(minutes=10)  # a place that failed is tried again, and the places are looked at, this often
OVERDUE = timedelta(hours=50)  # two nights without a verification, and some hours


def is_due(now: datetime, not_before: datetime | None, grown: int, entries: int) -> bool:
    """Is it time for the next checkpoint to leave: the time has come, or so many entries were sealed meanwhile?"""
    return not_before is None or now >= not_before or grown >= entries


def set_back(now: datetime, seen: datetime | None) -> bool:
    """Does the clock show less than it showed before?"""
    return seen is not None and now < seen - TOLERATED


def overdue(now: datetime, last: datetime | None, began: datetime | None) -> bool:
    """Was nothing verified for two nights, or since the hall's first fact?"""
    start = last or began
    return start is not None and now - start > OVERDUE


def file_name(size: int, root: bytes) -> str:
    """checkpoint-000000001234-9f3a….json: sorts by size, and another root is another name."""
    return f"checkpoint-{size:012d}-{root.hex()[:16]}.json"


def file_text(head: dict[str, Any]) -> str:
    return json.dumps(head, indent=1) + "\n"
