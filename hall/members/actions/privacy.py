"""Personal data: revealed one person at a time with a reason, copied by the person, corrected on request."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hall.core.days import parse_day
from hall.core.findings import Finding, refuse
from hall.core.viewer import Viewer
from hall.files import actions as files
from hall.ledger.acting import Act, Actor, acting
from hall.members import rules
from hall.members.actions.records import change_member
from hall.members.models import Correction, Look, Member, column
from hall.members.rules import CORRECTABLE, SEALED

By = Actor | Act
DATES = ("birth_date", "joined_on", "full_on")


def reveal(*, by: By, member: Member, fields: Iterable[str], reason: str) -> dict[str, str]:
    """Sealed values of one person in clear. Leaves a look the person can read, and a fact without the values."""
    with acting(by, "members.reveal", within=member.organisation_id) as act:
        wanted = [name for name in SEALED if name in set(fields)]
        if not wanted:
            raise refuse(_("Choose what you need to see."))
        if len(reason.strip()) < 2:
            raise refuse(_("Give the reason; the person can read it."))
        Look.objects.create(
            member=member, account_id=_account_of(act), by=act.label, fields=wanted, reason=reason.strip(), at=act.at
        )
        act.record("members.data.revealed", member, fields=wanted, reason=reason.strip())
    return {name: getattr(member, name) for name in wanted}


def _account_of(act: Act) -> int:
    kind, _colon, pk = act.key.partition(":")
    if kind != "account":
        raise refuse(_("Only a signed-in person sees sealed values."))
    return int(pk)


def copy_own_data(*, by: By, member: Member) -> dict[str, Any]:
    """The person's own data in clear, to keep or to take elsewhere (LAW-04). Nobody else gets it this way."""
    with acting(by, "members.own") as act:
        _own_only(act, member)
        act.record("members.data.copied", member)
    return {
        name: rules.plain(name, value) if name not in SEALED else value or "" for name, value in _own_values(member)
    }


def _own_values(member: Member) -> list[tuple[str, Any]]:
    return [
        (name, str(member.organisation) if name == "organisation" else getattr(member, name)) for name in rules.TRACKED
    ]


def _own_only(act: Act, member: Member) -> None:
    if member.account_id is None or act.key != f"account:{member.account_id}":
        raise refuse(_("This is possible only for one's own record."))


def record_export(*, by: By, organisation: Any, count: int, reason: str, form: str) -> None:
    """Note that a roster left the hall: how many people, in which form, why (STA-05). The file itself is not kept."""
    with acting(by, "members.export", within=organisation.pk) as act:
        if len(reason.strip()) < 2:
            raise refuse(_("Give the reason for taking the roster out of the hall."), rule="STA-05")
        act.record("members.roster.exported", organisation, count=count, reason=reason.strip(), form=form)


def ask_correction(
    *, by: By, member: Member, field: str, wanted: str, why: str = "", proofs: Iterable[Any] = ()
) -> Correction:
    """Ask to have one field of one's own record corrected (LAW-04), with up to three proofs. Changes nothing yet."""
    examined = files.examine(by=by, uploads=proofs, model="members.correction", organisation=member.organisation)
    with acting(by, "members.own") as act:
        _own_only(act, member)
        if field not in CORRECTABLE:
            raise refuse(_("Choose the field that is wrong."))
        if not wanted.strip():
            raise refuse(_("Write what it should be."))
        if member.corrections.filter(field=field, state=Correction.State.OPEN).exists():
            raise refuse(_("Your earlier request about this field is still waiting for an answer."))
        row = Correction.objects.create(
            member=member, field=field, wanted=wanted.strip(), why=why.strip(), asked_at=act.at
        )
        kept = files.keep(by=act, examined=examined, about=row, organisation=member.organisation)
        act.record("members.correction.asked", row, field=field, proofs=len(kept))
    return row


def answer_correction(
    *, by: By, correction: Correction, accept: bool, answer: str = "", on: date | None = None, reason: str = ""
) -> Correction:
    """Correct the field as asked, or decline with reasons (LAW-04, PERM-02). The person is told either way."""
    with acting(by, "members.change", within=correction.member.organisation_id) as act:
        held = Correction.objects.select_for_update().select_related("member").get(pk=correction.pk)
        same = act.key == f"account:{held.member.account_id}"
        act.heed(rules.correction_findings(is_open=held.state == Correction.State.OPEN, same_person=same))
        if not accept and len(answer.strip()) < 2:
            raise refuse(_("Say why the field is not changed; the person has a right to the reasons."), rule="LAW-04")
        if accept:
            value = _as_value(held.field, held.wanted)
            change_member(
                by=act,
                member=held.member,
                changes={held.field: value},
                version=held.member.version,
                on=on,
                reason=reason or _("corrected on request"),
            )
        held.state = Correction.State.DONE if accept else Correction.State.DECLINED
        held.answer, held.answered_at = answer.strip(), act.at
        held.save()
        act.record("members.correction.answered", held, field=held.field, accepted=accept, answer=held.answer)
    return held


def _as_value(field: str, text: str) -> Any:
    """What the person wrote, as the field keeps it. Refused with a sentence if it does not fit."""
    if field in DATES:
        try:
            return parse_day(text)
        except ValueError as error:
            raise refuse(str(error)) from error
    choices = dict(column(field).flatchoices)
    if field == "education":
        choices = rules.educations()
    if choices and text not in choices:
        by_title = {str(title): value for value, title in choices.items()}
        if text not in by_title:
            raise refuse(
                _("“%(text)s” is none of the choices of this field; correct it on the page of the record.")
                % {"text": text}
            )
        return by_title[text]
    return text


def open_findings(correction: Correction, viewer: Viewer) -> list[Finding]:
    """What speaks against this viewer answering; the page shows it beside the button."""
    same = viewer.key == f"account:{correction.member.account_id}"
    return rules.correction_findings(is_open=correction.state == Correction.State.OPEN, same_person=same)
