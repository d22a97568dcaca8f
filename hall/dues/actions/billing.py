"""Billing: the month's bills are what should exist less what exists. Safe to run twice; a killed run is run again."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hall.core.days import first_of_month
from hall.core.findings import refuse
from hall.dues import queries, rules
from hall.dues.actions.assessing import Basis, assess_members
from hall.dues.models import Bill
from hall.dues.words import BillStatus, Payer
from hall.ledger.acting import Act, Actor, Fact, acting
from hall.members import queries as members
from hall.organisations import queries as organisations
from hall.organisations.models import Organisation

By = Actor | Act
CHUNK = 2000  # members an act: short transactions, few statements


def issue_bills(*, by: By, period: date, organisation: Organisation, progress: Callable[[int, int], None] | None = None) -> int:
    """Bring the month's bills at and below the organisation in line with the roster; answers how many were missing.

    Whoever has no assessment gets no bill (see `queries.unassessed`); students are assessed by themselves (DUE-06).
    """
    month = first_of_month(period)
    ids = organisations.ids_at_or_below(organisation)
    missing = list(_without_bill(month, ids))
    for start in range(0, len(missing), CHUNK):
        with acting(by, "dues.issue", within=organisation.pk) as act:
            _issue(act, missing[start : start + CHUNK], month, organisation)
        if progress:
            progress(min(start + CHUNK, len(missing)), len(missing))
    return len(missing)


def _without_bill(month: date, ids: Iterable[int]) -> Iterable[Any]:
    """Payers of the month without a live bill who are assessed or need no assessment."""
    billed = Bill.objects.filter(period=month).exclude(status=BillStatus.WITHDRAWN).values("member")
    payers = members.payers_on(month).filter(organisation__in=ids).exclude(pk__in=billed)
    return payers.exclude(pk__in=queries.unassessed(month, ids).values("pk")).select_related("organisation").order_by("organisation", "name_key")


def _issue(act: Act, payers: list[Any], month: date, organisation: Organisation) -> list[Bill]:
    known = queries.assessments_on(month, [member.pk for member in payers])
    students = [Basis(member, Payer.STUDENT) for member in payers if member.pk not in known]
    if students:
        made = assess_members(by=act, bases=students, organisation=organisation, starts_on=month)
        known.update({row.member_id: row for row in made})
    fresh = [
        Bill(member=m, organisation_id=m.organisation_id, period=month, assessment=known[m.pk], amount=known[m.pk].amount, issued_at=act.at) for m in payers
    ]
    bills = Bill.objects.bulk_create(fresh, batch_size=1000)
    act.record_many("dues.bill.issued", [(bill, {"amount": bill.amount, "member": str(bill.member_id)}) for bill in bills], on=month)
    return bills


def issue_month(*, by: By, on: date) -> None:
    """The job on the 1st: this month's bills for the whole college."""
    college = organisations.college()
    if college is not None:
        issue_bills(by=by, period=on, organisation=college)


def withdraw_bill(*, by: By, bill: Bill, reason: str) -> Bill:
    """Take a bill back with a reason. Money taken for it must have gone back first; the bill's row stays."""
    with acting(by, "dues.withdraw", within=bill.organisation_id) as act:
        row = Bill.objects.select_for_update().get(pk=bill.pk)
        if not reason.strip():
            raise refuse(_("Give the reason for withdrawing the bill."))
        act.heed(rules.withdrawal_findings(row.status, queries.bills.paid(row)))
        row.status, row.withdrawn_reason = BillStatus.WITHDRAWN, reason.strip()
        row.save(update_fields=["status", "withdrawn_reason"])
        act.record("dues.bill.withdrawn", row, on=row.period, reason=row.withdrawn_reason)
    return row


def withdraw_ahead(*, by: Act, facts: list[Fact]) -> None:
    """Hear that members left: bills of months after their departure that nobody paid are withdrawn."""
    for fact in facts:
        ahead = Bill.objects.select_for_update().filter(member=fact.about, status=BillStatus.OPEN, period__gt=fact.on or by.at.date(), payments__isnull=True)
        for bill in ahead:
            withdraw_bill(by=by, bill=bill, reason=_("The member has left."))
