"""The second wall (assurance §5 row 3; A01, A13, T13): the rows of others stay away with the hall's own filters gone.

Everybody of the college asks PostgreSQL as the running hall's role, by plain SQL and by the hall's own pages whose
scoping answers “everything”. Controls: without the wall the same questions show other branches' rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from hall.accounts.models import Account
from hall.accounts.queries import Person, person
from hall.core.testing.walled import behind_the_wall
from hall.core.wall import declared
from hall.core.wall.reach import NOBODY, WHOLE_HOUSE
from hall.organisations.models import Organisation
from hall.proofs.tests.college import CANARY, Actor, Canary, World, register, targets
from hall.proofs.tests.routes import LONG, routes
from hall.proofs.tests.watching import texts_of

pytestmark = pytest.mark.postgres
COUNT = 3000 if LONG else 400
READS = [route for route in routes() if not route.only_post]


@pytest.fixture(scope="module")
def rows(wall_built: None, world: World) -> dict[str, Any]:
    return register(world)


def line(actor: Actor) -> str:
    """What the hall says of this person to PostgreSQL."""
    if actor.account is None:
        return NOBODY
    return person(Account.objects.get(pk=actor.account), today=timezone.localdate()).sees


def seen(table: declared.Table) -> set[Any]:
    """Keys of the rows a plain SELECT answers."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table._meta.db_table}"')
        names = [each[0] for each in cursor.description]
        return {row[names.index(table._meta.pk.column)] for row in cursor.fetchall()}


def allowed(world: World, rows: dict[str, Any], actor: Actor, table: declared.Table) -> set[Any]:
    """Keys of the rows that belong to this person or their place, by the oracle of the canaries."""
    permission = declared.module_of(table).overseen.get(table.__name__)
    return {
        row.pk
        for row, place, owners in rows[table._meta.label]
        if permission in actor.permissions
        or world.may_see(actor, Canary(table._meta.app_label, place, owners))
    }  # fmt: skip


def test_plain_sql_shows_everybody_their_own_rows_and_no_others(world: World, rows: dict[str, Any]) -> None:
    """SELECT * of every table with a row policy, as everybody: no row too many, and none too few."""
    wrong = []
    for name, actor in world.actors.items():
        said = line(actor)
        for table in declared.walled():
            wanted = allowed(world, rows, actor, table)
            with behind_the_wall(said):
                found = seen(table)
            if found != wanted:
                wrong.append(f"{name} {table.__name__}: {len(found - wanted)} foreign, {len(wanted - found)} missing")
    assert not wrong, "\n".join(wrong)


def test_nobody_sees_nothing_and_the_house_everything(world: World, rows: dict[str, Any]) -> None:
    """Fail closed: where nothing was said, there is no row."""
    for table in declared.walled():
        with behind_the_wall(NOBODY):
            assert seen(table) == set(), table.__name__
        with behind_the_wall(WHOLE_HOUSE):
            assert seen(table) == {row.pk for row, _place, _owners in rows[table._meta.label]}, table.__name__


@pytest.mark.control
def test_control_without_the_wall_plain_sql_shows_foreign_rows(world: World, rows: dict[str, Any]) -> None:
    for table in declared.walled():
        assert seen(table) - allowed(world, rows, world.actors["lin"], table), table.__name__


# ---- the hall's own pages, their scoping gone ----


@contextmanager
def without_scoping() -> Iterator[None]:
    """Every question of reach is answered with the whole college."""
    everything = frozenset(Organisation.objects.values_list("pk", flat=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Person, "reaches_all", lambda *_asked: True)
        patch.setattr(Person, "reach", lambda *_asked: everything)
        patch.setattr(Person, "may", lambda *_asked: True)
        yield


def leaks(world: World, rows: dict[str, Any], seed: str, count: int) -> list[str]:
    """Random pages of everybody; the foreign canaries of tables with a row policy in their answers."""
    chance, wrong = Random(seed), []
    names = {table.__name__: table._meta.app_label for table in declared.walled()}
    for _each in range(count):
        name, route = chance.choice(sorted(world.actors)), chance.choice(READS)
        target = chance.choice(targets(world, rows, route, world.actors[name], several=True))
        cache.clear()
        answer = world.ask(name, "GET", target.address)
        for token in set(CANARY.findall(texts_of(answer))):
            canary = world.canaries[token]
            if names.get(canary.column.split(".")[0]) == canary.module and not may_see(world, name, canary):
                wrong.append(f"{name} {target.address}: {canary.column} of {canary.organisation}")
    return wrong


def may_see(world: World, name: str, canary: Canary) -> bool:
    overseen = {
        f"{table}.": permission
        for module in declared.modules()
        if module.name == canary.module
        for table, permission in module.overseen.items()
    }
    permission = next((each for table, each in overseen.items() if canary.column.startswith(table)), None)
    return permission in world.actors[name].permissions or world.may_see(world.actors[name], canary)


@pytest.mark.parametrize("part", range(2))
def test_pages_without_their_scoping_show_no_foreign_row(part: int, world: World, rows: dict[str, Any]) -> None:
    with without_scoping(), behind_the_wall():
        wrong = leaks(world, rows, f"wall {part}", COUNT // 2)
    assert not wrong, "\n".join(wrong)


@pytest.mark.control
def test_control_without_the_wall_the_same_pages_leak(world: World, rows: dict[str, Any]) -> None:
    with without_scoping():
        assert leaks(world, rows, "wall 0", COUNT // 2)
