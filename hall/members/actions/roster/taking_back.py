"""An applied roster is taken back: what it replaced stands again, whom it enrolled leaves as if never enrolled."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import ForeignObjectRel
from django.utils.translation import gettext as _

from hall.core.findings import refuse
from hall.ledger.acting import Act, Actor, acting
from hall.members import rules
from hall.members.actions.roster.applying import BATCH, _set, upsert
from hall.members.models import Member, RosterPreview, RosterRow
from hall.members.queries import rosters

By = Actor | Act
SHOWN = 10


def roll_back_roster(*, by: By, preview: RosterPreview, reason: str) -> RosterPreview:
    """Take an applied roster back, all of it. Refused, with the names, if somebody changed one of these people since or
    something else refers to a person it enrolled. Organisations it founded stay. The ledger keeps both deeds.
    """
    with acting(by, "members.import", within=preview.organisation_id) as act:
        held = RosterPreview.objects.select_for_update().get(pk=preview.pk)
        if held.state != RosterPreview.State.APPLIED:
            raise refuse(_("Only an applied roster can be taken back."))
        if not reason.strip():
            raise refuse(_("Say why the roster is taken back."))
        rows = list(held.rows.filter(applied=True).order_by("number"))
        if not rows and held.counts.get("enrolled", 0) + held.counts.get("changed", 0):
            raise refuse(_("The rows are no longer kept: a roster can be taken back for 30 days."))
        new, known = [row for row in rows if row.member_id is None], [row for row in rows if row.member_id is not None]
        befores = {row.pk: json.loads(row.before) for row in known}
        members = _members([row.member_id or row.pk for row in rows])
        _heed_reach(by, members)
        _heed_untouched(new, known, befores, members)
        _heed_references([members[row.pk] for row in new])
        _restore(act, known, befores, members, reason.strip())
        _withdraw(act, [members[row.pk] for row in new], reason.strip())
        held.state = RosterPreview.State.ROLLED_BACK
        held.save(update_fields=["state"])
        act.record("members.roster.rolled_back", held, withdrawn=len(new), restored=len(known), reason=reason.strip())
    return held


def _members(keys: Sequence[Any]) -> dict[Any, Member]:
    found: dict[Any, Member] = {}
    for start in range(0, len(keys), 10_000):
        found |= {
            row.pk: row
            for row in Member.objects.select_for_update().filter(pk__in=keys[start : start + 10_000]).order_by("pk")
        }
    return found


def _heed_reach(by: By, members: dict[Any, Member]) -> None:
    if not all(by.may("members.import", pk) for pk in {member.organisation_id for member in members.values()}):
        raise refuse(
            _("Somebody of this roster stands where you do not look after them now; ask the organisation department.")
        )


def _heed_untouched(
    new: Sequence[RosterRow], known: Sequence[RosterRow], befores: dict[Any, Any], members: dict[Any, Member]
) -> None:
    touched = [row for row in new if row.pk not in members or members[row.pk].version != 1]
    touched += [
        row
        for row in known
        if row.member_id not in members or members[row.member_id].version != befores[row.pk]["version"] + 1
    ]
    if touched:
        text = _("Changed since the import: %(people)s. Nothing was taken back; correct these people one by one.")
        raise refuse(text % {"people": _people(touched, members)}, rule="roster-changed")


def _people(rows: Sequence[RosterRow], members: dict[Any, Member]) -> str:
    named = [members.get(row.member_id or row.pk) for row in rows[:SHOWN]]
    words = [
        _("%(name)s (row %(row)d)") % {"name": member.name if member else "–", "row": row.number}
        for row, member in zip(rows, named, strict=False)
    ]
    return "、".join(words) + ("…" if len(rows) > SHOWN else "")


def _heed_references(members: Sequence[Member]) -> None:
    """Whoever has an account, bills, absences or the like was more than a row of this roster."""
    used = {member.pk for member in members if member.account_id}
    keys = [member.pk for member in members]
    for relation in Member._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.related_model is RosterRow:
            continue
        name = relation.field.name
        for start in range(0, len(keys), 10_000):
            wanted = {f"{name}__in": keys[start : start + 10_000]}
            used |= set(relation.related_model._base_manager.filter(**wanted).values_list(name, flat=True))
    if used:
        names = "、".join(member.name for member in members if member.pk in used)
        text = _(
            "The hall already holds more about: %(people)s (an account, a bill, a request). Nothing was taken back; record their leaving instead."
        )
        raise refuse(text % {"people": names[:200]}, rule="roster-used")


def _restore(
    act: Act, known: Sequence[RosterRow], befores: dict[Any, Any], members: dict[Any, Member], reason: str
) -> None:
    titles = {place.pk: place.title for place in rosters.atlas().by_pk.values()}
    for start in range(0, len(known), BATCH):
        batch = known[start : start + BATCH]
        columns, changed, placed = {"version", "organisation"}, [], []
        for row in batch:
            member, before = members[row.member_id], befores[row.pk]
            said = {"reason": reason, "source": _("Roster taken back"), "version": member.version + 1}
            after = json.loads(row.values)["after"]
            back = {
                name: [rules.plain(name, after[name]), rules.plain(name, value)]
                for name, value in before["values"].items()
            }
            if back:
                changed.append((member, {"changes": back, **said}))
            if member.organisation_id != before["organisation"]:
                moved = {"from_organisation": member.organisation_id, "to_organisation": before["organisation"]}
                words = [titles.get(member.organisation_id, ""), titles.get(before["organisation"], "")]
                placed.append((member, {"changes": {"organisation": words}, **moved, **said}))
            _set(member, {name: value or empty(name) for name, value in before["values"].items()})
            member.organisation_id = before["organisation"]
            member.version += 1
            columns |= before["values"].keys()
        upsert([members[row.member_id] for row in batch], columns)
        act.record_many("members.member.changed", changed)
        act.record_many("members.member.placed", placed)


def empty(name: str) -> str:
    """What stands in a column of which nothing is known."""
    return "0" if name == "sex" else ""


def _withdraw(act: Act, members: Sequence[Member], reason: str) -> None:
    act.record_many("members.member.withdrawn", [(member, {"reason": reason}) for member in members])
    keys = [member.pk for member in members]
    for start in range(0, len(keys), 10_000):
        Member.objects.filter(pk__in=keys[start : start + 10_000]).delete()
