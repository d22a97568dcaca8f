"""Each case that blocks a release has a test that cites it and runs; the page of them is as the command writes it."""

import pytest

from hall.core.modules import modules
from hall.proofs import catalogue

SOURCE = '''"""A file (A01)."""
import pytest

CELL = "B02"

def test_one():  # B03
    """Also C17 and T03–T05."""

@pytest.mark.skip
def test_two():
    """B06"""

@pytest.mark.long
def test_three():
    """B07"""
'''


def test_every_case_that_blocks_a_release_is_cited():
    missing = [f"{each.id}: {each.attempt}" for each in catalogue.unproven()]
    assert missing == [], "Write the test and cite the id in its docstring:\n" + "\n".join(missing)


def test_only_tests_that_run_count_and_only_their_comments_and_docstrings():
    found = dict(catalogue._cited_in(SOURCE))
    assert found == {"": {"A01"}, "test_one": {"B03", "C17", "T03", "T04", "T05"}}


def test_nothing_cites_a_case_that_does_not_exist():
    known = {each.id for each in catalogue.cases()}
    assert {each: where for each, where in catalogue.citations().items() if each not in known} == {}


def test_what_waits_for_a_module_stops_waiting_when_it_is_there():
    there = {module.name for module in modules()}
    assert [each.id for each in catalogue.cases() if each.waits_for in there] == []


@pytest.mark.parametrize("group", "ABCT")
def test_the_groups_are_whole(group):
    assert [each for each in catalogue.cases() if each.id.startswith(group) and each.priority == "P0"]


def test_the_page_is_as_the_command_writes_it():
    assert catalogue.PAGE.read_text(encoding="utf-8") == catalogue.page(), "run: python -m hall.proofs.catalogue"
