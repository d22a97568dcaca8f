"""The collection of a month by branch, and its publication as a paper."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from hall.core.findings import Refused
from hall.core.pages import page
from hall.core.viewer import Request
from hall.dues import actions, queries
from hall.dues.forms import PublishForm
from hall.dues.views.places import month_of, months_around, place_of
from hall.ledger.queries import latest_checkpoint


@page(needs="dues.report")
def collection(request: Request) -> HttpResponse:
    """Totals by branch."""
    return _report(request, PublishForm())


def _report(request: Request, form: PublishForm) -> HttpResponse:
    place, places = place_of(request, "dues.report")
    month = month_of(request)
    head = latest_checkpoint()
    context = {
        "where": place, "places": places, "month": month, "collection": queries.collection(place, month), "form": form,
        "publication": queries.publication_of(place, month), "head": head,
        "root": bytes(head.root).hex()[:16] if head else "", **months_around(month),
    }  # fmt: skip
    return render(request, "dues/collection.html", context, status=422 if form.errors else 200)


@page(needs="dues.report")
@require_POST
def publication(request: Request) -> HttpResponse:
    """Issue the collection as a paper."""
    place, _places = place_of(request, "dues.report")
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            made = actions.publish_report(
                by=request.actor, organisation=place, period=month_of(request), **form.cleaned_data
            )
            return redirect("papers:paper", made.paper_id)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return _report(request, form)
