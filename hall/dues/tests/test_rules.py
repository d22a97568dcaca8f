"""The 38 worked examples of domain-rules §5.5, each under its number, and what surrounds them."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from hall.core.days import months_between, months_from
from hall.core.findings import Refused, standing
from hall.dues.rules import (
    FEN_OF_UNIT,
    PaySlip,
    Split,
    assess,
    base_of,
    centre_share,
    entries,
    first_month,
    first_month_here,
    is_overdue,
    lines_of,
    payment_findings,
    quarter_average,
    refund_findings,
    slip_lines,
    split_extra,
    unpaid_findings,
    waiver_findings,
    withdrawal_findings,
    year_change_findings,
)
from hall.dues.words import BillStatus, Payer, Rank

MARCH = date(2026, 3, 1)
TEACHER = PaySlip(
    post=283000,
    grade=151000,
    basic=320000,
    pension=60320,
    annuity=30160,
    medical=15080,
    unemployment=3770,
    housing=90480,
    tax=2150,
)


@pytest.fixture
def english():
    with override("en"):
        yield


def due(payer, base, on=MARCH, **local):
    return assess(payer, base, on, **local).fen


@pytest.mark.parametrize(
    "payer, base, fen",
    [
        pytest.param("wage", 299999, 1500, id="1"),
        pytest.param("wage", 300000, 1500, id="2"),
        pytest.param("wage", 300001, 3000, id="3"),
        pytest.param("wage", 333330, 3333, id="4"),
        pytest.param("wage", 333450, 3335, id="5"),
        pytest.param("wage", 420000, 4200, id="6"),
        pytest.param("wage", 500000, 5000, id="7"),
        pytest.param("wage", 500001, 7500, id="8"),
        pytest.param("wage", 860000, 12900, id="9"),
        pytest.param("wage", 1000000, 15000, id="10"),
        pytest.param("wage", 1000001, 20000, id="11"),
        pytest.param("wage", 1234567, 24691, id="12"),
        pytest.param("wage", 5000000, 100000, id="13"),
        pytest.param("wage", 8000000, 100000, id="14"),
        pytest.param("retired", 499900, 2500, id="20"),
        pytest.param("retired", 500000, 2500, id="21"),
        pytest.param("retired", 500001, 5000, id="22"),
        pytest.param("retired", 980000, 9800, id="23"),
        pytest.param("student", 0, 20, id="24"),
        pytest.param("annual", 900000, 13500, id="28"),
        pytest.param("farmer", 50, 50, id="29"),
        pytest.param("wage", 201000, 1005, id="30"),
    ],
)
def test_one_rate_on_the_whole_base(payer, base, fen):  # DUE-01 … DUE-06, DUE-15
    assert due(payer, base) == fen


def test_example_13_just_reaches_the_cap_and_14_may_go_beyond_by_wish():  # DUE-14
    assert assess("wage", 5000000, MARCH).findings == ()
    beyond = assess("wage", 8000000, MARCH)
    assert (beyond.uncapped, [(finding.rule, finding.must) for finding in beyond.findings]) == (
        160000,
        [("DUE-14", False)],
    )
    assert "1,600.00" in str(beyond.findings[0].text)
    assert due("wage", 8000000, uncapped=True) == 160000


def test_example_15_the_teachers_base_and_dues():  # DUE-11
    assert base_of(TEACHER) == 552040
    assert due("wage", base_of(TEACHER)) == 8281
    assert sum(fen for _item, fen in slip_lines(TEACHER)) == 552040


def test_example_16_incentive_pay_never_enters():  # DUE-10
    assert base_of(replace(TEACHER, incentive=400000)) == 552040
    assert due("wage", 952040) == 14281  # what it would wrongly be


def test_example_17_a_quarter_is_three_months():  # DUE-22
    assert 3 * due("wage", 552040) == 24843


def test_example_18_a_pay_rise_waits_for_january(english):  # DUE-12
    spoken = year_change_findings("wage", "wage", date(2026, 8, 1))
    assert [(finding.rule, finding.must) for finding in spoken] == [("DUE-12", False)]
    assert standing(spoken) == spoken
    assert 12 * due("wage", 490000) == 58800
    assert 7 * due("wage", 490000) + 5 * due("wage", 510000) == 72550  # the old method, not used
    assert year_change_findings("wage", "wage", date(2027, 1, 1)) == []
    assert due("wage", 510000, date(2027, 1, 1)) == 7650


def test_before_2017_the_amount_followed_the_pay():  # DUES08 Art. 10
    assert year_change_findings("wage", "wage", date(2016, 8, 1)) == []


def test_example_19_retirement_counts_at_once():  # DUE-13
    assert year_change_findings("wage", "retired", date(2026, 7, 1)) == []
    assert 6 * due("wage", 552040) + 6 * due("retired", 460000) == 63486


def test_example_24_a_students_year_whatever_the_base():  # DUE-06, DUE-09
    assert 12 * due("student", 999999) == 240


def test_example_25_eight_students_are_charged_the_whole_month():  # DUE-20
    assert first_month(date(2026, 5, 20)) == date(2026, 5, 1)
    assert 8 * due("student", 0, first_month(date(2026, 5, 20))) == 160


def test_example_26_probation_owes_from_the_meeting_not_the_approval():  # DUE-20
    owed = months_from(first_month(date(2026, 5, 20)), date(2026, 8, 31))
    assert sum(due("student", 0, month) for month in owed) == 80


def test_example_27_the_self_employed_pay_on_a_quarters_average():  # DUE-03
    assert quarter_average(2700000) == 900000
    assert due("selfemployed", quarter_average(2700000)) == 13500
    assert quarter_average(100) == 33


def test_example_28_the_settlement_month_of_an_annual_salary():  # DUE-02, DUE-14
    assert due("annual", 18000000, uncapped=True) == 360000
    assert due("annual", 18000000) == 100000


@pytest.mark.parametrize("fen", [10, 19, 101, 150, 0])
def test_example_29_a_farmers_amount_stays_in_its_range(fen, english):  # DUE-05
    with pytest.raises(Refused, match=r"between 0\.20 and 1\.00"):
        assess("farmer", fen, MARCH)


@pytest.mark.parametrize("approved_by", [None, Rank.GROUP, Rank.BRANCH, Rank.GENERAL_BRANCH])
def test_example_31_a_waiver_waits_for_the_next_higher_committee(approved_by):  # DUE-07
    assert [finding.rule for finding in waiver_findings(Rank.BRANCH, approved_by)] == ["DUE-07"]


@pytest.mark.parametrize(
    "proposed_by, approved_by", [(Rank.BRANCH, Rank.COMMITTEE), (Rank.GENERAL_BRANCH, Rank.COLLEGE)]
)
def test_a_higher_committee_brings_the_waiver_into_effect(proposed_by, approved_by):  # DUE-07
    assert waiver_findings(proposed_by, approved_by) == []


def test_nobody_approves_their_own_proposal():  # PERM-02
    assert [finding.rule for finding in waiver_findings(Rank.BRANCH, Rank.COMMITTEE, same_hand=True)] == ["PERM-02"]


def test_example_32_six_months_unpaid_raise_an_alert_and_nothing_else(english):  # DUE-25
    months = months_from(date(2026, 1, 1), date(2026, 6, 1))
    assert unpaid_findings(months, date(2026, 6, 30)) == []
    alert = unpaid_findings(months, date(2026, 7, 1))
    assert [(finding.rule, finding.must) for finding in alert] == [("DUE-25", False)]
    assert "2026年1月" in str(alert[0].text)


def test_a_paid_month_between_breaks_the_run():  # DUE-25
    months = months_from(date(2026, 1, 1), date(2026, 8, 1))
    assert unpaid_findings([month for month in months if month.month != 4], date(2026, 9, 1)) == []


def test_example_33_six_months_back_are_accepted():  # DUE-23
    late = months_between(date(2026, 3, 1), date(2026, 9, 15))
    assert payment_findings(BillStatus.OPEN, 2000, 2000, late) == []


def test_example_34_the_seventh_month_back_needs_a_reason():  # DUE-23
    found = payment_findings(BillStatus.OPEN, 2000, 2000, months_between(date(2026, 2, 1), date(2026, 9, 15)))
    assert [(finding.rule, finding.must) for finding in found] == [("DUE-23", False)]
    assert standing(found, "long illness") == []


def test_example_35_a_voluntary_extra_of_a_thousand_goes_to_the_centre():  # DUE-27
    paid, owed = 115000, 15000
    assert split_extra(paid - owed) == Split(local=0, central=100000)


def test_example_36_less_than_a_thousand_stays():  # DUE-27
    assert split_extra(99999) == Split(local=99999, central=0)


def test_example_37_the_provinces_share_for_the_centre():  # DUE-40
    assert centre_share(1234560) == 61728


def test_example_38_the_new_branch_collects_from_the_month_after_the_letter():  # DUE-28
    assert first_month_here(date(2026, 6, 1)) == date(2026, 7, 1)
    assert first_month_here(date(2026, 12, 31)) == date(2027, 1, 1)


def test_there_was_no_cap_before_2017_and_no_table_before_april_2008(english):
    assert due("wage", 8000000, date(2016, 12, 31)) == 160000
    assert due("wage", 8000000, date(2017, 1, 1)) == 100000
    assert assess("wage", 300001, date(2008, 4, 1)).table == "DUES08"
    with pytest.raises(Refused, match="first begins"):
        assess("wage", 300001, date(2008, 3, 31))


@pytest.mark.parametrize("unit, fen", [("0.01", 3335), ("0.1", 3330), ("1", 3300)])
def test_the_local_rounding_is_a_setting(unit, fen):  # DUE-15
    assert due("wage", 333450, unit=FEN_OF_UNIT[unit]) == fen


def test_halves_go_up_in_the_local_unit_too():  # DUE-15
    assert due("wage", 335000, unit=100) == 3400


def test_a_negative_base_is_refused(english):
    with pytest.raises(Refused, match="negative"):
        assess("wage", -1, MARCH)


def test_a_base_of_zero_is_billed_nothing_and_pointed_out():
    amount = assess("wage", 0, MARCH)
    assert (amount.fen, [finding.rule for finding in amount.findings]) == (0, ["DUE-06"])


@pytest.mark.parametrize("slip, because", [(PaySlip(post=100, tax=101), "exceed"), (PaySlip(post=-1), "negative")])
def test_an_impossible_pay_slip_is_refused(slip, because, english):  # DUE-11
    with pytest.raises(Refused, match=because):
        base_of(slip)


def test_why_this_amount_line_by_line(english):  # F46
    said = [(line.text, line.rule) for line in lines_of("wage", 1000001, MARCH)]
    assert said == [
        ("Above 10 000.00 yuan: 2% of the whole base", "DUE-01"),
        ("10 000.01 yuan × 2% = 200.00 yuan", "DUE-01"),
    ]
    assert [line.rule for line in lines_of("wage", 8000000, MARCH)] == ["DUE-01", "DUE-01", "DUE-14"]
    assert [line.text for line in lines_of("student", 0, MARCH)] == ["Flat amount: 0.20 yuan a month"]
    assert [line.text for line in lines_of("farmer", 50, MARCH)] == ["Set by the branch: 0.50 yuan a month"]
    assert lines_of("retired", 499900, MARCH)[0].text == "Up to 5 000.00 yuan: 0.5% of the whole base"


@pytest.mark.parametrize(
    "status, owed, amount, late, ahead, rules",
    [
        ("open", 2000, 2000, 0, 0, []),
        ("open", 2000, 1000, 0, 0, []),
        ("settled", 0, 2000, 0, 0, ["house"]),
        ("withdrawn", 2000, 2000, 0, 0, ["house"]),
        ("open", 2000, 2001, 0, 0, ["DUE-14"]),
        ("open", 2000, 0, 0, 0, ["house"]),
        ("open", 2000, -5, 0, 0, ["house"]),
        ("open", 2000, 2000, 0, 3, []),
        ("open", 2000, 2000, 0, 4, ["DUE-24"]),
    ],
)
def test_what_speaks_against_a_payment(status, owed, amount, late, ahead, rules):
    assert [finding.rule for finding in payment_findings(status, owed, amount, late, ahead)] == rules


@pytest.mark.parametrize(
    "paid, refunded, amount, speaks", [(2000, 0, 2000, 0), (2000, 500, 1500, 0), (2000, 500, 1501, 1), (2000, 0, 0, 1)]
)
def test_no_more_goes_back_than_came_in(paid, refunded, amount, speaks):
    assert len(refund_findings(paid, refunded, amount)) == speaks


@pytest.mark.parametrize(
    "status, paid, refunded, speaks",
    [
        ("open", 0, 0, 0),
        ("open", 500, 0, 1),
        ("settled", 2000, 2000, 0),
        ("settled", 2000, 0, 1),
        ("withdrawn", 0, 0, 1),
    ],
)
def test_a_bill_is_withdrawn_only_when_no_money_is_kept_for_it(status, paid, refunded, speaks):
    assert len(withdrawal_findings(status, paid, refunded)) == speaks


@pytest.mark.parametrize(
    "status, today, overdue",
    [
        ("open", date(2026, 3, 31), False),
        ("open", date(2026, 4, 1), True),
        ("settled", date(2026, 4, 1), False),
        ("withdrawn", date(2026, 4, 1), False),
    ],
)
def test_a_bill_is_overdue_when_its_month_is_over(status, today, overdue):
    assert is_overdue(status, MARCH, today) is overdue


def test_every_kind_of_payer_has_an_entry_with_rule_and_source():
    assert {entry.payer for entry in entries()} == set(Payer.values)
    assert all(entry.rule.startswith("DUE-") and entry.source for entry in entries())


@given(st.sampled_from(["wage", "annual", "selfemployed", "retired"]), st.integers(0, 10**9))
def test_dues_never_fall_when_the_base_rises_by_a_fen(payer, base):
    lower, higher = due(payer, base), due(payer, base + 1)
    assert 0 <= lower <= higher <= 100000


@given(st.integers(0, 10**9))
def test_what_is_split_is_neither_more_nor_less(fen):
    split = split_extra(fen)
    assert split.local + split.central == fen
    assert 0 in (split.local, split.central)
