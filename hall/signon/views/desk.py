"""The administrators' page: who of the campus is which account, proposed by one and approved by another."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.core.findings import Refused
from hall.core.listing import listing
from hall.core.pages import page
from hall.core.viewer import Request
from hall.signon import actions, queries
from hall.signon.forms import BindingForm, ReasonForm


@page(needs="signon.view", fresh="POST")
def identities(request: Request) -> HttpResponse:
    """Who is bound, who waits; whoever may, proposes a list."""
    may = request.actor.holds("signon.propose") and bool(queries.doors())
    form = BindingForm(request.POST or None) if may else None
    if form is not None and request.method == "POST" and form.is_valid():
        said, account = form.cleaned_data, request.actor.account
        try:
            door = queries.doors()[said["door"]]
            made = actions.propose(by=request.actor, door=door, proposer=account, pairs=said["lines"])
            text = _("%(count)d bindings proposed. The security administrator approves them.") % {"count": len(made)}
            messages.info(request, text)
            return redirect("signon:identities")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    page_of = listing(queries.identities_for(request.actor), request.GET, search=queries.named)
    context = {
        "list": page_of,
        "rows": [(row, queries.title_of(row.issuer)) for row in page_of.rows],
        "form": form,
        "waiting": queries.waiting_for(request.actor).count(),
        "doors": queries.doors().values(),
    }
    return render(request, "signon/identities.html", context, status=422 if form and form.errors else 200)


@page(needs="signon.approve", fresh="POST")
@require_POST
def approval(request: Request) -> HttpResponse:
    """Approve all that waits and that one may approve."""
    try:
        rows = queries.waiting_for(request.actor)
        count = actions.approve(by=request.actor, approver=request.actor.account, rows=rows)
        messages.info(request, _("%(count)d bindings are in force.") % {"count": count})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("signon:identities")


@page(needs="signon.view", fresh="POST")
def withdrawal(request: Request, pk: int) -> HttpResponse:
    """Unbind one person of the campus."""
    row = queries.identities_for(request.actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(by=request.actor, identity=row, **form.cleaned_data)
            messages.info(request, _("The binding is gone."))
            return redirect("signon:identities")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    context = {"identity": row, "door": queries.title_of(row.issuer), "form": form}
    return render(request, "signon/withdrawal.html", context, status=422 if form.errors else 200)
