"""Placement, terms and sizes, as domain-rules §1 says (ORG-01 … ORG-26)."""

from datetime import date

import pytest

from hall.organisations import rules
from hall.organisations.words import BRANCHES, Kind, Seat


def ids(findings):
    return [(finding.rule, finding.must) for finding in findings]


@pytest.mark.parametrize("kind", list(Kind))
def test_only_a_committee_stands_at_the_top(kind):  # ORG-08
    assert ids(rules.placement_findings(kind, None)) == ([] if kind == Kind.COMMITTEE else [("ORG-08", True)])


@pytest.mark.parametrize(
    "kind, under, fits",
    [
        (Kind.BRANCH, Kind.COMMITTEE, True), (Kind.BRANCH, Kind.GENERAL_BRANCH, True), (Kind.BRANCH, Kind.FACULTY_COMMITTEE, True),
        (Kind.GROUP, Kind.BRANCH, True), (Kind.GROUP, Kind.JOINT_BRANCH, True), (Kind.GENERAL_BRANCH, Kind.GENERAL_BRANCH, True),
        (Kind.BRANCH, Kind.BRANCH, False), (Kind.GROUP, Kind.GENERAL_BRANCH, False), (Kind.COMMITTEE, Kind.GENERAL_BRANCH, False),
        (Kind.FACULTY_COMMITTEE, Kind.GENERAL_BRANCH, False), (Kind.BRANCH, Kind.GROUP, False), (Kind.GROUP, Kind.GROUP, False),
    ],
)  # fmt: skip
def test_what_may_stand_under_what(kind, under, fits):  # ORG-06, ORG-08
    assert ids(rules.placement_findings(kind, under)) == ([] if fits else [("ORG-08", True)])


@pytest.mark.parametrize("full, needed", [(2, False), (6, False), (7, True), (50, True)])
def test_seven_full_members_elect_a_committee(full, needed):  # ORG-20, ORG-21
    assert rules.needs_committee(full) is needed


@pytest.mark.parametrize(
    "kind, years",
    [
        (Kind.BRANCH, 3),
        (Kind.JOINT_BRANCH, 3),
        (Kind.GENERAL_BRANCH, 3),
        (Kind.COMMITTEE, 5),
        (Kind.FACULTY_COMMITTEE, 5),
    ],
)
def test_the_normal_term_passes_and_a_much_longer_one_wants_a_reason(kind, years):  # ORG-22, ORG-23, ORG-26
    begun = date(2024, 2, 29)
    assert rules.term_findings(kind, begun, date(2024 + years, 2, 28)) == []
    assert rules.term_findings(kind, begun, date(2024 + years + 1, 2, 28)) == []
    assert ids(rules.term_findings(kind, begun, date(2024 + years + 2, 2, 28))) == [("ORG-26", False)]


@pytest.mark.parametrize("kind", [Kind.GROUP, Kind.TEMPORARY_BRANCH])
def test_groups_and_temporary_branches_elect_nobody(kind):  # ORG-06, ORG-12
    assert ids(rules.term_findings(kind, date(2024, 1, 1), date(2027, 1, 1))) == [("ORG-06", True)]


def test_a_term_ends_after_it_begins():
    assert ids(rules.term_findings(Kind.BRANCH, date(2024, 1, 1), date(2024, 1, 1))) == [("house", True)]


@pytest.mark.parametrize(
    "elected, found",
    [
        (date(2026, 3, 1), []), (date(2025, 4, 1), []), (date(2027, 3, 1), []),
        (date(2024, 12, 1), [("ORG-26", False)]), (date(2027, 6, 1), [("ORG-26", False)]),
    ],
)  # fmt: skip
def test_an_election_far_from_the_end_of_the_term_wants_a_reason(elected, found):  # ORG-26
    assert ids(rules.election_findings(date(2026, 3, 1), elected)) == found


def test_the_first_election_has_no_term_before_it():
    assert rules.election_findings(None, date(2026, 3, 1)) == []


@pytest.mark.parametrize("kind", BRANCHES)
@pytest.mark.parametrize(
    "size, found",
    [(0, []), (2, []), (3, []), (5, []), (6, [("ORG-20", False)]), (7, [("ORG-20", False)]), (8, [("ORG-20", True)])],
)
def test_a_branch_committee_has_three_to_five_and_never_more_than_seven(kind, size, found):  # ORG-20
    assert ids(rules.committee_findings(kind, [Seat.MEMBER] * size)) == found


@pytest.mark.parametrize(
    "size, fits", [(6, False), (7, True), (11, True), (12, False), (14, False), (15, True), (31, True), (32, False)]
)
def test_the_size_of_a_college_committee(size, fits):  # ORG-24
    assert ids(rules.committee_findings(Kind.COMMITTEE, [Seat.MEMBER] * size)) == ([] if fits else [("ORG-24", False)])


def test_a_committee_has_one_secretary():
    assert ids(rules.committee_findings(Kind.BRANCH, [Seat.SECRETARY, Seat.SECRETARY, Seat.MEMBER])) == [
        ("ORG-20", True)
    ]


@pytest.mark.parametrize(
    "full, probationary, found", [(3, 0, []), (2, 5, [("ORG-01", False)]), (40, 10, []), (40, 11, [("ORG-02", False)])]
)
def test_the_size_of_a_branch(full, probationary, found):  # ORG-01, ORG-02
    assert ids(rules.size_findings(Kind.BRANCH, full, probationary)) == found
    assert rules.size_findings(Kind.GENERAL_BRANCH, full, probationary) == []


@pytest.mark.parametrize("words", ["机电", "jdgc", "jidian", "JD", "gcxy", "教工"])
def test_search_takes_part_of_the_name_its_pinyin_or_initials(words):
    assert rules.answers_to(words, "机电工程学院教工第一党支部")


@pytest.mark.parametrize("words", ["", "  ", "经贸", "zz"])
def test_search_finds_nothing_else(words):
    assert not rules.answers_to(words, "机电工程学院教工第一党支部", "")
