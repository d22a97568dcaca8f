"""A ledger with something in it, a folder outside, and a worker that has just started."""

import pytest
from django.core.cache import cache

from hall.ledger import sealing
from hall.ledger.tests.logs import record
from hall.witness import watch


@pytest.fixture
def log(cast):
    """Some forty entries, sealed, nothing signed yet."""
    record(20)
    sealing.seal_all()
    return cast


@pytest.fixture
def outside(tmp_path, settings):
    """The second place."""
    settings.HALL_CHECKPOINT_DIR = tmp_path / "outside"
    settings.HALL_CHECKPOINT_MAIL = []
    return settings.HALL_CHECKPOINT_DIR


@pytest.fixture(autouse=True)
def fresh_worker(monkeypatch):
    """Each test is a worker that has looked at nothing yet."""
    monkeypatch.setattr(watch, "_looked", [])
    cache.clear()
