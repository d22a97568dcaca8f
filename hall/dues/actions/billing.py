"""Billing: the month's bills are what should exist less what exists. Safe to run twice; a killed run is run again."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from hall.core.days import add_months, first_of_month
from hall.core.failpoints import failpoint
from hall.core.findings import refuse
from hall.dues import queries, rules
from hall.dues.actions.assessing import Basis, assess_members
from hall.dues.models import Bill
from hall.dues.words import BillStatus, Payer
from hall.ledger.acting import Act, Actor, acting
from hall.organisations import queries as organisations

By = Actor | Act
CHUNK = 1000  # members an act: short transactions, few statements


def local_day(act: Act) -> date:
    """The day of the act in Asia/Shanghai (CAL-07, D29)."""
    return timezone.localtime(act.at).date()


def issue_bills(*, by: By, period: date, organisation: Any, progress: Callable[[int, int], None] | None = None) -> int:
    """Bring the month's bills at and below the organisation in line with the roster; answers how many were missing.

    Whoever has no assessment gets no bill (`queries.unassessed`); students are assessed by themselves (DUE-06).
    A bill of nothing (a base of zero) is settled at once. Acts of 1,000 members each: what a killed run has done
    stays done. Two runs at once wait for each other and make each bill once.
    """
    month = first_of_month(period)
    ids = list(queries.to_bill(month, organisations.ids_at_or_below(organisation)).values_list("pk", flat=True))
    made = 0
    for start in range(0, max(len(ids), 1), CHUNK):
        made += _issue_chunk(by, ids[start : start + CHUNK], month, organisation)
        failpoint("month.chunk")
        if progress:
            progress(min(start + CHUNK, len(ids)), len(ids))
    return made


def _issue_chunk(by: By, ids: list[UUID], month: date, organisation: Any) -> int:
    """One act. The members are locked in the order of their ids and looked at again, so no month is billed twice."""
    with acting(by, "dues.issue", within=organisation.pk) as act:
        if month > add_months(first_of_month(local_day(act)), _ahead(organisation, month)):
            raise refuse(_("This month lies further ahead than dues may be paid."), "DUE-24", "local")
        bills = _issue(act, queries.to_bill_locked(month, ids) if ids else [], month, organisation)
        total = sum(bill.amount for bill in bills)
        act.record("dues.month.issued", organisation, on=month, period=f"{month:%Y-%m}", count=len(bills), amount=total)
    return len(bills)


def _ahead(organisation: Any, month: date) -> int:
    return int(organisations.setting("dues.advance_months", organisation, month))


def _issue(act: Act, payers: list[Any], month: date, organisation: Any) -> list[Bill]:
    known = queries.assessments_on(month, [member.pk for member in payers])
    students = [Basis(member, Payer.STUDENT) for member in payers if member.pk not in known]
    if students:
        made = assess_members(by=act, bases=students, organisation=organisation, starts_on=month)
        known.update({row.member_id: row for row in made})
    bills = Bill.objects.bulk_create([_bill(act, m, known[m.pk], month) for m in payers], batch_size=1000)
    failpoint("bills.made")
    act.record_many("dues.bill.issued", [(bill, {"amount": bill.amount}) for bill in bills], on=month)
    return bills


def _bill(act: Act, member: Any, assessment: Any, month: date) -> Bill:
    nothing = assessment.amount == 0
    return Bill(
        member=member, organisation_id=member.organisation_id, period=month, assessment=assessment,
        amount=assessment.amount, issued_at=act.at, status=BillStatus.SETTLED if nothing else BillStatus.OPEN,
        settled_on=local_day(act) if nothing else None,
    )  # fmt: skip


def issue_month(*, by: By, on: date) -> None:
    """The job on the 1st: this month's bills for the whole college."""
    college = organisations.college()
    if college is not None:
        issue_bills(by=by, period=on, organisation=college)


def issue_work(by: By, progress: Callable[[int, int], None], *, place: int, period: str) -> dict[str, Any]:
    """The long work behind the month board's button, for many members. Safe to run again after a crash."""
    where = organisations.organisation_for(place)
    month = date.fromisoformat(period)
    issue_bills(by=by, period=month, organisation=where, progress=progress)
    count = queries.live_bills(month, organisations.ids_at_or_below(where)).count()
    text = _("%(count)d bills of this month stand now.") % {"count": count}
    return {"text": text, "title": _("To the month board"), "url": queries.board_address(where.pk, month)}


def withdraw_bill(*, by: By, bill: Bill, reason: str) -> Bill:
    """Take a bill back with a reason. Money taken for it must have gone back first; the bill's row stays."""
    with acting(by, "dues.withdraw", within=bill.organisation_id) as act:
        row = Bill.objects.select_for_update(of=("self",)).get(pk=bill.pk)
        if not reason.strip():
            raise refuse(_("Give the reason for withdrawing the bill."))
        act.heed(rules.withdrawal_findings(row.status, queries.paid(row)))
        withdraw(act, [row], reason)
    return row


def withdraw(act: Act, bills: list[Bill], reason: str) -> None:
    """Withdraw these locked bills inside a deed that has asked the rules. One statement and one fact each."""
    said = reason.strip()[:200]
    for row in bills:
        row.status, row.withdrawn_reason, row.settled_on = BillStatus.WITHDRAWN, said, None
    Bill.objects.filter(pk__in=[row.pk for row in bills]).update(
        status=BillStatus.WITHDRAWN, withdrawn_reason=said, settled_on=None
    )
    rows = [(row, {"on": row.period, "reason": said, "amount": row.amount}) for row in bills]
    act.record_many("dues.bill.withdrawn", rows)
