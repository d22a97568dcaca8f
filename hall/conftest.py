"""The cast as fixtures, made by the real actions: the same people in every test (style-examples §10)."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from hall.accounts import demo as accounts_demo
from hall.accounts.models import Account
from hall.accounts.queries import Person, person
from hall.core.pages import PROVED
from hall.core.testing import walled
from hall.core.testing.cast import CAST, COMMERCE_TEACHERS, ELECTRICAL_STUDENTS, ELECTRICAL_TEACHERS
from hall.ledger.models import Entry
from hall.members.models import Member
from hall.members.rules import initials_of, name_key, pinyin_of
from hall.organisations import demo as organisations_demo
from hall.organisations.models import Organisation


@dataclass
class Cast:
    """A small college with everybody of the cast in it. `cast.lin` acts, `cast.member("wu")` is the row of a person."""

    organisations: dict[str, Organisation]
    accounts: dict[str, Account]
    members: dict[str, Member] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        if name.startswith("_") or name not in self.accounts:
            raise AttributeError(name)
        return person(Account.objects.get(pk=self.accounts[name].pk), today=timezone.localdate())

    def member(self, name: str) -> Member:
        return self.members[name]

    def browser(self, name: str) -> Client:
        """A browser in which this person is signed in."""
        client = Client()
        client.force_login(self.accounts[name])
        session = client.session
        session[PROVED] = int(time.time())  # as whoever signed in by the page
        session.save()
        return client

    @property
    def branch(self) -> Organisation:
        """Secretary Lin's branch."""
        return self.organisations[ELECTRICAL_TEACHERS]

    @property
    def students(self) -> Organisation:
        return self.organisations[ELECTRICAL_STUDENTS]

    @property
    def other_branch(self) -> Organisation:
        """Secretary Qian's branch, under another general branch."""
        return self.organisations[COMMERCE_TEACHERS]

    @property
    def college(self) -> Organisation:
        return self.organisations["学校党委"]


FOUNDED = date(2024, 1, 1)


@pytest.fixture
def cast(db: None) -> Cast:
    """The committee, two general branches with two branches each, and the cast in its places."""
    return make_cast()


def make_cast() -> Cast:
    """The same college, for fixtures that live longer than one test."""
    organisations = _organisations()
    accounts = accounts_demo.open_cast(FOUNDED)
    made = Cast(organisations, accounts)
    for role in CAST:
        if role.standing:
            made.members[role.username] = _member(made, role)
    return made


def _organisations() -> dict[str, Organisation]:
    root = organisations_demo.found_college(FOUNDED)
    found = {"学校党委": root}
    for faculty in ("机电工程学院", "经济贸易学院"):
        general = organisations_demo.found_general_branch(Organisation.objects.get(pk=root.pk), faculty, FOUNDED)
        found[general.name] = general
        for name in (f"{faculty}教工第一党支部", f"{faculty}学生第一党支部"):
            found[name] = organisations_demo.found_branch(general, name, FOUNDED)
    return found


def _member(made: Cast, role) -> Member:
    home = made.organisations.get(role.place, made.organisations[ELECTRICAL_TEACHERS])
    home = home if home.kind == "branch" else made.organisations[ELECTRICAL_TEACHERS]
    return Member.objects.create(
        account=made.accounts[role.username], organisation=home, name=role.name, name_key=name_key(role.name),
        pinyin=pinyin_of(role.name), initials=initials_of(role.name), campus_no=f"T{1000 + len(made.members)}",
        standing=role.standing, identity=role.identity, birth_date=date(1980, 5, 1),
        joined_on=date(2010, 6, 1) if role.standing == "full" else None, full_on=date(2011, 6, 1) if role.standing == "full" else None,
    )  # fmt: skip


@pytest.fixture
def facts(db: None):
    """`facts()` answers the names of all facts on the ledger, oldest first; `facts(after=n)` those after the first n."""
    return lambda after=0: list(Entry.objects.order_by("id").values_list("name", flat=True))[after:]


@pytest.fixture(scope="session")
def wall_built(django_db_setup: None, django_db_blocker: Any) -> None:
    """The second wall in the test database (hall/core/wall). Its owner, as whom tests run, passes it."""
    with django_db_blocker.unblock():
        walled.built()


@pytest.fixture(scope="session", autouse=True)
def walled_throughout(request: pytest.FixtureRequest) -> None:
    """With HALL_TEST_WALL=1 the wall is built before the first test begins a transaction."""
    if walled.everywhere():
        request.getfixturevalue("wall_built")


@pytest.fixture(autouse=True)
def behind_the_wall(request: pytest.FixtureRequest) -> Iterator[None]:
    """HALL_TEST_WALL=1: the whole suite as the running hall, to see that the wall keeps nobody from their own work."""
    asked = {"db", "transactional_db", "_django_db_helper"} & set(request.fixturenames)
    if not (asked and walled.everywhere()):
        yield
        return
    for name in asked:
        request.getfixturevalue(name)
    with walled.behind_the_wall():
        yield


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Figures remembered for a minute belong to the college of another test."""
    cache.clear()
