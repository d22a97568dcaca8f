"""What follows from a member's dates, and what speaks against what someone wants to write about a person."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hall.core.days import add_months
from hall.core.findings import Finding
from hall.core.identity import birth_of, check_id, normal_phone, sex_of
from hall.members.rules.codes import educations, ethnicities
from hall.members.words import MEMBERS, Away, Departure, MembershipState, Sex, Standing

OLDEST = 120
LOST_MONTHS, REMOVAL_MONTHS, FLOATING_MONTHS = 6, 24, 6  # LOST-01, LOST-01, FLT-01
_OTHER_DOCUMENT = re.compile(r"[A-Z]{1,3}[0-9]{6,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Record:
    """The facts of a person that rules look at, as they would stand after the change."""

    name: str
    standing: str
    state: str = MembershipState.NORMAL
    id_no: str = ""
    phone: str = ""
    sex: str = Sex.UNKNOWN
    ethnicity: str = ""
    birth_date: date | None = None
    education: str = ""
    joined_on: date | None = None
    full_on: date | None = None
    arrived_on: date | None = None


def full_years(since: date | None, on: date) -> int | None:
    """Whole years from a day to another; None without a beginning or before it. 29 February counts on 28 February."""
    if since is None or on < since:
        return None
    years = on.year - since.year
    return years if add_months(since, years * 12) <= on else years - 1


def age(birth_date: date | None, on: date) -> int | None:
    """Age in full years on that day."""
    return full_years(birth_date, on)


@dataclass(frozen=True, slots=True)
class PartyStanding:
    """Party standing (党龄) in full years, or the reason why there is none."""

    years: int | None
    reason: str


def party_standing(standing: str, full_on: date | None, on: date) -> PartyStanding:
    """Counted from the day a member became a full member, not from joining (§8.1; CONST22 Art. 7)."""
    if standing == Standing.PROBATIONARY:
        return PartyStanding(None, _("Party standing counts from the day of becoming a full member."))
    if standing != Standing.FULL:
        return PartyStanding(None, _("Only full members have Party standing."))
    if full_on is None:
        return PartyStanding(None, _("The date of becoming a full member is missing."))
    return PartyStanding(full_years(full_on, on), _("Counted from %(day)s.") % {"day": full_on.isoformat()})


def may_vote(standing: str, state: str, *, here: bool, suspended: bool = False) -> bool:
    """Voting right on a day: full member, membership normal, rights not suspended, relation here (§8.1, FLT-04)."""
    return standing == Standing.FULL and state == MembershipState.NORMAL and here and not suspended


def record_findings(record: Record, on: date) -> list[Finding]:
    """Everything that speaks against a record standing like this."""
    return [*name_findings(record.name), *number_findings(record), *date_findings(record, on), *code_findings(record)]


def name_findings(name: str) -> list[Finding]:
    """The name as on the identity card: 2–30 characters, "·" allowed (§8.1); one character asks for a reason (G03)."""
    length = len(name.strip())
    if length == 0:
        return [Finding("house", _("Write the name as it stands on the identity card."))]
    if length > 30:
        return [Finding("house", _("A name has at most 30 characters; shorten it as on the identity card."))]
    found = []
    if length == 1:
        found.append(Finding("house", _("The name has only one character; give a reason if it is right."), must=False))
    if any(ch in "?？�" or 0xE000 <= ord(ch) <= 0xF8FF for ch in name):
        found.append(
            Finding(
                "house",
                _("The name holds a character that an older system has lost (? or private code); type it again."),
                must=False,
            )
        )
    return found


def number_findings(record: Record) -> list[Finding]:
    """The ID number by ID-01, and whether birth date and sex agree with it (G06); the telephone."""
    found = [*_id_findings(record), *_phone_findings(record.phone)]
    return found


def _id_findings(record: Record) -> list[Finding]:
    if not record.id_no:
        return []
    checked = check_id(record.id_no)
    if not checked.valid:
        other = bool(_OTHER_DOCUMENT.fullmatch(record.id_no.strip().upper()))
        text = (
            _("This is not a resident identity number; give a reason if it is a passport or permit.")
            if other
            else checked.reason
        )
        return [Finding("ID-01", text, must=not other, source="GB 11643")]
    found = []
    if record.birth_date and birth_of(checked.number) != record.birth_date:
        found.append(
            Finding(
                "G06",
                _("Date of birth and ID number disagree; give a reason if both are right."),
                must=False,
                source="§8.1",
            )
        )
    if record.sex in (Sex.MALE, Sex.FEMALE) and sex_of(checked.number) != record.sex:
        found.append(
            Finding("G06", _("Sex and ID number disagree; give a reason if both are right."), must=False, source="§8.1")
        )
    return found


def _phone_findings(phone: str) -> list[Finding]:
    if not phone:
        return []
    try:
        normal_phone(phone)
    except ValueError as error:
        return [Finding("house", str(error))]
    return []


def date_findings(record: Record, on: date) -> list[Finding]:
    """The order of a life's dates, seen from the day `on`."""
    found = [*_future_findings(record, on), *_order_findings(record)]
    if record.standing not in MEMBERS and (record.joined_on or record.full_on):
        found.append(
            Finding(
                "§8.1", _("Only probationary and full members have a joining date; change the type or remove the date.")
            )
        )
    if record.standing != Standing.FULL and record.full_on:
        found.append(Finding("§8.1", _("Only a full member has the date of becoming one; leave it empty.")))
    if record.standing not in MEMBERS and record.state == MembershipState.STOPPED:
        found.append(Finding("LOST-01", _("Only a member's membership can be stopped.")))
    return found


def _future_findings(record: Record, on: date) -> list[Finding]:
    named = (
        (_("Date of birth"), record.birth_date),
        (_("Joined the Party on"), record.joined_on),
        (_("Full member since"), record.full_on),
        (_("Relation here since"), record.arrived_on),
    )
    found = [
        Finding("house", _("%(what)s lies in the future; correct it.") % {"what": what})
        for what, day in named
        if day and day > on
    ]
    if record.birth_date and (full_years(record.birth_date, on) or 0) > OLDEST:
        found.append(
            Finding(
                "house",
                _("The person would be more than %(years)d years old; check the date of birth.") % {"years": OLDEST},
                must=False,
            )
        )
    return found


def _order_findings(record: Record) -> list[Finding]:
    found = []
    if record.birth_date and record.joined_on and record.joined_on < add_months(record.birth_date, 18 * 12):
        text = _("The person would have joined before the age of 18; check both dates or give a reason.")
        found.append(Finding("DEV-01", text, must=False, source="CONST22 Art. 1; DEV26 Art. 5"))
    if record.joined_on and record.full_on and record.full_on < record.joined_on:
        found.append(
            Finding("§8.1", _("A full member was admitted first: the later date cannot come before the joining date."))
        )
    elif record.joined_on and record.full_on and record.full_on < add_months(record.joined_on, 12):
        text = _("Probation normally lasts one year; check the dates or give a reason.")
        found.append(Finding("§2.5", text, must=False, source="CONST22 Art. 7"))
    return found


def code_findings(record: Record) -> list[Finding]:
    """Education and nationality must be of the lists."""
    found = []
    if record.education and record.education not in educations():
        found.append(Finding("§8.3", _("This education code is not in GB/T 4658; choose one of the list.")))
    if record.ethnicity and record.ethnicity not in ethnicities():
        found.append(Finding("§8.3", _("This nationality is not in GB/T 3304; choose one of the list.")))
    return found


def absence_findings(
    *, standing: str, state: str, away_already: bool, kind: str, starts_on: date, expected_to: date | None, on: date
) -> list[Finding]:
    """Registering someone as away: members only, once at a time; floating means six months or more (FLT-01, FLT-03)."""
    found = []
    if standing not in MEMBERS or state != MembershipState.NORMAL:
        found.append(Finding("FLT-01", _("Only members with a normal membership are registered as away.")))
    if away_already:
        found.append(Finding("house", _("The member is registered as away already; enter the return first.")))
    if starts_on > on:
        found.append(Finding("house", _("The first day away lies in the future; enter it when it has come.")))
    short = expected_to is not None and expected_to < add_months(starts_on, FLOATING_MONTHS)
    if kind == Away.FLOATING and short:
        text = _("Floating means six months or more away; for a shorter time a certificate letter is enough.")
        found.append(Finding("FLT-01", text, must=False, source="FLOAT24; FLT-03"))
    return found


def lost_since(last_life: date | None, last_dues: date | None) -> date | None:
    """Out of contact since: the later of the last organisational life and the last dues payment (LOST-02)."""
    return max((day for day in (last_life, last_dues) if day), default=None)


def lost_alert_on(since: date) -> date:
    """The day on which six months without contact are full (LOST-01): a reminder, never a decision."""
    return add_months(since, LOST_MONTHS)


def removal_review_from(stopped_on: date) -> date:
    """From this day the branch may review removal as self-withdrawal: two years after the stop (LOST-01)."""
    return add_months(stopped_on, REMOVAL_MONTHS)


def stop_findings(*, standing: str, state: str, since: date | None, on: date) -> list[Finding]:
    """Stopping a membership: a decision of the branch or its superior (LOST-01, LOST-03)."""
    if standing not in MEMBERS or state != MembershipState.NORMAL:
        return [Finding("LOST-01", _("Only a normal membership can be stopped."), source="EDU19 Art. 24")]
    if since is None:
        text = _("Enter since when there is no contact: the later of the last organisational life and the last dues.")
        return [Finding("LOST-02", text, source="EDU19 Art. 24")]
    if on < lost_alert_on(since):
        text = _("Six months without contact are full on %(day)s, not earlier.") % {
            "day": lost_alert_on(since).isoformat()
        }
        return [Finding("LOST-01", text, source="EDU19 Art. 24")]
    return []


def departure_findings(
    *, state: str, departure: str, standing: str, on: date, arrived_on: date | None, today: date
) -> list[Finding]:
    """Someone leaves: once, not in the future, and a cancelled probation only of probationary members (§8.3)."""
    if state == MembershipState.LEFT:
        return [Finding("house", _("The person has left already."))]
    found = []
    if departure == Departure.MERGED:
        found.append(Finding("house", _("Records are merged on the page for duplicates.")))
    if on > today:
        found.append(Finding("house", _("The day of leaving lies in the future; enter it when it has come.")))
    if arrived_on and on < arrived_on:
        found.append(Finding("house", _("The person would have left before the relation came here; check the dates.")))
    if departure == Departure.PROBATION_CANCELLED and standing != Standing.PROBATIONARY:
        found.append(Finding("§8.3", _("Only a probation can be cancelled; this person is no probationary member.")))
    return found


def place_findings(*, state: str, here: Any, there: Any, active: bool, may_stand: bool) -> list[Finding]:
    """Moving inside the college: to another active branch that may hold formal relations (TRF-11, ORG-12, ORG-15)."""
    if state == MembershipState.LEFT:
        return [Finding("house", _("The person has left; enrol them again instead."))]
    if here == there:
        return [Finding("house", _("The person stands in this branch already."))]
    if not active or not may_stand:
        return [
            Finding(
                "ORG-15", _("The formal relation stands in an active branch or joint branch."), source="EDU19 Art. 25"
            )
        ]
    return []


def correction_findings(*, is_open: bool, same_person: bool) -> list[Finding]:
    """Answering a correction: once, and not by the person who asked (PERM-02)."""
    if not is_open:
        return [Finding("house", _("This request has been answered already."))]
    if same_person:
        return [Finding("PERM-02", _("Nobody answers their own request; ask another person with this right."))]
    return []


def merge_findings(
    *, same_record: bool, left: tuple[bool, bool], id_keys: tuple[str, str], both_away: bool
) -> list[Finding]:
    """Joining two records of one person (F10): the numbers must not contradict each other."""
    if same_record:
        return [Finding("house", _("Choose two different records."))]
    found = []
    if any(left):
        found.append(Finding("house", _("One of the records has left or was merged already.")))
    if all(id_keys) and id_keys[0] != id_keys[1]:
        found.append(
            Finding(
                "house",
                _("The records have different ID numbers. Correct the wrong number first, or they are two people."),
            )
        )
    if both_away:
        found.append(Finding("house", _("Both records are registered as away; enter the return on one of them first.")))
    return found
