"""Bills, what is owed on them, and one member's account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.http import Http404

from hall.core.days import add_months, months_between
from hall.core.viewer import Viewer
from hall.dues import rules
from hall.dues.models import Assessment, Bill, Payment, Refund
from hall.dues.words import BillStatus, Payer
from hall.members import queries as members
from hall.organisations import queries as organisations


def bills_for(viewer: Viewer, *, period: date | None = None, permission: str = "dues.view") -> QuerySet[Bill]:
    """Bills of the organisations this viewer looks after."""
    rows = Bill.objects.all() if period is None else Bill.objects.filter(period=period)
    return rows if viewer.reaches_all(permission) else rows.filter(organisation__in=viewer.reach(permission))


def bill_for(viewer: Viewer, pk: int, permission: str = "dues.view") -> Bill:
    """The bill, or 404 for strangers. The member themself may look at it too."""
    within = Q() if viewer.reaches_all(permission) else Q(organisation__in=viewer.reach(permission))
    if within and permission == "dues.view":
        within |= Q(member__account=viewer.account_id)
    found = Bill.objects.filter(within, pk=pk).select_related("member", "organisation", "assessment").first()
    if found is None:
        raise Http404
    return found


def payment_for(viewer: Viewer, pk: int, permission: str = "dues.refund") -> Payment:
    """The payment, or 404."""
    rows = Payment.objects.select_related("bill__member", "bill__organisation", "receipt")
    if not viewer.reaches_all(permission):
        rows = rows.filter(organisation__in=viewer.reach(permission))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def sees_payment(viewer: Viewer, pk: str) -> bool:
    """May this viewer see the payment and its slip: who looks after the dues, and the member whose bill it is?"""
    within = Q() if viewer.reaches_all("dues.view") else Q(organisation__in=viewer.reach("dues.view"))
    if within:
        within |= Q(bill__member__account=viewer.account_id)
    return Payment.objects.filter(within, pk=pk).exists()


def live_bills(period: date, organisation_ids: Iterable[int]) -> QuerySet[Bill]:
    """The month's bills of these organisations, without those withdrawn."""
    rows = Bill.objects.filter(organisation__in=list(organisation_ids), period=period)
    return rows.exclude(status=BillStatus.WITHDRAWN)


def own_bills(viewer: Viewer) -> QuerySet[Bill]:
    """The viewer's own months, newest first."""
    rows = Bill.objects.filter(member__account=viewer.account_id).exclude(status=BillStatus.WITHDRAWN)
    return rows.select_related("assessment", "organisation").order_by("-period")


# --- who is to be billed ---


def payers(period: date, organisation_ids: Iterable[int]) -> QuerySet:
    """Members who owe that month here: not before they arrived, nor for months paid elsewhere (DUE-20, DUE-28)."""
    arrived = Q(arrived_on__isnull=True) | Q(arrived_on__lt=add_months(period, 1))
    return members.payers_on(period).filter(arrived, organisation__in=list(organisation_ids))


def _billed(period: date) -> Exists:
    """Has this member a live bill of the month? Asked member by member, so that one branch costs no look at the others."""
    return Exists(Bill.objects.filter(member=OuterRef("pk"), period=period).exclude(status=BillStatus.WITHDRAWN))


def to_bill(period: date, organisation_ids: Iterable[int]) -> QuerySet:
    """Payers of the month without a live bill who are assessed or need no assessment."""
    rows = payers(period, organisation_ids).filter(~_billed(period))
    return rows.filter(Q(_assessed(period)) | Q(identity="student")).order_by("pk")


def to_bill_locked(period: date, member_ids: list[UUID]) -> list[Any]:
    """Of these members those still without a bill, locked in the order of their ids until the act ends.

    Two statements on purpose: the lock waits for whoever bills at the same time, the second sees what they made.
    """
    rows = members.payers_on(period).filter(pk__in=member_ids).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    fresh = rows.filter(~_billed(period)).select_related("organisation")
    return list(fresh.only("name", "identity", "organisation", "organisation__path", "organisation__name"))


def _assessed(period: date) -> Exists:
    return Exists(Assessment.objects.filter(member=OuterRef("pk"), starts_on__lte=period, superseded=False))


def waiting(period: date, organisation_ids: Iterable[int]) -> tuple[int, int]:
    """How many members wait for the bill of the month, and how many for their assessment. One query."""
    needs_none = Q(identity="student")
    bill = Count("pk", filter=~Q(_billed(period)) & (Q(_assessed(period)) | needs_none))
    assessment = Count("pk", filter=~Q(_assessed(period)) & ~needs_none)
    found = payers(period, organisation_ids).aggregate(bill=bill, assessment=assessment)
    return found["bill"], found["assessment"]


def unassessed(period: date, organisation_ids: Iterable[int]) -> QuerySet:
    """Members who owe that month and have no assessment: no bill can be issued for them. Students need none (DUE-06)."""
    rows = payers(period, organisation_ids).filter(~_assessed(period)).exclude(identity="student")
    return rows.select_related("organisation").order_by("organisation", "pinyin")


def assessments_on(period: date, member_ids: Iterable[UUID]) -> dict[UUID, Assessment]:
    """Member → the assessment in force for that month: the latest that begins by then. One query."""
    rows = Assessment.objects.filter(member__in=list(member_ids), starts_on__lte=period, superseded=False)
    return {row.member_id: row for row in rows.order_by("starts_on")}


def assessments_of(member: Any) -> list[Assessment]:
    """How a member's dues were assessed, newest first; what was corrected within a month is left out."""
    return list(Assessment.objects.filter(member=member, superseded=False).order_by("-starts_on"))


def unit_of(organisation: Any, on: date) -> int:
    """Rounding unit in fen, by the local setting (DUE-15)."""
    return rules.FEN_OF_UNIT[organisations.setting("dues.rounding", organisation, on)]


def why(assessment: Assessment, unit: int) -> list[rules.Line]:
    """Why this amount, line by line with the clause (F46). Tells the base: only for the member and who may assess."""
    return rules.lines_of(
        Payer(assessment.payer), assessment.base_fen, assessment.starts_on, unit=unit,
        uncapped=assessment.uncapped,
    )  # fmt: skip


# --- money ---


def paid(bill: Bill) -> int:
    """Fen kept for this bill: payments less refunds."""
    return kept_on([bill]).get(bill.pk, 0)


def owed(bill: Bill) -> int:
    """Fen still owed on this bill; 0 once it is withdrawn."""
    return 0 if bill.status == BillStatus.WITHDRAWN else bill.amount - paid(bill)


def kept_on(bills: Iterable[Bill]) -> dict[int, int]:
    """Bill id → fen kept, for many bills in two queries."""
    ids = [bill.pk for bill in bills]
    kept = dict(Payment.objects.filter(bill__in=ids).values_list("bill").annotate(sum=Sum("amount")))
    backs = Refund.objects.filter(payment__bill__in=ids).values_list("payment__bill")
    for pk, back in backs.annotate(sum=Sum("amount")):
        kept[pk] = kept.get(pk, 0) - back
    return kept


def payments_of(bill: Bill) -> list[Payment]:
    """What was taken for this bill, with receipts and what went back. Two queries."""
    rows = Payment.objects.filter(bill=bill).select_related("receipt").order_by("pk")
    return list(rows.prefetch_related(Prefetch("refunds", Refund.objects.select_related("paper").order_by("pk"))))


def refunded(payment: Payment) -> int:
    """Fen of this payment that went back."""
    return payment.refunds.aggregate(sum=Sum("amount"))["sum"] or 0


@dataclass(frozen=True, slots=True)
class Account:
    """A member's dues over time, in fen."""

    billed: int
    paid: int
    open: int
    months_open: list[date]


def account_of(member: Any, *, until: date) -> Account:
    """Billed, paid and open up to that month."""
    rows = Bill.objects.filter(member=member, period__lte=until).exclude(status=BillStatus.WITHDRAWN)
    bills = list(rows.order_by("period"))
    kept = kept_on(bills)
    billed = sum(bill.amount for bill in bills)
    taken = sum(kept.get(bill.pk, 0) for bill in bills)
    return Account(billed, taken, billed - taken, [bill.period for bill in bills if bill.status == BillStatus.OPEN])


def paid_up_to(member: Any) -> date | None:
    """The last month up to which nothing is open, as a transfer letter states it (DUE-28); None if nothing was paid."""
    last = None
    for bill in Bill.objects.filter(member=member).exclude(status=BillStatus.WITHDRAWN).order_by("period"):
        if bill.status != BillStatus.SETTLED:
            break
        last = bill.period
    return last


def overdue(since: date, today: date) -> list[Bill]:
    """Each member's latest unpaid month that is over, not before `since` (DUE-22)."""
    rows = Bill.objects.filter(status=BillStatus.OPEN, period__gte=since, period__lt=today.replace(day=1))
    latest = {bill.member_id: bill for bill in rows.order_by("period").select_related("member")}
    return list(latest.values())


def six_months_unpaid(today: date, organisation_ids: Iterable[int] | None = None) -> dict[Any, date]:
    """Member → first of six or more months running unpaid (DUE-25). Two queries."""
    rows = Bill.objects.filter(status=BillStatus.OPEN, period__lt=today.replace(day=1))
    if organisation_ids is not None:
        rows = rows.filter(member__organisation__in=list(organisation_ids))
    months: dict[UUID, list[date]] = {}
    for member, period in rows.values_list("member", "period"):
        months.setdefault(member, []).append(period)
    found = {pk: run[0] for pk, each in months.items() if (run := _alert_run(each, today))}
    known = members.members_on(today).filter(pk__in=list(found)).select_related("organisation")
    return {member: found[member.pk] for member in known.order_by("pinyin", "pk")}


def _alert_run(periods: list[date], today: date) -> list[date]:
    if not rules.unpaid_findings(periods, today):
        return []
    periods = sorted(periods)
    starts = [p for p in periods if not any(months_between(q, p) == 1 for q in periods)]
    runs = [[p for p in periods if start <= p < _end(periods, start)] for start in starts]
    return max(runs, key=len)


def _end(periods: list[date], start: date) -> date:
    while start in periods:
        start = add_months(start, 1)
    return start
