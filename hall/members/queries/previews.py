"""Previews: rosters that were read, as their pages show them: rows, reasons, what can be decided."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from hall.core.modules import Text
from hall.core.sheets import Problem, Table, column_letter
from hall.core.viewer import Viewer
from hall.members.models import RosterPreview, RosterRow
from hall.members.queries.people import in_words, title_of
from hall.members.queries.rosters import atlas, unpacked
from hall.members.rules import plain
from hall.members.rules.roster import (
    SUPERIORS,
)
from hall.notices import queries as notices
from hall.organisations import queries as organisations
from hall.organisations.words import Kind as OrganisationKind

TOLD = ("standing", "joined_on", "campus_no")  # of somebody new, on the page


def previews_for(viewer: Viewer) -> QuerySet[RosterPreview]:
    """Rosters read for the organisations this viewer imports for, newest first."""
    rows = RosterPreview.objects.defer("table").select_related("account", "organisation").order_by("-read_at")
    return (
        rows if viewer.reaches_all("members.import") else rows.filter(organisation__in=viewer.reach("members.import"))
    )


def preview_for(viewer: Viewer, pk: Any) -> RosterPreview:
    """The preview, or 404."""
    found = previews_for(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def problems_of(preview: RosterPreview) -> Iterator[Problem]:
    """Everything said about the rows, in their order, for the error workbook."""
    for number, problems in preview.rows.exclude(problems=[]).order_by("number").values_list("number", "problems"):
        for each in problems:
            yield Problem(number, each["column"], each["text"], each["wrong"])


@dataclass(frozen=True, slots=True)
class Line:
    """A row as the preview shows it; sealed values masked."""

    pk: Any
    number: int
    state: str
    name: str
    branch: str
    changes: list[tuple[str, str, str]]
    problems: list[dict[str, Any]]
    confirmed: bool
    member: Any
    badges: list[tuple[str, Any]]


def lines(preview: RosterPreview, rows: Iterable[RosterRow]) -> list[Line]:
    """Rows of one page in words. Opens only the values of these rows."""
    shown = list(rows)
    header = unpacked_header(preview)
    titles = dict(organisations.organisations().values_list("pk", "short_name"))
    return [_line(preview, row, header, titles) for row in shown]


def unpacked_header(preview: RosterPreview) -> list[str]:
    """The column names of the sheet."""
    return preview.mapping.get("header", [])


def _line(preview: RosterPreview, row: RosterRow, header: list[str], titles: dict[int, str]) -> Line:
    kept = json.loads(row.values)
    before = json.loads(row.before) if row.before else {}
    after = kept["after"] or ({} if row.member_id else {n: kept["values"][n] for n in TOLD if n in kept["values"]})
    changes = [
        (title_of(name), _shown(name, before.get("values", {}).get(name, "")), _shown(name, value))
        for name, value in after.items()
    ]
    if changes and not row.member_id:  # somebody new: one line says it
        changes = [("", "", " · ".join(value for _title, _before, value in changes))]
    branch = titles.get(kept["branch"], "") if kept["branch"] else ""
    if row.proposal is not None:
        branch = preview.proposals[row.proposal]["name"]
    if branch and row.member_id:
        changes.append((_("Branch"), titles.get(before.get("organisation") or 0, ""), branch))
    problems = [{**each, "title": header_title(header, each["column"])} for each in row.problems]
    return Line(
        row.pk, row.number, row.state, kept["values"].get("name", ""), branch or kept["values"].get("branch", ""), changes, problems, row.confirmed,
        row.member_id, _badges(row),
    )  # fmt: skip


LOOKS = {"new": "info", "changed": "info", "same": "done", "doubtful": "waiting", "wrong": "error"}


def _badges(row: RosterRow) -> list[tuple[str, Text]]:
    """What is said of a row at a glance: its state, and what became of it."""
    found: list[tuple[str, Text]] = [(LOOKS[row.state], RosterRow.State(row.state).label)]
    if row.confirmed:
        found.append(("done", _("Confirmed")))
    if row.applied:
        found.append(("done", _("Applied")))
    return found


def header_title(header: Sequence[str], column: int | None) -> str:
    """The column's own name, or its letter where it has none."""
    if column is None:
        return ""
    return (header[column] if column < len(header) else "") or column_letter(column)


def _shown(name: str, value: str) -> str:
    return in_words(name, plain(name, value))


@dataclass(frozen=True, slots=True)
class Decision:
    """What can be done with a preview now, in figures: the buttons name them."""

    all: int
    good: int
    wrong: int
    open: int
    confirmed: int
    proposals: list[dict[str, Any]]
    proposed: int
    superiors: list[tuple[int, str]]

    @property
    def complete(self) -> bool:
        """Nothing stands against applying the whole sheet."""
        return not self.wrong and not self.open


def decision(preview: RosterPreview, viewer: Viewer) -> Decision:
    """How many rows each button would apply. One query, two with proposals."""
    grouped = preview.rows.values("state", "confirmed", "proposal").annotate(n=Count("pk")).order_by()
    count = {"new": 0, "changed": 0, "same": 0, "wrong": 0, "doubtful": 0, "confirmed": 0, "proposed": 0}
    for row in grouped:
        count[row["state"]] += row["n"]
        passes = row["state"] in ("new", "changed") or row["confirmed"]
        count["confirmed"] += row["n"] if row["confirmed"] and row["state"] == RosterRow.State.DOUBTFUL else 0
        count["proposed"] += row["n"] if passes and row["proposal"] is not None else 0
    good = count["new"] + count["changed"] + count["confirmed"]
    open_rows = count["doubtful"] - count["confirmed"]
    proposals = [{**each, "kind_title": OrganisationKind(each["kind"]).label} for each in preview.proposals]
    tops = superiors(viewer) if proposals else []
    return Decision(
        good + open_rows, good, count["wrong"], open_rows, count["confirmed"], proposals, count["proposed"], tops
    )


def superiors(viewer: Viewer) -> list[tuple[int, str]]:
    """Organisations under which this viewer may found branches."""
    return [
        (place.pk, place.title)
        for place in atlas().by_pk.values()
        if place.kind in SUPERIORS and viewer.may("organisations.shape", place.pk)
    ]


def work_of(preview: RosterPreview, viewer: Viewer) -> Any:
    """How far the long work is that applies the roster, for who set it going; None when there is none."""
    found = notices.works_for(viewer).filter(pk=preview.work).first() if preview.work else None
    return notices.progress_of(found) if found and preview.state == RosterPreview.State.READ else None


def table_of(preview: RosterPreview) -> Table | None:
    """The sheet as it was uploaded; None once it is erased."""
    text = RosterPreview.objects.only("table").get(pk=preview.pk).table
    return unpacked(text) if text else None
