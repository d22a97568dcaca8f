"""What noise cannot move: how many statements a page sends, that they do not grow with the rows, what an import holds in memory."""

import tracemalloc
from datetime import date
from io import BytesIO
from itertools import count

import pytest
from django.urls import reverse

from bench.people import people, roster
from hall.core.sheets import read_table
from hall.core.testing.cast import Stage
from hall.members.models import Member
from hall.members.rules.roster import COLUMNS

FEW, MANY = 10, 1000
TODAY = date(2026, 3, 2)
numbers = count()


def fill(place, rows):
    """So many people in one branch, as data."""
    stage = Stage(seed=7, today=TODAY)
    made = []
    for person in people(stage.rng, rows, 1, TODAY):
        person["campus_no"] = f"B{next(numbers):08d}"
        given = {name: value for name, value in person.items() if name not in ("place", "number")}
        made.append(Member(organisation=place, **given))
    Member.objects.bulk_create(made)
    return made


def statements(browser, address, django_assert_max_num_queries):
    """How many statements the page sends once the process is warm."""
    browser.get(address)
    with django_assert_max_num_queries(100) as sent:
        answer = browser.get(address)
    assert answer.status_code == 200
    return len(sent)


PAGES = {  # address → the most statements it may send
    "/members/": 9,
    "/members/?q=王": 9,
    "/members/?q=wj": 9,
    "/members/?standing=full&identity=teacher&age=36-45": 9,
    "/": 7,
    "/tasks/": 11,
    "/dues/": 16,
}


@pytest.mark.parametrize("who", ["lin", "sun"])
def test_pages_send_the_same_few_statements_for_ten_people_and_a_thousand(cast, who, django_assert_max_num_queries):
    browser = cast.browser(who)
    fill(cast.branch, FEW)
    few = {address: statements(browser, address, django_assert_max_num_queries) for address in PAGES}
    fill(cast.branch, MANY - FEW)
    many = {address: statements(browser, address, django_assert_max_num_queries) for address in PAGES}
    assert {many[address] - few[address] for address in PAGES} <= {0, 1}  # a list of more than a page is counted
    assert {address: sent for address, sent in many.items() if sent > PAGES[address]} == {}


@pytest.mark.parametrize("who", ["lin", "sun"])
def test_the_home_hall_of_which_nothing_is_kept_sends_at_most_thirteen(cast, who, django_assert_max_num_queries):
    browser = cast.browser(who)
    fill(cast.branch, MANY)
    browser.get("/")
    browser.cookies["hall_language"] = "en"  # what is kept is kept for a language
    with django_assert_max_num_queries(13):
        assert browser.get("/").status_code == 200


def test_a_persons_page_sends_at_most_ten_statements(cast, django_assert_max_num_queries):
    someone = fill(cast.branch, MANY)[0]
    address = reverse("members:member", args=[someone.pk])
    assert statements(cast.browser("lin"), address, django_assert_max_num_queries) <= 10


def test_reading_a_roster_of_ten_thousand_rows_holds_few_megabytes(tmp_path):
    """The sheet alone; the whole import is measured by bin/bench."""
    book = tmp_path / "roster.xlsx"
    roster(book, 10_000, ["第一党支部"], TODAY)
    content = BytesIO(book.read_bytes())
    tracemalloc.start()
    table = read_table(content, book.name, columns=COLUMNS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(table.rows) == 10_000
    assert peak < 120 * 2**20
