"""A kind of paper that only tests issue, and one of it."""

from datetime import date

import pytest

from hall.core.modules import PaperKind, paper_kinds
from hall.ledger.acting import System, acting
from hall.papers import actions

KIND = "papers.sample"
BY = System("tests")
DAY = date(2026, 3, 5)


@pytest.fixture
def sample(monkeypatch):
    monkeypatch.setitem(paper_kinds(), KIND, PaperKind(KIND, "样张", "tests/sample.typ"))
    return KIND


@pytest.fixture
def issue(cast, sample):
    """`issue(name="吴建国", …)` issues one paper for Secretary Lin's branch."""

    def one(name="吴建国", concerns="wu", organisation=None, on=DAY, **content):
        who = cast.accounts[concerns].pk if concerns else None
        copy = actions.Copy({"name": name, **content}, name, who)
        with acting(BY, "tests") as act:
            return actions.issue(by=act, kind=sample, organisation=organisation or cast.branch, copy=copy, on=on)

    return one
