"""Pages of the roster and of one person: list, record, enrolment, change, export, print, duplicates."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hall.core.days import parse_day
from hall.core.findings import Refused
from hall.core.listing import listing
from hall.core.pages import page, signature
from hall.core.sheets import write_csv, write_xlsx
from hall.core.viewer import Request, Viewer
from hall.ledger.queries import history_of
from hall.members import actions, queries, rules
from hall.members.forms.records import ChangeForm, EnrolForm, ExportForm, LookupForm, MergeForm
from hall.members.queries import desk, lists, people

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(needs="members.view")
def members(request: Request) -> HttpResponse:
    """The list (ux 4). An ID number typed into the search is not looked up here and not kept in the address."""
    if lists.looks_like_id(request.GET.get("q", "")):
        messages.warning(
            request,
            _("An ID number does not belong into an address; it was not searched. Use the look-up by ID number."),
        )
        return redirect("members:lookup")
    rows = lists.shown_in_list(queries.listed_for(request.actor), request.GET.get("state", ""))
    page_of = listing(
        rows,
        request.GET,
        filters=lists.filters(request.actor, desk.today()),
        search=lists.search,
        sorts=lists.SORTS,
        fetch=lists.lines,
        counted_by="state",
    )
    here = request.GET.urlencode()
    context = {
        "listing": page_of,
        "views": [(title, query, query == here) for title, query in lists.quick_views(request.actor)],
        "several": any(each["name"] == "organisation" for each in page_of.filters),
        "gaps": [] if page_of.narrowed else lists.gaps(request.actor),
        "may": _may(request.actor),
    }
    return render(request, "members/members.html", context)


def _may(viewer: Viewer) -> dict[str, bool]:
    return {
        verb: viewer.holds(f"members.{verb}") for verb in ("change", "reveal", "export", "import", "merge", "float")
    }


@page(needs="members.view", sensitive=True)
def member(request: Request, pk: UUID) -> HttpResponse:
    """One person (ux 5), also as of an earlier day (?on=)."""
    row = queries.member_for(request.actor, pk)
    history = history_of(row)
    day, wrong = _asked_day(request)
    values = people.member_as_of(row, day, history) if day else people.values_of(row)
    today = desk.today()
    may = {
        verb: request.actor.may(f"members.{verb}", row.organisation_id)
        for verb in ("change", "reveal", "merge", "float")
    }
    context = {
        "member": row,
        "sections": people.sheet_of(values, people.sources_of(history)),
        "history": history,
        "day": day,
        "wrong": wrong,
        "standing": rules.party_standing(row.standing, row.full_on, today),
        "age": rules.age(row.birth_date, today),
        "kind": people.in_words("standing", values["standing"]),
        "away": row.absences.filter(ends_on__isnull=True).first(),
        "state_look": {"normal": "done", "stopped": "waiting", "left": "none"}[row.state],
        "may": may,
        "asked": request.GET.get("on", ""),
        "merged": list(row.merged_here.all()) if may["merge"] else [],
    }
    return render(request, "members/member.html", context)


def _asked_day(request: Request) -> tuple[Any, str]:
    asked = request.GET.get("on", "").strip()
    if not asked:
        return None, ""
    try:
        return parse_day(asked), ""
    except ValueError as error:
        return None, str(error)


def branch_choices(viewer: Viewer, permission: str) -> list[tuple[int, str]]:
    """Active branches within this viewer's reach, for a form."""
    found = desk.branches_within(viewer, permission)
    return [(each.pk, each.name) for each in found]


@page(needs="members.change")
def enrolment(request: Request) -> HttpResponse:
    """Enter one person."""
    form = EnrolForm(request.POST or None, branches=branch_choices(request.actor, "members.change"))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            made = actions.enrol(by=request.actor, organisation=desk.branch(given.pop("organisation")), **given)
            return redirect("members:member", made.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return render(request, "members/enrolment.html", {"form": form}, status=422 if form.errors else 200)


@page(needs="members.change", sensitive=True)
def change(request: Request, pk: UUID) -> HttpResponse:
    """Change a record. If someone else was faster, both edits are shown and nothing typed is lost."""
    row = queries.member_for(request.actor, pk, "members.change")
    form = ChangeForm(request.POST or None, member=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_member(
                by=request.actor,
                member=row,
                changes=form.changes(),
                version=form.cleaned_data["version"],
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("The record is changed."))
            return redirect("members:member", row.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
            form.renew(row.version)
    return render(request, "members/change.html", {"form": form, "member": row}, status=422 if form.errors else 200)


@page(needs="members.view")
def lookup(request: Request) -> HttpResponse:
    """Find a person by the whole ID number. POST only carries it; nothing found and not allowed look the same."""
    form = LookupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = queries.member_by_number(request.actor, form.cleaned_data["number"])
        if found:
            return redirect("members:member", found.pk)
        form.add_error("number", _("Nobody within your reach has this number."))
    return render(request, "members/lookup.html", {"form": form}, status=422 if form.errors else 200)


@page(needs="members.export", fresh=True, sensitive=True)
def export(request: Request) -> HttpResponse | StreamingHttpResponse:
    """The roster as a file, with a reason; phones masked, no ID numbers (STA-05)."""
    form = ExportForm(
        request.POST or None,
        organisations=[(p.pk, p.title) for p in lists.places_within(request.actor, "members.export")],
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        rows = desk.roster_of(request.actor, given["organisation"])
        try:
            actions.record_export(
                by=request.actor,
                organisation=desk.branch(given["organisation"]),
                count=rows.count(),
                reason=given["reason"],
                form=given["form"],
            )
            return _file(request, rows, given["form"])
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return render(request, "members/export.html", {"form": form}, status=422 if form.errors else 200)


def _file(request: Request, rows: Any, form: str) -> HttpResponse | StreamingHttpResponse:
    titles, lines = desk.roster_titles(), desk.roster_rows(rows)
    name = f"{_('Roster')}-{desk.today():%Y%m%d}.{form}"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    if form == "csv":
        body = write_csv(line for part in ([titles], lines) for line in part)
        return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)
    book = write_xlsx(titles, lines, title=_("Roster"), watermark=f"{signature(request.actor)}\n{request.actor.label}")
    return FileResponse(book, content_type=XLSX, headers=headers)


@page(needs="members.view", fresh=True, sensitive=True)
def register(request: Request) -> HttpResponse:
    """The official roster for printing, narrowed like the list."""
    rows = lists.shown_in_list(queries.listed_for(request.actor), request.GET.get("state", ""))
    asked = request.GET.copy()
    asked["size"] = "100"
    asked.setdefault("standing", "members")
    page_of = listing(
        rows,
        asked,
        filters=lists.filters(request.actor, desk.today()),
        search=lists.search,
        sorts=lists.SORTS,
        fetch=desk.register_lines,
    )
    return render(
        request,
        "members/register.html",
        {
            "listing": page_of,
            "today": desk.today(),
            "college_or_branch": request.actor.hat.organisation,
            "several": any(each["name"] == "organisation" for each in page_of.filters),
        },
    )


@page(needs="members.import")
@require_POST
def accounts(request: Request) -> HttpResponse:
    """Open accounts for everybody in the hat's organisation who has a number and no account yet."""
    place = request.actor.hat.organisation
    try:
        count = actions.link_accounts(by=request.actor, organisation=None if place.depth == 1 else place)
        messages.success(
            request, ngettext("%(count)d account opened.", "%(count)d accounts opened.", count) % {"count": count}
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("members:members")


@page(needs="members.merge")
def duplicates(request: Request) -> HttpResponse:
    """Records that may be one person."""
    pairs = queries.duplicates(queries.members_for(request.actor, "members.merge"))
    return render(request, "members/duplicates.html", {"pairs": pairs})


@page(needs="members.merge", fresh=True, sensitive=True)
def pair(request: Request, first: UUID, second: UUID) -> HttpResponse:
    """Two records side by side; a person chooses which one stays."""
    if first == second:
        raise Http404
    both = [queries.member_for(request.actor, pk, "members.merge") for pk in (first, second)]
    form = MergeForm(request.POST or None, pair=both)
    if request.method == "POST" and form.is_valid():
        keep, drop = both if form.cleaned_data["keep"] == str(first) else reversed(both)
        try:
            kept = actions.merge_members(by=request.actor, keep=keep, drop=drop, reason=form.cleaned_data["reason"])
            messages.success(
                request,
                _("Both records are one now. The record of %(name)s holds what both knew.") % {"name": kept.name},
            )
            return redirect("members:member", kept.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    context = {"form": form, "pair": both, "rows": _side_by_side(both), "back": reverse("members:duplicates")}
    return render(request, "members/pair.html", context, status=422 if form.errors else 200)


def _side_by_side(both: list[Any]) -> list[dict[str, Any]]:
    left, right = (people.values_of(each) for each in both)
    names = [name for name in left if (left[name] or right[name]) and name not in ("state", "departed_on", "departure")]
    return [
        {
            "title": people.title_of(n),
            "left": people.in_words(n, left[n]),
            "right": people.in_words(n, right[n]),
            "differs": left[n] != right[n],
        }
        for n in names
    ]
