"""Writes of the member record: enrol, change, place, depart. Every change says what stood before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hall.accounts import actions as accounts
from hall.core.findings import Finding, Refused, refuse
from hall.core.identity import check_id, normal_phone
from hall.ledger.acting import Act, Actor, Fact, Forbidden, acting
from hall.ledger.queries import history_of
from hall.members import rules
from hall.members.models import Member
from hall.members.queries import people
from hall.members.rules import EDITABLE, Record, changes_between, initials_of, name_key, pinyin_of
from hall.members.words import Departure, MembershipState
from hall.organisations.queries import organisation_for
from hall.organisations.words import BRANCHES, State

By = Actor | Act
CONFLICT = "house-version"


def local_day(act: Act) -> date:
    """The day of the act in the hall's time zone."""
    return timezone.localtime(act.at).date()


def named(name: str) -> dict[str, str]:
    """A name with the keys it is found by. The name itself stays as it was written (G04)."""
    plain = name.strip()
    return {"name": plain, "name_key": name_key(plain), "pinyin": pinyin_of(plain), "initials": initials_of(plain)}


def tidied(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are kept: numbers in their normal form if they are valid, text without outer blanks."""
    kept = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if kept.get("id_no") and check_id(kept["id_no"]).valid:
        kept["id_no"] = check_id(kept["id_no"]).number
    if kept.get("phone"):
        try:
            kept["phone"] = normal_phone(kept["phone"])
        except ValueError:
            return kept  # the rules say what is wrong with it
    return kept


def enrol(
    *, by: By, organisation: Any, name: str, standing: str, on: date, reason: str = "", source: str = "", **values: Any
) -> Member:
    """Enter a person whose formal relation stands in this branch from `on`. Refused if the numbers are someone else's.

    Does not admit anybody: admission is the meeting's resolution, which this records.
    """
    with acting(by, "members.change", within=organisation.pk) as act:
        given = _known_only({"name": name, "standing": standing, **values})
        member = Member(organisation=organisation, arrived_on=given.pop("arrived_on", None) or on)
        _set(member, tidied(given))
        act.heed([*_place_in(organisation), *_record_findings(member, act), *_taken_findings(member)], reason)
        member.save()
        changes = {key: ["", value] for key, value in people.values_of(member).items() if value}
        act.record("members.member.enrolled", member, on=on, changes=changes, source=source, reason=reason)
    return member


def _place_in(organisation: Any) -> list[Finding]:
    return rules.place_findings(
        state=MembershipState.NORMAL,
        here=None,
        there=organisation.pk,
        active=organisation.state == State.ACTIVE,
        may_stand=organisation.kind in BRANCHES,
    )


def _known_only(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"{', '.join(sorted(unknown))}: not a field that is edited here")
    return dict(values)


def _set(member: Member, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(member, name, value)
    if "name" in values:
        for name, value in named(values["name"]).items():
            setattr(member, name, value)


def _record_findings(member: Member, act: Act) -> list[Finding]:
    record = Record(**{each.name: getattr(member, each.name) for each in fields(Record)})
    return rules.record_findings(record, local_day(act))


def _taken_findings(member: Member) -> list[Finding]:
    """Somebody else has this number already. Says no name: the other may be out of reach."""
    others = Member.objects.exclude(pk=member.pk).exclude(departure=Departure.MERGED)
    found = []
    if member.id_no and others.filter(id_no_index=member.id_no).exists():
        found.append(
            Finding("F10", _("A person with this ID number is in the hall already; look them up by the number."))
        )
    if member.campus_no and others.filter(campus_no=member.campus_no).exists():
        found.append(Finding("F10", _("A person with this student or staff number is in the hall already.")))
    return found


def change_member(
    *, by: By, member: Member, changes: Mapping[str, Any], version: int, on: date | None = None, reason: str = ""
) -> Member:
    """Change fields of a record. `version` is the one the editor saw.

    Refused with the difference if someone else was faster: nothing is lost on either side. Sealed values stand masked
    in the ledger. Place, state and departure have deeds of their own.
    """
    with acting(by, "members.change", within=member.organisation_id) as act:
        held = _held(member)
        wanted = tidied(_known_only(changes))
        if held.version != version:
            raise Refused(_conflict(held, wanted, version))
        before = {name: getattr(held, name) for name in wanted}
        differing = changes_between(before, wanted)
        if not differing:
            raise refuse(_("Nothing was changed."))
        _set(held, wanted)
        act.heed([*_record_findings(held, act), *_taken_findings(held)], reason)
        _keep(act, "members.member.changed", held, differing, on=on, reason=reason)
    return held


def _held(member: Member) -> Member:
    """The row, locked until the act ends."""
    return Member.objects.select_for_update().select_related("organisation").get(pk=member.pk)


def _keep(
    act: Act, fact: str, member: Member, changes: Mapping[str, list[str]], *, on: date | None, **particulars: Any
) -> None:
    member.version += 1
    member.save()
    act.record(fact, member, on=on, changes=dict(changes), version=member.version, **particulars)


def _conflict(held: Member, wanted: Mapping[str, Any], version: int) -> list[Finding]:
    """Who changed what since, and where the two edits meet (G16)."""
    later = [told for told in history_of(held) if told.particulars.get("version", 0) > version]
    found = [
        Finding(
            CONFLICT,
            _("Someone else changed this record while you were editing. Your entries are kept; check and send again."),
        )
    ]
    for told in later:
        for name, (old, new) in told.particulars.get("changes", {}).items():
            text = _("%(who)s changed %(field)s from “%(old)s” to “%(new)s”.") % {
                "who": told.by,
                "field": people.title_of(name),
                "old": people.in_words(name, old),
                "new": people.in_words(name, new),
            }
            if name in wanted:
                text += _(" You wrote “%(yours)s”.") % {"yours": people.in_words(name, rules.plain(name, wanted[name]))}
            found.append(Finding(CONFLICT, text))
    return found


def place_member(*, by: By, member: Member, organisation: Any, on: date, reason: str = "") -> Member:
    """Move the one formal relation to another branch of the college; no letter is needed (TRF-11, ORG-15).

    Needs the right in both branches, so the committee above them does it.
    """
    with acting(by, "members.change", within=member.organisation_id) as act:
        if not by.may("members.change", organisation.pk):
            text = _("Only someone who looks after both branches moves a member between them; ask the committee above.")
            raise Forbidden([Finding("TRF-11", text)])
        held = _held(member)
        active, fits = organisation.state == State.ACTIVE, organisation.kind in BRANCHES
        act.heed(_move_findings(held, organisation, on, active, fits, local_day(act)), reason)
        changes = {
            "organisation": [str(held.organisation), str(organisation)],
            "arrived_on": [rules.plain("arrived_on", held.arrived_on), on.isoformat()],
        }
        places = {"from_organisation": held.organisation_id, "to_organisation": organisation.pk}
        held.organisation, held.arrived_on = organisation, on
        _keep(act, "members.member.placed", held, changes, on=on, reason=reason, **places)
    return held


def _move_findings(held: Member, organisation: Any, on: date, active: bool, fits: bool, today: date) -> list[Finding]:
    found = rules.place_findings(
        state=held.state, here=held.organisation_id, there=organisation.pk, active=active, may_stand=fits
    )
    if on > today:
        found.append(Finding("house", _("The day of the move lies in the future; enter it when it has come.")))
    return found


def depart(*, by: By, member: Member, departure: str, on: date, reason: str = "") -> Member:
    """Someone leaves: a state and a day, never a deletion. Records a decision made elsewhere; makes none.

    Upper modules hear `members.member.departed` and close what lies ahead.
    """
    with acting(by, "members.change", within=member.organisation_id) as act:
        held = _held(member)
        speaks = rules.departure_findings(
            state=held.state,
            departure=departure,
            standing=held.standing,
            on=on,
            arrived_on=held.arrived_on,
            today=local_day(act),
        )
        act.heed(speaks, reason)
        changes = {
            "state": [held.state, MembershipState.LEFT],
            "departed_on": ["", on.isoformat()],
            "departure": ["", departure],
        }
        held.state, held.departed_on, held.departure = MembershipState.LEFT, on, departure
        _keep(act, "members.member.departed", held, changes, on=on, reason=reason, departure=departure)
    return held


def link_accounts(*, by: By, organisation: Any = None, members: Iterable[Member] | None = None) -> int:
    """Open accounts for members who have a student or staff number and none yet; answers how many. Safe to run twice.

    The number is the user name. No password is set and no right is granted.
    """
    with acting(by, "members.import", within=organisation.pk if organisation else None) as act:
        rows = (
            Member.objects.filter(account__isnull=True)
            .exclude(campus_no="")
            .exclude(state=MembershipState.LEFT)
            .select_for_update()
        )
        rows = rows.filter(organisation=organisation) if organisation else rows
        waiting = list(rows if members is None else rows.filter(pk__in=[member.pk for member in members]))
        if not waiting:
            raise refuse(_("Everybody with a student or staff number has an account already."))
        people_in = [accounts.Newcomer(each.campus_no, each.name) for each in waiting]
        opened = {account.username: account for account in accounts.open_accounts(by=act, people=people_in)}
        taken = set(Member.objects.filter(account__in=list(opened.values())).values_list("account", flat=True))
        linked = [each for each in waiting if opened[each.campus_no].pk not in taken]
        for each in linked:
            each.account = opened[each.campus_no]
        Member.objects.bulk_update(linked, ["account"], batch_size=500)
        act.record_many(
            "members.account.linked",
            [(each, {}) for each in linked] or [(each, {"kept": True}) for each in waiting[:1]],
        )
    return len(linked)


def branch_of(pk: int) -> Any:
    """The branch a form names."""
    return organisation_for(pk)


def keep_homes(*, by: Act, facts: list[Fact]) -> None:
    """Hear that organisations end: refused while somebody's formal relation still stands there (ORG-15)."""
    ending = [fact.organisation for fact in facts]
    left = Member.objects.filter(organisation__in=ending).exclude(state=MembershipState.LEFT).count()
    if left:
        raise refuse(
            _("%(count)d people still belong here. Place them in another branch first.") % {"count": left},
            rule="ORG-15",
        )
