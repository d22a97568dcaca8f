"""Assessing: who has no assessment yet, one member's, and many by sheet."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.core.days import first_of_month
from hall.core.findings import Refused
from hall.core.listing import listing
from hall.core.pages import page
from hall.core.sheets import template_workbook
from hall.core.viewer import Request
from hall.dues import actions, queries
from hall.dues.actions import bases
from hall.dues.forms import ApplyForm, AssessmentForm, SheetForm
from hall.dues.queries import desk, statement
from hall.dues.queries import months as boards
from hall.dues.views.places import place_of
from hall.dues.words import Payer
from hall.members import queries as members

STATES = {"new": "info", "changed": "waiting", "same": "none", "doubtful": "waiting", "wrong": "error"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(needs="dues.assess")
def assessments(request: Request) -> HttpResponse:
    """Who lacks an assessment or has outgrown it, and everybody else with their amount."""
    return _assessments(request, SheetForm(initial={"starts_on": first_of_month(desk.today())}))


def _assessments(request: Request, form: SheetForm) -> HttpResponse:
    place, places = place_of(request, "dues.assess")
    month = first_of_month(desk.today())
    rows = queries.payers(month, boards.ids_of(place)).select_related("organisation")
    listed = listing(
        rows, request.GET, search=statement.search, sorts={"name": ("pinyin", "pk")}, fetch=lambda cut: statement.assessed(cut, month)
    )  # fmt: skip
    context = {
        "where": place, "places": places, "month": month, "form": form, "listing": listed,
        "unassessed": list(queries.unassessed(month, boards.ids_of(place))[:60]),
        "outdated": boards.outdated(month, boards.ids_of(place)),
    }  # fmt: skip
    return render(request, "dues/assessments.html", context, status=422 if form.errors else 200)


@page(needs="dues.assess")
def assessment(request: Request, pk: UUID) -> HttpResponse:
    """Assess one member."""
    member = members.member_for(request.actor, pk, "dues.assess")
    known = queries.assessments_of(member)
    first = {"starts_on": first_of_month(desk.today()), "payer": known[0].payer if known else _usual(member)}
    form = AssessmentForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.assess_member(by=request.actor, member=member, **form.cleaned_data)
            messages.info(request, _("Assessed from %(month)s on.") % {"month": f"{made.starts_on:%Y-%m}"})
            return redirect("dues:account", member.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    context = {"member": member, "form": form, "assessments": known}
    return render(request, "dues/assessment.html", context, status=422 if form.errors else 200)


def _usual(member: Any) -> str:
    return {"retired": Payer.RETIRED, "student": Payer.STUDENT}.get(member.identity, Payer.WAGE)


@page(needs="dues.assess")
def template(request: Request) -> HttpResponse:
    """The workbook to fill in."""
    sample = {"name": "王晓兰", "number": "T1024", "id_no": "", "payer": str(Payer.WAGE.label), "base": "5520.40"}
    made = template_workbook(bases.COLUMNS, sample, {"payer": [str(payer.label) for payer in Payer]})
    response = HttpResponse(made, content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, "党费基数.xlsx")
    return response


@page(needs="dues.assess")
@require_POST
def sheets(request: Request) -> HttpResponse:
    """Read a sheet; nothing is assessed before somebody has looked."""
    place, _places = place_of(request, "dues.assess")
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = actions.read_bases(
                by=request.actor, organisation=place, starts_on=form.cleaned_data["starts_on"], file=file, name=file.name
            )  # fmt: skip
            return redirect("dues:sheet", made.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return _assessments(request, form)


@page(needs="dues.assess")
def sheet(request: Request, pk: UUID) -> HttpResponse:
    """What the sheet would do, row by row; apply it."""
    preview = statement.preview_for(request.actor, pk)
    form = ApplyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            count = actions.apply_bases(by=request.actor, preview=preview, **form.cleaned_data)
            messages.info(request, _("%(count)d members assessed.") % {"count": count})
            return redirect(queries.board_address(preview.organisation_id, preview.starts_on))
        except Refused as refusal:
            form.add_findings(refusal.findings)
    lines = bases.lines_of(preview)
    order = ("wrong", "doubtful", "changed", "new", "same")
    context = {
        "preview": preview, "form": form, "looks": STATES, "good": sum(line.state in order[1:4] for line in lines),
        "doubtful": preview.counts["doubtful"], "waits": preview.state == "read",
        "lines": [(line, STATES[line.state]) for line in sorted(lines, key=lambda each: (order.index(each.state), each.row))],
    }  # fmt: skip
    return render(request, "dues/sheet.html", context, status=422 if form.errors else 200)
