"""Canaries (assurance §5 row 1; A01, A02, A03, A06, A07, A08, A29): random requests of everybody over every route.

Filters, searches for other people's texts, sorts, pages, forms with foreign choices, exports and prints. No foreign
canary may stand in any body, file, header, cookie, error page, message, mail or log line.
"""

import logging
from random import Random
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from hall.core.pages import page
from hall.members.models import Member
from hall.notices.models import Message, Outgoing
from hall.proofs.tests.college import CANARY, Target, World, expected, marked_columns, register, targets
from hall.proofs.tests.filling import as_sent, filled, forms_read
from hall.proofs.tests.routes import LONG, ONLY, Route, routes
from hall.proofs.tests.watching import leaks, texts_of

ROUTES = routes()
COUNT = 10_000 if LONG else 40 * len(ONLY) if ONLY else 600
ASKED = (
    "q",
    "organisation",
    "state",
    "standing",
    "kind",
    "year",
    "post",
    "active",
    "status",
    "month",
    "on",
    "due",
    "box",
    "view",
)
SORTS = ("name", "-name", "id_no", "pinyin", "account__password", "member__id_no", "organisation__path")


@pytest.fixture(scope="module")
def rows(world: World) -> dict[str, Any]:
    return register(world)


def test_every_personal_column_of_every_branch_carries_a_canary(world: World) -> None:
    """What is not marked cannot be seen leaking."""
    bare = []
    for model, columns in marked_columns():
        for column in columns:
            places = {
                place.pk
                for row in model._default_manager.all()
                if CANARY.search(str(getattr(row, column.attname))) and (place := world.place_of(row))
            }
            if not {place.pk for place in world.places} <= places:
                bare.append(f"{model.__name__}.{column.name}")
    assert bare == []


@pytest.mark.parametrize("part", range(4))
def test_no_answer_holds_a_foreign_canary(part: int, world: World, rows: dict[str, Any], caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    chance = Random(f"canaries {part}")
    wrong = []
    for _each in range(COUNT // 4):
        name = chance.choice(sorted(world.actors))
        route = chance.choice(ROUTES)
        target = chance.choice(targets(world, rows, route, world.actors[name], several=True))
        method, address, said = _request(chance, world, name, route, target)
        answer = world.ask(name, method, address, said)
        sent = set(CANARY.findall(f"{address} {said}"))  # what they typed themselves comes back to them
        text = texts_of(answer)
        found = [leak for leak in leaks(world, world.actors[name], text) if leak.split()[0] not in sent]
        wrong += [f"{name} {method} {address} ({answer.status_code}): {leak}" for leak in found]
        assert answer.status_code < 500 or answer.status_code == 503, f"{name} {method} {address} {said}"
    assert not wrong, "\n".join(wrong)
    assert CANARY.findall(caplog.text) == []


def _request(
    chance: Random, world: World, name: str, route: Route, target: Target
) -> tuple[str, str, dict[str, Any] | None]:
    """A request as a curious person makes it."""
    asked = {}
    for each in chance.sample(ASKED, chance.randint(0, 4)):
        asked[each] = _said(chance, world)
    if chance.random() < 0.4:
        asked |= {
            "sort": chance.choice(SORTS),
            "page": str(chance.randint(0, 3)),
            "size": chance.choice(("20", "100", "9999")),
        }
    if expected(world.actors[name], route, target) != "open" or not (route.only_post or chance.random() < 0.3):
        return "GET", f"{target.address}?{'&'.join(f'{k}={v}' for k, v in asked.items())}", None
    with forms_read() as read:
        world.ask(name, "POST", target.address, {"nothing": ""})
    said: dict[str, Any] = {}
    for form in read:
        said |= filled(form, _said(chance, world))
    for field in chance.sample(sorted(said), min(len(said), chance.randint(0, 2))):
        said[field] = _said(chance, world)
    return "POST", target.address, as_sent(said | asked)


def _said(chance: Random, world: World) -> str:
    """Another's text, the number of a place, a day, a word of the house, nothing."""
    places = [str(place.pk) for place in world.places]
    return chance.choice(
        [chance.choice(sorted(world.canaries)), *places, "2026-03-05", "2026-03", "all", "full", "zq", "", "1"]
    )


def test_messages_and_mail_tell_nobody_of_others(world: World) -> None:
    """What was queued while the college was furnished."""
    people = {actor.account: actor for actor in world.actors.values() if actor.account}
    wrong = []
    for kind in (Message, Outgoing):
        for row in kind.objects.filter(account__in=people):
            text = " ".join((row.url, row.text, row.title if kind is Message else row.subject))
            wrong += [
                f"{kind.__name__} to {people[row.account_id].name}: {leak}"
                for leak in leaks(world, people[row.account_id], text)
            ]
    assert not wrong, "\n".join(wrong)


# ---- controls: the detector detects ----


@page()
def careless(request: Any) -> HttpResponse:
    """A view as it must never be: the name of whoever the address names, to whoever asks."""
    names = Member.objects.filter(organisation=int(request.GET["organisation"])).values_list("name", flat=True)
    response = HttpResponse(", ".join(names))
    response["X-First"] = names[0]
    return response


urlpatterns = [path("careless/", careless), path("", include("hall.urls"))]


@pytest.mark.control
def test_control_a_careless_view_is_found(world: World) -> None:
    """The same view is fine for one's own branch, and a leak for another's; in the body and in a header."""
    with override_settings(ROOT_URLCONF=__name__):
        own = world.ask("lin", "GET", f"/careless/?organisation={world.cast.branch.pk}")
        other = world.ask("lin", "GET", f"/careless/?organisation={world.cast.other_branch.pk}")
    assert own.status_code == other.status_code == 200
    assert leaks(world, world.actors["lin"], texts_of(own)) == []
    assert leaks(world, world.actors["lin"], texts_of(other)) != []
    assert leaks(world, world.actors["lin"], str(other.headers)) != []


@pytest.mark.control
@pytest.mark.parametrize("name", ["stranger", "former", "plain", "sysadmin", "audadmin", "zhou"])
def test_control_the_oracle_knows_who_sees_nothing_of_others(name: str, world: World) -> None:
    token = CANARY.search(world.cast.members["chen"].__class__.objects.get(pk=world.cast.members["chen"].pk).name)
    assert token and leaks(world, world.actors[name], token[0])
    assert not leaks(world, world.actors["lin"], token[0])
