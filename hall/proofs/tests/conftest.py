"""One college for all proofs of a file; every request that changes something is taken back."""

from collections.abc import Iterator
from logging import getLogger

import pytest
from django.db import transaction

from hall.proofs.tests.college import World, build


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "hall/proofs/" in item.path.as_posix():
            item.add_marker(pytest.mark.authz)
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """The furnished college, in a transaction that is never kept."""
    quiet = getLogger("django.request")
    quiet.disabled = True  # thousands of refusals are wanted here
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
    quiet.disabled = False
