"""A previewed roster is applied: one act, all or nothing, bulk statements. Refused when the hall moved on since."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db import IntegrityError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hall.core.bulk import insert_many
from hall.core.failpoints import failpoint
from hall.core.findings import Finding, refuse
from hall.ledger.acting import Act, Actor, Forbidden, acting
from hall.members import rules
from hall.members.actions.records import local_day, named
from hall.members.models import Member, RosterPreview, RosterRow
from hall.members.queries import rosters
from hall.members.rules.roster import DAYS, written
from hall.notices.actions import start_work
from hall.organisations.actions import found_organisation
from hall.organisations.queries import organisation_for

By = Actor | Act
Progress = Callable[[int, int], None]
DIRECT = 300  # rows up to which a person waits for the page
BATCH = 2_000
CHANGED_SINCE = "roster-changed"


@dataclass(slots=True)
class Told:
    """A row of the preview, opened, without the weight of its table row."""

    pk: UUID
    number: int
    state: str
    member_id: UUID | None
    proposal: int | None
    confirmed: bool
    after: dict[str, str]
    values: dict[str, str]
    branch: int | None
    before: dict[str, Any]


def _told(held: RosterPreview) -> list[Told]:
    return [_opened(row) for row in held.rows.defer("problems").order_by("number").iterator(BATCH)]


def _opened(row: RosterRow) -> Told:
    kept = json.loads(row.values)
    before = json.loads(row.before) if row.before else {}
    return Told(
        row.pk, row.number, row.state, row.member_id, row.proposal, row.confirmed,
        kept["after"], kept["values"], kept["branch"], before,
    )  # fmt: skip


def apply_roster(
    *, by: By, preview: RosterPreview, good_only: bool, doubtful: Iterable[UUID] | Literal["all"] | None = None,
    create_organisations: bool = False, under: int | None = None, progress: Progress | None = None,
) -> RosterPreview:  # fmt: skip
    """Write the rows of a roster into the hall: new and changed ones and the confirmed doubtful ones. All or nothing.

    good_only             False: refused while any row is wrong or a doubtful one is not confirmed
    doubtful              rows to confirm besides those confirmed on the page, or "all"
    create_organisations  found the proposed organisations too; without it their rows stay out (refused if not good_only)
    under                 where proposed branches stand whose superior the roster does not name

    Refused when a member it concerns changed since the preview, and when it was applied before. Empty cells erase
    nothing. Tells no dates the sheet does not tell: who moves to another branch keeps the day of arrival.
    """
    tell = progress or (lambda done, total: None)
    with acting(by, "members.import", within=preview.organisation_id) as act:
        held = RosterPreview.objects.select_for_update().get(pk=preview.pk)
        if held.state != RosterPreview.State.READ:
            raise refuse(_("This roster was applied or dropped already; upload the sheet again."))
        rows = _told(held)
        tell(0, len(rows))
        act.heed(_unchanged(held, rows))
        chosen = _chosen(rows, _confirmed(rows, doubtful), good_only, create_organisations)
        founded = _found(act, by, held, chosen, under) if create_organisations else {}
        count = len(rows)
        del rows
        _within_reach(act, by, chosen)
        try:
            done = _write(act, held, chosen, founded, tell, count)
        except IntegrityError:
            raise refuse(_changed_since(), rule=CHANGED_SINCE) from None
        _close(act, held, chosen, done, good_only, founded)
    tell(count, count)
    return held


def _changed_since() -> str:
    return _(
        "The hall has changed since this roster was compared. Nothing was written; compare it again and look at the rows."
    )


def _unchanged(held: RosterPreview, rows: Sequence[Told]) -> list[Finding]:
    """Locks everybody the roster might mean and compares them with the preview."""
    values = [row.values for row in rows]
    people = rosters.people_meant(values, rosters.fingerprints(values), locked=True)
    return [] if people.fingerprint == held.fingerprint else [Finding(CHANGED_SINCE, _changed_since())]


def _confirmed(rows: Sequence[Told], doubtful: Iterable[UUID] | Literal["all"] | None) -> set[UUID]:
    if doubtful == "all":
        return {row.pk for row in rows if row.state == RosterRow.State.DOUBTFUL}
    return {*(doubtful or ()), *(row.pk for row in rows if row.confirmed)}


def _chosen(rows: Sequence[Told], confirmed: set[UUID], good_only: bool, create: bool) -> list[Told]:
    wrong = [row.number for row in rows if row.state == RosterRow.State.WRONG]
    open_rows = [row.number for row in rows if row.state == RosterRow.State.DOUBTFUL and row.pk not in confirmed]
    homeless = [row.number for row in rows if row.proposal is not None and not create]
    if not good_only:
        _refuse_rows(
            wrong, _("Row %(rows)s is wrong. Correct the sheet and upload it again, or take only the good rows.")
        )
        _refuse_rows(
            open_rows, _("Row %(rows)s is doubtful and not confirmed. Confirm it, or take only the good rows.")
        )
        _refuse_rows(
            homeless,
            _(
                "Row %(rows)s stands in an organisation the hall lacks. Agree to its creation, or take only the good rows."
            ),
        )
    left_out = {*wrong, *open_rows, *homeless}
    taken = ("new", "changed", "doubtful")
    return [
        row for row in rows if row.state in taken and row.number not in left_out and not rosters.is_double(row.values)
    ]


def _refuse_rows(numbers: Sequence[int], text: str) -> None:
    if numbers:
        shown = "、".join(str(number) for number in numbers[:20]) + ("…" if len(numbers) > 20 else "")
        raise refuse(text % {"rows": shown}, rule="roster-rows")


def _found(act: Act, by: By, held: RosterPreview, chosen: Sequence[Told], under: int | None) -> dict[int, int]:
    """Found what the chosen rows need, from the top down: number of the proposal → id."""
    needed = {each.proposal for each in chosen if each.proposal is not None}
    names = {held.proposals[at]["under_name"] for at in needed} - {""}
    made: dict[int, int] = {}
    by_name: dict[str, int] = {}
    for at, proposal in enumerate(held.proposals):
        if at not in needed and proposal["name"] not in names:
            continue
        above = by_name.get(proposal["under_name"]) or (under if under and proposal["open"] else proposal["under"])
        if above is None:
            raise refuse(
                _("The hall has no committee yet under which organisations could stand. Set up the college first."),
                rule="ORG-08",
            )
        if not by.may("organisations.shape", above):
            raise Forbidden(
                [
                    Finding(
                        "PERM",
                        _("Your post does not allow creating organisations here. Ask the organisation department."),
                    )
                ]
            )
        founded = found_organisation(
            by=act, name=proposal["name"], kind=proposal["kind"], under=organisation_for(above), on=local_day(act)
        )
        made[at] = by_name[proposal["name"]] = founded.pk
    return made


def _within_reach(act: Act, by: By, chosen: Sequence[Told]) -> None:
    """The right is asked for again for every branch: it may have been withdrawn since the preview."""
    places = {each.branch for each in chosen} | {each.before.get("organisation") for each in chosen}
    active = rosters.atlas().by_pk
    for pk in places - {None}:
        if not by.may("members.import", pk) or (pk not in active and any(each.branch == pk for each in chosen)):
            raise refuse(_changed_since(), rule=CHANGED_SINCE)


def _write(
    act: Act, held: RosterPreview, chosen: Sequence[Told], founded: dict[int, int], tell: Progress, total: int
) -> dict[str, int]:
    new = [each for each in chosen if each.member_id is None]
    known = [each for each in chosen if each.member_id is not None]
    titles = {place.pk: place.title for place in rosters.atlas().by_pk.values()}
    for start in range(0, len(new), BATCH):
        _enrol(act, held, new[start : start + BATCH], founded, titles)
        tell(start, total)
    moved = 0
    for start in range(0, len(known), BATCH):
        moved += _change(act, held, known[start : start + BATCH], founded, titles)
        tell(len(new) + start, total)
    return {"enrolled": len(new), "changed": len(known), "moved": moved}


def _source(held: RosterPreview, row: Told) -> str:
    return _("Roster %(file)s, row %(row)d") % {"file": held.file_name, "row": row.number}


def _place(told: Told, founded: dict[int, int]) -> int | None:
    """The branch the row names; None if it says nothing new about it."""
    return told.branch if told.proposal is None else founded[told.proposal]


def _set(member: Member, values: dict[str, str]) -> None:
    for name, value in values.items():
        setattr(
            member, name, date.fromisoformat(value) if name in DAYS and value else (None if name in DAYS else value)
        )
    if "name" in values:
        for name, value in named(values["name"]).items():
            setattr(member, name, value)


def _enrol(
    act: Act, held: RosterPreview, chosen: Sequence[Told], founded: dict[int, int], titles: dict[int, str]
) -> None:
    """New members take over the row's id, so that the import can find them again."""
    made = []
    for each in chosen:
        place = _place(each, founded)
        if place is None:
            raise refuse(_changed_since(), rule=CHANGED_SINCE)
        member = Member(id=each.pk, organisation_id=place)
        given = written(each.values)
        _set(member, given)
        changes = {name: ["", rules.plain(name, value)] for name, value in given.items()}
        changes["organisation"] = ["", titles[place]]
        made.append((member, {"changes": changes, "source": _source(held, each)}))
    insert_many([member for member, _said in made])
    failpoint("roster.enrolled")
    act.record_many("members.member.enrolled", made)


def _change(
    act: Act, held: RosterPreview, chosen: Sequence[Told], founded: dict[int, int], titles: dict[int, str]
) -> int:
    members = Member.objects.in_bulk([each.member_id for each in chosen])
    columns = {"version"}
    changed, placed = [], []
    for each in chosen:
        member = members[each.member_id]
        _set(member, each.after)
        member.version += 1
        columns |= each.after.keys()
        said = {"source": _source(held, each), "version": member.version}
        if each.after:
            differing = {
                name: [rules.plain(name, each.before["values"].get(name, "")), rules.plain(name, value)]
                for name, value in each.after.items()
            }
            changed.append((member, {"changes": differing, **said}))
        place = _place(each, founded)
        if place is not None:
            placed.append((member, {**_move(member, place, titles), **said}))
            columns.add("organisation")
    upsert(members.values(), columns)
    act.record_many("members.member.changed", changed)
    act.record_many("members.member.placed", placed)
    return len(placed)


def _move(member: Member, place: int, titles: dict[int, str]) -> dict[str, Any]:
    here = member.organisation_id
    member.organisation_id = place
    return {
        "changes": {"organisation": [titles.get(here, ""), titles[place]]},
        "from_organisation": here,
        "to_organisation": place,
    }


def upsert(members: Iterable[Member], columns: Iterable[str]) -> None:
    """Write these columns of existing rows in bulk, with the keys and fingerprints that belong to them."""
    wanted = set(columns)
    if "name" in wanted:
        wanted |= {"name_key", "pinyin", "initials"}
    wanted |= {f"{name}_index" for name in ("id_no", "phone") if name in wanted}
    Member.objects.bulk_create(list(members), update_conflicts=True, unique_fields=["id"], update_fields=sorted(wanted))


def _close(
    act: Act,
    held: RosterPreview,
    chosen: Sequence[Told],
    done: dict[str, int],
    good_only: bool,
    founded: dict[int, int],
) -> None:
    keys = [each.pk for each in chosen]
    for start in range(0, len(keys), 10_000):
        held.rows.filter(pk__in=keys[start : start + 10_000]).update(applied=True)
    held.state, held.applied_at, held.good_only = RosterPreview.State.APPLIED, act.at, good_only
    held.counts = {**held.counts, **done, "founded": len(founded)}
    held.save()
    failpoint("roster.closing")
    told = {"file": held.file_name, "good_only": good_only, "founded": sorted(founded.values()), **done}
    act.record_many("members.roster.applied", [(held, told)])


def start_roster(
    *, by: By, preview: RosterPreview, good_only: bool, create_organisations: bool = False, under: int | None = None
) -> RosterPreview:
    """Apply a roster now, or as long work if it has more than 300 rows; `preview.work` then names the work."""
    if preview.counts.get("rows", 0) <= DIRECT:
        return apply_roster(
            by=by, preview=preview, good_only=good_only, create_organisations=create_organisations, under=under
        )
    with acting(by, "members.import", within=preview.organisation_id) as act:
        held = RosterPreview.objects.select_for_update().get(pk=preview.pk)
        if held.state != RosterPreview.State.READ:
            raise refuse(_("This roster was applied or dropped already; upload the sheet again."))
        held.work = start_work(
            by=act, name="members.apply_roster", organisation=held.organisation, preview=str(held.pk),
            good_only=good_only, create_organisations=create_organisations, under=under,
        ).pk  # fmt: skip
        held.save(update_fields=["work"])
    return held


def run_roster(by: By, progress: Progress, *, preview: str, **arguments: Any) -> dict[str, Any]:
    """The long work. After a crash it starts again from nothing; once kept, it says so and writes nothing twice."""
    found = RosterPreview.objects.get(pk=preview)
    if found.state == RosterPreview.State.READ:
        found = apply_roster(by=by, preview=found, progress=progress, **arguments)
    return {"url": reverse("members:roster", args=[found.pk]), "text": applied_words(found)}


def applied_words(preview: RosterPreview) -> str:
    """What was done, in one sentence."""
    counts = preview.counts
    return ngettext(
        "%(enrolled)d person enrolled, %(changed)d records changed.",
        "%(enrolled)d people enrolled, %(changed)d records changed.",
        counts["enrolled"],
    ) % {"enrolled": counts["enrolled"], "changed": counts["changed"]}
