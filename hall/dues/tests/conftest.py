"""Branches with members who are assessed, billed or have paid, made by the real actions."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from hall.dues import actions
from hall.dues.actions import Basis
from hall.dues.models import Assessment, Bill
from hall.ledger import clock
from hall.ledger.acting import System
from hall.members.models import Member
from hall.members.rules import initials_of, name_key, pinyin_of

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
JANUARY = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def noon():
    """It is 20 March 2026, noon in Shanghai; tests may play another moment."""
    with clock.played(at(2026, 3, 20)):
        yield


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def enrol(cast: Any) -> Callable[..., list[Member]]:
    """`enrol(30)` puts thirty more full members into Lin's branch; columns may be given."""

    def made(count: int, **columns: Any) -> list[Member]:
        start = Member.objects.count()
        rows = [_member(start + place, {"organisation": cast.branch, **columns}) for place in range(count)]
        return Member.objects.bulk_create(rows)

    return made


def _member(place: int, columns: dict[str, Any]) -> Member:
    name = columns.pop("name", f"赵{'甲乙丙丁戊己庚辛'[place % 8]}{'一二三四五六七八九'[place // 8 % 9]}")
    known = {
        "campus_no": f"X{place:05d}", "standing": "full", "identity": "teacher", "joined_on": date(2010, 6, 1),
        "full_on": date(2011, 6, 1),
    }  # fmt: skip
    return Member(
        name=name, name_key=name_key(name), pinyin=pinyin_of(name), initials=initials_of(name), **{**known, **columns}
    )


@pytest.fixture
def month(cast: Any) -> Callable[..., dict[str, Bill]]:
    """`month(MARCH)` assesses Lin's branch (5,000 yuan each) and issues the month; answers the bills by name."""

    def made(period: date = MARCH, organisation: Any = None, base: int = 5000_00) -> dict[str, Bill]:
        place = organisation or cast.branch
        known = set(Assessment.objects.values_list("member", flat=True))
        people = Member.objects.filter(organisation=place).exclude(identity="student").exclude(pk__in=known)
        fresh = [Basis(member, "wage", base) for member in people.select_related("organisation")]
        if fresh:
            actions.assess_members(by=System("test"), bases=fresh, organisation=place, starts_on=JANUARY)
        actions.issue_bills(by=System("test"), period=period, organisation=place)
        rows = Bill.objects.filter(period=period, organisation=place).select_related("member", "organisation")
        return {bill.member.name: bill for bill in rows}

    return made


@pytest.fixture
def pay(cast: Any) -> Callable[..., Any]:
    """`pay(bill)` takes the whole amount in cash by He, the cashier."""

    def made(bill: Bill, amount: int | None = None, on: date = date(2026, 3, 10), **more: Any) -> Any:
        said = {"by": cast.he, "method": "cash", "reference": f"test-{bill.pk}-{on}-{amount}", **more}
        return actions.record_payment(bill=bill, amount=amount or bill.amount, paid_on=on, **said)

    return made
