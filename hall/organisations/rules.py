"""What follows from the rules about organisations: terms, sizes, and where what may stand."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from hall.core.findings import Finding
from hall.organisations.words import BRANCHES, Kind, Seat

TERM_YEARS = {  # ORG-22, ORG-23
    Kind.COMMITTEE: 5,
    Kind.FACULTY_COMMITTEE: 5,
    Kind.GENERAL_BRANCH: 3,
    Kind.BRANCH: 3,
    Kind.JOINT_BRANCH: 3,
}
BELOW = {  # ORG-06, ORG-08: what may stand directly under what
    Kind.COMMITTEE: {
        Kind.COMMITTEE,
        Kind.FACULTY_COMMITTEE,
        Kind.GENERAL_BRANCH,
        Kind.BRANCH,
        Kind.JOINT_BRANCH,
        Kind.TEMPORARY_BRANCH,
    },
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
            Finding(
                "ORG-08",
                _("A %(kind)s cannot stand under a %(under)s.") % {"kind": kind.label, "under": under.label},
                source="HEI21 Arts. 5–9",
            )
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
            Finding(
                "ORG-26",
                _("The term is normally %(years)s years; a shift of more than one year needs a reason.")
                % {"years": years},
                must=False,
                source="BRANCH18 Art. 21",
            )
        ]
    return []


def election_findings(previous_end: date | None, starts_on: date) -> list[Finding]:
    """What speaks against electing that day: normally within one year of the end of the term before (ORG-26)."""
    if previous_end is None or abs((starts_on - previous_end).days) <= 366:
        return []
    text = _(
        "The election is more than one year away from the end of the last term (%(day)s); name the superior's approval."
    )
    return [Finding("ORG-26", text % {"day": previous_end}, must=False, source="BRANCH18 Art. 21; ELEC20 Art. 3")]


def committee_findings(kind: Kind, seats: Sequence[Seat]) -> list[Finding]:
    """What speaks against these seats: one secretary, and the size of the committee (ORG-20, ORG-24)."""
    found = []
    if list(seats).count(Seat.SECRETARY) > 1:
        found.append(Finding("ORG-20", _("A committee has one secretary."), source="BRANCH18 Art. 20"))
    if kind in BRANCHES and len(seats) > 7:
        found.append(
            Finding(
                "ORG-20",
                _("A branch committee has no more than seven members."),
                source="BRANCH18 Art. 20; HEI21 Art. 8",
            )
        )
    elif kind in BRANCHES and len(seats) > 5:
        found.append(
            Finding(
                "ORG-20",
                _("A branch committee normally has three to five members."),
                must=False,
                source="BRANCH18 Art. 20",
            )
        )
    elif kind == Kind.COMMITTEE and seats and not (7 <= len(seats) <= 11 or 15 <= len(seats) <= 31):
        found.append(
            Finding(
                "ORG-24",
                _("A college committee normally has 7 to 11 members, with a standing committee 15 to 31."),
                must=False,
                source="HEI21 Art. 6",
            )
        )
    return found


def initials(name: str) -> str:
    """First letters of the name's syllables, as people search: 机电工程学院 → jdgcxy."""
    return "".join(syllable[0] for syllable in _syllables(name)).lower()


def pinyin(name: str) -> str:
    """The whole name in pinyin without tones: 机电 → jidian."""
    return "".join(_syllables(name)).lower()


def answers_to(words: str, *names: str) -> bool:
    """Does a search for these words mean one of these names? Part of the name, of its pinyin, or of its initials."""
    wanted = words.strip().lower()
    return bool(wanted) and any(
        wanted in name.lower() or wanted in initials(name) or wanted in pinyin(name) for name in names if name
    )


@lru_cache(maxsize=5_000)
def _syllables(name: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    return tuple(syllable for syllable in lazy_pinyin(name) if syllable.strip())


def size_findings(kind: Kind, full: int, probationary: int) -> list[Finding]:
    """What the rules say about the number of members (ORG-01, ORG-02)."""
    if kind not in BRANCHES:
        return []
    found = []
    if full < 3:
        found.append(
            Finding(
                "ORG-01",
                _("A branch has at least three full members; think of a joint branch."),
                must=False,
                source="BRANCH18 Art. 4",
            )
        )
    if full + probationary > 50:
        found.append(
            Finding("ORG-02", _("A branch normally has no more than 50 members."), must=False, source="BRANCH18 Art. 4")
        )
    return found


def needs_committee(full: int) -> bool:
    """From seven full members a branch elects a committee (ORG-20, ORG-21)."""
    return full >= 7
