"""The main acts with JavaScript switched off: slower to the eye, but nothing is out of reach."""

import re

import pytest
from playwright.sync_api import Page, expect

from hall.core.testing.cast import COMMERCE_TEACHERS
from hall.members.tests import rosters
from journeys.test_roster_to_report import XLSX, SignIn

pytestmark = pytest.mark.journey


def test_roster_bills_payment_receipt_and_taking_back_without_script(without_script: Page, sign_in: SignIn) -> None:
    page = without_script
    sign_in(page, "qian")
    page.goto("/members/rosters/")
    people = rosters.people(4, seed=31, branches=(COMMERCE_TEACHERS,), start=1200)
    book = rosters.as_xlsx([{**person, "identity": "学生", "job": "学生"} for person in people]).getvalue()
    page.locator("input[type=file]").set_input_files({"name": "四人.xlsx", "mimeType": XLSX, "buffer": book})
    page.get_by_role("button", name="读取并核对").click()
    page.locator("button[name=mode]").click()
    expect(page.locator(".result-title")).to_contain_text("4")
    roster = page.url
    page.goto("/dues/")
    page.get_by_role("button", name=re.compile("开出本月账单")).click()
    expect(page.get_by_role("button", name=re.compile("开出本月账单"))).to_have_count(0)
    page.locator("tbody .pick input").first.check()
    page.get_by_role("button", name="登记收款并开收据").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已登记收款")
    page.get_by_role("link", name="第一张收据").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("党费收据")
    page.goto(roster)
    page.locator("[name=reason]").fill("导错了文件")
    page.locator("main form", has=page.locator("[name=reason]")).get_by_role("button").click()
    expect(page.get_by_role("alert")).to_be_visible()  # somebody has paid since: what is used is not taken back


def test_taking_an_import_back_leaves_the_branch_as_before(without_script: Page, sign_in: SignIn) -> None:
    page = without_script
    sign_in(page, "qian")
    page.goto("/members/")
    before = page.locator("main").inner_text()
    page.goto("/members/rosters/")
    people = rosters.people(5, seed=41, branches=(COMMERCE_TEACHERS,), start=1400)
    page.locator("input[type=file]").set_input_files(
        {"name": "五人.csv", "mimeType": "text/csv", "buffer": rosters.as_csv(people).getvalue()}
    )
    page.get_by_role("button", name="读取并核对").click()
    page.locator("button[name=mode]").click()
    expect(page.locator(".result-title")).to_contain_text("5")
    page.locator("[name=reason]").fill("导错了文件")
    page.locator("main form", has=page.locator("[name=reason]")).get_by_role("button").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.goto("/members/")
    assert page.locator("main").inner_text() == before


def test_search_language_large_type_and_menus_without_script(without_script: Page, sign_in: SignIn) -> None:
    page = without_script
    sign_in(page, "wu")
    page.get_by_role("searchbox").first.fill("wjg")
    page.get_by_role("searchbox").first.press("Enter")
    expect(page).to_have_url(re.compile("q=wjg"))
    page.get_by_role("button", name="长辈版").first.click()
    expect(page.locator("html")).to_have_class(re.compile("elder"))
    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("summary", has_text="吴建国").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
