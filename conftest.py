"""What every test run does first: compile the catalogues, and leave out what this machine cannot run, saying so."""

import os
import shutil

import pytest

from hall.core import catalogues

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the live-server thread
ON_POSTGRES = bool(os.environ.get("HALL_TEST_DATABASE"))
CHROMIUM = shutil.which("chromium")
LONG = os.environ.get("HALL_PROOFS") == "long"
GETTEXT = shutil.which("xgettext")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        catalogues.compile_all()


def pytest_report_header() -> list[str]:
    database = "PostgreSQL" if ON_POSTGRES else "SQLite"
    missing = "" if GETTEXT else "; no GNU gettext, its tests are left out"
    return [f"hall: database {database}; browser {CHROMIUM or 'none, journeys are left out'}{missing}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `postgres`, `sqlite`, `journey`, `gettext` or `long` run only where that is there or asked for."""
    left_out = [item for item in items if not _can_run(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _can_run(item)]


def _can_run(item: pytest.Item) -> bool:
    needs = {"postgres": ON_POSTGRES, "sqlite": not ON_POSTGRES, "journey": CHROMIUM, "gettext": GETTEXT, "long": LONG}
    return all(there for mark, there in needs.items() if item.get_closest_marker(mark))
