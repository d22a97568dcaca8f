"""Bad input, typed and sent through the browser: hostile text stays text (B02, B03), and every refusal is a sentence."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from hall.core.testing.cast import ELECTRICAL_TEACHERS
from hall.members.tests import rosters
from journeys.conftest import Hall
from journeys.test_roster_to_report import XLSX, SignIn

pytestmark = pytest.mark.journey

HOSTILE = (
    '"><img src=x onerror="window.pwned=1">',
    "<script>window.pwned=1</script>",
    "'--></title><svg/onload=window.pwned=1>",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "javascript:window.pwned=1",
)


def _inert(page: Page) -> None:
    assert page.evaluate("window.pwned === undefined")
    assert page.locator("img[src=x], svg[onload], main script").count() == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_search_and_filters_stays_text(wide: Page, sign_in: SignIn, text: str) -> None:
    sign_in(wide, "lin")
    for address in ("/search/?q=", "/members/?q=", "/members/?standing=", "/members/?sort=", "/dues/?q="):
        wide.goto(address + quote(text))
        _inert(wide)
    wide.goto("/search/?q=" + quote(text))
    expect(wide.get_by_role("heading", level=1)).to_contain_text(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_as_the_account_and_as_the_page_to_return_to_stays_text(wide: Page, text: str) -> None:
    wide.goto("/accounts/sign-in/?next=" + quote(text))
    wide.get_by_label("账号").fill(text)
    wide.get_by_label("密码").fill("x")
    wide.get_by_role("button", name="登录", exact=True).click()
    _inert(wide)
    expect(wide.get_by_label("账号")).to_have_value(text)
    assert wide.locator("main input[name=next]").input_value() in ("", "/")


def test_a_person_with_a_hostile_name_is_refused_in_words(wide: Page, sign_in: SignIn) -> None:
    sign_in(wide, "lin")
    for text in HOSTILE[:3]:
        wide.goto("/members/new/")
        wide.locator("[name=name]").fill(text)
        wide.locator("[name=on]").fill("2026-03-02")
        wide.locator("main form[method=post] button.btn-primary").click()
        expect(wide.get_by_role("alert")).to_be_visible()
        _inert(wide)
        expect(wide.locator("[name=name]")).to_have_value(text)


@pytest.mark.parametrize(
    "address", ["/search/?q=a%00b", "/members/?q=%00", "/dues/?month=%07", "/accounts/sign-in/?next=%1b"]
)
def test_control_characters_in_an_address_get_a_page_in_words(wide: Page, sign_in: SignIn, address: str) -> None:
    sign_in(wide, "lin")
    answer = wide.goto(address)
    assert answer is not None
    assert answer.status == 400
    expect(wide.get_by_role("heading", level=1)).to_have_text("内容中有无法保存的字符")


def test_a_page_that_is_not_there_says_what_to_do(wide: Page, sign_in: SignIn) -> None:
    sign_in(wide, "lin")
    for address in ("/nowhere/", "/dues/bills/999999999/", "/members/00000000-0000-0000-0000-000000000000/"):
        answer = wide.goto(address)
        assert answer is not None
        assert answer.status == 404, address
        expect(wide.get_by_role("heading", name="您可以")).to_be_visible()


def test_a_page_of_another_post_says_so(wide: Page, sign_in: SignIn) -> None:
    sign_in(wide, "wu")
    for address in ("/members/", "/dues/", "/accounts/"):
        answer = wide.goto(address)
        assert answer is not None
        assert answer.status == 403, address
        expect(wide.get_by_role("heading", name="您可以")).to_be_visible()


def test_a_form_from_before_is_refused_in_words_and_nothing_is_saved(wide: Page, sign_in: SignIn) -> None:
    """As after a night in an open window: the cookie that belongs to the form has gone."""
    sign_in(wide, "lin")
    wide.goto("/notices/settings/")
    wide.context.clear_cookies(name="hall_csrf")
    with wide.expect_navigation() as sent:
        wide.locator("main form[method=post] button.btn-primary").first.click()
    assert sent.value is not None
    assert sent.value.status == 403
    expect(wide.get_by_role("heading", level=1)).to_have_text("表单已过期，未能提交")


def _encrypted() -> bytes:
    """How an .xlsx with a password begins: a compound file that holds an encrypted package."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2048)


FILES = {
    "empty": ("空.xlsx", b""),
    "web page": ("名册.xlsx", "<html><body><table><tr><td>姓名</td></tr></table></body></html>".encode()),
    "picture": ("名册.xls", b"\x89PNG\r\n\x1a\n" + bytes(400)),
    "password": ("名册.xlsx", _encrypted()),
    "no header": ("名册.csv", "甲,乙\n1,2\n".encode()),
    "too large": ("名册.xlsx", bytes(25 * 1024 * 1024)),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_roster_is_answered_in_words(wide: Page, sign_in: SignIn, kind: str) -> None:
    """One sentence at the field, no rows, and the page is still the page."""
    name, content = FILES[kind]
    sign_in(wide, "lin")
    wide.goto("/members/rosters/")
    before = wide.locator("main table tbody tr").count()
    wide.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    wide.get_by_role("button", name="读取并核对").click()
    said = wide.get_by_role("alert" if kind != "too large" else "main")
    expect(said).to_contain_text("20 MB" if kind == "too large" else "处需要修改")
    assert re.search("[\u4e00-\u9fff].*[。；]", said.inner_text(), re.DOTALL)
    assert not re.search("Error|Traceback|Exception", wide.locator("body").inner_text())
    wide.goto("/members/rosters/")
    assert wide.locator("main table tbody tr").count() == before


@pytest.mark.parametrize("text", HOSTILE[:3])
def test_hostile_file_names_stay_text(wide: Page, sign_in: SignIn, text: str) -> None:
    """B03: the name of the file is the heading of its preview, and stands in the list of imports."""
    sign_in(wide, "lin")
    wide.goto("/members/rosters/")
    book = rosters.as_xlsx(rosters.people(1, seed=81, branches=(ELECTRICAL_TEACHERS,), start=1900)).getvalue()
    wide.locator("input[type=file]").set_input_files({"name": f"{text}.xlsx", "mimeType": XLSX, "buffer": book})
    wide.get_by_role("button", name="读取并核对").click()
    expect(wide.locator("main")).to_be_visible()
    _inert(wide)
    wide.goto("/members/rosters/")
    _inert(wide)


def test_after_signing_out_the_back_button_shows_nothing(wide: Page, sign_in: SignIn, hall: Hall) -> None:
    """C05: the roster of a colleague is not one step away on a shared computer."""
    sign_in(wide, "lin")
    wide.goto("/members/")
    expect(wide.locator("main")).to_contain_text("吴建国")
    wide.locator("summary", has_text="林岚").click()
    wide.get_by_role("button", name="退出").click()
    expect(wide.get_by_label("密码")).to_be_visible()
    wide.evaluate("history.back()")
    wide.wait_for_url(lambda address: "next=" in address)
    expect(wide.get_by_label("密码")).to_be_visible()
    expect(wide.get_by_role("heading", level=1)).to_have_text("登录")
    wide.goto("/members/")
    assert wide.url.startswith(f"{hall.url}/accounts/sign-in/")
