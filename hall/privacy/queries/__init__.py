"""Reads of the privacy desk. Each takes the viewer; what one may not see does not exist."""

from hall.privacy.queries.erasures import (
    deciders,
    erasure_for,
    erasures_for,
    fates,
    findings_for,
    overdue,
    own_erasures,
    subject_of,
    tasks_for,
    today,
    who_asked,
)
from hall.privacy.queries.holdings import everything, meanings, sections

__all__ = [
    "deciders",
    "erasure_for",
    "erasures_for",
    "everything",
    "fates",
    "findings_for",
    "meanings",
    "overdue",
    "own_erasures",
    "sections",
    "subject_of",
    "tasks_for",
    "today",
    "who_asked",
]
