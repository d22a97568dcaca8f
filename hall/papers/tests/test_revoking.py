"""T23: a paper that was withdrawn or corrected says 已失效 on its check page, and since when. And the ledger's root at
the foot of every paper (T06: copies of the checkpoint in many hands)."""

from datetime import date
from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse

from hall.core.findings import Refused
from hall.core.modules import PaperKind, paper_kinds
from hall.ledger import queries as ledger
from hall.ledger import sealing
from hall.ledger.acting import Forbidden, acting
from hall.ledger.models import Entry
from hall.ledger.tests.logs import record
from hall.papers import actions, fonts, queries, rendering
from hall.papers.models import Paper
from hall.papers.tests.conftest import BY, DAY, KIND


@pytest.fixture
def revocable(monkeypatch, sample):
    monkeypatch.setitem(paper_kinds(), KIND, PaperKind(KIND, "样张", "tests/sample.typ", revoke="dues.report"))


def page(name, *args):
    return reverse(f"papers:{name}", args=args)


def body(response):
    return response.content.decode()


def test_a_withdrawn_paper_is_void_for_whoever_checks_it(cast, issue, revocable, client, facts):
    """T23."""
    paper = issue()
    assert "有效" in body(client.get(page("checked", paper.code)))
    browser = cast.browser("lin")
    assert page("revocation", paper.pk) in body(browser.get(page("paper", paper.pk)))
    assert browser.post(page("revocation", paper.pk), {"reason": " "}).status_code == 422
    assert browser.post(page("revocation", paper.pk), {"reason": "开错单位"}).status_code == 302
    row = Paper.objects.get(pk=paper.pk)
    told = body(client.get(page("checked", paper.code)))
    assert ("已失效" in told, "签发单位已撤回" in told, row.revoked_at is not None) == (True, True, True)
    assert f"{row.revoked_at:%Y}" in told and "开错单位" not in told  # the reason is not a stranger's business
    inside = body(browser.get(page("paper", paper.pk)))
    assert "开错单位" in inside and page("revocation", paper.pk) not in inside
    assert "已失效" in body(browser.get(page("papers")))
    assert queries.untouched(row)
    assert Entry.objects.filter(name="papers.paper.revoked", about_id=str(paper.pk)).count() == 1


def test_a_replaced_paper_is_void_since_the_other_was_issued(issue, client):
    """T23."""
    first = issue()
    with acting(BY, "tests") as act:
        actions.replace(by=act, paper=first, copy=actions.Copy({}), on=DAY, reason="更正")
    found = queries.check(first.code)
    assert (found.void_since, found.replaced_by) == (Paper.objects.get(replaces=first).issued_at, "2026-00002")
    assert "已失效" in body(client.get(page("checked", first.code)))


@pytest.mark.parametrize("name", ["qian", "wu", "chen", "audadmin", "sysadmin"])
def test_only_who_issued_it_withdraws_it(cast, issue, revocable, name):
    paper = issue()
    browser = cast.browser(name)
    assert browser.post(page("revocation", paper.pk), {"reason": "x"}).status_code == 404
    with pytest.raises(Forbidden):
        actions.revoke(by=getattr(cast, name), paper=paper, reason="x")
    assert Paper.objects.get(pk=paper.pk).revoked_at is None


def test_some_kinds_are_answered_and_never_withdrawn_by_hand(cast, issue):
    paper = issue()
    with pytest.raises(Refused):
        actions.revoke(by=BY, paper=paper, reason="x")
    assert cast.browser("lin").get(page("revocation", paper.pk)).status_code == 404
    with acting(BY, "tests") as act:
        actions.revoke(by=act, paper=paper, reason="inside another deed")
    assert Paper.objects.get(pk=paper.pk).revoked_at


def test_what_is_void_is_neither_withdrawn_nor_replaced_again(issue, revocable):
    paper, other = issue(), issue()
    actions.revoke(by=BY, paper=paper, reason="x")
    for again in (
        lambda: actions.revoke(by=BY, paper=paper, reason="x"),
        lambda: actions.replace(by=BY, paper=paper, copy=actions.Copy({}), on=DAY, reason="x"),
    ):
        with pytest.raises(Refused):
            again()
    with acting(BY, "tests") as act:
        actions.replace(by=act, paper=other, copy=actions.Copy({}), on=DAY, reason="x")
    with pytest.raises(Refused):
        actions.revoke(by=BY, paper=other, reason="x")


def test_the_foot_of_a_paper_carries_the_checkpoint_and_the_check_page_the_whole_root(issue, client):
    """T06: the root in the hands of whoever holds the paper; the paper's own signature covers it."""
    bare = issue()
    assert "ledger" not in queries.content_of(bare)
    record(5)
    sealing.seal_all()
    head = sealing.checkpoint()
    paper = issue()
    root = bytes(head.root).hex()
    assert queries.content_of(paper)["ledger"]["size"] == head.size
    assert root in body(client.get(page("checked", paper.code)))
    assert root not in body(client.get(page("checked", bare.code)))
    assert ledger.printed_differences(head.size, root[:16]) == []


def test_the_print_says_it_too_and_papers_of_before_print_as_before(issue):
    assert fonts.ready(), "This test prints; install a Chinese typeface: bin/fonts"
    before = issue(on=date(2026, 3, 5))
    first = rendering.pdf(before)
    record(5)
    sealing.seal_all()
    sealing.checkpoint()
    rendering._compiler.cache_clear()
    assert rendering.pdf(Paper.objects.get(pk=before.pk)) == first
    with pikepdf.open(BytesIO(rendering.pdf(issue()))) as made:
        assert len(made.pages) == 1
