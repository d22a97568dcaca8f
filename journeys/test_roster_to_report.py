"""The main flow: a college's own roster goes in, a month of dues comes out, and the ledger agrees with all of it.

One walk of a branch secretary on a PC: 300 rows with twenty faults, the error workbook, the good rows, bases by sheet, the
bills of the month, payments, a receipt checked by a stranger, the collection as a paper. Then the member on the phone.
"""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook
from playwright.sync_api import Download, Locator, Page, expect

from hall.core.testing.cast import ELECTRICAL_TEACHERS
from hall.members.tests import rosters
from journeys.conftest import Hall

pytestmark = pytest.mark.journey
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Picture = Callable[..., Path]
SignIn = Callable[[Page, str], None]


def roster_of_300() -> tuple[bytes, list[rosters.Expected]]:
    rows, expected = rosters.with_faults(rosters.people(300, seed=12, branches=(ELECTRICAL_TEACHERS,)))
    return rosters.as_xlsx(rows).getvalue(), expected


def bases_of(people: list[dict[str, str]]) -> bytes:
    """A sheet of the personnel office: name, number, kind, base."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    for column, title in enumerate(("姓名", "工号", "人员类别", "党费基数")):
        sheet.write_string(0, column, title)
    for at, person in enumerate(people, 1):
        sheet.write_string(at, 0, person["name"].strip())
        sheet.write_string(at, 1, person["campus_no"])
        sheet.write_string(at, 2, "在职教工")
        sheet.write_number(at, 3, 4200 + at % 50 * 130.5)
    book.close()
    return file.getvalue()


def figure(page: Page, title: str) -> Locator:
    return page.locator("dl.figures div", has_text=title).locator("dd").first


def test_from_a_roster_to_the_report_of_the_month(wide: Page, hall: Hall, sign_in: SignIn, picture: Picture) -> None:
    wide.goto("/accounts/sign-in/")
    picture(wide, "sign-in-wide", full=False)
    sign_in(wide, "lin")
    expected = _import_the_good_rows(wide, picture)
    _set_the_bases(wide, picture, expected)
    _issue_the_month(wide, picture)
    number, code = _take_payments(wide, picture)
    _a_stranger_checks_the_receipt(wide, picture, number, code)
    _publish_the_collection(wide, picture)
    wide.goto("/")
    picture(wide, "home-wide", full=False)
    _the_ledger_agrees(hall)


def _import_the_good_rows(page: Page, picture: Picture) -> set[int]:
    """Upload, read what is wrong, take the error workbook home, import the good rows. Answers the rows left out."""
    workbook, expected = roster_of_300()
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="党员名册").click()
    page.get_by_role("link", name="导入名册").first.click()
    picture(page, "roster-upload-wide")
    page.locator("input[type=file]").set_input_files(
        {"name": "党员名册2026.xlsx", "mimeType": XLSX, "buffer": workbook}
    )
    page.get_by_role("button", name="读取并核对").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("党员名册2026.xlsx")
    counts = _counts(page)
    wrong = {each.row for each in expected if each.wrong}
    assert counts["有误"] == len(wrong)
    assert counts["存疑"] == len({each.row for each in expected if not each.wrong} - wrong)
    picture(page, "roster-preview-wide", full=False)
    page.get_by_role("navigation", name="按状态查看").get_by_role("link", name="有误").click()
    for each in sorted(wrong):
        expect(page.get_by_role("row").filter(has=page.locator(f'td.num:text-is("{each}")'))).to_have_count(1)
    picture(page, "roster-wrong-wide", full=False)
    _check_the_error_workbook(page, expected)
    page.locator("button[name=mode][value=good]").click()
    expect(page.locator(".result-title")).to_be_visible()
    picture(page, "roster-result-wide", full=False)
    return {each.row for each in expected}


def _counts(page: Page) -> dict[str, int]:
    """What the tabs of the preview say: state → rows."""
    tabs = page.get_by_role("navigation", name="按状态查看").get_by_role("link").all_inner_texts()
    found = [re.fullmatch(r"(\D+?)\s*(\d+)?", " ".join(tab.split())) for tab in tabs]
    return {match[1].strip(): int(match[2] or 0) for match in found if match}


def _check_the_error_workbook(page: Page, expected: list[rosters.Expected]) -> None:
    """The person's own sheet comes back: each wrong cell red, the words in a column 问题, everything else as it was."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载标出问题的原表").click()
    sheet = load_workbook(_saved(waiting.value)).active
    assert sheet is not None
    header = [cell.value for cell in sheet[rosters.FIRST - 1]]
    problems = header.index("问题")
    for each in expected:
        cell = sheet.cell(each.row, 1 + header.index(rosters.TITLES[each.column]))
        assert cell.fill.fgColor.rgb not in ("00000000", "FFFFFFFF"), each
        assert sheet.cell(each.row, 1 + problems).value, each
    clean = rosters.FIRST + 5
    assert not sheet.cell(clean, 1 + problems).value
    assert sheet.cell(clean, 1 + header.index("党员姓名")).value


def _saved(download: Download) -> Path:
    path = download.path()
    return path.rename(path.with_suffix(".xlsx"))


def _set_the_bases(page: Page, picture: Picture, left_out: set[int]) -> None:
    people = rosters.people(300, seed=12, branches=(ELECTRICAL_TEACHERS,))
    good = [person for at, person in enumerate(people) if rosters.FIRST + at not in left_out]
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="党费收缴").click()
    page.get_by_role("link", name="核定党费").first.click()
    page.locator("input[type=file]").set_input_files(
        {"name": "党费基数.xlsx", "mimeType": XLSX, "buffer": bases_of(good)}
    )
    page.get_by_role("button", name="读入表格").click()
    expect(figure(page, "有误")).to_have_text("0")
    picture(page, "dues-bases-wide", full=False)
    page.get_by_role("button", name=re.compile("核定 \\d+ 名党员")).click()
    expect(page.get_by_role("status").first).to_be_visible()


def _issue_the_month(page: Page, picture: Picture) -> None:
    page.goto("/dues/")
    picture(page, "dues-issue-wide", full=False)
    page.get_by_role("button", name=re.compile("开出本月账单")).click()
    expect(page.get_by_role("button", name=re.compile("开出本月账单"))).to_have_count(0)
    picture(page, "dues-month-wide", full=False)


def _take_payments(page: Page, picture: Picture) -> tuple[str, str]:
    """Twelve members hand in cash. Answers the number and the code of one receipt."""
    page.goto("/dues/?status=open")
    boxes = page.locator("tbody .pick input")
    for at in range(12):
        boxes.nth(at).check()
    page.get_by_role("button", name="登记收款并开收据").scroll_into_view_if_needed()
    picture(page, "dues-taking-wide", full=False)
    page.get_by_role("button", name="登记收款并开收据").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已登记收款")
    picture(page, "dues-taken-wide", full=False)
    page.get_by_role("link", name="第一张收据").click()
    picture(page, "receipt-wide")
    text = page.locator("main").inner_text()
    assert re.search("[壹贰叁肆伍陆柒捌玖]+[拾佰仟元]", text)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载 PDF").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")
    number = re.search(r"\d{4}-\d{5,}", page.get_by_role("heading", level=1).inner_text())
    assert number
    return number[0], page.locator("code").first.inner_text()


def _a_stranger_checks_the_receipt(page: Page, picture: Picture, number: str, code: str) -> None:
    stranger = page.context.browser.new_context(base_url=page.url.split("/papers")[0], locale="zh-CN").new_page()
    stranger.goto("/papers/check/")
    stranger.locator("main form input[type=text], main form input:not([type])").first.fill(code)
    stranger.locator("main form button").first.click()
    expect(stranger.locator("main")).to_contain_text("有效")
    expect(stranger.locator("main")).to_contain_text(number)
    picture(stranger, "check-valid", full=False)
    stranger.context.close()


def _publish_the_collection(page: Page, picture: Picture) -> None:
    page.goto("/dues/")
    page.get_by_role("link", name="收缴情况表").click()
    picture(page, "collection-wide", full=False)
    page.locator("main section form button.btn-primary").click()
    expect(page.get_by_role("link", name="下载 PDF")).to_be_visible()
    picture(page, "collection-paper-wide")


def _the_ledger_agrees(hall: Hall) -> None:
    """The hall's own verification and the stand-alone verifier come to the same root."""
    sealed = hall.manage("ledger", "checkpoint")
    assert sealed.returncode == 0, sealed.stderr
    verified = hall.manage("ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    export = hall.home / "export"
    exported = hall.manage("ledger", "export", str(export))
    assert exported.returncode == 0, exported.stderr
    alone = hall.run("bin/verify-ledger", str(export))
    assert alone.returncode == 0, alone.stdout + alone.stderr


def test_a_member_sees_the_bill_the_receipt_and_who_looked_on_the_phone(
    wide: Page, phone: Page, sign_in: SignIn, picture: Picture
) -> None:
    _the_secretary_looks_at_a_number(wide, sign_in, picture)
    sign_in(phone, "wu")
    picture(phone, "home-phone", full=False)
    phone.get_by_role("navigation", name="快捷入口").get_by_role("link", name="党费").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("交党费")
    picture(phone, "dues-mine-phone")
    phone.locator("tbody a[href*='/papers/']").first.click()
    expect(phone.locator("main")).to_contain_text("吴建国")
    picture(phone, "receipt-phone")
    phone.goto("/members/mine/")
    picture(phone, "mine-phone", full=False)
    phone.get_by_role("link", name="谁看过我的信息").first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("谁看过我的信息")
    expect(phone.locator("main")).to_contain_text("核对联系方式")
    picture(phone, "looks-phone", full=False)


def _the_secretary_looks_at_a_number(page: Page, sign_in: SignIn, picture: Picture) -> None:
    sign_in(page, "lin")
    page.goto("/members/?q=wjg")
    page.get_by_role("link", name="吴建国").click()
    picture(page, "member-wide", full=False)
    page.locator("main a[href*='/reveal/']").first.click()
    page.locator("[name=reason]").fill("核对联系方式")
    picture(page, "reveal-wide", full=False)
    page.locator("main form button.btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
