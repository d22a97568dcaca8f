"""Reads of the members. Each takes the viewer; what one may not see does not exist."""

from hall.members.queries.desk import cards_for, hits, roster, tasks_for
from hall.members.queries.lists import gaps, lines
from hall.members.queries.people import duplicates, in_words, looks_at, member_as_of, title_of, values_of
from hall.members.queries.records import (
    accounts_of,
    correction_for,
    corrections_for,
    listed_for,
    member_by_number,
    member_for,
    members_for,
    members_on,
    own_corrections,
    own_member,
    payers_on,
    sees_correction,
)

__all__ = [
    "accounts_of",
    "cards_for",
    "correction_for",
    "corrections_for",
    "duplicates",
    "gaps",
    "hits",
    "in_words",
    "lines",
    "listed_for",
    "looks_at",
    "member_as_of",
    "member_by_number",
    "member_for",
    "members_for",
    "members_on",
    "own_corrections",
    "own_member",
    "payers_on",
    "roster",
    "sees_correction",
    "tasks_for",
    "title_of",
    "values_of",
]
