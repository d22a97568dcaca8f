from datetime import date, timedelta

import pytest

from hall.core.modules import Task
from hall.desk import rules

TODAY = date(2026, 3, 5)


def row(title, due=None, since=None):
    return rules.row_of(Task(key=title, title=title, url="/", due=due, since=since), "dues", "党费", TODAY)


@pytest.mark.parametrize(
    "due, late, left, kind",
    [
        (date(2026, 3, 3), 2, -2, "overdue"),
        (date(2026, 3, 4), 1, -1, "overdue"),
        (date(2026, 3, 5), 0, 0, "soon"),
        (date(2026, 3, 12), 0, 7, "soon"),
        (date(2026, 3, 13), 0, 8, "later"),
        (None, 0, None, "none"),
    ],
)
def test_days_are_counted_from_today(due, late, left, kind):
    counted = row("a", due)
    assert (counted.late, counted.left, counted.due_class) == (late, left, kind)


def test_overdue_stands_first_then_the_soonest_then_what_waited_longest():
    rows = [
        row("no date, new", since=TODAY),
        row("no date, old", since=TODAY - timedelta(days=9)),
        row("tomorrow", TODAY + timedelta(days=1)),
        row("late", TODAY - timedelta(days=2)),
        row("very late", TODAY - timedelta(days=20)),
    ]
    assert [each.task.title for each in rules.in_order(rows)] == [
        "very late", "late", "tomorrow", "no date, old", "no date, new",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words, meant",
    [
        ("名册", True),
        ("dymc", True),
        ("dy", True),
        ("DYMC", True),
        ("党 员", True),
        ("mc", False),
        ("", False),
        ("党费", False),
    ],
)
def test_a_title_is_found_by_a_part_or_by_the_first_letters_of_its_pinyin(words, meant):
    assert rules.is_meant("党员名册", words) is meant
