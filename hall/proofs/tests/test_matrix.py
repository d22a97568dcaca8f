"""The route matrix (assurance §5 rows 1 and 2; A01, A03, A09, A10, A11, A29, A30): route × actor × scope × method.

What is expected comes from the marks of the view (`needs`, `stranger`), the posts' rulebook and the small tables beside
the modules, never from the queries that answer.
"""

from collections import Counter
from typing import Any

import pytest
from django.urls import reverse

from hall.core.pages import FRESH
from hall.proofs.tests.college import World, expected, register, show_who, targets
from hall.proofs.tests.routes import LONG, ONLY, Route, all_routes, mentioned, routes
from hall.proofs.tests.watching import leaks, state, texts_of, writes

ROUTES = routes()
OTHER = ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS")


@pytest.fixture(scope="module")
def rows(world: World) -> dict[str, Any]:
    return register(world)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_carries_its_marks_and_its_parameters_are_known(route: Route) -> None:
    """The build fails here on a view without `@page` and on a parameter that nobody can make a row for."""
    assert hasattr(route.view, "needs"), f"{route.name}: the view is no @page"
    assert not route.parameters or route.thing, (
        f"{route.name}: whose row is {route.parameters}? Say it in hall/{route.module}/tests/routes.py (things)."
    )


def test_the_tables_speak_of_no_route_that_is_gone() -> None:
    assert sorted(mentioned() - {route.name for route in all_routes()}) == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_actor_gets_what_the_marks_promise_and_no_more(route: Route, world: World, rows: dict[str, Any]) -> None:
    """The promised answer, no canary of somebody else's in it, and no table written by reading."""
    wrong, before = [], state()
    asked_of: dict[str, set[str]] = {}
    for actor in world.actors.values():
        for target in targets(world, rows, route, actor):
            promised = expected(actor, route, target)
            if not LONG and promised in asked_of.setdefault(actor.name, set()) & {"forbidden", "sign-in"}:
                continue  # refused before anybody looks at the address
            asked_of[actor.name].add(promised)
            for method in _methods(route, promised):
                with writes() as written:
                    answer = world.ask(actor.name, method, target.address)
                said = f"{actor.name} {method} {target.scope}"
                if not _keeps(promised, route, method, answer.status_code, answer.headers.get("Location", "")):
                    wrong.append(f"{said}: {answer.status_code}, promised {promised}")
                if method != "POST" and written:
                    wrong.append(f"{said} wrote to {written}")
                wrong += [f"{said} shows {leak}" for leak in leaks(world, actor, texts_of(answer))]
    assert not wrong, " | ".join(wrong)
    assert state() == before


def _methods(route: Route, promised: str) -> tuple[str, ...]:
    """POST where it is all there is and where it must be refused as well; HEAD is GET without its body."""
    if LONG:
        return ("GET", "HEAD", "POST")
    return ("GET", "POST") if route.only_post or promised == "sign-in" else ("GET",)


def _keeps(promised: str, route: Route, method: str, status: int, location: str) -> bool:
    if promised == "sign-in":
        return status == 302 and location.startswith("/accounts/sign-in/?next=")
    if promised == "forbidden":
        return status == 403
    if route.only_post and method != "POST":
        return status == 405
    if promised == "absent":
        return status == 404
    known = route.thing.answers if route.thing else ()
    return status in {200, *known, *((302, 422) if method == "POST" else ())}


def test_head_and_post_answer_like_get(world: World, rows: dict[str, Any]) -> None:
    """HEAD and an empty POST, where a secretary may and may not; HEAD writes nothing and has no body."""
    wrong = []
    for route in ROUTES:
        for actor in (world.actors["lin"],):
            for target in targets(world, rows, route, actor):
                promised = expected(actor, route, target)
                for method in ("HEAD", "POST"):
                    with writes() as written:
                        answer = world.ask(actor.name, method, target.address)
                    if not _keeps(promised, route, method, answer.status_code, answer.headers.get("Location", "")):
                        wrong.append(
                            f"{actor.name} {method} {target.address}: {answer.status_code}, promised {promised}"
                        )
                    if method == "HEAD" and (written or answer.whole):
                        wrong.append(f"{actor.name} HEAD {target.address}: wrote {written}, {len(answer.whole)} bytes")
    assert not wrong, " | ".join(wrong)


def test_a_dangerous_page_asks_again_who_one_is(world: World, rows: dict[str, Any]) -> None:
    """Assurance §5 row 34: with a proof that is eleven minutes old every such page leads to showing who one is."""
    for name in ("lin", "sun", "sysadmin", "secadmin", "audadmin"):
        browser = world.browser(name)
        show_who(browser, world.proved[name] - FRESH - 60)
        for route in ROUTES:
            if route.view.fresh and (not route.needs or route.needs in world.actors[name].permissions):
                _asks_again(world, rows, route, name)
        show_who(browser, world.proved[name])


def _asks_again(world: World, rows: dict[str, Any], route: Route, name: str) -> None:
    for target in targets(world, rows, route, world.actors[name]):
        for method in ("GET", "POST"):
            if route.view.fresh in (True, method):
                answer = world.ask(name, method, target.address)
                assert answer.headers.get("Location", "").startswith(reverse("accounts:proof")), target.address


@pytest.mark.parametrize("method", OTHER)
def test_other_methods_do_not_exist(method: str, world: World, rows: dict[str, Any]) -> None:
    """A11: nobody, not even who may, reaches a page by another method; nor by naming one in a header."""
    for route in ROUTES:
        actor = world.actors["sun"]
        for target in targets(world, rows, route, actor):
            assert world.ask(actor.name, method, target.address).status_code == 405, (method, target.address)


def test_a_method_named_in_a_header_is_not_heard(world: World, rows: dict[str, Any]) -> None:
    headers = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}
    browser = world.browser("lin")
    for route in ROUTES:
        if route.only_post:
            address = targets(world, rows, route, world.actors["lin"])[0].address
            assert browser.get(f"{address}?_method=POST", headers=headers).status_code in (403, 404, 405), address


def test_the_matrix_is_as_wide_as_promised(world: World, rows: dict[str, Any]) -> None:
    """At least twelve actors, and all four scopes for the routes that name a row."""
    assert len(world.actors) >= 12
    scopes = Counter(
        target.scope
        for route in ROUTES
        for actor in world.actors.values()
        for target in targets(world, rows, route, actor)
    )
    if not ONLY:
        assert {scope for scope, count in scopes.items() if count > 100} >= {"branch", "foreign", "made-up"}, scopes
        assert scopes["own"] > 50, scopes
