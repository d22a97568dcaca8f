"""What follows from the rules about organisations: terms, sizes, and where what may stand."""

from datetime import date

from django.utils.translation import gettext as _

from hall.core.findings import Finding
from hall.organisations.words import Kind

TERM_YEARS = {  # ORG-22, ORG-23
    Kind.COMMITTEE: 5,
    Kind.FACULTY_COMMITTEE: 5,
    Kind.GENERAL_BRANCH: 3,
    Kind.BRANCH: 3,
    Kind.JOINT_BRANCH: 3,
}
BELOW = {  # ORG-06, ORG-08: what may stand directly under what
    Kind.COMMITTEE: {Kind.COMMITTEE, Kind.FACULTY_COMMITTEE, Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.JOINT_BRANCH, Kind.TEMPORARY_BRANCH},
    Kind.FACULTY_COMMITTEE: {Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.JOINT_BRANCH, Kind.TEMPORARY_BRANCH},
    Kind.GENERAL_BRANCH: {Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.JOINT_BRANCH, Kind.TEMPORARY_BRANCH},
    Kind.BRANCH: {Kind.GROUP},
    Kind.JOINT_BRANCH: {Kind.GROUP},
    Kind.TEMPORARY_BRANCH: {Kind.GROUP},
    Kind.GROUP: set(),
}


def placement_findings(kind: Kind, under: Kind | None) -> list[Finding]:
    """What speaks against an organisation of this kind standing there."""
    if under is None:
        return [] if kind == Kind.COMMITTEE else [Finding("ORG-08", _("Only a committee stands at the top."))]
    if kind not in BELOW[under]:
        return [
            Finding("ORG-08", _("A %(kind)s cannot stand under a %(under)s.") % {"kind": kind.label, "under": under.label}, source="HEI21 Arts. 5–9")
        ]
    return []


def term_findings(kind: Kind, starts_on: date, ends_on: date) -> list[Finding]:
    """What speaks against these dates of a term (ORG-22, ORG-23, ORG-26)."""
    if ends_on <= starts_on:
        return [Finding("house", _("The term must end after it begins."))]
    years = TERM_YEARS.get(kind)
    if years is None:
        return [Finding("ORG-06", _("A %(kind)s has no term of office.") % {"kind": kind.label})]
    length = (ends_on - starts_on).days / 365.25
    if abs(length - years) > 1.01:
        return [
            Finding("ORG-26", _("The term is normally %(years)s years; a shift of more than one year needs a reason.") % {"years": years}, must=False, source="BRANCH18 Art. 21")
        ]
    return []


def size_findings(kind: Kind, full: int, probationary: int) -> list[Finding]:
    """What the rules say about the number of members (ORG-01, ORG-02)."""
    if kind not in (Kind.BRANCH, Kind.JOINT_BRANCH):
        return []
    found = []
    if full < 3:
        found.append(Finding("ORG-01", _("A branch has at least three full members; think of a joint branch."), must=False, source="BRANCH18 Art. 4"))
    if full + probationary > 50:
        found.append(Finding("ORG-02", _("A branch normally has no more than 50 members."), must=False, source="BRANCH18 Art. 4"))
    return found


def needs_committee(full: int) -> bool:
    """From seven full members a branch elects a committee (ORG-20, ORG-21)."""
    return full >= 7
