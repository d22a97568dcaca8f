"""Whose row it is and what it would change. A person is known by number; a name alone is only asked about (F10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from hall.core.days import add_months
from hall.members.rules.names import name_key
from hall.members.rules.roster.cells import day_of
from hall.members.rules.roster.rows import DOUBLE, KEPT, Entry
from hall.members.words import MEMBERS, MembershipState, Sex, Standing


@dataclass(slots=True)
class Known:
    """Who the hall already has that a row may mean, and the branch it stands in (None: the hall lacks it)."""

    by_number: Sequence[Any] = ()
    by_campus: Sequence[Any] = ()
    by_name: Sequence[Any] = ()
    branch: int | None = None
    fingerprint: bytes | None = None
    proposed: bool = False


@dataclass(slots=True)
class Judged:
    """A row with its state: whose it is, what stood there, where it would stand."""

    entry: Entry
    state: str
    member: Any = None
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    branch: int | None = None
    proposal: int | None = None


def find_member(entry: Entry, known: Known, within: Any) -> Any:
    """The person a row means, or None for somebody new. `within(id)` says whether the reader looks after that branch.

    ID number first, then student or staff number, then name with date of birth, then the name in the same branch; the
    last two are doubtful. Says nothing about people out of reach except that the number is taken.
    """
    member = _by_numbers(entry, known, within)
    if member is None and not entry.wrong:
        member = _by_name(entry, known, within)
    if member is not None and member.state == MembershipState.LEFT:
        entry.fail(
            None,
            "§8.3",
            _("This person has left; a roster brings nobody back. Correct the record on the page of the person."),
        )
    return member


def _by_numbers(entry: Entry, known: Known, within: Any) -> Any:
    numbers, campus = list(known.by_number), list(known.by_campus)
    if numbers and not within(numbers[0].organisation_id):
        entry.fail(
            "id_no",
            "F10",
            _(
                "A person with this ID number is in the hall already, where you do not look after them; ask the organisation department."
            ),
        )
        return None
    if campus and not within(campus[0].organisation_id):
        entry.fail(
            "campus_no",
            "F10",
            _(
                "This student or staff number belongs to somebody you do not look after; ask the organisation department."
            ),
        )
        return None
    if numbers and campus and numbers[0].pk != campus[0].pk:
        entry.fail(
            "campus_no", "F10", _("ID number and student or staff number belong to two different people in the hall.")
        )
        return None
    if not numbers and campus and _other_number(campus[0], known):
        entry.fail(
            "id_no", "F10", _("The hall has another ID number for this student or staff number; correct one of them.")
        )
        return None
    return (numbers or campus or [None])[0]


def _other_number(member: Any, known: Known) -> bool:
    """Both have an ID number, and they differ."""
    return (
        known.fingerprint is not None
        and member.id_no_index is not None
        and bytes(member.id_no_index) != known.fingerprint
    )


def _by_name(entry: Entry, known: Known, within: Any) -> Any:
    candidates = [each for each in known.by_name if within(each.organisation_id) and not _other_number(each, known)]
    candidates = [each for each in candidates if each.state != MembershipState.LEFT and not _other_campus(each, entry)]
    born = day_of(entry.values.get("birth_date", ""))
    same_day = [each for each in candidates if born and each.birth_date == born]
    same_branch = [
        each
        for each in candidates
        if each.organisation_id == known.branch and not (born and each.birth_date and each.birth_date != born)
    ]
    found = same_day or same_branch
    if len(found) > 1:
        entry.fail(
            "name",
            "F10",
            _("Several people of this name could be meant; add the ID number or the student or staff number."),
        )
        return None
    if same_day:
        entry.doubt("name", "F10", _("Found by name and date of birth only; confirm that it is the same person."))
    elif same_branch:
        entry.doubt("name", "F10", _("Found by the name in this branch only; confirm that it is the same person."))
    return found[0] if found else None


def _other_campus(member: Any, entry: Entry) -> bool:
    campus = entry.values.get("campus_no")
    return bool(campus and member.campus_no and campus != member.campus_no)


def text_of(member: Any, name: str) -> str:
    """A field of the record as the roster writes it."""
    value = getattr(member, name)
    if value is None or (name == "sex" and value == Sex.UNKNOWN):
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def differences(values: Mapping[str, str], member: Any, same: Mapping[str, bool]) -> dict[str, list[str]]:
    """Field → [before, after] for filled cells that differ. `same` says of sealed fields whether the fingerprints agree."""
    found = {}
    for name in KEPT:
        if name in values and not same.get(name):
            before = text_of(member, name)
            if before != values[name]:
                found[name] = [before, values[name]]
    return found


def judge(entry: Entry, known: Known, *, same: Mapping[str, bool], member: Any, titles: Mapping[int, str]) -> Judged:
    """The state of a row: new, changed, same, doubtful or wrong, with every reason on the entry."""
    if member is None:
        check_new(entry, known)
        return Judged(entry, _state(entry, "new"), None, {}, {}, known.branch)
    changes = differences(entry.values, member, same)
    if not entry.wrong:
        check_change(entry, member, changes)
        check_place(entry, member, known, titles)
    moved = known.branch is not None and known.branch != member.organisation_id
    state = _state(entry, "changed" if changes or moved else "same")
    before = {name: pair[0] for name, pair in changes.items()}
    after = {name: pair[1] for name, pair in changes.items()}
    return Judged(entry, state, member, before, after, known.branch if moved else None)


def written(values: Mapping[str, str]) -> dict[str, str]:
    """Of what a row says, the fields of the record: what somebody new is enrolled with."""
    return {name: values[name] for name in KEPT if name in values}


def _state(entry: Entry, otherwise: str) -> str:
    """A row that would change nothing is the same, whatever there is to confirm."""
    if entry.wrong:
        return "wrong"
    return "doubtful" if entry.faults and otherwise != "same" else otherwise


def check_new(entry: Entry, known: Known) -> None:
    """What somebody new must bring along (§8.1)."""
    standing = entry.values.get("standing")
    if not standing and not _said(entry, "standing"):
        entry.fail("standing", "§8.1", _("Somebody new needs the type: full or probationary member."))
    if standing in MEMBERS and "joined_on" not in entry.values and not _said(entry, "joined_on"):
        entry.doubt("joined_on", "§8.1", _("The day of joining is missing; confirm the row or add it."))
    if standing == Standing.FULL and "full_on" not in entry.values and not _said(entry, "full_on"):
        entry.doubt("full_on", "§8.1", _("The day of becoming a full member is missing; confirm the row or add it."))
    if known.branch is None and not known.proposed and not _said(entry, "branch"):
        entry.fail("branch", "ORG-15", _("Somebody new needs a branch."))


def _said(entry: Entry, key: str) -> bool:
    return any(fault.key == key for fault in entry.faults)


def check_change(entry: Entry, member: Any, changes: Mapping[str, list[str]]) -> None:
    """The record as it would stand: dates in order, no admission taken back."""
    values = entry.values
    now = {
        name: values.get(name) or text_of(member, name) for name in ("standing", "joined_on", "full_on", "birth_date")
    }
    if "standing" in changes and member.standing in MEMBERS and now["standing"] not in MEMBERS:
        entry.fail("standing", "§8.1", _("The hall has this person as a member; a roster takes no admission back."))
    elif member.standing == Standing.FULL and now["standing"] == Standing.PROBATIONARY:
        entry.fail("standing", "§8.1", _("The hall has this person as a full member; correct the type or the record."))
    elif now["standing"] != Standing.FULL and now["full_on"]:
        entry.fail("full_on", "§8.1", _("Only a full member has the date of becoming one; leave it empty."))
    elif now["standing"] not in MEMBERS and now["joined_on"]:
        entry.fail(
            "joined_on",
            "§8.1",
            _("Only probationary and full members have a joining date; correct the type or clear the dates."),
        )
    elif "standing" in changes and now["standing"] == Standing.FULL and not now["full_on"]:
        entry.doubt("full_on", "§8.1", _("The day of becoming a full member is missing; confirm the row or add it."))
    if {"joined_on", "full_on", "birth_date"} & changes.keys():
        _check_order(entry, now)
    if "name" in changes and name_key(changes["name"][0]) != entry.key:
        text = _("The hall has this number with the name “%(name)s”; confirm that it is the same person.")
        entry.doubt("name", "F10", text % {"name": changes["name"][0]})
    if "standing" in changes and member.standing not in MEMBERS and now["standing"] in MEMBERS:
        entry.doubt(
            "standing",
            "§8.1",
            _("The hall has this person as not yet admitted; confirm the row if the meeting has admitted them."),
        )
    if "id_no" in changes and changes["id_no"][0]:
        entry.doubt(
            "id_no",
            "ID-01",
            _("The hall has another ID number for this person; confirm the row if the new one is right."),
        )
    if values.get("state") == MembershipState.NORMAL and member.state == MembershipState.STOPPED:
        entry.doubt(
            "state",
            "LOST-04",
            _("The membership is recorded as stopped and stays so; restore it on the page of the person."),
        )
    if values.get("lost") == "0" and member.lost_since:
        entry.doubt(
            "lost", "LOST-02", _("The hall has this person as out of contact; correct it on the page of the person.")
        )


def _check_order(entry: Entry, now: Mapping[str, str]) -> None:
    born, joined, full = (day_of(now[key]) for key in ("birth_date", "joined_on", "full_on"))
    told = {fault.rule for fault in entry.faults}
    if joined and full and full < joined and not entry.wrong:
        entry.fail(
            "full_on",
            "§8.1",
            _("With the dates in the hall, full membership would come before joining; check both dates."),
        )
    if born and joined and joined < add_months(born, 18 * 12) and "DEV-01" not in told:
        entry.fail(
            "joined_on",
            "DEV-01",
            _("With the dates in the hall, the person would have joined before the age of 18; check both dates."),
        )


def check_place(entry: Entry, member: Any, known: Known, titles: Mapping[int, str]) -> None:
    """A change of branch is always asked about: no letter is needed, but a decision is (TRF-11)."""
    if known.branch is not None and known.branch != member.organisation_id:
        text = _(
            "The hall has this person in %(here)s; the roster would move the relation to %(there)s. Confirm the move."
        )
        said = {"here": titles.get(member.organisation_id, "–"), "there": titles.get(known.branch, "–")}
        entry.doubt("branch", "TRF-11", text % said)


def find_meetings(judged: Sequence[Judged]) -> None:
    """Rows that mean one person of the hall by different numbers contradict each other (F10)."""
    groups: dict[Any, list[Judged]] = {}
    for row in judged:
        if row.member is not None and DOUBLE not in row.entry.values:
            groups.setdefault(row.member.pk, []).append(row)
    for group in groups.values():
        for row in group if len(group) > 1 else ():
            if not any(fault.rule == "F10" and fault.wrong for fault in row.entry.faults):
                others = "、".join(str(other.entry.number) for other in group if other is not row)
                row.entry.fail(
                    "name",
                    "F10",
                    _("Row %(rows)s means the same person of the hall; keep one row for each person.")
                    % {"rows": others},
                )
            row.state = "wrong"
