"""Issuing and withdrawing bills: what should exist less what exists, whatever happens in between."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hall.core.findings import Refused
from hall.dues import actions, queries
from hall.dues.actions.billing import CHUNK
from hall.dues.models import Assessment, Bill
from hall.dues.tests.conftest import APRIL, JANUARY, MARCH, at
from hall.ledger import clock
from hall.ledger.acting import Forbidden, System, acting
from hall.members import actions as members
from hall.members.models import Member

JOB = System("dues.monthly")


def test_issuing_twice_makes_each_bill_once(cast, month, facts):
    month()
    before = len(facts())
    assert actions.issue_bills(by=cast.lin, period=MARCH, organisation=cast.branch) == 0
    assert Bill.objects.filter(period=MARCH).count() == 7  # lin, chen, he, wu, and three whose seat is above a branch
    assert facts(before) == ["dues.month.issued"]


def test_whoever_is_not_assessed_gets_no_bill_and_is_named(cast, month, enrol):
    month()
    newcomer = enrol(1)[0]
    actions.issue_bills(by=cast.lin, period=MARCH, organisation=cast.branch)
    assert not Bill.objects.filter(member=newcomer).exists()
    assert list(queries.unassessed(MARCH, [cast.branch.pk])) == [newcomer]


def test_students_are_assessed_by_themselves(cast, enrol):  # DUE-06, examples 24 and 25
    enrol(
        8,
        organisation=cast.students,
        identity="student",
        joined_on=date(2026, 3, 20),
        full_on=None,
        standing="probationary",
    )
    actions.issue_bills(by=cast.sun, period=MARCH, organisation=cast.students)
    assert queries.collection(cast.students, MARCH).due == 1_60
    assert not Bill.objects.filter(period=date(2026, 2, 1)).exists()


def test_probation_is_billed_from_the_month_of_the_meeting(cast, enrol):  # DUE-20
    enrol(
        1,
        organisation=cast.students,
        identity="student",
        joined_on=date(2026, 3, 31),
        full_on=None,
        standing="probationary",
    )
    assert actions.issue_bills(by=JOB, period=date(2026, 2, 1), organisation=cast.students) == 0
    assert actions.issue_bills(by=JOB, period=MARCH, organisation=cast.students) == 1


def test_who_came_with_dues_paid_elsewhere_is_billed_from_the_next_month(cast, enrol):  # DUE-28, example 38
    member = enrol(1, arrived_on=date(2026, 3, 10), dues_paid_to=MARCH)[0]
    actions.assess_member(by=cast.lin, member=member, payer="wage", base=3000_00, starts_on=JANUARY)
    for period in (date(2026, 2, 1), MARCH, APRIL):
        actions.issue_bills(by=JOB, period=period, organisation=cast.branch)
    assert list(Bill.objects.filter(member=member).values_list("period", flat=True)) == [APRIL]


def test_nobody_is_billed_for_months_before_they_came(cast, enrol):
    member = enrol(1, arrived_on=date(2026, 3, 10))[0]
    actions.assess_member(by=cast.lin, member=member, payer="wage", base=3000_00, starts_on=JANUARY)
    for period in (JANUARY, date(2026, 2, 1), MARCH):
        actions.issue_bills(by=JOB, period=period, organisation=cast.branch)
    assert list(Bill.objects.filter(member=member).values_list("period", flat=True)) == [MARCH]


def test_a_bill_of_nothing_is_settled_at_once(cast):
    wu = cast.member("wu")
    actions.assess_member(by=cast.lin, member=wu, payer="retired", base=0, starts_on=JANUARY)
    actions.issue_bills(by=cast.lin, period=MARCH, organisation=cast.branch)
    bill = Bill.objects.get(member=wu)
    assert (bill.amount, bill.status, bill.settled_on) == (0, "settled", date(2026, 3, 20))


def test_a_month_far_ahead_is_refused(cast, month):  # DUE-24
    month()
    with pytest.raises(Refused):
        actions.issue_bills(by=cast.lin, period=date(2026, 8, 1), organisation=cast.branch)


def test_who_may_not_issue_is_refused_even_when_nothing_is_missing(cast, month):
    month()
    for who in ("he", "chen", "qian", "wu", "li"):
        with pytest.raises(Forbidden):
            actions.issue_bills(by=getattr(cast, who), period=MARCH, organisation=cast.branch)


def test_statements_do_not_grow_with_the_members(cast, enrol, month):
    counts = []
    for period, number in ((MARCH, 2), (APRIL, 300)):
        enrol(number)
        people = Member.objects.filter(organisation=cast.branch).select_related("organisation")
        known = set(Assessment.objects.values_list("member", flat=True))
        fresh = [actions.Basis(m, "wage", 3000_00) for m in people if m.pk not in known]
        actions.assess_members(by=JOB, bases=fresh, organisation=cast.branch, starts_on=JANUARY)
        with CaptureQueriesContext(connection) as asked:
            actions.issue_bills(by=JOB, period=period, organisation=cast.branch)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_killed_run_is_run_again_and_each_row_stands_once(cast, enrol, month, monkeypatch):
    enrol(30)
    month(JANUARY)
    monkeypatch.setattr("hall.dues.actions.billing.CHUNK", 10)
    calls = []

    def killed(done: int, total: int) -> None:
        calls.append(done)
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.issue_bills(by=JOB, period=MARCH, organisation=cast.branch, progress=killed)
    assert Bill.objects.filter(period=MARCH).count() == 20
    assert actions.issue_bills(by=JOB, period=MARCH, organisation=cast.branch) == 17
    assert Bill.objects.filter(period=MARCH).values("member").distinct().count() == 37 <= CHUNK


def test_withdrawing_needs_a_reason_and_no_money_kept(cast, month, pay):
    bills = month()
    bill = bills["吴建国"]
    with pytest.raises(Refused):
        actions.withdraw_bill(by=cast.lin, bill=bill, reason=" ")
    payment = pay(bill)
    with pytest.raises(Refused, match=r"50\.00"):
        actions.withdraw_bill(by=cast.lin, bill=bill, reason="重复")
    actions.refund_payment(by=cast.he, payment=payment, amount=50_00, on=date(2026, 3, 12), reason="重复")
    assert actions.withdraw_bill(by=cast.lin, bill=bill, reason="重复").status == "withdrawn"


def test_a_withdrawn_month_can_be_billed_anew(cast, month):
    bill = month()["吴建国"]
    actions.withdraw_bill(by=cast.lin, bill=bill, reason="金额有误")
    assert actions.issue_bills(by=cast.lin, period=MARCH, organisation=cast.branch) == 1
    assert Bill.objects.filter(member=bill.member, period=MARCH).count() == 2


def test_departure_withdraws_what_lies_ahead_and_nothing_else(cast, month, pay, facts):
    bills = [month(period)["吴建国"] for period in (MARCH, APRIL, date(2026, 5, 1), date(2026, 6, 1))]
    pay(bills[2])
    wu = Member.objects.get(pk=cast.member("wu").pk)
    before = len(facts())
    with acting(cast.lin, "members.change", within=wu.organisation_id) as act:
        act.record("members.member.departed", wu, on=date(2026, 3, 18))
    assert [Bill.objects.get(pk=bill.pk).status for bill in bills] == ["open", "withdrawn", "settled", "withdrawn"]
    assert facts(before).count("dues.bill.withdrawn") == 2


def test_a_member_who_moved_is_billed_once_by_the_branch_of_the_month(cast, month):  # D14
    bill = month()["吴建国"]
    Member.objects.filter(pk=bill.member_id).update(organisation=cast.other_branch)
    actions.issue_bills(by=JOB, period=MARCH, organisation=cast.college)
    actions.issue_bills(by=JOB, period=APRIL, organisation=cast.college)
    rows = Bill.objects.filter(member=bill.member_id).order_by("period").values_list("period", "organisation")
    assert list(rows) == [(MARCH, cast.branch.pk), (APRIL, cast.other_branch.pk)]


def test_a_merge_brings_the_months_together_and_a_split_takes_them_apart(cast, month, enrol, pay):
    twin = enrol(1, name="吴建国")[0]
    actions.assess_member(by=cast.lin, member=twin, payer="wage", base=3000_00, starts_on=JANUARY)
    actions.issue_bills(by=cast.lin, period=date(2026, 2, 1), organisation=cast.branch)
    month()
    wu = cast.member("wu")
    members.merge_members(by=cast.sun, keep=wu, drop=twin, reason="同一人，工号录错")
    live = Bill.objects.filter(member=wu).exclude(status="withdrawn").order_by("period")
    assert list(live.values_list("period", flat=True)) == [date(2026, 2, 1), MARCH]
    assert not Bill.objects.filter(member=twin).exists()
    members.split_members(by=cast.sun, dropped=Member.objects.get(pk=twin.pk), reason="两个人")
    assert Bill.objects.filter(member=twin, period=date(2026, 2, 1)).exists()
    assert list(Bill.objects.filter(member=wu).values_list("period", flat=True)) == [MARCH]


def test_the_job_of_the_first_issues_the_whole_college(cast, month):
    month(JANUARY)
    with clock.played(at(2026, 4, 1, 1)):
        actions.issue_month(by=JOB, on=APRIL)
        actions.issue_month(by=JOB, on=APRIL)
    assert Bill.objects.filter(period=APRIL).count() == 7


def test_six_months_unpaid_is_said_once_and_changes_no_status(cast, month, facts):  # DUE-25, example 32
    for number in range(1, 7):
        with clock.played(at(2026, number, 2)):
            month(date(2026, number, 1))
    wu = cast.member("wu")
    Bill.objects.exclude(member=wu).update(status="settled", settled_on=JANUARY)
    with clock.played(at(2026, 7, 1)):
        before = len(facts())
        actions.alert_unpaid(by=System("dues.alert"), on=date(2026, 7, 1))
        actions.alert_unpaid(by=System("dues.alert"), on=date(2026, 7, 2))
        assert facts(before) == ["dues.member.unpaid"]
        assert Member.objects.get(pk=wu.pk).state == "normal"
        assert [m.pk for m in queries.six_months_unpaid(timezone.localtime(clock.now()).date())] == [wu.pk]


def test_reminders_come_once_a_month_and_stop(cast, month, facts):
    month(JANUARY)
    Bill.objects.exclude(member=cast.member("wu")).update(status="settled", settled_on=JANUARY)
    told = []
    for on in (
        date(2026, 2, 8),
        date(2026, 2, 9),
        date(2026, 3, 8),
        date(2026, 4, 8),
        date(2026, 5, 8),
        date(2026, 6, 8),
    ):
        before = len(facts())
        actions.remind_overdue(by=System("dues.reminder"), on=on)
        told.append(facts(before).count("dues.bill.reminded"))
    assert told == [1, 0, 1, 1, 0, 0]
