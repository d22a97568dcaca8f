"""Totals tell no more than lists would (A08): they are scoped, and small groups stay hidden from who may not see names."""

import re
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from hall.accounts.words import posts
from hall.core.modules import modules
from hall.dues.queries import collecting
from hall.dues.rules import published
from hall.members.queries import listed_for
from hall.proofs.tests.college import World, register

NAMES = {"dues.report": "dues.view", "members.export": "members.view"}  # figures → the right to the names behind them


def test_no_post_sees_figures_of_people_whose_names_it_may_not_see() -> None:
    """Pages show exact figures; so whoever may open them must be one who may see the lists."""
    wrong = [
        (post.name, figures)
        for post in posts().values()
        for figures, names in NAMES.items()
        if figures in post.may and names not in post.may
    ]
    assert wrong == []


@pytest.mark.parametrize("heads", range(5))
def test_groups_of_less_than_five_are_kept_back_in_what_is_published(heads: int) -> None:
    """STA-06: the small cell, and the total where it would give the cell away."""
    rows = [(heads, 0, heads * 100, 0), (40, 20, 4000, 2000), (9, 9, 900, 900)]
    shown, total = published(rows, 5)
    assert shown[1].due == 4000
    assert heads == 0 or (shown[0].due is None and total.due is None)


def test_a_data_set_open_to_others_is_the_one_that_keeps_back() -> None:
    """Every open data set goes through `published`; a new one has to be named here with its test."""
    assert [each.name for module in modules() for each in module.datasets if each.open] == ["dues.collection"]


def test_counts_are_those_of_the_reach(world: World) -> None:
    """The number over a list is the number of rows the person may see; for every post with a reach."""
    register(world)
    month = date(timezone.localdate().year, timezone.localdate().month, 1)
    for name in ("lin", "zheng", "qian", "sun", "chen"):
        viewer: Any = getattr(world.cast, name)
        rows = listed_for(viewer)
        seen = {row.organisation_id for row in rows}
        answer = world.ask(name, "GET", "/members/?state=&standing=").whole.decode()
        told = {int(each) for each in re.findall(r"(\d+)\s*人", answer)}
        assert seen <= set(viewer.reach("members.view")), name
        assert all(number <= rows.count() for number in told), (name, told)
        if viewer.reach("dues.report") and not viewer.reaches_all("dues.report"):
            for row in collecting.collection(viewer.hat.organisation, month).rows:
                assert row.organisation_id in viewer.reach("dues.report"), name
