"""A tiny work, a fact with a notice, and a letterbox for these tests."""

import pytest

from hall.core.modules import LongWork, Notice, long_works
from hall.ledger.acting import acting
from hall.notices import actions
from hall.organisations.models import Organisation

FACT = "organisations.organisation.renamed"


@pytest.fixture
def tell(monkeypatch):
    """tell(accounts, **notice): from now on renaming an organisation tells these accounts."""

    def telling(accounts, **ways):
        notice = Notice(
            FACT, lambda facts: {fact.id: list(accounts) for fact in facts}, "notices/tests/renamed", **ways
        )
        monkeypatch.setattr(actions, "notices", lambda name: (notice,) if name == FACT else ())

    return telling


@pytest.fixture(autouse=True)
def texts(settings, tmp_path):
    """The text of that notice."""
    folder = tmp_path / "notices" / "tests"
    folder.mkdir(parents=True)
    (folder / "renamed.txt").write_text("改名：{{ name }}\n{{ note }}\nurl: /organisations/\n", "utf-8")
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [str(tmp_path)]}]


@pytest.fixture
def rename(cast):
    """rename(times, by=…, **particulars): say the fact of so many organisations in one act."""

    def said(times=1, by=None, **particulars):
        rows = list(Organisation.objects.order_by("path")[:1]) * times
        with acting(by or cast.sun, "organisations.shape") as act:
            content = {"name": "教工第一党支部", "note": "自三月起", **particulars}
            return act.record_many(FACT, [(row, dict(content)) for row in rows])

    return said


@pytest.fixture
def tiny(monkeypatch):
    """tiny(run): declare the long work `notices.tiny`."""

    def declare(run):
        monkeypatch.setitem(long_works(), "notices.tiny", LongWork("notices.tiny", "数一数", run))

    return declare
