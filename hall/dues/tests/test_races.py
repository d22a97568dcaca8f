"""Two hands at once, on PostgreSQL: one payment, one bill a month. Each with a control that shows the guard matters."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connections
from django.db.models import QuerySet

from hall.core.findings import Refused
from hall.dues import actions, queries
from hall.dues.actions import billing, paying
from hall.dues.models import Bill, Payment
from hall.dues.tests.conftest import MARCH, at
from hall.ledger import clock
from hall.ledger.acting import System
from hall.organisations import queries as organisations

pytestmark = [pytest.mark.race, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TODAY = date(2026, 3, 20)


@pytest.fixture
def stage(transactional_db: Any, month: Any) -> Any:
    """The bills of March, committed, so that two connections see them."""
    return month


def at_once(deed: Callable[[int], Any]) -> list[Any]:
    """Both hands begin at the same instant; what each got, or the refusal."""
    gate, got = Barrier(2), [None, None]

    def hand(number: int) -> None:
        try:
            with clock.played(at(2026, 3, 20)):
                gate.wait()
                got[number] = deed(number)
        except (Refused, OperationalError) as refusal:
            got[number] = refusal
        finally:
            connections.close_all()

    hands = [Thread(target=hand, args=(number,)) for number in range(2)]
    for each in hands:
        each.start()
    for each in hands:
        each.join()
    return got


def _pay(bill: Bill, number: int) -> Payment:
    return actions.record_payment(
        by=System("test"), bill=bill, amount=bill.amount, paid_on=TODAY, method="cash", reference=f"hand-{number}"
    )


def _meet_before_booking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let both hands ask the rules before either books: what an unlucky instant does by itself."""
    gate, real = Barrier(2), paying._findings

    def slow(*given: Any) -> Any:
        found = real(*given)
        gate.wait(timeout=10)
        return found

    monkeypatch.setattr(paying, "_findings", slow)


def test_a_payment_taken_twice_at_the_same_instant_is_booked_once(stage):
    bill = stage()["吴建国"]
    got = at_once(lambda number: _pay(bill, number))
    assert sorted(type(each) for each in got if isinstance(each, Refused)) == [Refused]
    assert Payment.objects.filter(bill=bill).count() == 1
    assert queries.owed(Bill.objects.get(pk=bill.pk)) == 0


@pytest.mark.control
def test_without_the_lock_the_same_month_is_taken_twice(stage, monkeypatch):
    bill = stage()["吴建国"]
    monkeypatch.setattr(Bill.objects.all().__class__, "select_for_update", lambda self, **_how: self)
    _meet_before_booking(monkeypatch)
    at_once(lambda number: _pay(bill, number))
    assert Payment.objects.filter(bill=bill).count() == 2


def test_the_same_reference_sent_twice_at_once_is_booked_once(stage):
    bills = stage()
    pair = (bills["吴建国"], bills["陈志远"])

    def deed(number: int) -> Payment:
        return actions.record_payment(
            by=System("test"), bill=pair[number], amount=50_00, paid_on=TODAY, method="cash", reference="one-slip"
        )

    at_once(deed)
    assert Payment.objects.filter(reference="one-slip").count() == 1


def test_two_workers_issue_the_same_month_once(stage, enrol):
    enrol(40)
    stage(date(2026, 1, 1))
    made = at_once(
        lambda _n: actions.issue_bills(by=System("dues.monthly"), period=MARCH, organisation=organisations.college())
    )
    assert sum(each for each in made if isinstance(each, int)) == 47
    assert (
        Bill.objects.filter(period=MARCH).values("member").distinct().count()
        == Bill.objects.filter(period=MARCH).count()
        == 47
    )


@pytest.mark.control
def test_without_looking_again_under_the_lock_the_second_worker_breaks(stage, enrol, monkeypatch):
    """The constraint still keeps the months single; without the lock the second worker gets an error instead of nothing to do."""
    stage(date(2026, 1, 1))
    gate, real = Barrier(2), queries.to_bill_locked
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_how: self)

    def slow(*given: Any) -> Any:
        found = real(*given)
        gate.wait(timeout=10)
        return found

    monkeypatch.setattr(billing.queries, "to_bill_locked", slow)
    errors: list[Exception] = []

    def deed(_number: int) -> Any:
        try:
            return actions.issue_bills(by=System("dues.monthly"), period=MARCH, organisation=organisations.college())
        except IntegrityError as error:
            errors.append(error)
            return None

    at_once(deed)
    assert len(errors) == 1
    assert Bill.objects.filter(period=MARCH).count() == 7
