"""bin/new-module makes a module that passes its own tests and every check as it is, in a copy of the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".tools", "var", "node_modules", "__pycache__", ".*_cache", "vendor")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The repository with a module “visits” made by the script."""
    place = tmp_path_factory.mktemp("copy") / "hall"
    shutil.copytree(settings.BASE_DIR, place, ignore=LEFT_OUT)
    (place / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    ran = run(place, "bin/new-module", "visits", "Visits", "走访")
    assert ran.returncode == 0, ran.stderr
    return place


def run(place, *words):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("HALL_", "PYTEST_", "DJANGO_"))}
    env["DJANGO_SETTINGS_MODULE"] = "hall.settings_for_tests"
    return subprocess.run([sys.executable, *words], cwd=place, env=env, capture_output=True, text=True, check=False)


def test_its_own_tests_pass(copy):
    ran = run(copy, "-m", "pytest", "-q", "-p", "no:xdist", "hall/visits")
    assert (ran.returncode, " passed" in ran.stdout) == (0, True), ran.stdout[-3000:]


@pytest.mark.parametrize(
    "words",
    [
        ("-m", "ruff", "check", "hall/visits"),
        ("-m", "ruff", "format", "--check", "hall/visits", "hall/settings.py"),
        ("manage.py", "makemigrations", "--check", "--dry-run", "visits"),
        pytest.param(("manage.py", "translations", "--check", "visits"), marks=pytest.mark.gettext),
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_it_passes_the_checks(copy, words):
    ran = run(copy, *words)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("words", [("check",), ("house", "--check")], ids=lambda words: words[0])
def test_the_checks_of_the_house_have_nothing_to_say_about_it(copy, words):
    ran = run(copy, "manage.py", *words)
    assert [line for line in (ran.stdout + ran.stderr).splitlines() if "visits" in line] == []


def test_it_stands_below_the_desk_and_the_secretary_holds_its_rights(copy):
    assert '"visits", "desk"]' in (copy / "hall/settings.py").read_text("utf-8").replace("\n    ", " ").replace(
        ",\n]", "]"
    )
    secretary = (copy / "hall/accounts/posts.toml").read_text("utf-8").split("[[post]]")[1]
    assert '"visits.view", "visits.note"]' in secretary


@pytest.mark.parametrize("name", ["core", "dues", "Visits", "class", "a-b", "../x", ""])
def test_a_name_that_does_not_fit_makes_nothing(copy, name):
    before = sorted(path.name for path in (copy / "hall").iterdir())
    ran = run(copy, "bin/new-module", name, "Title", "标题")
    assert (ran.returncode, ran.stderr.strip() != "") == (2, True)
    assert sorted(path.name for path in (copy / "hall").iterdir()) == before
