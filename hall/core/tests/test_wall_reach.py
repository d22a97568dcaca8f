"""PostgreSQL is told before every statement whose rows may be seen, whatever happens to a connection in between.

assurance §5 row 3; A13, T13.
"""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall.core.testing.walled import behind_the_wall
from hall.core.wall import base, reach
from hall.ledger.acting import acting
from hall.members.models import Member

pytestmark = [pytest.mark.postgres, pytest.mark.authz]

STEPS = st.lists(st.sampled_from(["who", "ask", "begin", "keep", "undo", "break", "close"]), min_size=2, max_size=25)


def told() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('hall.reach', true)")
        return cursor.fetchone()[0]


class Undone(Exception):
    """Takes a block back."""


def walk(steps: Iterator[str], numbers: Iterator[int], depth: int = 0) -> str:
    """Play the steps; after each question PostgreSQL must hold the line of whoever asks. The word that ended the block."""
    for step in steps:
        if step == "who":
            reach.begin(f"{next(numbers)};;")
        elif step == "ask":
            assert (told() or "") == reach.present()
        elif step == "begin" and depth < 4:
            play(steps, numbers, depth)
        elif step == "close" and depth == 0:
            connection.close()
        elif step in ("keep", "undo", "break") and depth:
            return step
    return "keep"


def play(steps: Iterator[str], numbers: Iterator[int], depth: int) -> None:
    try:
        with transaction.atomic():
            ended = walk(steps, numbers, depth + 1)
            if ended == "break":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1/0")
            if ended == "undo":
                raise Undone
    except (Undone, ArithmeticError, Exception) as error:
        if isinstance(error, AssertionError):
            raise


def played(steps: list[str]) -> None:
    token = reach._present.set("")
    connection.close()
    connection.walled = True
    try:
        walk(iter([*steps, "ask"]), iter(range(1, 99)))
    finally:
        reach._present.reset(token)
        connection.walled = None
        connection.close()


@pytest.mark.django_db(transaction=True)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_to_a_connection_it_speaks_for_whoever_asks(steps: list[str]) -> None:
    """Blocks kept, taken back and broken, savepoints, lost connections, changes of person in between: the line fits."""
    played(steps)


@pytest.mark.control
@pytest.mark.django_db(transaction=True)
def test_control_without_telling_again_a_roll_back_leaves_another_person(monkeypatch: Any) -> None:
    """The person before comes back with the roll-back when the backend does not forget what it told."""
    steps = ["who", "ask", "begin", "who", "ask", "undo", "ask"]
    played(steps)
    monkeypatch.delattr(base.DatabaseWrapper, "_rollback")
    with pytest.raises(AssertionError):
        played(steps)


def test_a_broken_savepoint_can_be_taken_back(db: None, wall_built: None) -> None:
    """Nothing is said in a broken transaction before it is rolled back, though the reach changed meanwhile."""
    with behind_the_wall():
        with pytest.raises(IntegrityError), transaction.atomic(), reach.seen_by("5;;"), connection.cursor() as cursor:
            cursor.execute("INSERT INTO ledger_seallock VALUES (7), (7)")
        assert told() == reach.WHOLE_HOUSE


def test_a_deed_sees_the_house_and_what_follows_it_does_not(cast: Any, wall_built: None) -> None:
    """Within `acting` everything, before and after only one's own; also when the deed is refused."""
    said = cast.qian.sees
    with behind_the_wall(said):
        before = set(Member.objects.values_list("pk", flat=True))
        assert cast.member("wu").pk not in before
        with acting(cast.qian, "notices.own") as act:
            assert Member.objects.filter(pk=cast.member("wu").pk).exists()
            act.record("notices.preference.chosen", "thing", mail=True)
        assert set(Member.objects.values_list("pk", flat=True)) == before
        with pytest.raises(ZeroDivisionError), acting(cast.qian, "notices.own"):
            raise ZeroDivisionError
        assert set(Member.objects.values_list("pk", flat=True)) == before


def test_what_a_person_may_not_see_they_cannot_change(cast: Any, wall_built: None) -> None:
    with behind_the_wall(cast.qian.sees):
        assert Member.objects.filter(pk=cast.member("wu").pk).update(job="other") == 0
        assert Member.objects.filter(organisation=cast.branch).count() == 0
    with behind_the_wall(cast.lin.sees):
        assert Member.objects.filter(pk=cast.member("wu").pk).update(job="other") == 1


def names(request: HttpRequest) -> StreamingHttpResponse:
    """Reads while the answer is on its way."""
    bool(request.actor)  # type: ignore[attr-defined]
    return StreamingHttpResponse(name for name in Member.objects.values_list("name", flat=True).iterator())


urlpatterns = [path("names/", names), path("lines/", lambda request: lines(request))]


def test_a_streamed_answer_is_read_to_its_end_by_whoever_asked(cast: Any, wall_built: None) -> None:
    """Own branch in full, and afterwards the thread speaks for nobody."""
    own = {each.name for each in Member.objects.filter(organisation=cast.other_branch)}
    browser, stranger = cast.browser("qian"), Client()
    with behind_the_wall(reach.NOBODY), override_settings(ROOT_URLCONF=__name__):
        text = b"".join(browser.get("/names/")).decode()
        assert b"".join(stranger.get("/names/")) == b""
        assert Member.objects.count() == 0
    assert own
    assert text == "".join(own) or all(name in text for name in own)
    assert cast.member("wu").name not in text


def lines(request: HttpRequest) -> StreamingHttpResponse:
    """Says piece by piece who PostgreSQL would be told is asking."""
    bool(request.actor)  # type: ignore[attr-defined]
    return StreamingHttpResponse(reach.present() for _piece in range(3))


def test_a_streamed_answer_keeps_its_reader_in_another_thread(cast: Any, wall_built: None) -> None:
    """A server may ask for the pieces from any thread, between the pieces of somebody else's answer."""
    browser = cast.browser("qian")
    with behind_the_wall(reach.NOBODY), override_settings(ROOT_URLCONF=__name__):
        answer, found = browser.get("/lines/"), []
    asking = threading.Thread(target=lambda: (reach.begin("99;;"), found.extend(answer)))
    asking.start()
    asking.join()
    assert [bytes(piece).decode() for piece in found] == [cast.qian.sees] * 3


def test_rooms_are_the_module_of_a_permission_and_what_it_needs() -> None:
    assert reach.rooms(frozenset({"dues.view"})) >= {"dues", "members", "papers"}
    assert "members" not in reach.rooms(frozenset({"notices.operate"}))
    assert reach.reach(7, None, ["papers.view"]).startswith("7;*;")
    assert reach.reach(7, {3, 1}, []) == "7;1,3;"
