"""Noting an item: recorded when it is done, refused as a whole when it is not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hall.core.findings import Refused
from hall.core.testing.cast import Stage
from hall.sample import demo
from hall.sample.actions import note_item
from hall.sample.models import Item
from hall.sample.queries import items_for, tasks_for


@pytest.fixture
def today():
    return timezone.localdate()


def test_a_noted_item_is_recorded(cast, facts, today):
    before = len(facts())
    item = note_item(by=cast.lin, organisation=cast.branch, text=" 整理党员名册 ", due_on=today)
    assert (item.text, facts(before)) == ("整理党员名册", ["sample.item.noted"])


def test_without_a_text_nothing_is_noted_and_the_refusal_is_recorded(cast, facts, today):
    before = len(facts())
    with pytest.raises(Refused):
        note_item(by=cast.lin, organisation=cast.branch, text=" ", due_on=today)
    assert (Item.objects.count(), facts(before)) == (0, ["ledger.act.refused"])


def test_a_day_in_the_past_needs_a_reason(cast, facts, today):
    before, past = len(facts()), today - timedelta(days=1)
    with pytest.raises(Refused):
        note_item(by=cast.lin, organisation=cast.branch, text="整理党员名册", due_on=past)
    note_item(by=cast.lin, organisation=cast.branch, text="整理党员名册", due_on=past, reason="补录")
    assert facts(before) == ["ledger.act.refused", "sample.item.noted"]


def test_nobody_notes_items_in_another_branch(cast, today):
    with pytest.raises(Refused):
        note_item(by=cast.qian, organisation=cast.branch, text="整理党员名册", due_on=today)
    assert Item.objects.count() == 0


def test_an_item_is_seen_and_waits_in_its_own_branch_only(cast, today):
    item = note_item(by=cast.lin, organisation=cast.branch, text="整理党员名册", due_on=today)
    assert list(items_for(cast.lin)) == [item]
    assert [task.title for task in tasks_for(cast.lin)] == ["整理党员名册"]
    assert (list(items_for(cast.qian)), tasks_for(cast.qian)) == ([], [])


def test_the_demo_plays_the_real_action(cast, facts, today):
    before = len(facts())
    demo.furnish(Stage(seed=1, today=today))
    assert facts(before) == ["sample.item.noted"] * 3
