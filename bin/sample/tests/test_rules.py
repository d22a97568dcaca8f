"""The rule as a table: plain values in, findings out."""

from datetime import date

import pytest

from hall.sample.rules import item_findings

TODAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    "text, due_on, musts",
    [
        ("整理党员名册", date(2026, 3, 5), []),
        ("整理党员名册", date(2026, 3, 4), [False]),
        ("  ", date(2026, 3, 6), [True]),
        ("", date(2026, 3, 4), [True, False]),
    ],
)
def test_an_item_needs_a_text_and_normally_a_day_to_come(text, due_on, musts):
    assert [finding.must for finding in item_findings(text, due_on, TODAY)] == musts
