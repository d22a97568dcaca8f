"""The main acts by keyboard alone: Tab, Enter, Space and arrows; one always sees where one is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from hall.core.testing.cast import COMMERCE_TEACHERS
from hall.members.tests import rosters
from journeys.conftest import Hall
from journeys.test_roster_to_report import XLSX

pytestmark = pytest.mark.journey
FARTHEST = 220  # presses of Tab before a page counts as out of reach
HERE = """() => { const e = document.activeElement, box = e.getBoundingClientRect(), look = getComputedStyle(e);
  const ring = node => { const s = getComputedStyle(node);
    return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none"; };
  return { tag: e.tagName, name: e.name || "", text: (e.innerText || e.ariaLabel || "").trim(),
    seen: box.width > 0 && box.height > 0 && look.visibility === "visible", ring: ring(e) || (e.parentElement && ring(e.parentElement)) }; }"""


def tab_to(page: Page, wanted: Callable[[dict], bool]) -> dict:
    """Press Tab until the focus is where it should be; every stop on the way must be visible and marked."""
    for _press in range(FARTHEST):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here["tag"] == "BODY":
            continue
        assert here["ring"], f"no mark shows where one is: {here} on {page.url}"
        if wanted(here):
            assert here["seen"], here
            return here
    raise AssertionError(f"Tab does not lead there on {page.url}")


def press(page: Page, words: str) -> None:
    """Go to the link or button that says this, and press Enter."""
    tab_to(page, lambda here: words in here["text"] and here["tag"] in ("A", "BUTTON", "SUMMARY"))
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in_by_keyboard(page: Page, hall: Hall, name: str) -> None:
    page.goto("/accounts/sign-in/")
    tab_to(page, lambda here: here["name"] == "username")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(hall.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{hall.url}/")


def test_the_skip_link_leads_past_the_menu(wide: Page, hall: Hall) -> None:
    sign_in_by_keyboard(wide, hall, "qian")
    wide.goto("/dues/")
    wide.keyboard.press("Tab")
    assert wide.evaluate(HERE)["text"] == "跳到正文"
    wide.keyboard.press("Enter")
    wide.keyboard.press("Tab")
    assert wide.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_ctrl_k_and_slash_lead_to_the_search_box(wide: Page, hall: Hall) -> None:
    sign_in_by_keyboard(wide, hall, "qian")
    for keys in ("Control+k", "/"):
        wide.goto("/members/")
        wide.keyboard.press(keys)
        assert wide.evaluate(HERE)["name"] == "q", keys
    wide.keyboard.type("qhb")
    with wide.expect_navigation():
        wide.keyboard.press("Enter")
    expect(wide.locator("main")).to_contain_text("钱海波")


def test_a_menu_opens_and_closes_by_keyboard(wide: Page, hall: Hall) -> None:
    sign_in_by_keyboard(wide, hall, "qian")
    tab_to(wide, lambda here: here["tag"] == "SUMMARY" and "钱海波" in here["text"])
    wide.keyboard.press("Enter")
    expect(wide.get_by_role("button", name="退出")).to_be_visible()
    wide.keyboard.press("Escape")
    expect(wide.get_by_role("button", name="退出")).to_be_hidden()
    assert wide.evaluate(HERE)["tag"] == "SUMMARY"


def test_roster_bills_and_payment_by_keyboard(wide: Page, hall: Hall) -> None:
    """A small roster goes in, the students' bills come out, one is paid: no mouse."""
    sign_in_by_keyboard(wide, hall, "qian")
    press(wide, "党员名册")
    press(wide, "导入名册")
    people = rosters.people(3, seed=21, branches=(COMMERCE_TEACHERS,), start=900)
    book = rosters.as_xlsx([{**person, "identity": "学生", "job": "学生"} for person in people]).getvalue()
    tab_to(wide, lambda here: here["name"] == "file")
    wide.locator("input[type=file]").set_input_files({"name": "三人.xlsx", "mimeType": XLSX, "buffer": book})
    press(wide, "读取并核对")
    tab_to(wide, lambda here: here["name"] == "mode")
    with wide.expect_navigation():
        wide.keyboard.press("Enter")
    expect(wide.locator(".result-title")).to_contain_text("3")
    press(wide, "党费收缴")
    press(wide, "开出本月账单")
    tab_to(wide, lambda here: here["name"] == "pick")
    wide.keyboard.press("Space")
    tab_to(wide, lambda here: here["name"] == "paid_on")
    press(wide, "登记收款并开收据")
    expect(wide.get_by_role("heading", level=1)).to_have_text("已登记收款")
    press(wide, "第一张收据")
    expect(wide.get_by_role("heading", level=1)).to_contain_text("党费收据")


def test_a_task_is_opened_by_keyboard(wide: Page, hall: Hall) -> None:
    """From the to-do centre into the matter, with J as with Tab."""
    sign_in_by_keyboard(wide, hall, "sun")
    press(wide, "待办")
    expect(wide.get_by_role("heading", level=1)).to_have_text("待办中心")
    wide.keyboard.press("j")
    first = wide.evaluate(HERE)
    assert first["tag"] == "A"
    with wide.expect_navigation():
        wide.keyboard.press("Enter")
    assert wide.get_by_role("heading", level=1).inner_text() != "待办中心"
