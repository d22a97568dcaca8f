"""Changes in words the ledger may keep: before and after of each field, sealed values only masked (ID-03)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hall.core.identity import mask_id, mask_phone

SEALED = ("id_no", "phone", "landline", "address")
MASKS = {"id_no": mask_id, "phone": mask_phone, "landline": mask_phone}
EDITABLE = (
    "name",
    "campus_no",
    "id_no",
    "phone",
    "landline",
    "address",
    "sex",
    "ethnicity",
    "birth_date",
    "education",
    "degree",
    "native_place",
    "standing",
    "joined_on",
    "full_on",
    "identity",
    "job",
    "party_post",
    "arrived_on",
    "dues_paid_to",
    "lost_since",
)
TRACKED = (*EDITABLE, "organisation", "state", "stopped_on", "departed_on", "departure")
CORRECTABLE = tuple(name for name in EDITABLE if name not in ("lost_since", "dues_paid_to", "arrived_on"))


def masked(name: str, value: str) -> str:
    """A sealed value as it may be shown and recorded; addresses are hidden whole."""
    if not value:
        return ""
    return MASKS[name](value) if name in MASKS else "***"


def plain(name: str, value: Any) -> str:
    """A value as text for the ledger: days in ISO form, sealed values masked, empty for nothing."""
    if value is None:
        return ""
    if name in SEALED:
        return masked(name, str(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """Field → [before, after] for what differs. Two sealed values that differ behind the same mask are kept too."""
    return {
        name: [plain(name, before.get(name)), plain(name, value)]
        for name, value in after.items()
        if (before.get(name) or "") != (value or "")
    }


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded change: the day it took effect and its fields."""

    on: date
    changes: Mapping[str, list[str]]


def as_of(current: Mapping[str, str], steps: Iterable[Step], day: date) -> dict[str, str]:
    """The record as it stood at the end of that day: what happened later is taken back, latest first (F3)."""
    shown = dict(current)
    for step in sorted(steps, key=lambda each: each.on, reverse=True):
        if step.on > day:
            shown.update({name: pair[0] for name, pair in step.changes.items()})
    return shown
