"""Taking and giving back money: each payment once, with a receipt; sums that agree."""

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall.accounts.actions import grant_post
from hall.accounts.models import Grant
from hall.accounts.queries import person
from hall.core.findings import Refused
from hall.dues import actions, queries
from hall.dues.actions import Taking
from hall.dues.models import Bill, Payment, Refund
from hall.dues.tests.conftest import JANUARY, MARCH, at
from hall.ledger import clock
from hall.ledger.acting import Forbidden, System
from hall.papers.models import Paper

TODAY = date(2026, 3, 20)


def test_a_payment_settles_the_bill_and_issues_a_receipt(cast, month, pay, facts):
    bill = month()["吴建国"]
    before = len(facts())
    payment = pay(bill)
    assert facts(before) == ["papers.paper.issued", "dues.payment.recorded"]
    assert Bill.objects.get(pk=bill.pk).status == "settled"
    said = json.loads(payment.receipt.snapshot)
    assert (said["amount"], said["capitals"], said["period"], said["rule"]) == (
        "50.00",
        "伍拾元整",
        "2026-03",
        "DUE-01",
    )
    assert "base" not in said


def test_part_of_the_amount_leaves_the_bill_open(cast, month, pay):
    bill = month()["吴建国"]
    pay(bill, 20_00)
    bill.refresh_from_db()
    assert (bill.status, queries.owed(bill)) == ("open", 30_00)
    pay(bill, 30_00)
    bill.refresh_from_db()
    assert (bill.status, queries.owed(bill)) == ("settled", 0)


def test_the_same_reference_is_booked_once(cast, month, pay):
    bills = month()
    pay(bills["吴建国"], 10_00, reference="slip-1")
    for bill in (bills["吴建国"], bills["陈志远"]):
        with pytest.raises(Refused):
            pay(bill, 10_00, reference="slip-1")
    assert Payment.objects.count() == 1


def test_a_settled_bill_takes_no_more_payment(cast, month, pay, facts):
    bill = month()["吴建国"]
    pay(bill)
    with pytest.raises(Refused):
        pay(bill, 1_00)
    assert facts()[-1] == "ledger.act.refused"


@pytest.mark.parametrize("amount", [0, -1, 50_01, 2**40])
def test_nothing_negative_and_no_more_than_is_owed_is_taken(cast, month, pay, amount):  # D12
    bill = month()["吴建国"]
    with pytest.raises(Refused):
        actions.record_payment(by=cast.he, bill=bill, amount=amount, paid_on=TODAY, method="cash", reference="x")
    assert not Payment.objects.exists()


def test_a_day_in_the_future_is_refused(cast, month, pay):
    with pytest.raises(Refused):
        pay(month()["吴建国"], on=date(2026, 3, 21))


def test_the_last_minute_of_the_month_is_of_that_day_in_shanghai(cast, month, pay):  # D29
    with clock.played(at(2026, 1, 1, 0).replace(minute=30)):  # still 31 December in UTC
        bill = month(JANUARY)["吴建国"]
        payment = pay(bill, on=JANUARY)
    assert payment.receipt.issued_on == JANUARY
    assert payment.receipt.year == 2026


def test_back_payment_beyond_six_months_needs_a_reason(cast, month, pay):  # DUE-23, examples 33 and 34
    with clock.played(at(2026, 2, 2)):
        bill = month(date(2026, 2, 1))["吴建国"]
    with clock.played(at(2026, 9, 10)):
        with pytest.raises(Refused) as refusal:
            pay(bill, on=date(2026, 9, 10))
        assert [f.rule for f in refusal.value.findings] == ["DUE-23"]
        assert pay(bill, on=date(2026, 9, 10), reason="长期住院").amount == 50_00


@pytest.mark.parametrize("who", ["wu", "qian", "zheng", "sun", "li", "zhou"])
def test_who_may_not_take_money_is_refused(cast, month, pay, who):
    bill = month()["吴建国"]
    with pytest.raises(Forbidden):
        pay(bill, by=getattr(cast, who))


def test_a_bill_of_another_branch_cannot_be_slipped_in(cast, month):
    mine, theirs = month()["吴建国"], month(organisation=cast.other_branch)["钱海波"]
    takings = [Taking(mine.pk, 50_00, "a"), Taking(theirs.pk, 50_00, "b")]
    with pytest.raises(Refused):
        actions.record_payments(by=cast.he, takings=takings, organisation=cast.branch, paid_on=TODAY, method="cash")
    assert not Payment.objects.exists()


def test_one_wrong_row_keeps_all_of_a_bulk_back_and_is_named(cast, month, pay):
    bills = month()
    pay(bills["吴建国"])
    takings = [Taking(bill.pk, bill.amount, f"r{bill.pk}") for bill in bills.values()]
    with pytest.raises(Refused, match="吴建国"):
        actions.record_payments(by=cast.he, takings=takings, organisation=cast.branch, paid_on=TODAY, method="cash")
    assert Payment.objects.count() == 1


def test_many_payments_cost_as_many_statements_as_few_and_number_receipts_without_gaps(cast, month, enrol):
    counts = []
    for number in (0, 1, 40):  # the first takes the first number of the year
        enrol(number)
        takings = [Taking(b.pk, b.amount, f"r{b.pk}") for b in month().values() if b.status == "open"]
        with CaptureQueriesContext(connection) as asked:
            actions.record_payments(by=cast.he, takings=takings, organisation=cast.branch, paid_on=TODAY, method="cash")
        counts.append(len(asked))
    assert counts[1] == counts[2]
    serials = sorted(payment.receipt.serial for payment in Payment.objects.select_related("receipt"))
    assert serials == list(range(1, 49))


def test_a_refund_reopens_the_bill_and_leaves_the_payment(cast, month, pay):  # D11
    bill = month()["吴建国"]
    payment = pay(bill)
    refund = actions.refund_payment(by=cast.he, payment=payment, amount=20_00, on=TODAY, reason="多收")
    bill.refresh_from_db()
    assert (bill.status, bill.settled_on, queries.owed(bill)) == ("open", None, 20_00)
    assert json.loads(refund.paper.snapshot)["receipt"] == payment.receipt.number
    for amount in (30_01, 0, -1):
        with pytest.raises(Refused):
            actions.refund_payment(by=cast.he, payment=payment, amount=amount, on=TODAY, reason="多收")
    assert Paper.objects.get(pk=payment.receipt_id).revoked_at is None
    actions.refund_payment(by=cast.he, payment=payment, amount=30_00, on=TODAY, reason="多收")
    assert (Payment.objects.count(), Refund.objects.count()) == (1, 2)
    assert Paper.objects.get(pk=payment.receipt_id).revoked_at is not None  # T23: all of it went back


@pytest.mark.parametrize("on", [date(2026, 3, 9), date(2026, 3, 21)])
def test_a_refund_lies_between_the_payment_and_today(cast, month, pay, on):
    payment = pay(month()["吴建国"], on=date(2026, 3, 10))
    with pytest.raises(Refused):
        actions.refund_payment(by=cast.he, payment=payment, amount=1_00, on=on, reason="多收")


def test_nobody_gives_money_back_to_themselves_through_any_hat(cast, month, pay):  # A15
    """A15, PERM-02: the cashier's own payment is refunded by another, also while he wears a second post."""
    payment = pay(month()["何秀英"])
    grant_post(
        by=cast.secadmin, account=cast.accounts["he"], post="cashier", organisation=cast.college, starts_on=JANUARY
    )
    for hat in Grant.objects.filter(account=cast.accounts["he"]):
        he = person(cast.accounts["he"], today=TODAY, hat_id=hat.pk)
        with pytest.raises(Refused, match="自己"):
            actions.refund_payment(by=he, payment=payment, amount=1_00, on=TODAY, reason="多收")
    other = person(cast.accounts["chen"], today=TODAY)
    assert not other.holds("dues.refund") and Refund.objects.count() == 0


def test_totals_beyond_32_bits_add_up(cast, month):  # D30
    bills = month()
    Bill.objects.filter(pk__in=[b.pk for b in bills.values()]).update(amount=2**33)
    assert queries.collection(cast.branch, MARCH).due == 7 * 2**33


DEEDS = st.lists(
    st.tuples(st.sampled_from(["pay", "refund", "withdraw"]), st.integers(0, 5), st.integers(1, 60_00)), max_size=25
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_the_collection_is_the_sum_of_its_rows_whatever_happened(cast, month, deeds):
    Refund.objects.all().delete()
    Payment.objects.all().delete()
    Bill.objects.all().delete()
    bills = list(month().values())
    for place, (deed, which, amount) in enumerate(deeds):
        _try(deed, bills[which], amount, place)
    found = queries.collection(cast.college, MARCH)
    live = Bill.objects.filter(period=MARCH).exclude(status="withdrawn")
    assert found.due == sum(live.values_list("amount", flat=True))
    assert found.paid == sum(Payment.objects.values_list("amount", flat=True)) - sum(
        Refund.objects.values_list("amount", flat=True)
    )
    assert found.open == sum(queries.owed(bill) for bill in live)
    assert found.heads_paid == sum(queries.owed(bill) == 0 for bill in live)


def _try(deed: str, bill: Bill, amount: int, place: int) -> None:
    by = System("test")
    try:
        if deed == "pay":
            actions.record_payment(by=by, bill=bill, amount=amount, paid_on=TODAY, method="cash", reference=f"p{place}")
        elif deed == "withdraw":
            actions.withdraw_bill(by=by, bill=bill, reason="测试")
        elif payment := Payment.objects.filter(bill=bill).first():
            actions.refund_payment(by=by, payment=payment, amount=amount, on=TODAY, reason="测试")
    except Refused:
        return
