"""Races, faults and rights stay tested: nothing so marked is skipped, and every race has its control (assurance §5 row 45)."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PLACES = ("hall", "journeys", "faults")
HEAD = "import pytest\n"
GUARDED = ("race", "fault", "authz")
OUT = ("skip(reason='x')", "skipif(True, reason='x')", "skipif(False, reason='x')", "xfail")


def files_of(*places):
    return [path for place in places for path in sorted((ROOT / place).rglob("test_*.py"))]


def marked(mark):
    return [path for path in files_of(*PLACES) if re.search(rf"mark\.{mark}\b", path.read_text("utf-8"))]


def run(tmp_path, text, *words, **more):
    """The hall's own root conftest over one invented test file."""
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "test_invented.py").write_text(HEAD + text, "utf-8")
    words = [
        "-q", "-p", "no:django", "-p", "no:cacheprovider", "-p", "no:xdist", "-c", os.devnull, "--rootdir", str(tmp_path),
        "-W", "ignore", *words, "test_invented.py",
    ]  # fmt: skip
    place = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "", **more}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=tmp_path, env=place, capture_output=True, text=True, timeout=60
    )


def test_every_file_with_a_race_has_a_control():
    races = marked("race")
    assert len(races) >= 7
    assert [str(path.relative_to(ROOT)) for path in races if path not in set(marked("control"))] == []


def test_a_run_does_not_begin_while_a_proof_is_marked_to_be_left_out(tmp_path):
    marks = [(guarded, out) for guarded in GUARDED for out in OUT]
    tests = [
        f"@pytest.mark.{guarded}\n@pytest.mark.{out}\ndef test_{n}():\n    pass\n"
        for n, (guarded, out) in enumerate(marks)
    ]
    done = run(tmp_path, "".join(tests))
    named = set(re.findall(r"::(test_\d+)", done.stderr + done.stdout))
    assert done.returncode == 4 and named == {f"test_{n}" for n in range(len(marks))}


def test_a_proof_that_skips_itself_has_failed_and_any_other_test_has_not(tmp_path):
    """The control stands in the last tests: the same skips where no race, fault or right is proven go through."""
    hows = ["pytest.skip('no PostgreSQL')", "pytest.importorskip('not_there_at_all')", "place"]
    text = "@pytest.fixture\ndef place():\n    pytest.skip('none')\n"
    for mark in (*GUARDED, "sqlite"):
        for number, how in enumerate(hows):
            asked = "place" if how == "place" else ""
            text += f"@pytest.mark.{mark}\ndef test_{mark}_{number}({asked}):\n    {how}\n"
    done = run(tmp_path, text, "-rA", HALL_TEST_DATABASE="")
    assert done.returncode == 1
    said = done.stdout + done.stderr
    guarded = {f"test_{mark}_{number}" for mark in GUARDED for number in range(3)}
    assert set(re.findall(r"^(?:FAILED|ERROR) .*::(\w+)", said, re.MULTILINE)) == guarded
    assert "3 skipped" in said


def test_ci_leaves_nothing_out_for_want_of_a_tool(tmp_path):
    bare = {"PATH": str(tmp_path), "CI": "1"}
    assert run(tmp_path, "def test_it():\n    pass\n", **bare).returncode == 4


def test_no_file_of_proofs_leaves_itself_out_as_a_whole():
    """A skip at module level is no item and no report: it is looked for in the source."""
    whole = re.compile(r"^(?:pytest\.(?:skip|importorskip)\(|.*= pytest\.importorskip\(|collect_ignore)", re.MULTILINE)
    guarded = {path for mark in ("race", "fault", "authz") for path in marked(mark)}
    assert [str(path) for path in guarded if whole.search(path.read_text("utf-8"))] == []
