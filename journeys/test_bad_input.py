"""Bad input, typed and sent through the browser: hostile text stays text (B02, B03), and every refusal is a sentence."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from journeys.conftest import Hall

pytestmark = pytest.mark.journey

HOSTILE = (
    '"><img src=x onerror="window.pwned=1">',
    "<script>window.pwned=1</script>",
    "'--></title><svg/onload=window.pwned=1>",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "javascript:window.pwned=1",
)
SheetMaker = Callable[[Page, str], None]


def _inert(page: Page) -> None:
    assert page.evaluate("window.pwned === undefined")
    assert page.locator("img[src=x], svg[onload], main script").count() == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_search_and_filters_stays_text(wide: Page, sign_in: SheetMaker, text: str) -> None:
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
    wide.get_by_role("button", name="登录").click()
    _inert(wide)
    expect(wide.get_by_label("账号")).to_have_value(text)
    assert wide.locator("main input[name=next]").input_value() in ("", "/")


def test_a_person_with_a_hostile_name_is_refused_in_words(wide: Page, sign_in: SheetMaker) -> None:
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
def test_control_characters_in_an_address_get_a_page_in_words(wide: Page, sign_in: SheetMaker, address: str) -> None:
    sign_in(wide, "lin")
    answer = wide.goto(address)
    assert answer is not None
    assert answer.status == 400
    expect(wide.get_by_role("heading", level=1)).to_have_text("内容中有无法保存的字符")


def test_a_page_that_is_not_there_says_what_to_do(wide: Page, sign_in: SheetMaker) -> None:
    sign_in(wide, "lin")
    for address in ("/nowhere/", "/dues/bills/999999999/", "/members/00000000-0000-0000-0000-000000000000/"):
        answer = wide.goto(address)
        assert answer is not None
        assert answer.status == 404, address
        expect(wide.get_by_role("heading", name="您可以")).to_be_visible()


def test_a_page_of_another_post_says_so(wide: Page, sign_in: SheetMaker) -> None:
    sign_in(wide, "wu")
    for address in ("/members/", "/dues/", "/accounts/"):
        answer = wide.goto(address)
        assert answer is not None
        assert answer.status == 403, address
        expect(wide.get_by_role("heading", name="您可以")).to_be_visible()


def test_a_form_from_before_is_refused_in_words_and_nothing_is_saved(wide: Page, sign_in: SheetMaker) -> None:
    """As after a night in an open window: the cookie that belongs to the form has gone."""
    sign_in(wide, "lin")
    wide.goto("/notices/settings/")
    wide.context.clear_cookies(name="hall_csrf")
    with wide.expect_navigation() as sent:
        wide.locator("main form[method=post] button.btn-primary").first.click()
    assert sent.value is not None
    assert sent.value.status == 403
    expect(wide.get_by_role("heading", level=1)).to_have_text("表单已过期，未能提交")


def test_after_signing_out_the_back_button_shows_nothing(wide: Page, sign_in: SheetMaker, hall: Hall) -> None:
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
