"""Assessing through the action: by which table, from when, and what a change inside the year needs."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hall.core.findings import Refused
from hall.dues import actions, queries
from hall.dues.actions import Basis
from hall.dues.models import Assessment
from hall.dues.tests.conftest import JANUARY, MARCH
from hall.ledger.acting import Forbidden, System

AUGUST = date(2026, 8, 1)


def test_an_assessment_keeps_amount_table_rule_and_source(cast, facts):
    before = len(facts())
    row = actions.assess_member(by=cast.chen, member=cast.member("wu"), payer="wage", base=5000_01, starts_on=JANUARY)
    assert (row.amount, row.table, row.rule, row.base) == (75_00, "DUES08", "DUE-01", "500001")
    assert facts(before) == ["dues.member.assessed"]


def test_the_base_lies_sealed_in_the_database(cast):
    actions.assess_member(by=cast.lin, member=cast.member("wu"), payer="wage", base=8765_43, starts_on=JANUARY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT base FROM dues_assessment")
        assert b"876543" not in bytes(cursor.fetchone()[0])


def test_the_same_assessment_again_changes_nothing(cast):
    given = {"by": cast.lin, "member": cast.member("wu"), "payer": "wage", "base": 5000_00, "starts_on": JANUARY}
    actions.assess_member(**given)
    with pytest.raises(Refused):
        actions.assess_member(**given)
    assert Assessment.objects.count() == 1


def test_a_pay_rise_inside_the_year_needs_a_reason(cast):  # DUE-12, example 18
    wu = cast.member("wu")
    actions.assess_member(by=cast.lin, member=wu, payer="wage", base=4900_00, starts_on=JANUARY)
    with pytest.raises(Refused) as refusal:
        actions.assess_member(by=cast.lin, member=wu, payer="wage", base=5100_00, starts_on=AUGUST)
    assert [f.rule for f in refusal.value.findings] == ["DUE-12"]
    actions.assess_member(by=cast.lin, member=wu, payer="wage", base=5100_00, starts_on=AUGUST, reason="支委会决定")
    assert queries.assessments_on(date(2026, 7, 1), [wu.pk])[wu.pk].amount == 49_00
    assert queries.assessments_on(AUGUST, [wu.pk])[wu.pk].amount == 76_50


def test_retirement_counts_at_once(cast):  # DUE-13, example 19
    wu = cast.member("wu")
    actions.assess_member(by=cast.lin, member=wu, payer="wage", base=5520_40, starts_on=JANUARY)
    row = actions.assess_member(by=cast.lin, member=wu, payer="retired", base=4600_00, starts_on=date(2026, 7, 1))
    assert row.amount == 23_00


def test_more_than_the_cap_is_paid_only_by_a_wish_written_down(cast):  # DUE-14, example 14
    wu = cast.member("wu")
    assert (
        actions.assess_member(by=cast.lin, member=wu, payer="wage", base=80000_00, starts_on=JANUARY).amount == 1000_00
    )
    given = {"by": cast.lin, "member": wu, "payer": "wage", "base": 80000_00, "starts_on": JANUARY, "uncapped": True}
    with pytest.raises(Refused):
        actions.assess_member(**given)
    assert actions.assess_member(**given, reason="本人书面自愿").amount == 1600_00


@pytest.mark.parametrize("set_by_branch", ["0.10", "1.50"])
def test_a_farmers_amount_outside_the_range_is_refused_with_the_name(cast, set_by_branch):  # DUE-05, example 29
    with pytest.raises(Refused, match=cast.member("wu").name):
        actions.assess_member(
            by=cast.lin,
            member=cast.member("wu"),
            payer="farmer",
            base=round(float(set_by_branch) * 100),
            starts_on=JANUARY,
        )


def test_nobody_outside_the_organisation_is_assessed_under_its_authority(cast):
    with pytest.raises(Refused):
        actions.assess_members(
            by=cast.lin, bases=[Basis(cast.member("qian"), "wage", 1)], organisation=cast.branch, starts_on=JANUARY
        )
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("who", ["he", "wu", "qian", "zheng", "li"])
def test_who_may_not_assess_is_refused(cast, who):
    with pytest.raises(Forbidden):
        actions.assess_member(by=getattr(cast, who), member=cast.member("wu"), payer="wage", base=1, starts_on=MARCH)


def test_many_are_assessed_in_as_many_statements_as_few(cast, enrol):
    counts = []
    for number in (2, 60):
        bases = [Basis(member, "wage", 3000_00) for member in enrol(number)]
        with CaptureQueriesContext(connection) as asked:
            actions.assess_members(by=System("test"), bases=bases, organisation=cast.branch, starts_on=JANUARY)
        counts.append(len(asked))
    assert counts[0] == counts[1]
