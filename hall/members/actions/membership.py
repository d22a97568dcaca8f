"""Membership stopped and restored, members away and back. People decide; this records what they decided."""

from datetime import date

from django.utils.translation import gettext as _

from hall.core.findings import Finding, refuse
from hall.ledger.acting import Act, Actor, acting
from hall.members import rules
from hall.members.actions.records import _held, _keep, local_day
from hall.members.models import Absence, Member
from hall.members.words import MembershipState

By = Actor | Act


def note_lost_contact(*, by: By, member: Member, since: date, reason: str) -> Member:
    """Note since when there is no contact: the later of the last organisational life and the last dues (LOST-02)."""
    with acting(by, "members.change", within=member.organisation_id) as act:
        held = _held(member)
        if since > local_day(act):
            raise refuse(_("The day lies in the future; enter it when it has come."))
        changes = {"lost_since": [rules.plain("lost_since", held.lost_since), since.isoformat()]}
        held.lost_since = since
        _keep(act, "members.contact.lost", held, changes, on=since, reason=reason)
    return held


def stop_membership(*, by: By, member: Member, on: date, since: date | None = None, reason: str = "") -> Member:
    """Record the decision to stop a membership, six months after contact was lost at the earliest (LOST-01).

    While stopped: no dues, no votes, not counted (LOST-05). The record and its history stay.
    """
    with acting(by, "members.change", within=member.organisation_id) as act:
        held = _held(member)
        since = since or held.lost_since
        act.heed(
            [*rules.stop_findings(standing=held.standing, state=held.state, since=since, on=on), *_not_ahead(on, act)],
            reason,
        )
        changes = {
            "state": [held.state, MembershipState.STOPPED],
            "stopped_on": ["", on.isoformat()],
            "lost_since": [rules.plain("lost_since", held.lost_since), rules.plain("lost_since", since)],
        }
        held.state, held.stopped_on, held.lost_since = MembershipState.STOPPED, on, since
        _keep(act, "members.membership.stopped", held, changes, on=on, reason=reason)
    return held


def restore_membership(*, by: By, member: Member, on: date, reason: str) -> Member:
    """Record the decision to restore a stopped membership (LOST-04)."""
    with acting(by, "members.change", within=member.organisation_id) as act:
        held = _held(member)
        if held.state != MembershipState.STOPPED:
            raise refuse(_("Only a stopped membership is restored."), rule="LOST-04")
        if not reason.strip():
            raise refuse(_("Name the decision that restores the membership."), rule="LOST-04")
        act.heed(_not_ahead(on, act))
        changes = {name: [rules.plain(name, getattr(held, name)), ""] for name in ("stopped_on", "lost_since")}
        changes["state"] = [held.state, MembershipState.NORMAL]
        held.state, held.stopped_on, held.lost_since = MembershipState.NORMAL, None, None
        _keep(act, "members.membership.restored", held, changes, on=on, reason=reason)
    return held


def _not_ahead(on: date, act: Act) -> list[Finding]:
    return (
        [Finding("house", _("The decision lies in the future; enter it when it has been made."))]
        if on > local_day(act)
        else []
    )


def begin_absence(
    *,
    by: By,
    member: Member,
    kind: str,
    starts_on: date,
    place: str,
    host: str = "",
    host_contact: str = "",
    expected_to: date | None = None,
    reason: str = "",
) -> Absence:
    """Register a member as floating or abroad; the formal relation and the votes stay here (FLT-01, FLT-04, F5)."""
    with acting(by, "members.float", within=member.organisation_id) as act:
        held = _held(member)
        speaks = rules.absence_findings(
            standing=held.standing,
            state=held.state,
            away_already=held.absences.filter(ends_on__isnull=True).exists(),
            kind=kind,
            starts_on=starts_on,
            expected_to=expected_to,
            on=local_day(act),
        )
        act.heed(speaks, reason)
        absence = Absence.objects.create(
            member=held,
            kind=kind,
            starts_on=starts_on,
            place=place.strip(),
            host=host.strip(),
            host_contact=host_contact.strip(),
        )
        act.record(
            "members.absence.begun",
            held,
            on=starts_on,
            kind=kind,
            place=absence.place,
            host=absence.host,
            reason=reason,
        )
    return absence


def end_absence(*, by: By, absence: Absence, on: date, reason: str = "") -> Absence:
    """The member is back and takes part here again."""
    with acting(by, "members.float", within=absence.member.organisation_id) as act:
        held = Absence.objects.select_for_update().select_related("member").get(pk=absence.pk)
        if held.ends_on is not None:
            raise refuse(_("The return has been entered already."))
        if not held.starts_on <= on <= local_day(act):
            raise refuse(_("The return lies between the first day away and today."))
        held.ends_on = on
        held.save(update_fields=["ends_on"])
        act.record("members.absence.ended", held.member, on=on, kind=held.kind, place=held.place, reason=reason)
    return held
