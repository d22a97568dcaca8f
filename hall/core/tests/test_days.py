"""Months are counted as the Civil Code does, dates read strictly, and notices end as the official calendar says."""

import json
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from hall.core import days
from hall.core.days import (
    add_months,
    day_text,
    first_of_month,
    formal_date,
    month_text,
    months_between,
    months_from,
    notice_end,
    official,
    parse_day,
    parse_month,
)


@pytest.fixture
def english():
    with override("en"):
        yield


SHARED = Path(days.__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.mark.parametrize(
    "given_day, months, then",
    [
        ("2026-01-31", 1, "2026-02-28"),  # D1
        ("2026-05-20", 1, "2026-06-20"),  # D2
        ("2026-04-15", 6, "2026-10-15"),  # D4
        ("2026-04-15", 12, "2027-04-15"),  # D4
        ("2027-05-31", 1, "2027-06-30"),  # D7
        ("2026-05-20", 3, "2026-08-20"),  # D8
        ("2026-05-20", 18, "2027-11-20"),  # D11
        ("2028-02-29", 12, "2029-02-28"),  # D14
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(given_day, months, then):
    assert add_months(date.fromisoformat(given_day), months) == date.fromisoformat(then)


@given(st.dates(date(1900, 1, 1), date(2090, 12, 31)), st.integers(0, 100))
def test_adding_months_moves_exactly_that_many_months(day, months):
    later = add_months(day, months)
    assert months_between(day, later) == months
    assert later.day <= day.day


def test_periods_are_firsts_of_months():
    assert first_of_month(date(2026, 5, 20)) == date(2026, 5, 1)
    assert months_from(date(2026, 11, 9), date(2027, 1, 3)) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert months_from(date(2026, 5, 1), date(2026, 4, 30)) == []


@pytest.mark.parametrize(
    "day, formal",
    [
        ("2026-03-05", "二〇二六年三月五日"),
        ("2010-10-10", "二〇一〇年十月十日"),
        ("2019-11-20", "二〇一九年十一月二十日"),
        ("2026-12-31", "二〇二六年十二月三十一日"),
    ],
)
def test_a_formal_paper_writes_its_date_in_characters(day, formal):
    assert formal_date(date.fromisoformat(day)) == formal


def test_text_writes_months_and_days_without_noughts():
    assert (month_text(date(2026, 3, 5)), day_text(date(2026, 3, 5))) == ("2026年3月", "2026年3月5日")


@pytest.mark.parametrize(
    "text",
    [
        "20260305",
        "2026.3.5",
        "2026/3/5",
        "2026-03-05",
        "2026-3-5",
        "2026年3月5日",
        "2026年03月05号",
        " ２０２６．３．５ ",
        "２０２６年３月５日",
        "2026-03-05 00:00:00",
    ],
)
def test_a_date_is_read_in_the_ways_people_write_it(text):
    assert parse_day(text) == date(2026, 3, 5)


@pytest.mark.parametrize(
    "text, because",
    [
        ("24/3/1", "four digits"),
        ("24年3月1日", "four digits"),
        ("3/5/2026", "not a date"),
        ("2024/2/30", "does not exist"),
        ("2025-02-29", "does not exist"),
        ("20261301", "does not exist"),
        ("2026-3.5", "not a date"),
        ("2026-03", "not a date"),
        ("202635", "not a date"),
        ("45351", "not a date"),
        ("2026-03-05 10:00", "not a date"),
        ("", "missing"),
        ("0001-01-01", "between 1900 and 2100"),
        ("9999-12-31", "between 1900 and 2100"),
        ("٢٠٢٦-٠٣-٠٥", "not a date"),
        ("\x00", "not a date"),
    ],
)
def test_a_doubtful_date_is_refused_with_its_reason(text, because, english):  # G08
    with pytest.raises(ValueError, match=because):
        parse_day(text)


def test_a_serial_number_is_a_date_only_where_a_sheet_says_so():  # G08
    assert parse_day("45351", serial=True) == date(2024, 2, 29)
    assert parse_day("45351.0", serial=True) == date(2024, 2, 29)
    assert parse_day("43889", serial=True, since_1904=True) == date(2024, 2, 29)
    assert parse_day("2024.2.29", serial=True) == date(2024, 2, 29)
    with pytest.raises(ValueError):
        parse_day("59", serial=True)


@pytest.mark.parametrize(
    "text", ["2026-03", "2026-3", "202603", "2026.3", "2026年3月", "2026年03月份", "２０２６年３月"]
)
def test_a_month_is_read_as_its_first_day(text):
    assert parse_month(text) == date(2026, 3, 1)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "26-3", "三月", "0000-01", "2026-03-05"])
def test_a_doubtful_month_is_refused(text):
    with pytest.raises(ValueError):
        parse_month(text)


NOTICES = [  # §2.4
    ("2026-03-02", "2026-03-09", "2026-03-06"),
    ("2026-02-12", "2026-02-26", "2026-02-25"),
    ("2026-04-02", "2026-04-10", "2026-04-09"),
    ("2026-04-29", "2026-05-09", "2026-05-08"),
    ("2026-06-17", "2026-06-25", "2026-06-24"),
    ("2026-09-18", "2026-09-24", "2026-09-23"),
    ("2026-09-29", "2026-10-12", "2026-10-10"),
    ("2025-12-30", "2026-01-07", "2026-01-06"),
    ("2026-05-30", "2026-06-05", "2026-06-05"),
]


@pytest.mark.parametrize("posted, excluded, included", NOTICES)
def test_a_notice_ends_after_five_working_days(posted, excluded, included):  # PUB-01, PUB-02
    posted = date.fromisoformat(posted)
    outside, inside = notice_end(posted), notice_end(posted, inclusive=True)
    assert (outside.ends.isoformat(), inside.ends.isoformat()) == (excluded, included)
    assert not outside.provisional
    assert not inside.provisional


def test_a_year_without_calendar_makes_the_end_provisional():  # PUB-04, CAL-04
    assert notice_end(date(2026, 12, 24)).provisional is False
    assert notice_end(date(2026, 12, 28)) == days.NoticeEnd(date(2027, 1, 4), True)
    assert notice_end(date(2024, 12, 30)).provisional is True


@pytest.mark.parametrize("count", [0, -5, 251, 10**9])
def test_a_notice_of_impossible_length_is_refused(count):
    with pytest.raises(ValueError):
        notice_end(date(2026, 3, 2), count)


def test_working_days_of_the_months_of_2026():  # CAL-05
    assert [official().working_days(2026, month) for month in range(1, 13)] == [
        21,
        16,
        22,
        21,
        19,
        21,
        23,
        21,
        22,
        18,
        21,
        23,
    ]


@pytest.mark.parametrize("year", [2025, 2026])
def test_both_years_have_248_working_days(year):  # CAL-02, CAL-03
    assert sum(official().working_days(year, month) for month in range(1, 13)) == 248


def test_a_due_date_in_the_holidays_shows_the_next_working_day():  # CAL-08
    assert official().next_working(date(2026, 10, 1)) == date(2026, 10, 8)
    assert official().next_working(date(2026, 10, 10)) == date(2026, 10, 10)


def test_each_year_of_the_calendar_names_its_source():  # CAL-06
    book = tomllib.loads(Path(days.__file__).with_name("calendar.toml").read_text(encoding="utf-8"))
    assert all(entry["source"].startswith("https://www.gov.cn/") and entry["imported_on"] for entry in book["year"])


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_calendar_agrees_with_the_published_data_set(year):
    source = SHARED / f"holidays-{year}.json"
    if not source.exists():
        pytest.skip(f"{source.name} is not here: the calendar of {year} was not compared with outside data")
    listed = {date.fromisoformat(entry["date"]): entry["isOffDay"] for entry in json.loads(source.read_text())["days"]}
    first = date(year, 1, 1)
    for day in (first + timedelta(days=step) for step in range((date(year + 1, 1, 1) - first).days)):
        assert (day in official().off, day in official().work) == (listed.get(day) is True, listed.get(day) is False), (
            day
        )
