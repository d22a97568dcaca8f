"""One bill: why this amount, what was paid, its receipts and its record."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.core.findings import Refused
from hall.core.pages import HallForm, page
from hall.core.viewer import Request, Viewer
from hall.dues import actions, queries
from hall.dues.forms import PaymentForm, ReasonForm, RefundForm
from hall.dues.queries import desk
from hall.dues.queries import months as boards
from hall.files import queries as files
from hall.ledger.queries import history_of_all


@page()
def bill(request: Request, pk: int) -> HttpResponse:
    """The clerk's view of a bill, and the member's own."""
    return _bill(request, queries.bill_for(request.actor, pk))


def _bill(request: Request, row: Any, forms: dict[str, HallForm] | None = None) -> HttpResponse:
    viewer, owed, forms = request.actor, queries.owed(row), forms or {}
    own = row.member.account_id == viewer.account_id
    payments = queries.payments_of(row)
    slips = files.files_of_all(payments)
    paying = PaymentForm(initial={"amount": owed, "paid_on": desk.today(), "batch": uuid4().hex})
    context = {
        "bill": row, "owed": owed, "payments": [(each, slips.get(str(each.pk), [])) for each in payments],
        "badge": boards.BADGES[row.status], "own": own,
        "lines": _lines(viewer, row, own), "history": history_of_all([row, *payments]),
        "payment_form": forms.get("payment", paying), "withdrawal_form": forms.get("withdrawal", ReasonForm()),
        "form": next(iter(forms.values()), None),
        "may_record": row.status == "open" and viewer.may("dues.record", row.organisation_id),
        "may_withdraw": row.status == "open" and viewer.may("dues.withdraw", row.organisation_id),
        "may_refund": viewer.may("dues.refund", row.organisation_id), "may_view": viewer.may("dues.view", row.organisation_id),
    }  # fmt: skip
    return render(request, "dues/bill.html", context, status=422 if forms else 200)


def _lines(viewer: Viewer, row: Any, own: bool) -> list[Any]:
    """Why this amount (F46): with the base only for the member and who may assess (F47, D26)."""
    if own or viewer.may("dues.assess", row.organisation_id):
        return queries.why(row.assessment, queries.unit_of(row.assessment.organisation, row.assessment.starts_on))
    return []


@page(needs="dues.record")
@require_POST
def payment(request: Request, pk: int) -> HttpResponse:
    """Take money for this bill."""
    row = queries.bill_for(request.actor, pk, "dues.record")
    form = PaymentForm(request.POST, request.FILES)
    if form.is_valid():
        said = dict(form.cleaned_data)
        reference = f"{said.pop('batch')}-{row.pk}"
        try:
            made = actions.record_payment(by=request.actor, bill=row, reference=reference, **said)
            messages.info(request, _("Payment recorded. Receipt %(number)s.") % {"number": made.receipt.number})
            return redirect("dues:bill", row.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return _bill(request, row, {"payment": form})


@page(needs="dues.withdraw")
@require_POST
def withdrawal(request: Request, pk: int) -> HttpResponse:
    """Take the bill back."""
    row = queries.bill_for(request.actor, pk, "dues.withdraw")
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            actions.withdraw_bill(by=request.actor, bill=row, **form.cleaned_data)
            messages.info(request, _("The bill is withdrawn."))
            return redirect("dues:bill", row.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return _bill(request, row, {"withdrawal": form})


@page(needs="dues.refund", fresh=True)
def refund(request: Request, pk: int) -> HttpResponse:
    """Give money of one payment back."""
    row = queries.payment_for(request.actor, pk)
    left = row.amount - queries.refunded(row)
    form = RefundForm(request.POST if request.method == "POST" else None, initial={"amount": left, "on": desk.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.refund_payment(by=request.actor, payment=row, **form.cleaned_data)
            messages.info(request, _("Refunded. Paper %(number)s.") % {"number": made.paper.number})
            return redirect("dues:bill", row.bill_id)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    context = {"payment": row, "left": left, "form": form}
    return render(request, "dues/refund.html", context, status=422 if form.errors else 200)
