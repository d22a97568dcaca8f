"""What every test run does first: compile the catalogues, and leave out what this machine cannot run, saying so.

Proofs of races, faults and rights (`GUARDED`) are never skipped nor expected to fail: a run that finds one marked so does
not begin, and one that skips itself has failed. With CI set, a machine without a browser or gettext runs nothing at all.
"""

import os
import shutil
from collections.abc import Generator
from typing import Any

import pytest

from hall.core import catalogues

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the live-server thread
ON_POSTGRES = bool(os.environ.get("HALL_TEST_DATABASE"))
CHROMIUM = shutil.which("chromium")
LONG = os.environ.get("HALL_PROOFS") == "long"
GETTEXT = shutil.which("xgettext")
GUARDED = ("race", "fault", "authz")
LEAVING_OUT = ("skip", "skipif", "xfail")


def pytest_configure(config: pytest.Config) -> None:
    missing = [name for name, there in {"Chromium": CHROMIUM, "GNU gettext": GETTEXT}.items() if not there]
    if os.environ.get("CI") and missing:
        raise pytest.UsageError(f"CI leaves nothing out, and this machine has no {' and no '.join(missing)}.")
    if not hasattr(config, "workerinput"):
        catalogues.compile_all()


def pytest_report_header() -> list[str]:
    database = "PostgreSQL" if ON_POSTGRES else "SQLite"
    missing = "" if GETTEXT else "; no GNU gettext, its tests are left out"
    return [f"hall: database {database}; browser {CHROMIUM or 'none, journeys are left out'}{missing}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `postgres`, `sqlite`, `journey`, `gettext` or `long` run only where that is there or asked for."""
    evaded = [item.nodeid for item in items if _guarded(item) and _evades(item)]
    if evaded:
        raise pytest.UsageError("Marked race, fault or authz, and left out:\n" + "\n".join(evaded))
    left_out = [item for item in items if not _can_run(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _can_run(item)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """A guarded test that skips itself has failed."""
    report = yield
    if report.skipped and _guarded(item):
        report.outcome, report.longrepr = "failed", f"{item.nodeid} skipped itself: {report.longrepr}"
    return report


def _guarded(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(mark) for mark in GUARDED)


def _evades(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(mark) for mark in LEAVING_OUT)


def _can_run(item: pytest.Item) -> bool:
    needs = {"postgres": ON_POSTGRES, "sqlite": not ON_POSTGRES, "journey": CHROMIUM, "gettext": GETTEXT, "long": LONG}
    return all(there for mark, there in needs.items() if item.get_closest_marker(mark))
