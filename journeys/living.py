"""A hall people have worked in: what every page of the walk needs to have something to show. Done in the browser, as they would."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import Page, expect

from hall.core.testing.cast import COMMERCE_TEACHERS, ELECTRICAL_TEACHERS
from hall.members.tests import rosters
from journeys.test_roster_to_report import XLSX, bases_of

SignIn = Callable[[Page, str], None]
LONG = 310  # rows; more than the hall imports while one waits


def live_in(page: Page, sign_in: SignIn) -> dict[str, list[str]]:
    """A question asked, an absence, a membership stopped, rosters read, applied and imported at length, a sheet of bases.

    Answers, for each of the cast, the pages where their deeds ended.
    """
    _ask_for_a_correction(page, sign_in)
    sign_in(page, "chen")
    ended = [_send_somebody_away(page), _stop_a_membership(page)]
    _leave_a_roster_waiting(page)
    ended.append(_leave_a_sheet_of_bases_waiting(page))
    _import_at_length(page, sign_in)
    _look_at_a_number(page, sign_in)
    bills = {"lin": [_a_bill(page, "open")]}
    sign_in(page, "he")
    bills["he"] = [_a_bill(page, "settled")]
    return {"chen": [urlsplit(address).path for address in ended], **bills}


def _a_bill(page: Page, status: str) -> str:
    """An open bill can be withdrawn, a settled one refunded; which of them stand first on the board is the demo's."""
    page.goto(f"/dues/?status={status}")
    return page.locator("tbody th a[href*='/dues/bills/']").last.get_attribute("href") or ""


def _ask_for_a_correction(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "wu")
    page.goto("/members/mine/correction/")
    page.locator("[name=field]").select_option(index=1)
    page.locator("[name=wanted]").fill("浙江海州")
    page.locator("[name=why]").fill("与户口簿核对")
    _send(page)


def _send_somebody_away(page: Page) -> str:
    _open_member(page, 3)
    address = page.url
    page.goto(f"{address}absence/")
    page.locator("[name=starts_on]").fill(_days_ago(20))
    page.locator("[name=expected_to]").fill(_days_ago(-300))
    page.locator("[name=place]").fill("杭州")
    _send(page)
    return address


def _stop_a_membership(page: Page) -> str:
    _open_member(page, 5)
    address = page.url
    page.goto(f"{address}stop/")
    page.locator("[name=since]").fill(_days_ago(400))
    page.locator("[name=on]").fill(_days_ago(2))
    page.locator("[name=reason]").fill("支部党员大会决定")
    _send(page)
    return address


def _open_member(page: Page, at: int) -> None:
    page.goto("/members/?standing=full&sort=-joined")
    page.locator("tbody th a").nth(at).click()
    page.wait_for_load_state()


def _leave_a_roster_waiting(page: Page) -> None:
    rows = rosters.people(4, seed=51, branches=(ELECTRICAL_TEACHERS,), start=1600)
    rows[1]["name"], rows[2]["phone"] = "王?", "12345"
    _read(page, "等待处理.xlsx", rows)
    _read(page, "已经写入.xlsx", rosters.people(2, seed=61, branches=(ELECTRICAL_TEACHERS,), start=1650))
    page.locator("button[name=mode]").click()
    expect(page.locator(".result-title")).to_be_visible()


def _leave_a_sheet_of_bases_waiting(page: Page) -> str:
    page.goto("/dues/assessments/")
    book = bases_of([{"name": "吴建国", "campus_no": ""}])
    page.locator("input[type=file]").set_input_files({"name": "基数.xlsx", "mimeType": XLSX, "buffer": book})
    _send(page)
    return page.url


def _import_at_length(page: Page, sign_in: SignIn) -> None:
    """The worker does it; the page shows how far it is, and ends by itself."""
    sign_in(page, "sun")
    _read(page, "全校名册.xlsx", rosters.people(LONG, seed=71, branches=(COMMERCE_TEACHERS,), start=2000))
    page.locator("button[name=mode]").click()
    expect(page).to_have_url(re.compile("/notices/works/"))
    page.locator(".progress-box a.btn-primary").click(timeout=60_000)
    expect(page.locator(".result-title")).to_contain_text(f"{LONG} 人")


def _look_at_a_number(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "lin")
    page.goto("/members/?q=wjg")
    page.locator("tbody th a").first.click()
    page.locator("main a[href*='/reveal/']").first.click()
    page.locator("[name=reason]").fill("核对联系方式")
    _send(page)


def _read(page: Page, name: str, rows: list[dict[str, str]]) -> None:
    page.goto("/members/rosters/")
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": XLSX, "buffer": rosters.as_xlsx(rows).getvalue()}
    )
    _send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def _send(page: Page) -> None:
    page.locator("main form[method=post] button.btn-primary").first.click()
    page.wait_for_load_state()
    assert page.locator("main .summary").count() == 0, page.locator("main .summary").inner_text()


def _days_ago(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()
