"""The introduction of an organisation: written by its secretary, read by everybody signed in, inert whatever was typed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from hall.core.findings import Refused
from hall.ledger.acting import Forbidden
from hall.organisations import actions
from hall.organisations.models import Introduction

TEXT = "# 概况\n支部有党员 12 名。\n\n- 先进党支部\n- 见 [教育厅](https://jyt.example.gov.cn/)"


def write(cast, name, text=TEXT, version="0", place=None):
    address = reverse("organisations:introducing", args=[(place or cast.branch).pk])
    return cast.browser(name).post(address, {"text": text, "version": version})


def page(cast, name, place=None):
    return (
        cast.browser(name).get(reverse("organisations:introduction", args=[(place or cast.branch).pk])).content.decode()
    )


def test_the_secretary_writes_and_everybody_signed_in_reads(cast, facts):
    assert write(cast, "lin").status_code == 302
    assert facts()[-1] == "organisations.introduction.written"
    for name in ("wu", "zhou", "qian", "secadmin"):
        text = page(cast, name)
        assert "<h3>概况</h3>" in text and "<li>先进党支部</li>" in text
        assert 'href="/leaving/?to=https%3A%2F%2Fjyt.example.gov.cn%2F" rel="noopener nofollow"' in text
    history = cast.browser("lin").get(reverse("organisations:organisation", args=[cast.branch.pk])).content.decode()
    assert "概况 支部有党员 12 名。" in history


@pytest.mark.parametrize("name", ["wu", "zhou", "he", "qian", "li", "secadmin"])
def test_others_do_not_write(cast, name, facts):
    before = len(facts())
    assert write(cast, name).status_code == 403
    assert not Introduction.objects.exists() and facts(after=before) in ([], ["ledger.act.refused"])
    with pytest.raises(Forbidden):
        actions.introduce_organisation(by=getattr(cast, name), organisation=cast.branch, text="x")


def test_strangers_do_not_read(cast, client):
    assert client.get(reverse("organisations:introduction", args=[cast.branch.pk])).status_code == 302


def test_two_writers_do_not_overwrite_each_other(cast):
    write(cast, "lin")
    late = write(cast, "chen", "别的内容")
    assert late.status_code == 422 and "其间已有他人修改了简介" in late.content.decode()
    assert write(cast, "chen", "别的内容", version="1").status_code == 302
    assert Introduction.objects.get().text == "<p>别的内容</p>"


def test_what_is_kept_is_clean_and_what_stands_there_by_another_way_is_shown_clean(cast):
    """Assurance §5 row 28: at the action, and again at the page."""
    hostile = "<p>好</p><script>hit(1)</script><img src=x onerror=hit(2)>"
    actions.introduce_organisation(by=cast.lin, organisation=cast.branch, text=hostile)
    assert Introduction.objects.get().text == "<p>好</p>"
    Introduction.objects.update(text=hostile, written_at=timezone.now())
    for text in (
        page(cast, "wu"),
        cast.browser("lin").get(reverse("organisations:organisation", args=[cast.branch.pk])).content.decode(),
    ):
        assert "<p>好</p>" in text and "hit(" not in text


def test_an_empty_text_takes_it_away_and_a_closed_organisation_takes_none(cast):
    write(cast, "lin")
    assert write(cast, "lin", "", version="1").status_code == 302
    assert "尚未撰写简介" in page(cast, "wu")
    today = timezone.localdate()
    closed = actions.found_organisation(
        by=cast.sun, name="临时党支部", kind="temporary_branch", under=cast.branch.get_parent(), on=today
    )
    actions.end_organisation(by=cast.sun, organisation=closed, on=today)
    with pytest.raises(Refused):
        actions.introduce_organisation(by=cast.sun, organisation=closed, text="x")


def test_too_long_a_text_is_refused_in_words(cast):
    assert write(cast, "lin", "字" * 20_001).status_code == 422
    with pytest.raises(Refused):
        actions.introduce_organisation(by=cast.lin, organisation=cast.branch, text="字" * 60_001)
    assert not Introduction.objects.exists()


def test_the_page_before_leaving_names_the_site_and_leads_nowhere_by_itself(cast, client):
    """B31: no redirect, one plain link; what is no web address is not found."""
    lin = cast.browser("lin")
    answer = lin.get("/leaving/", {"to": "https://jyt.example.gov.cn/a?b=1&c=2"})
    assert answer.status_code == 200
    assert (
        'href="https://jyt.example.gov.cn/a?b=1&amp;c=2" rel="noopener noreferrer nofollow"' in answer.content.decode()
    )
    assert lin.get("/leaving/", {"to": "javascript:alert(1)"}).status_code == 404
    assert client.get("/leaving/", {"to": "https://evil.example"}).status_code == 302


def test_a_member_finds_the_branch_from_their_own_page(cast):
    assert (
        reverse("organisations:introduction", args=[cast.branch.pk]) in cast.browser("wu").get("/me/").content.decode()
    )
