"""Who sees which paper, and what a stranger learns from a code."""

import gzip
import re
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from hall.papers import desk, fonts, queries
from hall.papers.models import Paper


def page(name, *args):
    return reverse(f"papers:{name}", args=args)


def body(response):
    return response.content.decode()


SEES = {
    "lin": True,
    "chen": True,
    "zheng": True,
    "sun": True,
    "li": True,
    "wu": True,
    "qian": False,
    "zhou": False,
    "sysadmin": False,
    "secadmin": False,
    "audadmin": False,
}


@pytest.mark.parametrize("name, sees", SEES.items())
def test_a_paper_is_seen_by_those_who_look_after_the_branch_and_by_the_person(cast, issue, name, sees):
    paper = issue()
    browser = cast.browser(name)
    for view in ("paper", "sheet", "pdf"):
        assert browser.get(page(view, paper.pk)).status_code == (200 if sees else 404), view
    assert (paper.number in body(browser.get(page("papers")))) is sees
    assert [hit.url for hit in desk.search(getattr(cast, name), "吴建国", 5)] == (
        [page("paper", paper.pk)] if sees else []
    )


def test_a_stranger_and_a_made_up_number_get_nothing(cast, issue, client):
    paper = issue()
    for view in ("paper", "sheet", "pdf"):
        assert client.get(page(view, paper.pk)).status_code == 302
        assert cast.browser("sun").get(page(view, "00000000-0000-4000-8000-000000000000")).status_code == 404


def test_the_list_narrows_by_kind_year_organisation_and_words(cast, issue):
    first, second = issue(name="吴建国"), issue(name="钱海波", organisation=cast.other_branch, concerns="qian")
    browser = cast.browser("sun")

    def found(**asked):
        return {row.pk for row in (first, second) if page("paper", row.pk) in body(browser.get(page("papers"), asked))}

    assert found() == {first.pk, second.pk}
    assert found(organisation=cast.branch.pk) == {first.pk}
    assert found(q="钱") == {second.pk}
    assert found(q=queries.content_of(first)["code"].lower()) == {first.pk}
    assert found(q="2026-1") == {first.pk, second.pk}
    assert found(q="2026-00002") == set()
    assert found(year="2025") == {first.pk, second.pk}  # no such filter: ignored
    assert found(kind="papers.sample", year="2026") == {first.pk, second.pk}


def test_the_list_opens_no_copy_and_takes_the_same_queries_for_one_and_five(cast, issue, django_assert_num_queries):
    issue()
    browser = cast.browser("sun")
    browser.get(page("papers"))

    def asked():
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            browser.get(page("papers"))
        assert not any('"snapshot"' in query["sql"] for query in seen.captured_queries)
        return len(seen)

    one = asked()
    for _paper in range(4):
        issue()
    assert asked() == one


def test_the_pdf_has_a_file_name_without_numbers_of_persons(cast, issue):
    paper = issue(id_no="11010519491231002X")
    browser = cast.browser("lin")
    shown, saved = browser.get(page("pdf", paper.pk)), browser.get(page("pdf", paper.pk) + "?save=1")
    assert shown.headers["Content-Type"] == "application/pdf"
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert "2026-00001.pdf" in saved.headers["Content-Disposition"]
    assert "1101" not in saved.headers["Content-Disposition"]
    assert "%E5%90%B4" not in saved.headers["Content-Disposition"]


def test_a_character_that_cannot_be_printed_is_named_on_a_page(cast, issue):
    paper = issue(name="张\U00031350")
    answer = cast.browser("lin").get(page("pdf", paper.pk))
    assert answer.status_code == 409
    assert "U+31350" in body(answer)
    assert page("sheet", paper.pk) in body(answer)
    assert cast.browser("lin").get(page("sheet", paper.pk)).status_code == 200


def test_without_a_typeface_one_sentence_says_what_to_do_and_the_print_page_works(cast, issue, monkeypatch):
    paper = issue()
    monkeypatch.setattr(fonts, "families", lambda wanted: [])
    browser = cast.browser("lin")
    assert "bin/fonts" in body(browser.get(page("paper", paper.pk)))
    assert page("pdf", paper.pk) not in body(browser.get(page("paper", paper.pk)))
    refused = browser.get(page("pdf", paper.pk))
    assert refused.status_code == 409
    assert "bin/fonts" in body(refused)
    assert browser.get(page("sheet", paper.pk)).status_code == 200


def test_the_check_page_tells_a_stranger_what_stands_on_the_paper_and_no_more(cast, issue, client):  # PRF-04
    paper = issue(name="欧阳建国", amount="1234.56")
    code = queries.content_of(paper)["code"]
    told = body(client.get(page("checked", code)))
    assert all(
        each in told
        for each in (
            "2026-00001",
            "样张",
            cast.branch.name,
            "2026年3月5日",
            "欧**国",
            bytes(paper.digest).hex(),
            "有效",
        )
    )
    assert not any(each in told for each in ("欧阳建国", "1234.56", str(paper.pk), page("paper", paper.pk)))


def test_the_code_may_be_typed_in_any_way(cast, issue, client):
    code = queries.content_of(issue())["code"]
    there = client.get(page("check"), {"code": f" {code.lower().replace('-', ' ')} "})
    assert there.headers["Location"] == page("checked", code)
    assert "2026-00001" in body(client.get(page("checked", code.lower())))
    assert client.get(page("check"), {"code": "ABC"}).status_code == 422


def test_a_miss_looks_like_a_hit_from_outside(cast, issue, client):
    issue()
    miss = client.get(page("checked", "ABCD-EFGH-JKMN"))
    assert miss.status_code == 200
    assert "查无此文书" in body(miss)
    assert "有效" not in body(miss)
    for odd in ("x", "%00", "a" * 300, "<script>", "吴建国"):
        assert client.get(f"/papers/check/{odd}/").status_code in (200, 400, 404)
    assert "<script>" not in body(client.get(page("checked", "<script>")))


def test_a_replaced_paper_says_which_number_is_in_force(cast, issue, client):
    from hall.papers import actions
    from hall.papers.tests.conftest import BY, DAY

    first = issue()
    actions.replace(by=BY, paper=first, copy=actions.Copy({"name": "吴建国"}, "吴建国"), on=DAY, reason="更正")
    told = body(client.get(page("checked", first.code)))
    assert "已失效" in told
    assert "2026-00002" in told
    inside = body(cast.browser("lin").get(page("paper", first.pk)))
    assert "2026-00002" in inside
    assert "更正" in inside


@pytest.mark.parametrize("way", ["flip", "empty", "swap"])
def test_a_copy_that_was_touched_is_not_called_valid(cast, issue, client, way):
    paper, other = issue(), issue()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT snapshot FROM papers_paper WHERE code = %s", [paper.code if way != "swap" else other.code]
        )
        envelope = bytearray(cursor.fetchone()[0])
        envelope[-1] ^= 1 if way == "flip" else 0
        cursor.execute(
            "UPDATE papers_paper SET snapshot = %s WHERE code = %s",
            [b"" if way == "empty" else bytes(envelope), paper.code],
        )
    assert queries.check(paper.code).untouched is False
    told = body(client.get(page("checked", paper.code)))
    assert "与签发时不符" in told
    assert "有效" not in told
    assert queries.check(other.code).untouched is True


def test_a_digest_that_was_touched_is_seen_too(cast, issue):
    paper = issue()
    Paper.objects.filter(pk=paper.pk).update(digest=b"\x00" * 32)
    assert queries.check(paper.code).untouched is False


def test_the_check_page_is_small_and_warns_of_false_addresses(cast, issue, client, settings):
    answer = client.get(page("checked", issue().code))
    style = Path(settings.BASE_DIR / "hall/core/static/core/plain.css").read_bytes()
    assert len(answer.content) + len(gzip.compress(style)) < 20_000
    assert settings.HALL_URL in body(answer)
    assert "<script" not in body(answer)


def test_no_address_of_the_papers_holds_anything_about_a_person(cast, issue):
    paper = issue(name="吴建国", id_no="11010519491231002X")
    shown = body(cast.browser("lin").get(page("paper", paper.pk)))
    links = re.findall(r'(?:href|src|action)="([^"]*)"', shown)
    assert links
    assert not any("吴" in link or "1101" in link or "%E5%90%B4" in link for link in links)
