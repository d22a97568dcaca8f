"""The month board: figures, differences first, the rest as a list; issue the month, take what members handed in."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.core.findings import Refused
from hall.core.listing import listing
from hall.core.money import yuan
from hall.core.pages import page
from hall.core.viewer import Request, Viewer
from hall.dues import actions, queries
from hall.dues.forms import TakingForm
from hall.dues.queries import desk
from hall.dues.queries import months as boards
from hall.dues.views.places import month_of, months_around, place_of
from hall.notices import actions as notices
from hall.organisations.words import BRANCHES

DIRECT = 300  # more members than this are billed by the worker, with a progress page


@page(needs="dues.view")
def bills(request: Request) -> HttpResponse:
    """One month of one organisation."""
    return _board(request, TakingForm(initial={"paid_on": desk.today(), "batch": uuid4().hex}))


def _board(request: Request, form: TakingForm, picked: frozenset[int] = frozenset()) -> HttpResponse:
    place, places = place_of(request, "dues.view")
    month, viewer = month_of(request), request.actor
    found = queries.board(viewer, place, month)
    rows = queries.bills_for(viewer, period=month).filter(organisation__in=found.ids)
    listed = listing(
        rows,
        request.GET,
        filters=boards.filters(),
        search=boards.search,
        sorts=boards.SORTS,
        fetch=boards.lines,
        size=100,
    )
    context = {
        "board": found, "listing": listed, "where": place, "places": places, "month": month, "form": form, "picked": picked,
        "today": desk.today(), **months_around(month), **_rights(viewer, place, found),
    }  # fmt: skip
    return render(request, "dues/bills.html", context, status=422 if form.errors else 200)


def _rights(viewer: Viewer, place: Any, found: queries.Board) -> dict[str, bool]:
    return {
        "may_issue": viewer.may("dues.issue", place.pk) and found.to_issue > 0,
        "may_record": viewer.may("dues.record", place.pk) and place.kind in BRANCHES,
        "may_assess": viewer.may("dues.assess", place.pk),
        "may_report": viewer.may("dues.report", place.pk),
    }


@page(needs="dues.issue")
@require_POST
def issue(request: Request) -> HttpResponse:
    """Issue the month: at once for a branch, by the worker for many."""
    place, _places = place_of(request, "dues.issue")
    month = month_of(request)
    if queries.to_bill(month, boards.ids_of(place)).count() > DIRECT:
        work = notices.start_work(
            by=request.actor, name="dues.issue", organisation=place, place=place.pk, period=month.isoformat()
        )  # fmt: skip
        return redirect("notices:work", work.pk)
    try:
        count = actions.issue_bills(by=request.actor, period=month, organisation=place)
        messages.info(request, _("%(count)d bills issued.") % {"count": count})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(queries.board_address(place.pk, month))


@page(needs="dues.record")
@require_POST
def payments(request: Request) -> HttpResponse:
    """Take what the picked members handed in: each bill's open amount, one receipt each."""
    place, _places = place_of(request, "dues.record")
    picked = frozenset(int(pk) for pk in request.POST.getlist("pick") if pk.isascii() and pk.isdigit() and len(pk) < 19)
    form = TakingForm(request.POST)
    if form.is_valid() and not picked:
        form.add_error(None, _("Tick the members who paid."))
    if not form.is_valid():
        return _board(request, form, picked)
    try:
        made = _take(request.actor, place, picked, form.cleaned_data)
    except Refused as refusal:
        form.add_findings(refusal.findings)
        return _board(request, form, picked)
    return _receipts(request, place, made)


def _take(viewer: Viewer, place: Any, picked: frozenset[int], said: dict[str, Any]) -> list[Any]:
    rows = list(queries.bills_for(viewer, permission="dues.record").filter(pk__in=picked))
    kept = queries.kept_on(rows)
    takings = [actions.Taking(row.pk, row.amount - kept.get(row.pk, 0), f"{said['batch']}-{row.pk}") for row in rows]
    return actions.record_payments(
        by=viewer,
        takings=takings,
        organisation=place,
        paid_on=said["paid_on"],
        method=said["method"],
        reason=said["reason"],
    )


def _receipts(request: Request, place: Any, made: list[Any]) -> HttpResponse:
    numbers = [payment.receipt.number for payment in made]
    total = yuan(sum(payment.amount for payment in made))
    text = _("%(count)d payments, %(total)s yuan in all. Each has its receipt.") % {"count": len(made), "total": total}
    first = made[0].receipt
    result = {
        "title": _("Payments recorded"), "number_title": _("Receipts"), "text": text,
        "number": numbers[0] if len(numbers) == 1 else f"{numbers[0]} — {numbers[-1]}",
        "print_url": reverse("papers:pdf", args=[first.pk]) if len(made) == 1 else "",
        "links": [
            {"url": reverse("papers:paper", args=[first.pk]), "title": _("First receipt")},
            {"url": f"{reverse('papers:papers')}?kind=dues.receipt&organisation={place.pk}", "title": _("All receipts")},
        ],
        "back_url": queries.board_address(place.pk, month_of(request)), "back_title": _("Back to the month"),
    }  # fmt: skip
    return render(request, "core/result.html", {"result": result})
