from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.notices import rules
from hall.notices.rules import Ways

CHINA = timezone(timedelta(hours=8))
TIMES = st.times(min_value=time(0), max_value=time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0))


def at(day, clock):
    hour, minute = clock.split(":")
    return datetime(2026, 3, day, int(hour), int(minute), tzinfo=CHINA)


@pytest.mark.parametrize(
    "clock, quiet",
    [
        ("20:59", False),
        ("21:00", True),
        ("23:59", True),
        ("00:00", True),
        ("07:29", True),
        ("07:30", False),
        ("12:00", False),
    ],
)
def test_the_quiet_hours_begin_at_nine_in_the_evening_and_end_at_half_past_seven(clock, quiet):
    assert rules.is_quiet(at(2, clock).time(), time(21, 0), time(7, 30)) is quiet


@pytest.mark.parametrize("clock, quiet", [("11:59", False), ("12:00", True), ("13:59", True), ("14:00", False)])
def test_quiet_hours_may_lie_within_one_day(clock, quiet):
    assert rules.is_quiet(at(2, clock).time(), time(12, 0), time(14, 0)) is quiet


def test_equal_times_mean_no_quiet_hours():
    assert not any(rules.is_quiet(time(hour), time(9), time(9)) for hour in range(24))


@pytest.mark.parametrize(
    "said, leaves",
    [
        ((2, "10:00"), (2, "10:00")),
        ((2, "20:59"), (2, "20:59")),
        ((2, "21:00"), (3, "07:30")),
        ((3, "02:00"), (3, "07:30")),
    ],
)
def test_what_cannot_wait_leaves_at_once_or_when_the_quiet_hours_end(said, leaves):
    assert rules.not_before(at(*said), Ways(), digest=False) == at(*leaves)


@pytest.mark.parametrize(
    "said, leaves",
    [
        ((2, "10:00"), (2, "12:00")),
        ((2, "12:00"), (2, "12:00")),
        ((2, "12:01"), (3, "12:00")),
        ((2, "23:00"), (3, "12:00")),
    ],
)
def test_the_digest_leaves_once_a_day(said, leaves):
    assert rules.not_before(at(*said), Ways(), digest=True) == at(*leaves)


def test_a_digest_hour_within_the_quiet_hours_waits_for_their_end():
    assert rules.not_before(at(2, "10:00"), Ways(digest_hour=22), digest=True) == at(3, "07:30")


@given(
    day=st.integers(1, 27), clock=TIMES, quiet_from=TIMES, quiet_to=TIMES, hour=st.integers(0, 23), digest=st.booleans()
)
def test_no_mail_ever_leaves_in_quiet_hours_or_before_it_was_said_or_two_days_late(
    day, clock, quiet_from, quiet_to, hour, digest
):
    said = datetime.combine(date(2026, 3, day), clock, tzinfo=CHINA)
    leaves = rules.not_before(said, Ways(True, True, hour, quiet_from, quiet_to), digest=digest)
    assert said <= leaves <= said + timedelta(days=2)
    assert not rules.is_quiet(leaves.time(), quiet_from, quiet_to)


@pytest.mark.parametrize("tries, minutes", [(1, 1), (2, 4), (3, 16), (4, 64), (9, 360)])
def test_pauses_grow_and_end_at_six_hours(tries, minutes):
    assert rules.pause(tries) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["党费\r\nBcc: all@example.org", "党费\nX: y", "党费\x00\x1f", "a\u2028b", "a\x85b"])
def test_a_title_never_breaks_the_line(text):  # B29
    assert len(rules.one_line(text).splitlines()) == 1
    assert rules.one_line(text).isprintable()


def test_a_text_is_title_body_and_address():
    assert rules.telling("\n账单已出\n三月党费 ¥15.00\n请于月底前缴纳\nurl: /dues/mine/\n") == rules.Telling(
        "账单已出", "三月党费 ¥15.00\n请于月底前缴纳", "/dues/mine/"
    )


@pytest.mark.parametrize("url", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", ""])
def test_an_address_that_leads_elsewhere_is_dropped(url):  # B31
    assert rules.telling(f"题\n文\nurl: {url}").url == ""


@pytest.mark.parametrize(
    "day, today, last, due",
    [
        (0, date(2026, 3, 5), None, [date(2026, 3, 5)]),
        (0, date(2026, 3, 5), date(2026, 3, 5), []),
        (0, date(2026, 3, 5), date(2026, 3, 1), [date(2026, 3, 5)]),
        (1, date(2026, 3, 5), None, [date(2026, 3, 1)]),
        (1, date(2026, 3, 5), date(2026, 3, 1), []),
        (1, date(2026, 3, 5), date(2025, 12, 1), [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]),
        (10, date(2026, 3, 5), date(2026, 1, 10), [date(2026, 2, 10)]),
        (28, date(2026, 1, 5), None, [date(2025, 12, 28)]),
    ],
)
def test_a_job_is_due_once_a_day_or_month_and_missed_months_are_made_good(day, today, last, due):
    assert rules.due_days(day, today, last) == due


def test_a_job_on_the_31st_is_refused():
    with pytest.raises(ValueError, match="1–28"):
        rules.due_days(31, date(2026, 3, 5), None)


def test_a_moment_in_another_zone_is_not_mistaken():
    said = datetime(2026, 3, 2, 2, 0, tzinfo=UTC).astimezone(CHINA)
    assert rules.not_before(said, Ways(), digest=False) == said
