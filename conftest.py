"""What every test run does first: compile the catalogues, and leave out what this machine cannot run, saying so."""

import os
import shutil

import pytest

from hall.core import catalogues

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the live-server thread
ON_POSTGRES = bool(os.environ.get("HALL_TEST_DATABASE"))
CHROMIUM = shutil.which("chromium")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        catalogues.compile_all()


def pytest_report_header() -> list[str]:
    database = "PostgreSQL" if ON_POSTGRES else "SQLite"
    return [f"hall: database {database}; browser {CHROMIUM or 'none, journeys are left out'}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `postgres` run only on PostgreSQL, those marked `journey` only where Chromium is installed."""
    left_out = [item for item in items if not _can_run(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _can_run(item)]


def _can_run(item: pytest.Item) -> bool:
    if item.get_closest_marker("postgres") and not ON_POSTGRES:
        return False
    return not (item.get_closest_marker("journey") and not CHROMIUM)
