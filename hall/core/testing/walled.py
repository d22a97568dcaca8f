"""The second wall in tests: the house's tables seen as the running hall sees them, on PostgreSQL only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from hall.core.management.commands.wall import build
from hall.core.wall import reach, statements
from hall.core.wall.declared import APP


def roles() -> None:
    """The four roles of the server, made once; tests of others may make them at the same time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(5152)")
        for each in statements.roles():
            cursor.execute(each)
        cursor.execute("SELECT pg_advisory_unlock(5152)")


def built() -> None:
    """Roles and wall in the test database, kept. Its owner still sees everything, so other tests notice nothing."""
    roles()
    build()


@contextmanager
def behind_the_wall(outside: str = reach.WHOLE_HOUSE) -> Iterator[None]:
    """Inside, this connection is the running hall's. Code outside requests reads with the reach `outside`."""
    kept, reach.OUTSIDE = reach.OUTSIDE, outside
    present = reach._present.set(None)  # what an earlier test may have begun and not ended
    _become(APP)
    try:
        yield
    finally:
        reach.OUTSIDE = kept
        reach._present.reset(present)
        if not connection.needs_rollback:
            _become("NONE")


def _become(role: str) -> None:
    connection.walled = False  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
    connection.walled, connection.told = role != "NONE", None  # type: ignore[attr-defined]


def everywhere() -> bool:
    """HALL_TEST_WALL=1 runs every test on PostgreSQL behind the wall."""
    return os.environ.get("HALL_TEST_WALL") == "1" and connection.vendor == "postgresql"
