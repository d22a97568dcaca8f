"""Rules about people, as tables from domain-rules §6.4, §8."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.members import rules
from hall.members.rules import Record, Step
from hall.members.words import Departure, MembershipState, Standing

TODAY = date(2026, 11, 22)


def found(findings) -> list[tuple[str, bool]]:
    return [(each.rule, each.must) for each in findings]


def sound(**values) -> Record:
    return Record(
        **{
            "name": "吴建国",
            "standing": "full",
            "birth_date": date(1980, 5, 1),
            "joined_on": date(2010, 6, 1),
            "full_on": date(2011, 6, 1),
            **values,
        }
    )


@pytest.mark.parametrize(
    "standing, full_on, on, years",
    [
        ("full", date(2011, 6, 1), date(2026, 5, 31), 14),
        ("full", date(2011, 6, 1), date(2026, 6, 1), 15),
        ("full", date(2020, 2, 29), date(2021, 2, 28), 1),
        ("full", None, TODAY, None),
        ("probationary", None, TODAY, None),
        ("activist", None, TODAY, None),
    ],
)  # §8.1
def test_party_standing_counts_full_years_from_becoming_a_full_member(standing, full_on, on, years):
    assert rules.party_standing(standing, full_on, on).years == years
    assert rules.party_standing(standing, full_on, on).reason


@pytest.mark.parametrize(
    "standing, state, here, suspended, may",
    [
        ("full", "normal", True, False, True),
        ("full", "normal", True, True, False),
        ("full", "stopped", True, False, False),
        ("full", "normal", False, False, False),
        ("probationary", "normal", True, False, False),
    ],
)  # §8.1, FLT-04, LOST-05
def test_only_full_members_here_with_their_rights_vote(standing, state, here, suspended, may):
    assert rules.may_vote(standing, state, here=here, suspended=suspended) is may


def test_a_sound_record_has_nothing_against_it():
    assert (
        rules.record_findings(
            sound(id_no="11010519491231002X", birth_date=date(1949, 12, 31), sex="2", phone="13812345678"), TODAY
        )
        == []
    )


@pytest.mark.parametrize(
    "values, expected",
    [
        (
            {"birth_date": date(1995, 6, 2), "joined_on": date(2013, 6, 1), "full_on": date(2014, 6, 1)},
            [("DEV-01", False)],
        ),
        ({"birth_date": date(1995, 6, 1), "joined_on": date(2013, 6, 1), "full_on": date(2014, 6, 1)}, []),
        ({"full_on": date(2010, 5, 31)}, [("§8.1", True)]),
        ({"full_on": date(2011, 5, 31)}, [("§2.5", False)]),
        ({"standing": "probationary"}, [("§8.1", True)]),
        ({"standing": "activist", "full_on": None}, [("§8.1", True)]),
        ({"birth_date": date(2027, 1, 1), "joined_on": None, "full_on": None}, [("house", True)]),
        ({"birth_date": date(1890, 1, 1)}, [("house", False)]),
        ({"id_no": "110105194912310021"}, [("ID-01", True)]),
        ({"id_no": "E12345678"}, [("ID-01", False)]),
        ({"id_no": "11010519491231002X"}, [("G06", False)]),
        ({"id_no": "11010519491231002X", "birth_date": date(1949, 12, 31), "sex": "1"}, [("G06", False)]),
        ({"phone": "12345"}, [("house", True)]),
        ({"education": "99"}, [("§8.3", True)]),
        ({"education": "31", "ethnicity": "汉族"}, []),
        ({"ethnicity": "汉"}, [("§8.3", True)]),
        ({"name": ""}, [("house", True)]),
        ({"name": "吴"}, [("house", False)]),
        ({"name": "吴?国"}, [("house", False)]),
        ({"name": "吴\ue123国"}, [("house", False)]),
        ({"name": "阿不都·热合曼"}, []),
        ({"name": "刘𬭎"}, []),
    ],
)
def test_findings_on_a_record(values, expected):
    assert found(rules.record_findings(sound(**values), TODAY)) == expected


def test_lost_contact_counts_from_the_later_trace_and_alerts_after_six_months():  # LOST-01, LOST-02
    since = rules.lost_since(date(2026, 1, 10), date(2025, 12, 31))
    assert since == date(2026, 1, 10)
    assert rules.lost_alert_on(since) == date(2026, 7, 10)
    assert rules.removal_review_from(date(2026, 8, 1)) == date(2028, 8, 1)
    assert rules.lost_since(None, None) is None


@pytest.mark.parametrize(
    "state, since, on, expected",
    [
        ("normal", date(2026, 1, 10), date(2026, 7, 10), []),
        ("normal", date(2026, 1, 10), date(2026, 7, 9), [("LOST-01", True)]),
        ("normal", None, date(2026, 7, 10), [("LOST-02", True)]),
        ("stopped", date(2026, 1, 10), date(2026, 7, 10), [("LOST-01", True)]),
    ],
)
def test_a_membership_is_stopped_after_six_months_at_the_earliest(state, since, on, expected):
    assert found(rules.stop_findings(standing="full", state=state, since=since, on=on)) == expected


@pytest.mark.parametrize(
    "values, expected",
    [
        ({}, []),
        ({"expected_to": date(2026, 8, 1)}, [("FLT-01", False)]),
        ({"expected_to": date(2026, 9, 1)}, []),
        ({"away_already": True}, [("house", True)]),
        ({"standing": "activist"}, [("FLT-01", True)]),
        ({"starts_on": date(2026, 12, 1)}, [("house", True)]),
        ({"kind": "abroad", "expected_to": date(2026, 5, 1)}, []),
    ],
)  # FLT-01, FLT-03
def test_floating_means_six_months_or_more(values, expected):
    given_values = {
        "standing": "full",
        "state": "normal",
        "away_already": False,
        "kind": "floating",
        "starts_on": date(2026, 3, 1),
        "expected_to": None,
        "on": TODAY,
    }
    assert found(rules.absence_findings(**{**given_values, **values})) == expected


def test_only_a_probation_can_be_cancelled():
    speaks = rules.departure_findings(
        state="normal",
        departure=Departure.PROBATION_CANCELLED,
        standing=Standing.FULL,
        on=TODAY,
        arrived_on=None,
        today=TODAY,
    )
    assert found(speaks) == [("§8.3", True)]


def test_nobody_answers_their_own_request():  # PERM-02
    assert found(rules.correction_findings(is_open=True, same_person=True)) == [("PERM-02", True)]


def test_the_code_lists_are_complete():
    assert len(rules.ethnicities()) == len(set(rules.ethnicities())) == 56  # GB/T 3304
    assert set(rules.educations()) >= {
        "10",
        "11",
        "21",
        "28",
        "31",
        "41",
        "44",
        "47",
        "61",
        "71",
        "81",
        "90",
    }  # GB/T 4658
    assert {code[0] for code in rules.educations()} == {
        digit for band in rules.education_bands() for digit in rules.education_digits(band)
    }


@given(st.dates(date(1940, 1, 1), date(2010, 12, 31)), st.dates(date(2011, 1, 1), date(2030, 12, 31)))
def test_every_age_lies_in_exactly_one_band(born, on):
    years = rules.age(born, on)
    hits = [band for band in rules.age_bands() if _in_band(born, band, on)]
    assert len(hits) == 1
    assert (int(hits[0]) >= 61) == (years >= 61)


def _in_band(born, band, on) -> bool:
    after, until = rules.born_between(band, on)
    return (after is None or born > after) and born <= until


@given(
    st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.text(max_size=5)), max_size=8),
    st.dates(date(2019, 1, 1), date(2027, 1, 1)),
)
def test_the_record_of_a_day_is_what_the_last_change_until_then_wrote(edits, day):
    edits = sorted(edits, key=lambda each: each[0])
    steps, value = [], "first"
    for on, text in edits:
        steps.append(Step(on, {"name": [value, text]}))
        value = text
    expected = ([text for on, text in edits if on <= day] or ["first"])[-1]
    assert rules.as_of({"name": value}, reversed(steps), day) == {"name": expected}


def test_changes_keep_sealed_values_masked_even_behind_the_same_mask():  # ID-03
    changes = rules.changes_between(
        {"phone": "13812345678", "name": "甲乙"},
        {"phone": "13899995678", "name": "甲乙", "joined_on": date(2020, 1, 1), "address": "海州路1号"},
    )
    assert changes == {"phone": ["138****5678", "138****5678"], "joined_on": ["", "2020-01-01"], "address": ["", "***"]}


@pytest.mark.parametrize("state", [MembershipState.NORMAL, MembershipState.STOPPED])
def test_two_different_id_numbers_are_two_people(state):  # F10
    speaks = rules.merge_findings(
        same_record=False, left=(False, False), id_keys=("11010519491231002X", "440524188001010014"), both_away=False
    )
    assert found(speaks) == [("house", True)]
