"""A roster is read and compared; members stay untouched. What was read is forgotten when nobody needs it any more."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import override

from hall.core.bulk import insert_many
from hall.core.findings import refuse
from hall.core.sheets import Matching, Table, match_columns, read_table
from hall.ledger.acting import Act, Actor, acting
from hall.members.models import RosterPreview, RosterRow
from hall.members.queries import desk, rosters
from hall.members.rules.roster import COLUMNS, Judged, read_rows

By = Actor | Act
KEPT = timedelta(days=30)  # how long an import can be taken back
BATCH = 2_000


def read_roster(
    *, by: By, file: BinaryIO, name: str, mapping: Mapping[str, int | None] | None = None, sheet: str | None = None, under: int | None = None,
) -> RosterPreview:  # fmt: skip
    """Read a workbook and compare it with the hall. Writes the preview only: no member, no organisation.

    `mapping` overrides the columns found (column → header index, None: not in this file); `under` is the organisation
    under which branches the hall lacks would stand. hall.core.sheets.Unreadable if it is no table of people.
    """
    table = read_table(file, name, columns=COLUMNS, sheet=sheet)
    preview = RosterPreview(
        account_id=getattr(by, "account_id", None), organisation_id=_home(by), file_name=name[-200:]
    )
    return _compared(by, preview, table, mapping or {}, under)


def read_again(
    *, by: By, preview: RosterPreview, mapping: Mapping[str, int | None], under: int | None = None
) -> RosterPreview:
    """Read the same sheet with other columns, or against the hall as it is now. Confirmations start anew."""
    if not preview.table:
        raise refuse(_("This sheet is no longer kept; upload it again."))
    kept = {column: preview.mapping["columns"].get(column) for column in preview.mapping.get("chosen", [])}
    return _compared(by, preview, rosters.unpacked(preview.table), {**kept, **mapping}, under)


def _home(by: Any) -> int | None:
    hat = getattr(by, "hat", None)
    return hat.organisation_id if hat else None


def _compared(
    by: By, preview: RosterPreview, table: Table, mapping: Mapping[str, int | None], under: int | None
) -> RosterPreview:
    matching = _matching(table, mapping)
    entries = [] if matching.missing else read_rows(table.rows, matching, on=desk.today(), since_1904=table.date1904)
    compared = rosters.compare(entries, by, under=under)
    with acting(by, "members.import", within=preview.organisation_id) as act:
        if not preview._state.adding:
            held = RosterPreview.objects.select_for_update().get(pk=preview.pk)
            if held.state != RosterPreview.State.READ:
                raise refuse(_("This roster was applied or dropped already; upload the sheet again."))
            held.rows.all().delete()
        _fill(preview, table, matching, mapping, compared)
        preview.read_at = act.at
        preview.save()
        for start in range(0, len(compared.rows), BATCH):
            insert_many([_row(preview, row, matching) for row in compared.rows[start : start + BATCH]])
        act.record("members.roster.read", preview, file=preview.file_name, counts=preview.counts)
    return preview


def _matching(table: Table, mapping: Mapping[str, int | None]) -> Matching:
    matching = match_columns(table.header, COLUMNS)
    try:
        return matching.changed(mapping) if mapping else matching
    except ValueError as error:
        raise refuse(str(error)) from error


def _fill(
    preview: RosterPreview,
    table: Table,
    matching: Matching,
    mapping: Mapping[str, int | None],
    compared: rosters.Comparison,
) -> None:
    preview.table = rosters.packed(table)
    preview.mapping = {
        "header": list(table.header), "columns": dict(matching.mapping), "doubtful": sorted(matching.doubtful), "chosen": sorted(mapping),
        "unmatched": list(matching.unmatched), "problems": list(matching.problems), "sheet": table.sheet, "others": list(table.others),
    }  # fmt: skip
    preview.notes = [str(note) for note in table.notes]
    preview.proposals = compared.proposals
    preview.fingerprint = compared.fingerprint
    preview.counts = {"rows": len(compared.rows), **{str(state): 0 for state in RosterRow.State.values}}
    for row in compared.rows:
        preview.counts[row.state] += 1


def _row(preview: RosterPreview, row: Judged, matching: Matching) -> RosterRow:
    member = row.member
    kept = {"values": row.entry.values, "after": row.after, "branch": row.branch}
    before = (
        {"version": member.version, "values": row.before, "organisation": member.organisation_id} if member else None
    )
    return RosterRow(
        preview=preview, number=row.entry.number, state=row.state, member=member, values=_text(kept), before=_text(before) if before else "",
        problems=[
            {"column": matching.mapping.get(fault.key) if fault.key else None, "rule": fault.rule, "text": str(fault.text), "wrong": fault.wrong}
            for fault in row.entry.faults
        ],
        proposal=row.proposal,
    )  # fmt: skip


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def confirm_rows(*, by: By, preview: RosterPreview, shown: Iterable[Any], confirmed: Iterable[Any]) -> int:
    """Of the doubtful rows shown, let the confirmed ones pass and no others. How many pass in the whole roster."""
    with acting(by, "members.import", within=preview.organisation_id) as act:
        held = _waiting(preview)
        doubtful = held.rows.filter(state=RosterRow.State.DOUBTFUL)
        doubtful.filter(pk__in=list(shown)).update(confirmed=False)
        doubtful.filter(pk__in=list(confirmed)).update(confirmed=True)
        count = doubtful.filter(confirmed=True).count()
        act.record("members.roster.confirmed", held, count=count)
    return count


def confirm_all(*, by: By, preview: RosterPreview) -> int:
    """Let every doubtful row pass."""
    rows = preview.rows.filter(state=RosterRow.State.DOUBTFUL).values_list("pk", flat=True)
    return confirm_rows(by=by, preview=preview, shown=(), confirmed=rows)


def _waiting(preview: RosterPreview) -> RosterPreview:
    held = RosterPreview.objects.select_for_update().get(pk=preview.pk)
    if held.state != RosterPreview.State.READ:
        raise refuse(_("This roster was applied or dropped already; upload the sheet again."))
    return held


def drop_roster(*, by: By, preview: RosterPreview) -> None:
    """Give up a roster that was not applied: the sheet and its rows are erased at once."""
    with acting(by, "members.import", within=preview.organisation_id) as act:
        held = _waiting(preview)
        _erase(held, RosterPreview.State.DROPPED)
        act.record("members.roster.dropped", held)


def _erase(held: RosterPreview, state: str) -> None:
    held.rows.all().delete()
    held.table, held.mapping, held.notes, held.proposals, held.state = "", {}, [], [], state
    held.save()


def forget_rosters(*, by: By, on: date) -> int:
    """Erase the sheets and rows of imports older than 30 days; they can no longer be taken back. Safe to run twice."""
    old = list(RosterPreview.objects.filter(read_at__date__lt=on - KEPT).exclude(mapping={}))
    if not old:
        return 0
    with override(None), acting(by, "members.import") as act:
        for held in old:
            state = RosterPreview.State.DROPPED if held.state == RosterPreview.State.READ else held.state
            _erase(held, state)
        act.record_many("members.roster.forgotten", [(held, {}) for held in old], on=on)
    return len(old)
