"""Failpoints: named in the code and in the harness alike, armed nowhere but in a demo or test home (assurance §7)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from faults import POINTS
from hall import home

NAMED = re.compile(r'failpoint\("([a-z.]+)"\)')


def start(folder, **place):
    env = {name: value for name, value in os.environ.items() if not name.startswith("HALL_")}
    env |= {"HALL_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "hall.settings", **place}
    code = "import django; django.setup(); from hall.core.failpoints import failpoint; print(failpoint.__name__)"
    return subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=home.BASE, capture_output=True, text=True, check=False
    )


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("HALL_HOME", str(tmp_path))
    home.prepare()
    return tmp_path


def test_a_real_hall_refuses_to_start_with_failpoints(place):
    refused = start(place, HALL_FAULTS="1")
    assert refused.returncode != 0
    assert "HALL_FAULTS" in refused.stderr


def test_without_the_harness_a_failpoint_is_nothing(place):
    assert start(place, HALL_DEMO="1").stdout.strip() == "_nothing"
    assert start(place, HALL_DEMO="1", HALL_FAULTS="1").stdout.strip() == "_strike"


def test_the_harness_knows_every_failpoint():
    sources = [path for path in Path(home.BASE / "hall").rglob("*.py") if "tests" not in path.parts]
    found = {name for path in sources for name in NAMED.findall(path.read_text("utf-8"))}
    assert {name for name in found if not name.startswith("keys.")} == set(POINTS)
