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


def run(place, *words, **more):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("HALL_", "PYTEST_", "DJANGO_"))}
    env |= {"DJANGO_SETTINGS_MODULE": "hall.settings_for_tests", **more}
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


def test_the_second_wall_holds_for_it_without_a_line(copy):
    """Its table has rights; once a column is personal, a row policy by its organisation too (assurance §5 row 3)."""
    plain = run(copy, "manage.py", "wall", "--sql")
    assert 'GRANT DELETE, INSERT, SELECT, UPDATE ON "visits_item" TO hall_app' in plain.stdout, plain.stderr
    manifest = copy / "hall/visits/module.py"
    text = manifest.read_text("utf-8")
    personal = 'privacy=(Personal("Item.text", "why", "basis", "L2", "a year"),),'
    changed = text.replace('not_personal=("Item.text",),', personal).replace("Module, Nav", "Module, Nav, Personal")
    manifest.write_text(changed.replace("Nav, Personal, Notice", "Nav, Notice, Personal"), encoding="utf-8")
    try:
        walled = run(copy, "manage.py", "wall", "--sql")
    finally:
        manifest.write_text(text, encoding="utf-8")
    policy = next(
        line for line in walled.stdout.splitlines() if line.startswith('CREATE POLICY hall_wall ON "visits_item"')
    )
    assert '"visits_item"."organisation_id" = ANY' in policy
    assert "hall_everywhere('visits')" in policy


def test_it_stands_below_the_desk_and_the_secretary_holds_its_rights(copy):
    assert '"visits", "desk"]' in (copy / "hall/settings.py").read_text("utf-8").replace("\n    ", " ").replace(
        ",\n]", "]"
    )
    secretary = (copy / "hall/accounts/posts.toml").read_text("utf-8").split("[[post]]")[1]
    assert '"visits.view", "visits.note"]' in secretary


def proofs(place, *chosen):
    """The proofs of who may see what, for the routes of the new module alone."""
    words = ("-m", "pytest", "-q", "-p", "no:xdist", "--tb=line", *chosen)
    return run(place, *words, HALL_PROOFS_MODULES="visits")


@pytest.mark.authz
def test_it_is_inside_the_matrix_and_the_canaries_without_a_line_written_for_it(copy):
    ran = proofs(copy, "-rA", "hall/proofs")
    assert ran.returncode == 0, ran.stdout[-3000:]
    passed = "\n".join(line for line in ran.stdout.splitlines() if line.startswith("PASSED"))
    for route in ("visits:items", "visits:item", "visits:entry"):
        for test in ("what_the_marks_promise_and_no_more", "only_declared_fields_change_and_every_change_is_recorded"):
            assert f"{test}[{route}]" in passed
    assert "same_answer[visits:item]" in passed
    assert not (copy / "hall/visits/tests/routes.py").exists()


FAULTS = {
    "every row is shown to everybody": (
        "queries.py", 'filter(organisation__in=viewer.reach("visits.view"))', "all()", "test_canaries.py", "hold",
    ),
    "one row is shown to everybody": (
        "queries.py", "get_object_or_404(items_for(viewer), pk=pk)", "get_object_or_404(Item, pk=pk)", "test_matrix.py", "promised absent",
    ),
    "a page without its mark": ("views.py", '@page(needs="visits.view")\ndef item(', "def item(", "test_matrix.py", "is no @page"),
    "reading writes": (
        "views.py", "    row = queries.item_for(request.actor, pk)\n", "    row = queries.item_for(request.actor, pk)\n    row.save()\n",
        "test_matrix.py", "wrote to",
    ),
    "a change without a fact": (
        "actions.py", 'act.record("visits.item.noted", item, text=item.text, due_on=due_on)', "pass", "test_forms.py", "",
    ),
    "a field nobody declared": (
        "views.py", "note_item(by=request.actor, **form.cleaned_data)",
        'note_item(by=request.actor, **{**form.cleaned_data, "text": request.POST.get("standing") or "a"})', "test_forms.py", "undeclared",
    ),
}  # fmt: skip


QUICK = ("every row is shown to everybody", "a change without a fact")


@pytest.mark.authz
@pytest.mark.control
@pytest.mark.parametrize(
    "fault", [fault if fault in QUICK else pytest.param(fault, marks=pytest.mark.long) for fault in FAULTS]
)
def test_a_fault_written_into_it_is_found(copy, fault):
    """Each fault alone makes the proofs fail; taken out again, the file is as it was."""
    file, right, wrong, test, said = FAULTS[fault]
    path = copy / "hall/visits" / file
    whole = path.read_text("utf-8")
    assert right in whole
    try:
        path.write_text(whole.replace(right, wrong), "utf-8")
        ran = proofs(copy, f"hall/proofs/tests/{test}")
    finally:
        path.write_text(whole, "utf-8")
    assert ran.returncode == 1 and said in ran.stdout, ran.stdout[-3000:]


@pytest.mark.parametrize("name", ["core", "dues", "Visits", "class", "a-b", "../x", ""])
def test_a_name_that_does_not_fit_makes_nothing(copy, name):
    before = sorted(path.name for path in (copy / "hall").iterdir())
    ran = run(copy, "bin/new-module", name, "Title", "标题")
    assert (ran.returncode, ran.stderr.strip() != "") == (2, True)
    assert sorted(path.name for path in (copy / "hall").iterdir()) == before
