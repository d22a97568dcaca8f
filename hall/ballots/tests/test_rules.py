"""Majorities differ: of those entitled or of those present, edge included or not."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from hall.ballots.rules import candidates_needed, majorities, outcome
from hall.ballots.words import Majority
from hall.core.findings import Refused


@pytest.fixture
def english():
    with override("en"):
        yield


@pytest.mark.parametrize(
    "should, present, agree, written, rule, quorum, passed",
    [
        pytest.param(20, 10, 10, 0, "VOTE-1", True, False, id="a"),
        pytest.param(20, 10, 10, 1, "VOTE-2", False, False, id="b"),
        pytest.param(20, 11, 10, 0, "VOTE-2", True, False, id="c"),
        pytest.param(20, 11, 9, 2, "VOTE-2", True, True, id="d"),
        pytest.param(21, 11, 11, 0, "VOTE-2", True, True, id="e"),
        pytest.param(19, 10, 10, 0, "VOTE-2", True, True, id="f"),
        pytest.param(20, 15, 15, 0, "VOTE-3", False, False, id="g"),
        pytest.param(20, 16, 9, 0, "VOTE-3", True, True, id="h"),
        pytest.param(20, 16, 8, 0, "VOTE-3", True, False, id="i"),
        pytest.param(3, 2, 2, 0, "VOTE-2", True, True, id="j"),
        pytest.param(5, 3, 3, 0, "VOTE-4", True, True, id="committee of five, three agree"),
        pytest.param(4, 2, 2, 0, "VOTE-4", True, False, id="exactly half of the committee"),
        pytest.param(8, 4, 4, 0, "VOTE-5", False, False, id="half a committee is no quorum for approval"),
        pytest.param(8, 5, 5, 0, "VOTE-5", True, True, id="committee approves"),
    ],
)
def test_the_vectors_of_the_majorities(should, present, agree, written, rule, quorum, passed):  # §1.2
    said = outcome(rule, should, present, agree, written)
    assert (said.quorum, said.passed, said.rule) == (quorum, passed, rule)


def test_exactly_half_never_carries_and_the_denominators_differ():  # E13
    assert not outcome("VOTE-1", 20, 20, 10).passed
    assert not outcome("VOTE-2", 20, 20, 10).passed
    assert not outcome("VOTE-3", 20, 20, 10).passed
    assert outcome("VOTE-3", 20, 16, 9).passed
    assert not outcome("VOTE-2", 20, 16, 9).passed


@pytest.mark.parametrize("rule", ["VOTE-1", "VOTE-3", "VOTE-4", "VOTE-5"])
def test_written_opinions_count_only_for_admission(rule):
    assert outcome("VOTE-2", 20, 16, 8, 4).passed
    said = outcome(rule, 20, 16, 8, 4)
    assert not said.passed
    assert False in [finding.must for finding in said.findings]


@pytest.mark.parametrize(
    "should, present, agree, written, seats, because",
    [
        (20, 10, 11, 0, None, "More agreed"),
        (20, 21, 10, 0, None, "More were present"),
        (20, -1, 0, 0, None, "negative"),
        (20, 10, -1, 0, None, "negative"),
        (20, 10, 10, -1, None, "negative"),
        (0, 0, 0, 0, None, "Nobody"),
        (-5, 0, 0, 0, None, "Nobody"),
        (20, 15, 10, 6, None, "absent"),
        (20, 11, 11, 10, None, "absent"),
        (20, 16, 9, 0, 0, "at least one seat"),
    ],
)
def test_impossible_counts_are_refused_with_a_sentence(should, present, agree, written, seats, because, english):
    with pytest.raises(Refused, match=because):
        outcome("VOTE-2", should, present, agree, written, seats)


def test_an_unknown_majority_is_refused():
    with pytest.raises(ValueError):
        outcome("VOTE-9", 20, 11, 11)


@pytest.mark.parametrize("seats, candidates", [(3, 4), (5, 6), (7, 9), (9, 11), (1, 2)])
def test_a_fifth_more_candidates_than_seats(seats, candidates):  # ORG-30
    assert candidates_needed(seats) == candidates
    assert str(candidates) in str(outcome("VOTE-3", 20, 16, 9, seats=seats).findings[0].text)


def test_each_majority_has_a_source_and_an_entry():
    assert [rule.rule for rule in majorities()] == Majority.values
    assert all(rule.source and rule.open for rule in majorities())


@given(st.sampled_from(Majority.values), st.integers(1, 200), st.data())
def test_one_more_yes_never_turns_a_passed_vote(rule, should, data):
    present = data.draw(st.integers(1, should))
    agree = data.draw(st.integers(0, present - 1))
    before, after = outcome(rule, should, present, agree), outcome(rule, should, present, agree + 1)
    assert before.quorum == after.quorum
    assert after.passed >= before.passed
    assert before.quorum >= before.passed
