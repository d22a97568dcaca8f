"""Pages of the roster import: upload, preview, columns, decision, error workbook, result, taking back."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.core.findings import Refused
from hall.core.listing import listing
from hall.core.pages import page
from hall.core.sheets import Unreadable, marked_workbook, template_workbook
from hall.core.viewer import Request
from hall.members.actions import roster as actions
from hall.members.forms.roster import ApplyForm, MappingForm, TakeBackForm, UploadForm
from hall.members.models import RosterPreview, RosterRow
from hall.members.queries import previews as queries
from hall.members.rules.roster import COLUMNS, SAMPLE, TEMPLATE_NOTES, choices_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(needs="members.import")
def rosters(request: Request) -> HttpResponse:
    """Upload a roster; earlier imports below."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            preview = actions.read_roster(
                by=request.actor, file=file, name=file.name, sheet=form.cleaned_data["sheet"] or None
            )
            return redirect("members:roster", preview.pk)
        except Unreadable as refusal:
            form.add_error("file", str(refusal))
        except Refused as refusal:
            form.add_findings(refusal.findings)
    earlier = Paginator(queries.previews_for(request.actor), 20).get_page(request.GET.get("page"))
    context = {"form": form, "earlier": earlier}
    return render(request, "members/rosters.html", context, status=422 if form.errors else 200)


@page(needs="members.import")
def template(request: Request) -> HttpResponse:
    """An empty workbook with the columns, drop-downs and notes."""
    book = template_workbook(COLUMNS, SAMPLE, choices_of(), [str(note) for note in TEMPLATE_NOTES])
    return _workbook(book, _("Roster template"))


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(BytesIO(content), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return response


@page(needs="members.import", sensitive=True)
def roster(request: Request, pk: UUID) -> HttpResponse:
    """The preview while it waits, the result once it is applied."""
    preview = queries.preview_for(request.actor, pk)
    return _roster(request, preview)


def _roster(request: Request, preview: RosterPreview, **more: Any) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = preview.rows.filter(state=state) if state in RosterRow.State.values else preview.rows.all()
    shown = listing(rows.order_by("number"), request.GET, fetch=lambda cut: queries.lines(preview, cut))
    waiting = preview.state == RosterPreview.State.READ
    context = {
        "preview": preview,
        "listing": shown,
        "tabs": _tabs(preview, state),
        "state": state,
        "waiting": waiting,
        "decision": queries.decision(preview, request.actor) if waiting else None,
        "work": queries.work_of(preview, request.actor),
        "mapping": MappingForm(header=preview.mapping["header"], columns=preview.mapping["columns"])
        if waiting
        else None,
        "take_back": TakeBackForm(),
        **more,
    }
    refused = any(getattr(each, "errors", None) for each in more.values())
    return render(request, "members/roster.html", context, status=422 if refused else 200)


def _tabs(preview: RosterPreview, current: str) -> list[dict[str, Any]]:
    tabs = [{"title": _("All rows"), "url": "?", "count": preview.counts["rows"], "current": not current}]
    for value, title in RosterRow.State.choices:
        tabs.append(
            {
                "title": title,
                "url": f"?state={value}",
                "count": preview.counts.get(value, 0),
                "current": value == current,
            }
        )
    return tabs


@page(needs="members.import")
@require_POST
def mapping(request: Request, pk: UUID) -> HttpResponse:
    """Read the same sheet again: with other columns, or as it stands to the hall now."""
    preview = queries.preview_for(request.actor, pk)
    form = MappingForm(request.POST, header=preview.mapping["header"], columns=preview.mapping["columns"])
    if form.is_valid():
        try:
            actions.read_again(by=request.actor, preview=preview, mapping=form.mapping())
            messages.info(request, _("The sheet was read again."))
            return redirect("members:roster", preview.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return _roster(request, queries.preview_for(request.actor, pk), mapping=form)


@page(needs="members.import")
@require_POST
def confirmation(request: Request, pk: UUID) -> HttpResponse:
    """Let the ticked doubtful rows of this page pass."""
    preview = queries.preview_for(request.actor, pk)
    if "all" in request.POST:
        _told(request, lambda: actions.confirm_all(by=request.actor, preview=preview))
    else:
        shown, picked = (_uuids(request.POST.getlist(name)) for name in ("shown", "pick"))
        _told(
            request,
            lambda: actions.confirm_rows(
                by=request.actor, preview=preview, shown=shown, confirmed=[pk for pk in picked if pk in shown]
            ),
        )
    return redirect(f"{reverse('members:roster', args=[preview.pk])}?state=doubtful")


def _told(request: Request, confirm: Any) -> None:
    try:
        count = confirm()
        messages.info(request, _("%(count)d doubtful rows are confirmed.") % {"count": count})
    except Refused as refusal:
        messages.error(request, str(refusal))


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:6000]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@page(needs="members.import")
@require_POST
def application(request: Request, pk: UUID) -> HttpResponse:
    """Apply the roster, now or as long work."""
    preview = queries.preview_for(request.actor, pk)
    form = ApplyForm(request.POST, superiors=queries.superiors(request.actor))
    if form.is_valid():
        said = form.cleaned_data
        try:
            done = actions.start_roster(
                by=request.actor,
                preview=preview,
                good_only=said["mode"] == "good",
                create_organisations=said["create_organisations"],
                under=said["under"],
            )
            waits = done.state == RosterPreview.State.READ and done.work
            return redirect("notices:work", done.work) if waits else redirect("members:roster", done.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return _roster(request, queries.preview_for(request.actor, pk), apply=form)


@page(needs="members.import")
def workbook(request: Request, pk: UUID) -> HttpResponse:
    """The person's own sheet back, wrong cells red, with a column that says why."""
    preview = queries.preview_for(request.actor, pk)
    table = queries.table_of(preview)
    if table is None:
        messages.error(request, _("This sheet is no longer kept; upload it again."))
        return redirect("members:roster", preview.pk)
    name = preview.file_name.rpartition(".")[0] or preview.file_name
    return _workbook(marked_workbook(table, queries.problems_of(preview), _("Problem")), f"{name}-{_('with problems')}")


@page(needs="members.import", fresh=True)
@require_POST
def taking_back(request: Request, pk: UUID) -> HttpResponse:
    """Take an applied roster back."""
    preview = queries.preview_for(request.actor, pk)
    form = TakeBackForm(request.POST)
    if form.is_valid():
        try:
            actions.roll_back_roster(by=request.actor, preview=preview, reason=form.cleaned_data["reason"])
            messages.info(request, _("The import was taken back. The members stand as before."))
            return redirect("members:roster", preview.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return _roster(request, preview, take_back=form)


@page(needs="members.import")
@require_POST
def dropping(request: Request, pk: UUID) -> HttpResponse:
    """Give the preview up; the sheet is erased."""
    preview = queries.preview_for(request.actor, pk)
    try:
        actions.drop_roster(by=request.actor, preview=preview)
        messages.info(request, _("The roster was dropped and its sheet erased. No member was changed."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("members:rosters")
