"""What one may not see looks like what does not exist (assurance §5 row 2): status, headers, length, and time."""

import re
from statistics import median
from time import perf_counter
from typing import Any

import pytest

from hall.proofs.tests.college import Target, World, expected, register, targets
from hall.proofs.tests.routes import Route, routes

ROUTES = [route for route in routes() if route.parameters and route.thing and route.thing.model]
ASKERS = ("lin", "qian", "he", "wu", "plain", "former", "zhou", "zheng")
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
NONCE = re.compile(r"nonce(?:-|=\")[\w-]{22}")
SAMPLES = 500


@pytest.fixture(scope="module")
def rows(world: World) -> dict[str, Any]:
    return register(world)


def pairs(world: World, rows: dict[str, Any], route: Route) -> list[tuple[str, Target, Target]]:
    """(who, foreign thing, made-up id) where both must be absent."""
    found = []
    for name in ASKERS:
        actor = world.actors[name]
        by_scope = {target.scope: target for target in targets(world, rows, route, actor)}
        foreign, made_up = by_scope.get("foreign"), by_scope["made-up"]
        if foreign and expected(actor, route, foreign) == "absent":
            found.append((name, foreign, made_up))
    return found


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_foreign_thing_and_a_made_up_one_get_the_same_answer(
    route: Route, world: World, rows: dict[str, Any]
) -> None:
    for name, foreign, made_up in pairs(world, rows, route):
        for method in ("POST",) if route.only_post else ("GET", "POST"):
            one, other = (
                _plain(world.ask(name, method, target.address), target.address) for target in (foreign, made_up)
            )
            assert one == other, (name, method, foreign.address)


def _plain(answer: Any, address: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body without the address itself and the random words of form and policy."""
    body = (
        NONCE.sub("", TOKEN.sub(b"", answer.whole).decode("latin-1")).encode("latin-1").replace(address.encode(), b"")
    )
    heads = {
        name: NONCE.sub("", value).replace(address, "")
        for name, value in answer.headers.items()
        if name != "Content-Length"
    }
    return answer.status_code, heads, body


@pytest.mark.long
@pytest.mark.parametrize("route", [r for r in ROUTES if not r.only_post][::4], ids=lambda route: route.name)
def test_time_does_not_tell_them_apart(route: Route, world: World, rows: dict[str, Any]) -> None:
    """Two samples of 500, taken in turn: a rank test finds no shift, or one of less than a millisecond."""
    for name, foreign, made_up in pairs(world, rows, route)[:1]:
        taken: tuple[list[float], list[float]] = ([], [])
        for _each in range(SAMPLES):
            for sample, target in zip(taken, (foreign, made_up), strict=True):
                start = perf_counter()
                world.ask(name, "GET", target.address)
                sample.append(perf_counter() - start)
        assert abs(rank_shift(*taken)) < 4 or abs(median(taken[0]) - median(taken[1])) < 0.001, (name, foreign.address)


def rank_shift(one: list[float], other: list[float]) -> float:
    """Mann and Whitney: how many standard errors the first sample lies beside the second."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    total = sum(rank for rank, (_value, which) in enumerate(ranked, start=1) if which == 0)
    n, m = len(one), len(other)
    return (total - n * (n + m + 1) / 2) / (n * m * (n + m + 1) / 12) ** 0.5


@pytest.mark.control
def test_control_the_rank_test_finds_a_shift() -> None:
    quick, slow = [i / 1000 for i in range(500)], [i / 1000 + 0.1 for i in range(500)]
    assert rank_shift(quick, slow) < -4 and abs(rank_shift(quick, [each + 0.0001 for each in quick])) < 4
