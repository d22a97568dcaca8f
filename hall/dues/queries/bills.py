"""Bills, what is owed on them, and one member's account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.http import Http404

from hall.core.money import capitals, yuan_plain
from hall.dues.models import Assessment, Bill, Payment, Refund
from hall.dues.words import BillStatus, Payer
from hall.members import queries as members


def bills_for(viewer: Any, *, period: date | None = None, permission: str = "dues.view") -> QuerySet[Bill]:
    """Bills of the organisations this viewer looks after."""
    rows = Bill.objects.all() if period is None else Bill.objects.filter(period=period)
    return rows if viewer.reaches_all(permission) else rows.filter(organisation__in=viewer.reach(permission))


def bill_for(viewer: Any, pk: int, permission: str = "dues.view") -> Bill:
    """The bill, or 404 for strangers. The member themself may open it too."""
    own = Q(member__account=viewer.account_id)
    within = Q() if viewer.reaches_all(permission) else Q(organisation__in=viewer.reach(permission)) | own
    found = Bill.objects.filter(within, pk=pk).select_related("member", "organisation", "assessment").first()
    if found is None:
        raise Http404
    return found


def own_bills(viewer: Any) -> QuerySet[Bill]:
    """The viewer's own months, newest first."""
    return Bill.objects.filter(member__account=viewer.account_id).exclude(status=BillStatus.WITHDRAWN).order_by("-period")


def paid(bill: Bill) -> int:
    """Fen kept for this bill: payments less refunds."""
    taken = Payment.objects.filter(bill=bill).aggregate(sum=Sum("amount"))["sum"] or 0
    given_back = Refund.objects.filter(payment__bill=bill).aggregate(sum=Sum("amount"))["sum"] or 0
    return taken - given_back


def owed(bill: Bill) -> int:
    """Fen still owed on this bill; 0 once it is withdrawn."""
    return 0 if bill.status == BillStatus.WITHDRAWN else bill.amount - paid(bill)


def kept_on(bills: Iterable[Bill]) -> dict[int, int]:
    """Bill id → fen kept, for many bills in two queries."""
    ids = [bill.pk for bill in bills]
    kept = dict(Payment.objects.filter(bill__in=ids).values_list("bill").annotate(sum=Sum("amount")))
    for pk, back in Refund.objects.filter(payment__bill__in=ids).values_list("payment__bill").annotate(sum=Sum("amount")):
        kept[pk] = kept.get(pk, 0) - back
    return kept


def assessments_on(period: date, member_ids: Iterable[UUID]) -> dict[UUID, Assessment]:
    """Member → the assessment in force for that month: the latest that begins by then. One query."""
    rows = Assessment.objects.filter(member__in=list(member_ids), starts_on__lte=period, superseded=False).order_by("starts_on")
    return {row.member_id: row for row in rows}


def unassessed(period: date, organisation_ids: Iterable[int]) -> QuerySet:
    """Members who owe that month and have no assessment: no bill can be issued for them. Students need none (DUE-06)."""
    assessed = Assessment.objects.filter(starts_on__lte=period, superseded=False).values("member")
    payers = members.payers_on(period).filter(organisation__in=list(organisation_ids))
    return payers.exclude(pk__in=assessed).exclude(identity="student").order_by("organisation", "name_key")


@dataclass(frozen=True, slots=True)
class Account:
    """A member's dues over time, in fen."""

    billed: int
    paid: int
    open: int
    months_open: list[date]


def account_of(member: Any, *, until: date) -> Account:
    """Billed, paid and open up to that month."""
    bills = list(Bill.objects.filter(member=member, period__lte=until).exclude(status=BillStatus.WITHDRAWN).order_by("period"))
    kept = kept_on(bills)
    billed = sum(bill.amount for bill in bills)
    taken = sum(kept.get(bill.pk, 0) for bill in bills)
    return Account(billed, taken, billed - taken, [bill.period for bill in bills if bill.status == BillStatus.OPEN])


def paid_up_to(member: Any) -> date | None:
    """The last month up to which nothing is open, as a transfer letter states it (DUE-28); None if nothing was paid."""
    bills = Bill.objects.filter(member=member).exclude(status=BillStatus.WITHDRAWN).order_by("period")
    last = None
    for bill in bills:
        if bill.status != BillStatus.SETTLED:
            break
        last = bill.period
    return last


def receipt_of(payment_amount: int, bill: Bill, *, paid_on: date, method: str, collector: str, payer_name: str = "") -> dict[str, Any]:
    """What a receipt says: a copy, so that it reads the same in years."""
    return {
        "member": bill.member.name,
        "branch": str(bill.organisation),
        "period": f"{bill.period:%Y-%m}",
        "amount": yuan_plain(payment_amount),
        "capitals": capitals(payment_amount),
        "billed": yuan_plain(bill.amount),
        "rule": bill.assessment.rule,
        "source": bill.assessment.source,
        "payer": Payer(bill.assessment.payer).value,
        "paid_on": paid_on.isoformat(),
        "method": method,
        "collector": collector,
        "handed_in_by": payer_name,
    }
