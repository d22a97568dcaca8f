"""One's personal data in the browser: why it is held, a copy, erasure; and the mark over sensitive pages (T28)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from journeys.test_every_page import _axe, _sideways

pytestmark = pytest.mark.journey
SignIn = Callable[[Page, str], None]


def wrong_with(page: Page) -> list[str]:
    return [*_axe(page, page.url), *_sideways(page)]


@pytest.mark.parametrize("kind", ["wide", "phone"])
def test_what_is_held_about_me_is_explained_and_can_be_taken_along(
    kind: str, request: pytest.FixtureRequest, sign_in: SignIn, picture: Callable[..., Path]
) -> None:  # F126, F130
    page: Page = request.getfixturevalue(kind)
    sign_in(page, "chen")
    page.goto("/members/mine/")
    page.get_by_role("link", name="为什么收集").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的个人信息清单")
    assert "#members.Member." in page.url
    page.locator("summary").filter(has_text="为什么收集").first.click()
    assert wrong_with(page) == []
    picture(page, f"清单-{kind}", full=False)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出我的全部信息").click()
    assert download.value.suggested_filename == "my-data.zip"


@pytest.mark.parametrize("kind", ["wide", "phone"])
def test_the_department_answers_a_request(
    kind: str, request: pytest.FixtureRequest, sign_in: SignIn, picture: Callable[..., Path]
) -> None:  # F130
    page: Page = request.getfixturevalue(kind)
    sign_in(page, "sun")
    page.goto("/privacy/erasures/")
    assert wrong_with(page) == []
    picture(page, f"删除申请-{kind}")
    page.locator("table").get_by_role("link", name="吴建国").first.click()
    assert wrong_with(page) == []
    picture(page, f"一件申请-{kind}")
    page.goto("/privacy/retention/")
    assert wrong_with(page) == []
    picture(page, f"保存期限-{kind}")
    sign_in(page, "he")
    page.goto("/privacy/erasure/")
    assert wrong_with(page) == []
    picture(page, f"申请删除-{kind}")


@pytest.mark.parametrize("kind", ["wide", "phone", "without_script"])
def test_name_and_minute_lie_over_a_record_and_take_no_click(
    kind: str, request: pytest.FixtureRequest, sign_in: SignIn, picture: Callable[..., Path]
) -> None:  # T28
    page: Page = request.getfixturevalue(kind)
    sign_in(page, "lin")
    page.goto("/members/?q=吴建国")
    page.locator("table").get_by_role("link", name="吴建国").first.click()
    mark = page.locator("svg.watermark")
    expect(mark).to_contain_text("林岚 lin 20")
    picture(page, f"水印-{kind}", full=False)
    if kind != "without_script":
        assert wrong_with(page) == []
        at = "document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('.watermark') === null"
        assert page.evaluate(at)
    page.get_by_role("link", name="更正信息").or_(page.locator(".heading-action a.btn-primary")).first.click()
    expect(page.locator("svg.watermark")).to_have_count(1)
