"""Two records of one person become one, without losing anything; and apart again if it was a mistake."""

from typing import Any

from django.utils.translation import gettext as _

from hall.core.findings import Finding, refuse
from hall.ledger.acting import Act, Actor, Forbidden, acting
from hall.ledger.queries import history_of
from hall.members import rules
from hall.members.actions.records import _keep, local_day
from hall.members.models import Absence, Correction, Look, Member, column
from hall.members.rules import EDITABLE, SEALED, id_key
from hall.members.words import Departure, MembershipState

By = Actor | Act
ROWS: dict[str, type[Absence | Look | Correction]] = {"absences": Absence, "looks": Look, "corrections": Correction}


def merge_members(*, by: By, keep: Member, drop: Member, reason: str) -> Member:
    """Make two records of one person one. Nothing is lost: empty fields are filled, the dropped row stays as it was.

    What other modules hold about the dropped record follows by itself: they hear `members.member.merged` with
    particulars `kept` and `dropped` (ids) and move their rows. `split_members` undoes it.
    """
    with acting(by, "members.merge", within=keep.organisation_id) as act:
        if not by.may("members.merge", drop.organisation_id):
            raise Forbidden(
                [Finding("F10", _("One of the records is outside your reach; ask the organisation department."))]
            )
        if not reason.strip():
            raise refuse(_("Say how you know that both records are one person."), rule="F10")
        rows = {
            row.pk: row
            for row in Member.objects.select_for_update()
            .select_related("organisation")
            .filter(pk__in=[keep.pk, drop.pk])
        }
        kept, dropped = rows[keep.pk], rows[drop.pk]
        act.heed(_merge_findings(kept, dropped), reason)
        moved = {
            name: [str(pk) for pk in model.objects.filter(member=dropped).values_list("pk", flat=True)]
            for name, model in ROWS.items()
        }
        state = dropped.state
        account = _give_up(act, kept, dropped)
        changes = _fill(kept, dropped)
        for model in ROWS.values():
            model.objects.filter(member=dropped).update(member=kept)
        both = {"kept": str(kept.pk), "dropped": str(dropped.pk), "moved": moved, "account": account, "was": state}
        _keep(act, "members.member.merged", kept, changes, on=None, reason=reason.strip(), **both)
        left = {
            "state": [state, MembershipState.LEFT],
            "departure": ["", Departure.MERGED],
            "departed_on": ["", str(dropped.departed_on)],
        }
        act.record("members.record.dropped", dropped, changes=left, into=str(kept.pk), reason=reason.strip())
    return kept


def _merge_findings(kept: Member, dropped: Member) -> list[Finding]:
    away = [row.absences.filter(ends_on__isnull=True).exists() for row in (kept, dropped)]
    return rules.merge_findings(
        same_record=kept.pk == dropped.pk,
        left=(kept.state == MembershipState.LEFT, dropped.state == MembershipState.LEFT),
        id_keys=(id_key(kept.id_no or ""), id_key(dropped.id_no or "")),
        both_away=all(away),
    )


def _give_up(act: Act, kept: Member, dropped: Member) -> int | None:
    """The dropped row leaves; its account goes over if the kept one has none."""
    account = dropped.account_id if kept.account_id is None else None
    dropped.state, dropped.departed_on, dropped.departure, dropped.merged_into = (
        MembershipState.LEFT,
        local_day(act),
        Departure.MERGED,
        kept,
    )
    if account:
        dropped.account_id = None
    dropped.version += 1
    dropped.save()
    if account:
        kept.account_id = account
    return account


def _fill(kept: Member, dropped: Member) -> dict[str, list[str]]:
    """Take over what the kept record lacks. A date a person's type forbids is not taken over."""
    changes = {}
    for name in EDITABLE:
        here, there = getattr(kept, name), getattr(dropped, name)
        empty = here in (None, "") or (name == "sex" and here == "0")
        barred = name == "full_on" and kept.standing != "full"
        if empty and there not in (None, "", "0") and not barred:
            setattr(kept, name, there)
            changes[name] = [rules.plain(name, here), rules.plain(name, there)]
    return changes


def split_members(*, by: By, dropped: Member, reason: str) -> Member:
    """Undo a merge: the dropped record stands again, what was filled in or moved goes back. Answers the restored one.

    A field that was changed after the merge stays as it is now.
    """
    with acting(by, "members.merge", within=dropped.organisation_id) as act:
        if dropped.merged_into_id is None:
            raise refuse(_("This record is not merged."))
        if not reason.strip():
            raise refuse(_("Say why the merge was a mistake."), rule="F10")
        kept = Member.objects.select_for_update().select_related("organisation").get(pk=dropped.merged_into_id)
        back = Member.objects.select_for_update().get(pk=dropped.pk)
        told = _merge_told(kept, back)
        changes = _empty_again(kept, back, told["changes"])
        if told["account"]:
            kept.account_id = None
        _keep(
            act,
            "members.member.split",
            kept,
            changes,
            on=None,
            reason=reason.strip(),
            kept=str(kept.pk),
            dropped=str(back.pk),
        )
        back.state, back.departed_on, back.departure, back.merged_into = told["was"], None, "", None
        back.account_id = told["account"] or back.account_id
        back.version += 1
        back.save()
        for name, model in ROWS.items():
            model.objects.filter(pk__in=told["moved"][name]).update(member=back)
        act.record(
            "members.record.restored",
            back,
            changes={"state": [MembershipState.LEFT, back.state], "departure": [Departure.MERGED, ""]},
            reason=reason.strip(),
        )
    return back


def _merge_told(kept: Member, dropped: Member) -> dict[str, Any]:
    found = [
        t.particulars
        for t in history_of(kept)
        if t.name == "members.member.merged" and t.particulars.get("dropped") == str(dropped.pk)
    ]
    if not found:
        raise refuse(_("The ledger no longer holds what the merge moved; it cannot be undone by itself."))
    return found[-1]


def _empty_again(kept: Member, back: Member, filled: dict[str, list[str]]) -> dict[str, list[str]]:
    changes = {}
    for name, (before, after) in filled.items():
        field = column(name)
        if getattr(kept, name) == getattr(back, name):
            setattr(
                kept,
                name,
                before
                or (None if field.null else ("" if name in SEALED or not field.has_default() else field.get_default())),
            )
            changes[name] = [after, before]
    return changes
