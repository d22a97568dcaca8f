"""Giving out: asked anew every time, absent for everybody else, and harmless in the browser."""

import pytest
from django.urls import reverse

from hall.files import queries, store
from hall.files.models import Attachment
from hall.files.tests import samples
from hall.members import actions as members

pytestmark = pytest.mark.authz


def at(row: Attachment) -> str:
    return reverse("files:file", args=[row.pk])


@pytest.mark.parametrize("name", ["wu", "lin", "chen", "sun"])
def test_who_asked_and_who_answers_may_open_a_proof(ask, cast, name):
    """A03, A29."""
    (row,) = ask()
    answer = cast.browser(name).get(at(row))
    assert (answer.status_code, answer.content) == (200, samples.ordinary()["pdf"])


@pytest.mark.parametrize("name", ["he", "qian", "zheng", "li", "zhou", "sysadmin", "secadmin", "audadmin"])
def test_for_everybody_else_it_is_absent_like_a_made_up_one(ask, cast, name):
    """A02, A03: the address pasted to a colleague; the same answer as for a file that never was."""
    (row,) = ask()
    browser = cast.browser(name)
    made_up = browser.get("/files/00000000-0000-7000-8000-000000000001/")
    for method in (browser.get, browser.head):
        assert method(at(row)).status_code == 404
    answer = browser.get(at(row))
    assert len(answer.content) == len(made_up.content)


def test_a_stranger_is_sent_to_sign_in(ask, client):
    (row,) = ask()
    answer = client.get(at(row))
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/sign-in/")


def test_the_right_is_asked_at_every_request_and_ends_with_it(ask, cast):
    """A02, A13: the same session, a moment later, after the member went to another branch."""
    (row,) = ask()
    browser = cast.browser("lin")
    assert browser.get(at(row)).status_code == 200
    wu = cast.member("wu")
    wu.refresh_from_db()
    members.place_member(by=cast.sun, member=wu, organisation=cast.other_branch, on=queries.today())
    assert browser.get(at(row)).status_code == 404
    assert cast.browser("qian").get(at(row)).status_code == 200


def test_the_row_says_which_rule_and_one_without_a_rule_is_seen_by_nobody(ask, cast):
    (row,) = ask()
    Attachment.objects.update(about_kind="members.member")
    assert cast.browser("wu").get(at(row)).status_code == 404


@pytest.mark.parametrize(
    "kind, name, shown, type",
    [
        ("pdf", "证明.pdf", False, "application/pdf"),
        ("jpeg", "照片.jpg", True, "image/jpeg"),
        ("png", "照片.png", True, "image/png"),
        ("text", "a.html", False, "text/plain; charset=utf-8"),
        ("docx", "a\u202excod.exe", False, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_the_answer_can_do_nothing_in_the_browser(ask, cast, upload, kind, name, shown, type):
    """B18, B36: never run, never sniffed, never framed, never kept; a name that every browser reads the same (RFC 6266)."""
    (row,) = ask(upload(kind, name))
    answer = cast.browser("wu").get(at(row))
    assert answer["Content-Type"] == type
    assert answer["Content-Disposition"].startswith("inline" if shown else "attachment")
    policy = answer["Content-Security-Policy"].split("; ")
    assert policy[:2] == ["sandbox", "default-src 'none'"] and "frame-ancestors 'none'" in policy
    assert policy[5:] == (["style-src 'unsafe-inline'"] if shown else [])
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"] == "no-store"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    said = answer["Content-Disposition"]
    assert "\u202e" not in said and said.isascii() and "html" not in said and "exe" not in said


def test_a_file_the_disk_lost_or_altered_is_no_error_but_a_page_in_words(ask, cast):
    (row,) = ask()
    store.place_of(row.pk).write_bytes(b"something else")
    answer = cast.browser("wu").get(at(row))
    assert answer.status_code == 410 and "系统管理员" in answer.content.decode()


@pytest.mark.parametrize("state, status", [("waiting", 409), ("infected", 410), ("lost", 410)])
def test_what_is_not_free_is_given_to_nobody_not_even_its_sender(ask, cast, state, status):
    """B16: an infected or unscanned file leaves the hall for no one."""
    (row,) = ask()
    Attachment.objects.update(state=state)
    for name in ("wu", "lin", "sun"):
        answer = cast.browser(name).get(at(row))
        assert answer.status_code == status and b"%PDF" not in answer.content
    assert cast.browser("qian").get(at(row)).status_code == 404


def test_the_page_of_a_request_shows_names_as_text(ask, cast, upload):
    """B03."""
    (row,) = ask(upload("pdf", "<img src=x onerror=alert(1)>.pdf"))
    for name, page in (("lin", f"/members/corrections/{row.about_id}/"), ("wu", "/members/mine/")):
        said = cast.browser(name).get(page).content.decode()
        assert at(row) in said and "<img" not in said


def test_a_correction_is_asked_with_proofs_through_the_page(cast, upload):
    browser = cast.browser("wu")
    said = {
        "field": "native_place",
        "wanted": "浙江温州",
        "why": "户口本",
        "proofs": [upload("pdf"), upload("jpeg", "a.jpg")],
    }
    assert browser.post("/members/mine/correction/", said).status_code == 302
    assert Attachment.objects.count() == 2
    bad = {**said, "field": "ethnicity", "proofs": [upload(b"MZ" + bytes(100), "a.pdf")]}
    answer = browser.post("/members/mine/correction/", bad)
    assert answer.status_code == 422 and "不接收程序文件" in answer.content.decode()
    many = {**said, "field": "ethnicity", "proofs": [upload("pdf") for _each in range(4)]}
    answer = browser.post("/members/mine/correction/", many)
    assert answer.status_code == 422 and "最多只能添加 3 个" in answer.content.decode()
    assert Attachment.objects.count() == 2


def test_the_web_servers_own_copy_of_a_large_upload_is_gone_after_the_answer(cast, upload, settings, tmp_path):
    """B13: kept or refused, nothing of what arrived stays in the folder for it."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    browser, large = cast.browser("wu"), "证明\n".encode() * 400_000
    said = {"field": "native_place", "wanted": "浙江温州", "why": "x"}
    for content, status in ((large + b"\0", 422), (large, 302)):
        answer = browser.post("/members/mine/correction/", {**said, "proofs": upload(content, "a.txt")})
        assert answer.status_code == status
        assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []
