"""The tree: paths and places stay consistent however it is founded, moved and ended."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hall.core.findings import Refused
from hall.ledger.acting import System
from hall.organisations import actions, queries
from hall.organisations.models import Organisation, Placement
from hall.organisations.words import Kind, State

BY = System("tests")
DAY = date(2024, 1, 1)
CODES = iter(range(10**9))


def found(under=None, kind=Kind.COMMITTEE, on=DAY, name=""):
    return actions.found_organisation(by=BY, name=name or f"组织{next(CODES)}", kind=kind, under=under, on=on)


def fresh(row):
    return Organisation.objects.get(pk=row.pk)


def naive_walk(root_id):
    """Ids at and below, by walking the open placements instead of paths."""
    below = {}
    for organisation, under in Placement.objects.filter(ends_on=None).values_list("organisation", "under"):
        below.setdefault(under, []).append(organisation)
    seen, waiting = set(), [root_id]
    while waiting:
        each = waiting.pop()
        seen.add(each)
        waiting += below.get(each, [])
    return frozenset(seen)


class AnyTree(TestCase):
    """A tree of any depth, built and moved about at random."""

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.integers(0, 10**6), min_size=1, max_size=14),
        st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=8),
    )
    def test_moves_keep_paths_consistent_and_scopes_equal_a_naive_walk(self, parents, moves):
        rows = [found()]
        for place in parents:
            rows.append(found(fresh(rows[place % len(rows)]), Kind.COMMITTEE))
        for one, other in moves:
            row, target = fresh(rows[one % len(rows)]), fresh(rows[other % len(rows)])
            below_itself = target.path.startswith(row.path)
            there_already = Organisation.objects.get_parent(row) == target
            try:
                actions.move_organisation(by=BY, organisation=row, under=target, on=DAY)
                assert not below_itself
                assert not there_already
            except Refused:
                assert below_itself or there_already
        assert Organisation.objects.find_problems() == ([], [], [], [], [])
        for row in rows:
            assert queries.ids_under([fresh(row).path]) == naive_walk(row.pk)
            assert queries.chain_ids(fresh(row))[-1] == rows[0].pk
        lines = queries.tree_lines(DAY)
        assert [line.place.organisation_id for line in lines if line.depth == 1] == [rows[0].pk]
        assert sorted(line.place.organisation_id for line in lines) == sorted(row.pk for row in rows)
        assert sum(line.opens for line in lines) == sum(line.closes for line in lines)
        for line in lines:
            assert line.depth == fresh(line.place.organisation).depth


@pytest.mark.django_db
def test_a_tree_of_thirty_levels_stands_and_is_nested_right(client):
    row = found()
    for _level in range(29):
        row = found(fresh(row))
    lines = queries.tree_lines(DAY)
    assert [line.depth for line in lines] == list(range(1, 31))
    assert [line.closes for line in lines] == [0] * 29 + [29]
    assert len(queries.chain_ids(fresh(row))) == 30


@pytest.fixture
def college(db):
    return found(name="学校党委")


@pytest.fixture
def general(college):
    return found(fresh(college), Kind.GENERAL_BRANCH, name="机电党总支")


@pytest.fixture
def branch(general):
    return found(fresh(general), Kind.BRANCH, name="教工支部")


def test_the_tree_of_an_earlier_day_shows_names_and_places_of_that_day(college, general, branch):  # F1
    other = found(fresh(college), Kind.GENERAL_BRANCH, name="经贸党总支")
    actions.move_organisation(by=BY, organisation=branch, under=other, on=date(2025, 3, 1))
    actions.rename_organisation(by=BY, organisation=fresh(branch), name="教工第一支部", on=date(2025, 5, 1))

    def place(on):
        (line,) = [line for line in queries.tree_lines(on) if line.place.organisation_id == branch.pk]
        return line.place.name, line.place.under.name

    assert place(date(2025, 2, 28)) == ("教工支部", "机电党总支")
    assert place(date(2025, 3, 1)) == ("教工支部", "经贸党总支")
    assert place(date(2025, 5, 1)) == ("教工第一支部", "经贸党总支")
    assert queries.tree_lines(date(2023, 12, 31)) == []


def test_active_branches_are_counted_at_every_level(college, general, branch):
    found(fresh(general), Kind.BRANCH)
    found(fresh(college), Kind.BRANCH)
    counts = {line.place.organisation_id: line.branches for line in queries.tree_lines(DAY)}
    assert (counts[college.pk], counts[general.pk], counts[branch.pk]) == (3, 2, 1)


def test_the_tree_takes_one_query_however_large(college, general, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.tree_lines(DAY)
    for _each in range(5):
        found(fresh(general), Kind.BRANCH)
    with django_assert_num_queries(1):
        queries.tree_lines(DAY)


def test_an_organisation_with_active_ones_below_does_not_end(college, general, branch):
    with pytest.raises(Refused, match="仍有"):
        actions.end_organisation(by=BY, organisation=general, on=date(2025, 1, 1))
    actions.end_organisation(by=BY, organisation=branch, on=date(2025, 1, 1), merged=True)
    actions.end_organisation(by=BY, organisation=general, on=date(2025, 1, 1))
    assert [fresh(row).state for row in (branch, general)] == [State.MERGED, State.DISSOLVED]
    assert [row.pk for row in queries.ended()] == [general.pk, branch.pk]
    assert general.pk not in [line.place.organisation_id for line in queries.tree_lines(date(2025, 1, 1))]


@pytest.mark.parametrize(
    "deed",
    [
        lambda row, other: actions.rename_organisation(by=BY, organisation=row, name="新名", on=date(2025, 2, 1)),
        lambda row, other: actions.move_organisation(by=BY, organisation=row, under=other, on=date(2025, 2, 1)),
        lambda row, other: actions.end_organisation(by=BY, organisation=row, on=date(2025, 2, 1)),
        lambda row, other: found(row, Kind.GROUP),
        lambda row, other: actions.begin_term(by=BY, organisation=row, starts_on=DAY, ends_on=date(2027, 1, 1)),
        lambda row, other: actions.cover_unit(by=BY, organisation=row, unit_kind="class", unit_name="机电2401", on=DAY),
    ],
    ids=["rename", "move", "end", "found below", "elect", "cover"],
)
def test_nothing_is_done_to_an_ended_organisation(college, general, branch, deed, facts):
    actions.end_organisation(by=BY, organisation=branch, on=date(2025, 1, 1))
    before = len(facts())
    with pytest.raises(Refused, match="2025-01-01"):
        deed(fresh(branch), college)
    assert facts(before) == ["ledger.act.refused"]


def test_a_change_before_the_last_one_or_after_today_is_refused(college, general, branch):
    with pytest.raises(Refused, match="2024-01-01"):
        actions.rename_organisation(by=BY, organisation=branch, name="新名", on=date(2023, 12, 31))
    with pytest.raises(Refused, match="2024-01-01"):
        actions.end_organisation(by=BY, organisation=branch, on=date(2023, 12, 31))
    tomorrow = timezone.localdate() + timedelta(days=2)
    with pytest.raises(Refused):
        actions.move_organisation(by=BY, organisation=branch, under=college, on=tomorrow)
    assert fresh(branch).state == State.ACTIVE


def test_a_code_and_a_name_beside_each_other_stand_once(college, general):
    actions.found_organisation(by=BY, name="甲支部", kind=Kind.BRANCH, under=fresh(general), on=DAY, code="B1")
    with pytest.raises(Refused, match="B1"):
        actions.found_organisation(by=BY, name="乙支部", kind=Kind.BRANCH, under=fresh(general), on=DAY, code="B1")
    with pytest.raises(Refused, match="甲支部"):
        actions.found_organisation(by=BY, name="甲支部", kind=Kind.BRANCH, under=fresh(general), on=DAY)
    assert Organisation.objects.count() == 3
