"""Paying: the cashier takes money for bills; each payment has its receipt, both or neither. Refunds are only added."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from hall.core.days import months_between
from hall.core.failpoints import failpoint
from hall.core.findings import Finding, refuse
from hall.dues import queries, rules
from hall.dues.actions.billing import local_day
from hall.dues.models import Bill, Payment, Refund
from hall.dues.words import BillStatus, PaymentMethod
from hall.files import actions as files
from hall.ledger.acting import Act, Actor, acting
from hall.organisations import queries as organisations
from hall.papers import actions as papers

By = Actor | Act
READ = (  # what a receipt says of a bill; a member has many more columns
    "organisation_id", "period", "amount", "status", "settled_on", "member__name", "member__account_id",
    "assessment__rule", "assessment__source", "assessment__payer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taking:
    """Money taken for one bill. `reference` is made by the form or the bank; the same one is never booked twice."""

    bill_id: int
    amount: int
    reference: str
    payer_name: str = ""


def record_payment(
    *, by: By, bill: Bill, amount: int, paid_on: date, method: PaymentMethod, reference: str, payer_name: str = "",
    reason: str = "", slip: Iterable[Any] = (),
) -> Payment:  # fmt: skip
    """Take a payment for a bill and issue its receipt. Both or neither. `slip` may hold the scan of a bank slip."""
    takings, place = [Taking(bill.pk, amount, reference, payer_name)], bill.organisation
    examined = files.examine(by=by, uploads=slip, model="dues.payment", organisation=place)
    with acting(by, "dues.record", within=place.pk) as act:
        payment = record_payments(
            by=act, takings=takings, organisation=place, paid_on=paid_on, method=method, reason=reason
        )[0]  # fmt: skip
        files.keep(by=act, examined=examined, about=payment, organisation=place)
    return payment


def record_payments(
    *, by: By, takings: Iterable[Taking], organisation: Any, paid_on: date, method: PaymentMethod, reason: str = ""
) -> list[Payment]:
    """Take what members of one branch handed in, one receipt each. All or none; few statements however many.

    The bills are locked in the order of their ids, so two cashiers cannot take the same month: the second is refused.
    """
    wanted = {taking.bill_id: taking for taking in takings}
    with acting(by, "dues.record", within=organisation.pk) as act:
        bills = _locked(list(wanted))
        if not bills or len(bills) != len(wanted) or any(bill.organisation_id != organisation.pk for bill in bills):
            raise refuse(_("A bill is not of this branch any more. Reload the list."))
        kept = queries.kept_on(bills)
        act.heed(_findings(act, organisation, bills, kept, wanted, paid_on), reason)
        payments = _book(act, organisation, bills, wanted, paid_on, method)
        failpoint("payment.booked")
        _settle([bill for bill in bills if kept.get(bill.pk, 0) + wanted[bill.pk].amount >= bill.amount], paid_on)
        act.record_many("dues.payment.recorded", [(p, _said(p)) for p in payments], on=paid_on)
    return payments


def _locked(ids: list[int]) -> list[Bill]:
    rows = Bill.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return list(rows.select_related("member", "assessment").only(*READ))


def _findings(
    act: Act, place: Any, bills: list[Bill], kept: dict[int, int], wanted: dict[int, Taking], paid_on: date
) -> list[Finding]:
    """What the rules say, each with the person's name when several pay at once."""
    limit = organisations.setting("dues.advance_months", place, paid_on)
    found = [*rules.day_findings(paid_on, local_day(act)), *_reference_findings(wanted)]
    for bill in bills:
        late = months_between(bill.period, paid_on)
        owed = bill.amount - kept.get(bill.pk, 0)
        speaks = rules.payment_findings(bill.status, owed, wanted[bill.pk].amount, late, -late, limit)
        found += rules.named(speaks, bill.member.name) if len(bills) > 1 else speaks
    return found


def _reference_findings(wanted: dict[int, Taking]) -> list[Finding]:
    references = [taking.reference for taking in wanted.values()]
    if len(set(references)) < len(references) or Payment.objects.filter(reference__in=references).exists():
        return [Finding("house", _booked())]
    return []


def _booked() -> str:
    return _("This payment was booked already; its receipt is in the list.")


def _book(
    act: Act, place: Any, bills: list[Bill], wanted: dict[int, Taking], paid_on: date, method: PaymentMethod
) -> list[Payment]:
    copies = [_copy(act, place, bill, wanted[bill.pk], paid_on, method) for bill in bills]
    receipts = papers.issue_many(by=act, kind="dues.receipt", organisation=place, copies=copies, on=local_day(act))
    rows = [
        Payment(
            bill=bill, organisation_id=bill.organisation_id, amount=wanted[bill.pk].amount, paid_on=paid_on,
            method=method, reference=wanted[bill.pk].reference, payer_name=wanted[bill.pk].payer_name,
            collector=act.label[:120], receipt=receipt, recorded_at=act.at,
        )
        for bill, receipt in zip(bills, receipts, strict=True)
    ]  # fmt: skip
    try:
        return Payment.objects.bulk_create(rows, batch_size=1000)
    except IntegrityError:  # the same reference, sent twice at the same instant for two bills
        raise refuse(_booked()) from None


def _copy(act: Act, place: Any, bill: Bill, taking: Taking, paid_on: date, method: PaymentMethod) -> papers.Copy:
    said = queries.receipt_of(
        taking.amount,
        bill,
        place=place,
        paid_on=paid_on,
        method=method,
        collector=act.label,
        payer_name=taking.payer_name,
    )
    return papers.Copy(said, name=bill.member.name, concerns_id=bill.member.account_id)


def _settle(bills: list[Bill], paid_on: date) -> None:
    for bill in bills:
        bill.status, bill.settled_on = BillStatus.SETTLED, paid_on
    Bill.objects.filter(pk__in=[bill.pk for bill in bills]).update(status=BillStatus.SETTLED, settled_on=paid_on)


def _said(payment: Payment) -> dict[str, Any]:
    said = {"amount": payment.amount, "receipt": payment.receipt.number, "method": str(payment.method)}
    return {**said, "bill": payment.bill_id}


def refund_payment(*, by: By, payment: Payment, amount: int, on: date, reason: str) -> Refund:
    """Give money back, with a paper. The bill is open again; the payment's row stays as it was."""
    with acting(by, "dues.refund", within=payment.organisation_id) as act:
        rows = Bill.objects.select_for_update(of=("self",)).select_related("organisation", "member")
        bill = rows.get(pk=payment.bill_id)
        if not reason.strip():
            raise refuse(_("Give the reason for the refund."))
        back = sum(refund.amount for refund in payment.refunds.all())
        act.heed(rules.day_findings(on, local_day(act), not_before=payment.paid_on))
        act.heed(rules.refund_findings(payment.amount, back, amount))
        said = queries.refund_of(amount, payment, bill, on=on, reason=reason.strip(), handler=act.label)
        copy = papers.Copy(said, name=bill.member.name, concerns_id=bill.member.account_id)
        paper = papers.issue(
            by=act, kind="dues.refund", organisation=bill.organisation, copy=copy, on=local_day(act)
        )  # fmt: skip
        refund = Refund.objects.create(
            payment=payment, organisation_id=payment.organisation_id, amount=amount, refunded_on=on,
            reason=reason.strip()[:200], paper=paper, recorded_at=act.at,
        )  # fmt: skip
        _reopen(bill)
        act.record(
            "dues.payment.refunded", payment, on=on, amount=amount, paper=paper.number, reason=refund.reason,
            bill=bill.pk,
        )  # fmt: skip
    return refund


def _reopen(bill: Bill) -> None:
    if bill.status == BillStatus.SETTLED:
        bill.status, bill.settled_on = BillStatus.OPEN, None
        bill.save(update_fields=["status", "settled_on"])
