"""Proofs and slips through the browser: a phone, a PC, without script; sent, refused in a sentence, opened, not leaked."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hall.files.tests import samples
from journeys.conftest import Hall
from journeys.test_roster_to_report import SignIn

pytestmark = pytest.mark.journey
PHOTO = {"name": "户口本首页_2026年3月5日拍摄于学院办公楼三层组织科办公室.jpg", "mimeType": "image/jpeg"}


def _ask(page: Page, field: str, *files: dict) -> None:
    page.goto("/members/mine/correction/")
    page.locator("[name=field]").select_option(field)
    page.locator("[name=wanted]").fill("浙江温州")
    page.locator("[name=why]").fill("户口本首页")
    page.locator("[name=proofs]").set_input_files(list(files))
    page.get_by_role("button", name="提交申请").click()


def test_a_member_sends_proofs_from_a_phone_and_the_secretary_opens_them(
    phone: Page, wide: Page, sign_in: SignIn, picture: Callable[..., Path], hall: Hall, open_page: Callable[..., Page]
) -> None:
    sign_in(phone, "wu")
    phone.goto("/members/mine/correction/")
    expect(phone.locator("main")).to_contain_text("最多 3 个，合计不超过 20 MB")
    picture(phone, "files-ask-360")
    _ask(phone, "native_place", {"name": "程序.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(200)})
    expect(phone.get_by_role("alert")).to_contain_text("“程序.pdf”：不接收程序文件，请上传文档本身。")
    picture(phone, "files-refused-360")
    photo = {**PHOTO, "buffer": samples.picture("JPEG", (900, 600), exif=True)}
    paper = {"name": "证明.pdf.html", "mimeType": "text/html", "buffer": samples.pdf()}
    _ask(phone, "native_place", photo, paper)
    expect(phone.get_by_role("status").first).to_be_visible()
    phone.goto("/members/mine/")
    expect(phone.locator("main")).to_contain_text("已去除：拍摄地点、时间和设备信息")
    picture(phone, "files-mine-360")
    assert phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0

    sign_in(wide, "lin")
    wide.goto("/members/corrections/")
    wide.locator("tr", has_text="籍贯").get_by_role("link", name="吴建国").last.click()
    expect(wide.get_by_role("heading", name="证明材料")).to_be_visible()
    picture(wide, "files-answer-1280")
    link = wide.get_by_role("link", name=re.compile("户口本首页"))
    address = link.get_attribute("href") or ""
    link.click()
    wide.wait_for_url("**/files/**")
    assert wide.evaluate("document.images[0].naturalWidth") == 600  # upright
    picture(wide, "files-picture-1280", full=False)
    wide.go_back()
    with wide.expect_download() as loading:
        wide.get_by_role("link", name="证明.pdf").click()
    assert loading.value.suggested_filename == "证明.pdf"

    other = open_page()
    sign_in(other, "qian")
    answer = other.goto(address)
    assert answer is not None
    assert answer.status == 404


def test_a_payment_with_its_slip_without_script(
    without_script: Page, sign_in: SignIn, picture: Callable[..., Path], phone: Page
) -> None:
    page = without_script
    sign_in(page, "he")
    page.goto("/dues/?status=open")
    page.locator("main tbody a[href*='/dues/bills/']").first.click()
    bill = page.url
    picture(page, "files-slip-1280")
    page.locator("[name=method]").select_option("transfer")
    page.locator("[name=slip]").set_input_files(
        {"name": "回单.jpg", "mimeType": "image/jpeg", "buffer": samples.picture("JPEG", (500, 300))}
    )
    page.get_by_role("button", name="登记收款并开收据").click()
    expect(page.get_by_role("link", name="回单.jpg")).to_be_visible()
    picture(page, "files-slip-kept-1280")
    sign_in(phone, "he")
    phone.goto(bill)
    picture(phone, "files-slip-kept-360")
    assert phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
