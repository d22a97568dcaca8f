"""The demo college's dues: every January a look at the bases, every month bills and payments, some late, a few refunds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from hall.core.days import add_months, first_of_month, months_from
from hall.core.testing.cast import Stage
from hall.dues import actions, queries
from hall.dues.actions import Basis, Taking
from hall.dues.models import Bill, Payment
from hall.dues.words import BillStatus, Payer, PaymentMethod
from hall.ledger import clock
from hall.ledger.acting import System
from hall.organisations import queries as organisations

SIGNER = System("dues.demo")


@dataclass(frozen=True, slots=True)
class Hand:
    """A cashier of the demo as receipts name them; signs like the demo's job."""

    label: str
    key: str = SIGNER.key

    def may(self, permission: str, within: int | None) -> bool:
        return True


CAPPED, WISHING = 62_000_00, 80_000_00  # two bases beyond the cap of 1000 yuan: one member pays the cap, one more


def furnish(stage: Stage) -> None:
    """Play the months one after the other, each deed at its own moment; the present month is half paid."""
    college = organisations.college()
    branches = {branch.pk: branch for branch in organisations.branches()}
    for month in months_from(stage.founded, first_of_month(stage.today)):
        with clock.played(_at(month, 1, 8)):
            _assess(stage, college, month, first=month == stage.founded)
            if month > stage.founded and month.month == 9:
                _retire_one(college, month)
            actions.issue_bills(by=SIGNER, period=month, organisation=college)
        _pay_month(stage, branches, month)
    _odds_and_ends(stage, college)


def _at(month: date, day: int, hour: int) -> datetime:
    return datetime(month.year, month.month, day, hour, tzinfo=timezone.get_default_timezone())


def _assess(stage: Stage, college: Any, month: date, *, first: bool) -> None:
    """Whoever is new; in January everybody's new base (DUE-12)."""
    ids = organisations.ids_at_or_below(college)
    rows = queries.unassessed(month, ids) if month.month != 1 or first else queries.payers(month, ids)
    people = [person for person in rows.select_related("organisation").order_by("pk") if person.identity != "student"]
    wanted = [_basis(stage, person) for person in people]
    if wanted:
        reason = "本人书面自愿多交" if any(basis.uncapped for basis in wanted) else ""
        actions.assess_members(by=SIGNER, bases=wanted, organisation=college, starts_on=month, reason=reason)


def _basis(stage: Stage, person: Any) -> Basis:
    place = int(person.pk) % 1000
    if person.identity == "retired":
        return Basis(person, Payer.RETIRED, stage.rng.randrange(3200_00, 8800_00, 10))
    if place in (7, 8):
        return Basis(person, Payer.ANNUAL, WISHING if place == 7 else CAPPED, uncapped=place == 7)
    return Basis(person, Payer.WAGE, stage.rng.randrange(3600_00, 12800_00, 10))


def _retire_one(college: Any, month: date) -> None:
    """A change of standing inside the year counts at once (DUE-13)."""
    rows = queries.payers(month, organisations.ids_at_or_below(college)).filter(identity="teacher")
    person = rows.select_related("organisation").order_by("birth_date", "pk").first()
    if person is not None:
        actions.assess_member(by=SIGNER, member=person, payer=Payer.RETIRED, base=4600_00, starts_on=month)


def _pay_month(stage: Stage, branches: dict[int, Any], month: date) -> None:
    """Each branch's cashier takes the month in one go, and the last month's latecomers with it."""
    open_: dict[int, list[Bill]] = {}
    rows = Bill.objects.filter(status=BillStatus.OPEN, period__lte=month, period__gte=add_months(month, -4))
    for bill in rows.select_related("member").order_by("pk"):
        open_.setdefault(bill.organisation_id, []).append(bill)
    for place, bills in sorted(open_.items()):
        day = month + timedelta(days=stage.rng.randint(4, 24))
        if day < stage.today:
            with clock.played(_at(day, day.day, 15)):
                _take(stage, branches[place], [bill for bill in bills if _pays(stage, bill, month)], day)


def _pays(stage: Stage, bill: Bill, month: date) -> bool:
    """Most pay in their month, some a month or two later, a handful not at all."""
    if int(bill.member_id) % 173 == 5:
        return False  # unpaid for good: shows the six-month alert
    return stage.rng.random() < (0.96 if bill.period == month else 0.6)


def _take(stage: Stage, branch: Any, bills: Iterable[Bill], day: date) -> None:
    takings = [Taking(bill.pk, bill.amount, f"demo-{bill.pk}") for bill in bills]
    method = PaymentMethod.TRANSFER if stage.rng.random() < 0.4 else PaymentMethod.CASH
    if takings:
        actions.record_payments(
            by=Hand(f"{branch} 党费收缴员"), takings=takings, organisation=branch, paid_on=day, method=method
        )


def _odds_and_ends(stage: Stage, college: Any) -> None:
    """A few refunds and withdrawals of the last months, and the last full month's collection as a paper."""
    last = add_months(first_of_month(stage.today), -1)
    paid = list(
        Payment.objects.filter(bill__period=last, bill__member__account__isnull=True)
        .select_related("bill", "receipt")
        .order_by("pk")[:400:40]
    )
    with clock.played(_at(last, 26, 10)):
        for payment in [each for each in paid if each.paid_on <= date(last.year, last.month, 26)][:4]:
            actions.refund_payment(
                by=Hand("党费收缴员"),
                payment=payment,
                amount=payment.amount,
                on=last.replace(day=26),
                reason="重复交纳，退还本人",
            )
            actions.withdraw_bill(by=SIGNER, bill=payment.bill, reason="本月已在原支部交纳")
        actions.publish_report(by=SIGNER, organisation=college, period=last)
