"""Paying: the cashier takes money for bills; each payment has its receipt, both or neither. Refunds are added, never erased."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from hall.core.days import months_between
from hall.core.findings import Finding, refuse
from hall.core.money import capitals, yuan_plain
from hall.dues import queries, rules
from hall.dues.models import Bill, Payment, Refund
from hall.dues.words import BillStatus, PaymentMethod
from hall.ledger.acting import Act, Actor, acting
from hall.organisations import queries as organisations
from hall.papers import actions as papers

By = Actor | Act


@dataclass(frozen=True, slots=True)
class Taking:
    """Money taken for one bill. `reference` is made by the client or the bank; the same one is never booked twice."""

    bill_id: int
    amount: int
    reference: str
    payer_name: str = ""


def record_payment(
    *, by: By, bill: Bill, amount: int, paid_on: date, method: PaymentMethod, reference: str, payer_name: str = "", reason: str = ""
) -> Payment:  # fmt: skip
    """Take a payment for a bill and issue its receipt. Both or neither."""
    taking = Taking(bill.pk, amount, reference, payer_name)
    return record_payments(by=by, takings=[taking], organisation=bill.organisation, paid_on=paid_on, method=method, reason=reason)[0]


def record_payments(*, by: By, takings: Iterable[Taking], organisation, paid_on: date, method: PaymentMethod, reason: str = "") -> list[Payment]:
    """Take what members of one branch handed in, one receipt each. All or none; a few statements however many.

    The bills are locked in the order of their ids, so two cashiers cannot take the same month: the second is refused.
    """
    wanted = {taking.bill_id: taking for taking in takings}
    with acting(by, "dues.record", within=organisation.pk) as act:
        rows = Bill.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        bills = list(rows.select_related("member", "organisation", "assessment"))
        if len(bills) != len(wanted) or any(bill.organisation_id != organisation.pk for bill in bills):
            raise refuse(_("A bill is not of this branch any more. Reload the list."))
        act.heed([*_findings(bills, wanted, paid_on, organisation), *_reference_findings(wanted)], reason)
        payments = _book(act, bills, wanted, paid_on, method)
        _settle(bills, wanted, paid_on)
        act.record_many("dues.payment.recorded", [(p, _said(p)) for p in payments], on=paid_on)
    return payments


def _findings(bills: list[Bill], wanted: dict[int, Taking], paid_on: date, organisation) -> list[Finding]:
    limit = organisations.setting("dues.advance_months", organisation, paid_on)
    kept = queries.bills.kept_on(bills)
    found: list[Finding] = []
    for bill in bills:
        late = months_between(bill.period, paid_on)
        found += rules.payment_findings(bill.status, bill.amount - kept.get(bill.pk, 0), wanted[bill.pk].amount, late, -late, limit)
    return found


def _reference_findings(wanted: dict[int, Taking]) -> list[Finding]:
    references = [taking.reference for taking in wanted.values()]
    if len(set(references)) < len(references) or Payment.objects.filter(reference__in=references).exists():
        return [Finding("house", _("This payment was booked already; its receipt is in the list."))]
    return []


def _book(act: Act, bills: list[Bill], wanted: dict[int, Taking], paid_on: date, method: PaymentMethod) -> list[Payment]:
    copies = [
        papers.Copy(
            queries.receipt_of(wanted[b.pk].amount, b, paid_on=paid_on, method=method, collector=act.label, payer_name=wanted[b.pk].payer_name),
            name=b.member.name,
            concerns_id=b.member.account_id,
        )
        for b in bills
    ]
    receipts = papers.issue_many(by=act, kind="dues.receipt", organisation=bills[0].organisation, copies=copies, on=act.at.date())
    return Payment.objects.bulk_create(
        Payment(
            bill=bill, organisation_id=bill.organisation_id, amount=wanted[bill.pk].amount, paid_on=paid_on, method=method,
            reference=wanted[bill.pk].reference, payer_name=wanted[bill.pk].payer_name, collector=act.label[:120], receipt=receipt, recorded_at=act.at,
        )
        for bill, receipt in zip(bills, receipts, strict=True)
    )  # fmt: skip


def _settle(bills: list[Bill], wanted: dict[int, Taking], paid_on: date) -> None:
    kept = queries.bills.kept_on(bills)
    settled = [bill.pk for bill in bills if kept.get(bill.pk, 0) >= bill.amount]
    Bill.objects.filter(pk__in=settled).update(status=BillStatus.SETTLED, settled_on=paid_on)


def _said(payment: Payment) -> dict:
    return {"amount": payment.amount, "receipt": payment.receipt.number, "method": payment.method, "bill": payment.bill_id}


def refund_payment(*, by: By, payment: Payment, amount: int, on: date, reason: str) -> Refund:
    """Give money back, with a paper. The bill is open again unless it is withdrawn; the payment's row stays as it was."""
    with acting(by, "dues.refund", within=payment.organisation_id) as act:
        bill = Bill.objects.select_for_update().select_related("organisation", "member").get(pk=payment.bill_id)
        if not reason.strip():
            raise refuse(_("Give the reason for the refund."))
        back = sum(refund.amount for refund in payment.refunds.all())
        act.heed(rules.refund_findings(payment.amount, back, amount))
        content = {
            "member": bill.member.name, "branch": str(bill.organisation), "period": f"{bill.period:%Y-%m}", "amount": yuan_plain(amount),
            "capitals": capitals(amount), "receipt": payment.receipt.number, "reason": reason.strip(), "refunded_on": on.isoformat(), "handler": act.label,
        }  # fmt: skip
        copy = papers.Copy(content, name=bill.member.name, concerns_id=bill.member.account_id)
        paper = papers.issue(by=act, kind="dues.refund", organisation=bill.organisation, copy=copy, on=act.at.date())
        refund = Refund.objects.create(
            payment=payment, organisation_id=payment.organisation_id, amount=amount, refunded_on=on, reason=reason.strip(), paper=paper, recorded_at=act.at
        )
        if bill.status == BillStatus.SETTLED:
            bill.status, bill.settled_on = BillStatus.OPEN, None
            bill.save(update_fields=["status", "settled_on"])
        act.record("dues.payment.refunded", payment, on=on, amount=amount, paper=paper.number, reason=reason.strip())
    return refund
