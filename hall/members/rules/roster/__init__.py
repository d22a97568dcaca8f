"""Rules of the roster import: columns, cells, rows, branches, whose row it is. Pure; the database comes in as values."""

from hall.members.rules.roster.columns import COLUMNS, SAMPLE, TEMPLATE_NOTES, TITLES
from hall.members.rules.roster.lists import WORDS, choices_of, code_of
from hall.members.rules.roster.matching import Judged, Known, find_meetings, find_member, judge, text_of, written
from hall.members.rules.roster.places import SUPERIORS, Atlas, Place, Proposal, kind_of, place_key, propose
from hall.members.rules.roster.rows import DAYS, DOUBLE, KEPT, Entry, Fault, read_rows

__all__ = [
    "COLUMNS",
    "DAYS",
    "DOUBLE",
    "KEPT",
    "SAMPLE",
    "SUPERIORS",
    "TEMPLATE_NOTES",
    "TITLES",
    "WORDS",
    "Atlas",
    "Entry",
    "Fault",
    "Judged",
    "Known",
    "Place",
    "Proposal",
    "choices_of",
    "code_of",
    "find_meetings",
    "find_member",
    "judge",
    "kind_of",
    "place_key",
    "propose",
    "read_rows",
    "text_of",
    "written",
]
