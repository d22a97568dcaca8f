"""Terms of office, units and local settings."""

from datetime import date

import pytest

from hall.core.findings import Refused
from hall.ledger.acting import System
from hall.ledger.models import Entry
from hall.organisations import actions, desk, queries
from hall.organisations.models import Office
from hall.organisations.words import Seat, UnitKind

BY = System("tests")


def elect(branch, begun, ended, **more):
    return actions.begin_term(by=BY, organisation=branch, starts_on=begun, ends_on=ended, **more)


def test_a_term_keeps_its_seats_and_needs_a_reason_where_the_rule_says_normally(cast, facts):  # ORG-20, ORG-26
    seats = [(Seat.SECRETARY, "林岚"), (Seat.ORGANISATION, "陈志远"), (Seat.PUBLICITY, "吴建国")]
    before = len(facts())
    with pytest.raises(Refused, match="3"):
        elect(cast.branch, date(2024, 1, 5), date(2030, 1, 4), seats=seats)
    term = elect(cast.branch, date(2024, 1, 5), date(2030, 1, 4), seats=seats, reason="上级批准延期")
    assert facts(before) == ["ledger.act.refused", "organisations.term.begun"]
    assert list(Office.objects.filter(term=term).order_by("pk").values_list("seat", "holder")) == [
        (s.value, h) for s, h in seats
    ]


def test_a_second_term_begins_after_the_first(cast):
    elect(cast.branch, date(2021, 1, 5), date(2024, 1, 4))
    with pytest.raises(Refused, match="2021-01-05"):
        elect(cast.branch, date(2021, 1, 5), date(2024, 1, 4))
    elect(cast.branch, date(2024, 1, 5), date(2027, 1, 4))
    assert [t.starts_on.year for t in queries.terms_of(cast.branch)] == [2024, 2021]


@pytest.mark.parametrize("today, due", [(date(2026, 6, 30), False), (date(2026, 7, 4), True), (date(2027, 1, 5), True)])
def test_re_election_is_due_six_months_before_the_end_and_until_it_is_held(cast, today, due):  # ORG-25
    elect(cast.branch, date(2021, 1, 5), date(2024, 1, 4))
    elect(cast.branch, date(2024, 1, 5), date(2027, 1, 4))
    found = queries.expiring_terms([cast.branch.pk], today, 6)
    assert [(each.organisation.pk, each.ends_on) for each in found] == (
        [(cast.branch.pk, date(2027, 1, 4))] if due else []
    )


def test_the_task_of_an_election_is_on_the_desks_that_reach_the_branch(cast):  # ORG-25
    elect(cast.branch, date(2020, 1, 5), date(2023, 1, 4))
    there = {
        name: [task.about for task in desk.tasks(getattr(cast, name))]
        for name in ("lin", "zheng", "sun", "qian", "he", "wu", "sysadmin", "li")
    }
    branch = [cast.branch.name]
    assert there == {
        "lin": branch,
        "zheng": branch,
        "sun": branch,
        "qian": [],
        "he": [],
        "wu": [],
        "sysadmin": [],
        "li": [],
    }


def test_a_term_that_ends_soon_is_told_once_however_often_the_job_runs(cast):  # ORG-25
    term = elect(cast.branch, date(2024, 1, 5), date(2027, 1, 4))
    assert [actions.tell_expiring_terms(by=BY, on=date(2026, day, 4)) for day in (6, 7, 8)] == [0, 1, 0]
    assert list(Entry.objects.filter(name="organisations.term.expiring").values_list("about_id", "organisation")) == [
        (str(term.pk), cast.branch.pk)
    ]


def test_the_college_may_call_elections_to_mind_earlier(cast):  # ORG-25, VER-03
    elect(cast.branch, date(2024, 1, 5), date(2027, 1, 4))
    actions.decide_setting(
        by=BY,
        organisation=cast.college,
        key="organisations.term_reminder_months",
        value=9,
        effective_from=date(2026, 1, 1),
        decision="党委会〔2026〕1号",
    )
    assert queries.reminder_months(date(2025, 12, 31)) == 6
    assert queries.untold_terms(date(2026, 4, 4)) != []


def test_units_are_covered_from_a_day_to_a_day(cast):  # F2
    coverage = actions.cover_unit(
        by=BY, organisation=cast.branch, unit_kind=UnitKind.CLASS, unit_name=" 机电2401 ", on=date(2025, 9, 1)
    )
    with pytest.raises(Refused, match="机电2401"):
        actions.cover_unit(
            by=BY, organisation=cast.branch, unit_kind=UnitKind.CLASS, unit_name="机电2401", on=date(2025, 9, 2)
        )
    with pytest.raises(Refused):
        actions.uncover_unit(by=BY, coverage=coverage, on=date(2025, 8, 31))
    actions.uncover_unit(by=BY, coverage=coverage, on=date(2026, 7, 1))
    with pytest.raises(Refused, match="2026-07-01"):
        actions.uncover_unit(by=BY, coverage=coverage, on=date(2026, 8, 1))
    there = [
        queries.coverages_on(cast.branch, day).count()
        for day in (date(2025, 8, 31), date(2025, 9, 1), date(2026, 6, 30), date(2026, 7, 1))
    ]
    assert there == [0, 1, 1, 0]


def decide(organisation, value, on, key="organisations.small_group"):
    return actions.decide_setting(
        by=BY, organisation=organisation, key=key, value=value, effective_from=on, decision="会议纪要〔2026〕2号"
    )


def test_the_nearest_decision_is_in_force_from_its_day(cast):  # VER-03
    decide(cast.college, 8, date(2026, 1, 1))
    decide(cast.branch, 10, date(2026, 3, 1))
    asked = [
        queries.setting("organisations.small_group", cast.branch, day)
        for day in (date(2025, 12, 31), date(2026, 2, 28), date(2026, 3, 1))
    ]
    assert asked == [5, 8, 10]
    assert queries.setting("organisations.small_group", cast.other_branch, date(2026, 3, 1)) == 8
    (small,) = [
        each
        for each in queries.settings_in_force(cast.branch, date(2026, 3, 1))
        if each.declared.key == "organisations.small_group"
    ]
    assert (small.value, small.row.organisation_id) == (10, cast.branch.pk)


def test_settings_in_force_take_as_many_queries_for_one_as_for_many(cast, django_assert_num_queries):
    for month in range(1, 8):
        decide(cast.branch, 5 + month, date(2026, month, 1))
    with django_assert_num_queries(2):
        queries.settings_in_force(cast.branch, date(2026, 12, 1))


@pytest.mark.parametrize("value", [2, "8", True, None, 3.5])
def test_a_value_that_does_not_fit_its_declaration_is_refused(cast, value):  # STA-06
    with pytest.raises(Refused):
        decide(cast.branch, value, date(2026, 1, 1))


def test_a_setting_needs_a_decision_and_a_name_that_exists(cast):
    with pytest.raises(Refused):
        actions.decide_setting(
            by=BY,
            organisation=cast.branch,
            key="organisations.small_group",
            value=8,
            effective_from=date(2026, 1, 1),
            decision=" ",
        )
    with pytest.raises(Refused):
        decide(cast.branch, 8, date(2026, 1, 1), key="organisations.nothing")


def test_the_history_of_an_organisation_tells_its_terms_units_and_settings(cast, django_assert_num_queries):
    elect(cast.branch, date(2024, 1, 5), date(2027, 1, 4))
    actions.cover_unit(
        by=BY, organisation=cast.branch, unit_kind=UnitKind.CLASS, unit_name="机电2401", on=date(2025, 9, 1)
    )
    decide(cast.branch, 10, date(2026, 3, 1))
    assert [told.name for told in queries.history(cast.branch)] == [
        "organisations.organisation.founded", "organisations.term.begun", "organisations.unit.covered", "organisations.setting.decided",
    ]  # fmt: skip
