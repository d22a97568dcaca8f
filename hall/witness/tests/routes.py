"""Whose rows the addresses of the witness name: all of them belong to the whole hall."""

from secrets import token_hex
from typing import Any

from django.utils import timezone

from hall.core.testing.routes import Thing

things = {
    "witness:verification": Thing("witness.Verification", all=True),
    "witness:explanation": Thing("witness.Alarm", all=True),
    "witness:data": Thing(""),
}
says = {"witness:comparison": {"file": "", "text": "", "size": "1", "root": "0123456789abcdef"}}
opened = dict.fromkeys(
    ("Alarm.said", "Alarm.place", "Alarm.explanation", "Departure.place", "Departure.error", "Verification.root"),
    "witness.verify",
)
reads = {"witness:comparison": ("file", "text", "size", "root")}


def values(model: str) -> dict[str, Any]:
    """An alarm that is open, of a place of its own; a verification without findings."""
    return {
        "Alarm": {"kind": "overdue", "place": token_hex(8), "ended_at": None},
        "Verification": {"findings": [], "problems": 0, "at": timezone.now()},
        "Departure": {"way": "folder"},
    }.get(model, {})
