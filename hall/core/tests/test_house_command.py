"""`manage.py house` writes the generated pages and lists every difference."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from hall.core import generated


@pytest.fixture
def written(tmp_path, monkeypatch):
    """The generated pages, in a folder of the test's own."""
    monkeypatch.setattr(generated, "folder", lambda: tmp_path)
    monkeypatch.setattr("hall.core.management.commands.house.Command.plan_findings", lambda self: 0)
    call_command("house", "--write", stdout=StringIO())
    return tmp_path


def check():
    said = StringIO()
    call_command("house", "--check", stdout=said)
    return said.getvalue()


def test_what_was_written_fits(written):
    assert check() == "The house keeps to its plan.\n"
    assert sorted(path.name for path in written.iterdir()) == [
        "facts.md", "floors.md", "permissions.md", "privacy.md", "wall.md",
    ]  # fmt: skip


def test_a_changed_page_and_a_missing_page_are_named(written):
    facts = written / "facts.md"
    facts.write_text(facts.read_text("utf-8").replace("`ledger.act.refused`", "`ledger.act.allowed`"), encoding="utf-8")
    (written / "floors.md").unlink()
    with pytest.raises(CommandError, match="2 to put right"):
        check()


def test_writing_twice_writes_the_same(written):
    first = {path.name: path.read_bytes() for path in written.iterdir()}
    call_command("house", "--write", stdout=StringIO())
    assert {path.name: path.read_bytes() for path in written.iterdir()} == first


def test_titles_stand_in_both_languages(written):
    floors = (written / "floors.md").read_text("utf-8")
    assert "| `dues` | 党费 | Dues |" in floors


def test_without_a_wish_it_says_what_can_be_wished():
    with pytest.raises(CommandError, match="--check or --write"):
        call_command("house")


def test_the_plan_alone_leaves_the_pages_out(written):
    (written / "floors.md").unlink()
    said = StringIO()
    call_command("house", "--check", "--plan", stdout=said)
    assert said.getvalue() == "The house keeps to its plan.\n"
