"""The pages: who sees what, what is kept back, what a wrong amount is answered with, and how many queries a page takes."""

import io
import json
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hall.core.fields import row_id
from hall.core.modules import notices
from hall.dues import actions, queries
from hall.dues.models import Assessment, Bill, Payment
from hall.dues.queries import desk
from hall.dues.tests.conftest import JANUARY, MARCH
from hall.dues.urls import urlpatterns
from hall.ledger.acting import Fact
from hall.notices.texts import told_by
from hall.papers import actions as papers

BOARD = "/dues/?month=2026-03"
FORM = {"paid_on": "2026-03-19", "method": "cash", "batch": "b1"}


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    "who, status",
    [
        ("lin", 200),
        ("chen", 200),
        ("he", 200),
        ("zheng", 200),
        ("sun", 200),
        ("li", 200),
        ("qian", 200),
        ("wu", 403),
        ("zhou", 403),
        ("sysadmin", 403),
    ],
)
def test_the_month_board_is_for_those_who_look_after_the_dues(cast, month, who, status):
    month()
    assert cast.browser(who).get(BOARD).status_code == status


@pytest.mark.parametrize("address", ["/dues/", "/dues/assessments/", "/dues/collection/?month=2026-03"])
def test_the_pages_say_which_organisation_they_are_about(cast, month, address):
    month()
    page = text(cast.browser("lin").get(address))
    assert f'<p class="lead-line">{cast.branch}</p>' in page


def test_another_branchs_secretary_sees_none_of_it(cast, month):
    bill = month()["吴建国"]
    qian = cast.browser("qian")
    assert "吴建国" not in text(qian.get(BOARD))
    for address in (
        f"/dues/bills/{bill.pk}/",
        f"/dues/members/{bill.member_id}/",
        f"{BOARD}&organisation={cast.branch.pk}",
        f"/dues/assessments/{bill.member_id}/",
        f"/dues/collection/?organisation={cast.branch.pk}",
    ):
        assert qian.get(address).status_code == 404, address


def test_peers_never_see_an_amount(cast, month):  # D26
    bill = month()["陈志远"]
    wu = cast.browser("wu")
    for address in (f"/dues/bills/{bill.pk}/", f"/dues/members/{bill.member_id}/"):
        assert wu.get(address).status_code == 404
    assert wu.get(BOARD).status_code == 403


def test_the_base_is_for_the_member_and_who_assesses_never_for_the_cashier(cast, month):  # F47, D26
    bill = month(base=5432_10)["吴建国"]
    for who, sees in (("lin", True), ("chen", True), ("wu", True), ("he", False), ("zheng", False), ("li", False)):
        browser = cast.browser(who)
        for address in (f"/dues/bills/{bill.pk}/", f"/dues/members/{bill.member_id}/"):
            page = text(browser.get(address))
            assert ("5 432.10" in page or "5,432.10" in page) == sees, (who, address)
    assert "5 432.10" not in text(cast.browser("he").get(BOARD))


def test_the_differences_come_first_with_their_rule(cast, month, enrol):
    month(date(2026, 2, 1))
    newcomer = enrol(1, name="新来的", joined_on=date(2026, 3, 5), full_on=None, standing="probationary")[0]
    actions.assess_member(by=cast.lin, member=newcomer, payer="wage", base=10000_01, starts_on=MARCH)
    actions.assess_member(by=cast.lin, member=cast.member("wu"), payer="retired", base=4600_00, starts_on=MARCH)
    month()
    changes = queries.board(cast.lin, cast.branch, MARCH).changes
    assert [(change.name, str(change.kind), change.amount) for change in changes] == [
        ("新来的", "probation", 200_00),
        ("吴建国", "retired", 23_00),
    ]
    assert changes[0].why == "10 000.01 元 × 2% = 200.00 元"
    assert queries.board(cast.he, cast.branch, MARCH).changes[0].why == ""


def test_a_page_takes_as_many_queries_for_thirty_rows_as_for_one(cast, month, enrol, pay):
    counts = []
    for number in (1, 30):
        enrol(number)
        for bill in month().values():
            if bill.status == "open" and len(counts) == 0:
                pay(bill)
        taken = []
        for address in (BOARD, "/dues/assessments/", "/dues/collection/?month=2026-03"):
            browser = cast.browser("lin")
            browser.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address).status_code == 200
            taken.append(len(asked))
        counts.append(taken)
    assert counts[0] == counts[1]


def test_own_months_take_as_many_queries_for_many_as_for_one(cast, month):
    counts = []
    for periods in ([MARCH], [JANUARY, date(2026, 2, 1), date(2026, 4, 1), date(2026, 5, 1)]):
        for period in periods:
            month(period)
        browser = cast.browser("wu")
        browser.get("/dues/mine/")
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/dues/mine/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_month_is_issued_by_one_button(cast, enrol):
    enrol(3)
    for member in (cast.member("wu"), cast.member("lin")):
        actions.assess_member(by=cast.lin, member=member, payer="wage", base=3000_00, starts_on=JANUARY)
    browser = cast.browser("lin")
    assert "开出本月账单（2 份）" in text(browser.get(BOARD))
    assert browser.post("/dues/issue/", {"organisation": cast.branch.pk, "month": "2026-03"}).status_code == 302
    assert Bill.objects.filter(period=MARCH).count() == 2
    assert (
        cast.browser("he").post("/dues/issue/", {"organisation": cast.branch.pk, "month": "2026-03"}).status_code == 403
    )


def test_many_are_issued_by_the_worker(cast, monkeypatch, month):
    monkeypatch.setattr("hall.dues.views.board.DIRECT", 3)
    month(JANUARY)
    answer = cast.browser("lin").post("/dues/issue/", {"organisation": cast.branch.pk, "month": "2026-03"})
    assert answer.status_code == 302
    assert "/notices/works/" in answer.url
    assert not Bill.objects.filter(period=MARCH).exists()
    progress = []
    done = actions.issue_work(
        cast.lin, lambda *count: progress.append(count), place=cast.branch.pk, period="2026-03-01"
    )
    assert progress == [(7, 7)]
    assert "7" in done["text"]


def test_payments_are_taken_for_the_ticked_rows_and_a_second_click_books_nothing(cast, month):
    bills = month()
    picked = [bills["吴建国"].pk, bills["陈志远"].pk]
    browser, said = cast.browser("he"), {**FORM, "organisation": cast.branch.pk, "month": "2026-03", "pick": picked}
    page = text(browser.post("/dues/payments/", said))
    assert "2026-00001" in page
    assert "2026-00002" in page
    assert browser.post("/dues/payments/", said).status_code == 422
    assert Payment.objects.count() == 2


def test_without_a_tick_nothing_is_taken(cast, month):
    month()
    answer = cast.browser("he").post("/dues/payments/", {**FORM, "organisation": cast.branch.pk, "month": "2026-03"})
    assert answer.status_code == 422
    assert "请勾选" in text(answer)


def test_bills_of_another_branch_cannot_be_ticked(cast, month):
    month()
    theirs = month(organisation=cast.other_branch)["钱海波"]
    said = {**FORM, "organisation": cast.branch.pk, "month": "2026-03", "pick": [theirs.pk]}
    assert cast.browser("he").post("/dues/payments/", said).status_code == 422
    assert not Payment.objects.exists()


@pytest.mark.parametrize("typed", ["NaN", "-5", "1e3", "33.333", "1,23.00", "五十", "", "9" * 29, "5０x", "\u0000"])
def test_an_amount_that_is_none_is_answered_in_one_sentence(cast, month, typed):  # D12
    bill = month()["吴建国"]
    answer = cast.browser("he").post(f"/dues/bills/{bill.pk}/payment/", {**FORM, "amount": typed})
    assert answer.status_code in (400, 422)
    assert not Payment.objects.exists()


@pytest.mark.parametrize("typed", ["５０.００", "¥50", "50元", " 50.0 ", "0,050"[2:]])
def test_an_amount_as_people_type_it_is_taken(cast, month, typed):  # D12
    bill = month()["吴建国"]
    assert cast.browser("he").post(f"/dues/bills/{bill.pk}/payment/", {**FORM, "amount": typed}).status_code == 302
    assert Payment.objects.get().amount == 50_00


def test_thousands_marks_are_read_and_too_much_is_refused(cast, month):
    bill = month()["吴建国"]
    answer = cast.browser("he").post(f"/dues/bills/{bill.pk}/payment/", {**FORM, "amount": "1,234.50"})
    assert answer.status_code == 422
    assert "50.00" in text(answer)


def test_the_receipt_shows_figures_capitals_rule_and_code(cast, month, pay):
    payment = pay(month()["吴建国"])
    page = text(cast.browser("wu").get(reverse("papers:paper", args=[payment.receipt_id])))
    for shown in ("¥50.00", "伍拾元整", "DUE-01", "2026-00001", "吴建国", cast.branch.name):
        assert shown in page
    assert cast.browser("qian").get(reverse("papers:paper", args=[payment.receipt_id])).status_code == 404


def test_a_refund_goes_through_its_page(cast, month, pay):
    bill = month()["吴建国"]
    payment = pay(bill)
    address = f"/dues/payments/{payment.pk}/refund/"
    assert cast.browser("lin").get(address).status_code == 403
    assert cast.browser("he").post(address, {"amount": "50", "on": "2026-03-20", "reason": "多收"}).status_code == 302
    assert Bill.objects.get(pk=bill.pk).status == "open"


def test_a_bill_is_withdrawn_from_its_page(cast, month):
    bill = month()["吴建国"]
    address = f"/dues/bills/{bill.pk}/withdrawal/"
    assert cast.browser("he").post(address, {"reason": "错"}).status_code == 403
    assert cast.browser("lin").post(address, {"reason": ""}).status_code == 422
    assert cast.browser("lin").post(address, {"reason": "重复"}).status_code == 302
    assert Bill.objects.get(pk=bill.pk).status == "withdrawn"


def test_assessing_one_member_in_the_browser(cast):
    wu = cast.member("wu")
    browser, address = cast.browser("lin"), f"/dues/assessments/{wu.pk}/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"payer": "wage", "base": "", "starts_on": "2026-01"}).status_code == 422
    assert browser.post(address, {"payer": "wage", "base": "5,520.40", "starts_on": "202601"}).status_code == 302
    assert Assessment.objects.get(member=wu).amount == 82_81


def workbook(rows: list[list[object]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in [["姓名", "工号", "人员类别", "党费基数"], *rows]:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    made.seek(0)
    made.name = "党费基数.xlsx"
    return made


def test_a_sheet_of_bases_is_read_shown_and_applied(cast, enrol):
    twins = enrol(2, name="李同名")
    number = cast.member("wu").campus_no
    rows = [
        ["吴建国", number, "在职", "５５２０.４０"],
        ["李同名", "", "在职", 3000],
        ["李同名", twins[0].campus_no, "离退休", 4600],
        ["陈志远", "", "外星人", 1],
        ["何秀英", "", "在职", "-5"],
        ["查无此人", "", "在职", 1],
    ]
    browser = cast.browser("lin")
    answer = browser.post(
        "/dues/assessments/sheets/", {"starts_on": "2026-01", "organisation": cast.branch.pk, "file": workbook(rows)}
    )
    assert answer.status_code == 302
    page = text(browser.get(answer.url))
    for shown in ("外星人", "查无此人", "¥82.81", "¥23.00"):
        assert shown in page
    assert not Assessment.objects.exists()
    assert cast.browser("chen").get(answer.url).status_code == 404
    assert browser.post(answer.url, {"reason": ""}).status_code == 302
    assert browser.post(answer.url, {"reason": ""}).status_code == 422
    assert sorted(Assessment.objects.values_list("amount", flat=True)) == [23_00, 82_81]


def test_three_hundred_bases_go_in_and_the_month_comes_out(cast, enrol):
    people = enrol(300)
    rows = [[member.name, member.campus_no, "在职", 4000 + place] for place, member in enumerate(people)]
    browser = cast.browser("lin")
    sheet = browser.post("/dues/assessments/sheets/", {"starts_on": "2026-03", "file": workbook(rows)})
    board = browser.post(sheet.url, {})
    assert browser.get(board.url).status_code == 200
    browser.post("/dues/issue/", {"organisation": cast.branch.pk, "month": "2026-03"})
    picks = list(Bill.objects.filter(period=MARCH).values_list("pk", flat=True))
    assert len(picks) == 300
    answer = browser.post(
        "/dues/payments/", {**FORM, "organisation": cast.branch.pk, "month": "2026-03", "pick": picks}
    )
    assert "2026-00300" in text(answer)
    assert queries.collection(cast.branch, MARCH).open == 0


@pytest.mark.parametrize("content", [b"", b"<html><table></table></html>", b"PK\x03\x04", b"%PDF-1.7"])
def test_a_file_that_is_no_sheet_is_answered_in_a_sentence(cast, content):
    file = io.BytesIO(content)
    file.name = "x.xlsx"
    answer = cast.browser("lin").post("/dues/assessments/sheets/", {"starts_on": "2026-01", "file": file})
    assert answer.status_code == 422


def test_the_template_can_be_downloaded(cast):
    answer = cast.browser("lin").get("/dues/assessments/template/")
    assert (
        openpyxl.load_workbook(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
        .active["A1"]
        .value.startswith("姓名")
    )


def test_the_collection_is_published_with_small_groups_kept_back(cast, month, enrol, pay):  # DUE-44, STA-06
    enrol(3)
    bills = list(month().values())
    for bill in bills[:-1]:
        pay(bill)
    first = actions.publish_report(by=cast.lin, organisation=cast.branch, period=MARCH)
    said = json.loads(first.paper.snapshot)
    assert said["total"] == {"heads": 10, "heads_paid": 9, "heads_open": 1, "due": "500.00", "paid": "", "open": ""}
    assert not any(name in first.paper.snapshot for name in ("吴建国", "陈志远"))
    address = f"/dues/collection/publication/?organisation={cast.branch.pk}&month=2026-03"
    assert cast.browser("lin").post(address, {"reason": ""}).status_code == 422
    assert cast.browser("lin").post(address, {"reason": "补交后重发"}).status_code == 302
    again = queries.publication_of(cast.branch, MARCH)
    assert json.loads(again.paper.snapshot)["replaces"] == first.paper.number
    assert cast.browser("chen").post(address, {}).status_code == 403


def test_a_withdrawn_collection_is_published_anew_and_replaces_nothing(cast, month):  # T23
    month()
    first = actions.publish_report(by=cast.lin, organisation=cast.branch, period=MARCH)
    papers.revoke(by=cast.lin, paper=first.paper, reason="数字有误")
    again = actions.publish_report(by=cast.lin, organisation=cast.branch, period=MARCH)
    assert (again.paper.replaces_id, again.paper.number != first.paper.number) == (None, True)


def test_the_data_set_answers_totals_only(cast, month):
    month()
    rows = queries.dataset(cast.sun, period="2026-03")
    assert [set(row) for row in rows] == [{"period", "organisation", "heads", "heads_paid", "due", "paid"}]


def test_nobody_pays_for_all_and_nothing_is_deducted_from_wages():  # DUE-26, D32
    routes = " ".join(f"{route.pattern} {route.name}" for route in urlpatterns)
    folder = Path(actions.__file__).parent.parent
    words = "".join(
        path.read_text("utf-8") for path in [*folder.rglob("*.html"), *folder.rglob("*.po"), folder / "words.py"]
    )
    assert not re.search("payroll|deduct|wages|all-paid|pay_all", routes)
    assert not re.search("代扣|代缴|垫付|垫交全部|全部标记为已交|特殊党费", words)


@pytest.mark.parametrize(
    "address",
    [
        "/dues/?month=13",
        "/dues/?month=2026-99",
        "/dues/?organisation=x",
        "/dues/?page=999&state=zzz&q=%00",
        "/dues/?month=2026-03&organisation=99999999999999999999",
    ],
)
def test_odd_addresses_get_a_page_or_a_404(cast, month, address):
    month()
    assert cast.browser("lin").get(address).status_code in (200, 400, 404)


def test_the_desk_tells_what_waits(cast, month, enrol):
    month(JANUARY)
    enrol(1)
    titles = [task.key for task in desk.tasks_for(cast.lin)]
    assert titles == ["dues.own", "dues.issue:2026-03", "dues.assess"]
    assert [task.key for task in desk.tasks_for(cast.wu)] == ["dues.own"]
    assert [str(card.url) for card in desk.cards_for(cast.lin)] == ["/dues/mine/", "/dues/"]
    assert desk.cards_for(cast.zhou) == []


def test_the_member_is_told_and_the_notice_holds_no_amount(cast, month, pay):
    payment = pay(month()["吴建国"])
    said = list(told_by([(notice, fact_of(payment.bill)) for notice in notices("dues.bill.issued")]).values())
    assert said[0].title == "您2026年3月的党费"
    assert not re.search(r"[¥]|50", said[0].text)
    assert said[0].url == "/dues/mine/"


def fact_of(row):
    return Fact(
        row_id(), "dues.bill.issued", row, row.organisation_id, row.issued_at, row.period, None, {"amount": row.amount}
    )
