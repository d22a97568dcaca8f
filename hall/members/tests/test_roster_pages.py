"""Pages of the roster import, as a browser without script uses them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from hall.members.actions.roster import read_roster
from hall.members.models import Member, RosterPreview
from hall.members.tests import rosters
from hall.notices.models import Work


def upload(browser, rows):
    file = SimpleUploadedFile("名册.xlsx", rosters.as_xlsx(rows).read())
    return browser.post("/members/rosters/", {"file": file}, follow=True)


@pytest.fixture
def rows(cast):
    return rosters.people(5, branches=(cast.branch.name,), start=9000)


def test_a_roster_goes_in_and_is_taken_back_in_the_browser(cast, rows):
    lin = cast.browser("lin")
    shown = upload(lin, rows)
    preview = RosterPreview.objects.get()
    assert "导入 5 人" in shown.text
    done = lin.post(f"/members/rosters/{preview.pk}/application/", {"mode": "all"}, follow=True)
    assert "登记 5 人" in done.text
    assert Member.objects.filter(pk__in=preview.rows.values("pk")).count() == 5
    refused = lin.post(f"/members/rosters/{preview.pk}/taking-back/", {"reason": ""})
    assert refused.status_code == 422
    back = lin.post(f"/members/rosters/{preview.pk}/taking-back/", {"reason": "传错了表"}, follow=True)
    assert "已撤回" in back.text
    assert not Member.objects.filter(pk__in=preview.rows.values("pk")).exists()


def test_doubtful_rows_are_ticked_page_by_page_and_the_ticks_stay(cast, rows):
    rows[2]["sex"] = "男" if rows[2]["sex"] == "女" else "女"
    lin = cast.browser("lin")
    shown = upload(lin, rows)
    preview = RosterPreview.objects.get()
    assert "只导入正确的 4 人" in shown.text
    doubtful = preview.rows.get(state="doubtful")
    answer = lin.post(
        f"/members/rosters/{preview.pk}/confirmation/", {"shown": [doubtful.pk], "pick": [doubtful.pk]}, follow=True
    )
    assert "导入 5 人" in answer.text
    answer = lin.post(f"/members/rosters/{preview.pk}/confirmation/", {"shown": [doubtful.pk]}, follow=True)
    assert "只导入正确的 4 人" in answer.text


def test_the_columns_can_be_chosen_on_the_page(cast, rows):
    columns = {**rosters.TITLES, "name": "甲"}
    lin = cast.browser("lin")
    file = SimpleUploadedFile("名册.xlsx", rosters.as_xlsx(rows, columns).read())
    lin.post("/members/rosters/", {"file": file})
    preview = RosterPreview.objects.get()
    chosen = {key: str(index) for key, index in preview.mapping["columns"].items()} | {
        "name": str(list(columns).index("name"))
    }
    answer = lin.post(f"/members/rosters/{preview.pk}/columns/", chosen, follow=True)
    assert "导入 5 人" in answer.text
    twice = lin.post(f"/members/rosters/{preview.pk}/columns/", chosen | {"sex": chosen["name"]})
    assert twice.status_code == 422


def test_my_own_sheet_comes_back_with_red_cells_and_a_column_that_says_why(cast, rows):
    rows[1]["phone"] = "12345"
    lin = cast.browser("lin")
    upload(lin, rows)
    answer = lin.get(f"/members/rosters/{RosterPreview.objects.get().pk}/workbook/")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    row, column = rosters.FIRST + 1, list(rosters.TITLES).index("phone") + 1
    assert sheet.cell(row, column).value == "12345"
    assert sheet.cell(row, column).fill.fgColor.rgb.endswith("FDE2E2")
    assert sheet.cell(rosters.FIRST - 1, len(rosters.TITLES) + 1).value == "问题"
    assert "手机号码" in sheet.cell(row, len(rosters.TITLES) + 1).value
    assert sheet.cell(row + 1, len(rosters.TITLES) + 1).value is None


def test_the_template_can_be_filled_in_and_read(cast):
    answer = cast.browser("lin").get("/members/rosters/template/")
    book = load_workbook(io.BytesIO(answer.content))
    book.worksheets[0].cell(2, 1, "吴小明")
    book.worksheets[0].cell(2, 2, "990000200509010013")
    header = [cell.value for cell in book.worksheets[0][1]]
    for title, value in (("人员类别", "预备党员"), ("加入党组织日期", "2025-06-01"), ("所在党支部", cast.branch.name)):
        book.worksheets[0].cell(2, header.index(title) + 1, value)
    file = io.BytesIO()
    book.save(file)
    preview = read_roster(by=cast.lin, file=file, name="模板.xlsx")
    assert (preview.counts["rows"], preview.counts["new"]) == (1, 1)


def test_who_may_not_import_is_refused_and_another_branch_does_not_find_it(cast, rows):
    upload(cast.browser("lin"), rows)
    pk = RosterPreview.objects.get().pk
    places = ("", "columns/", "confirmation/", "application/", "workbook/", "taking-back/", "dropping/")
    for place in places:
        method = "get" if place in ("", "workbook/") else "post"
        assert getattr(cast.browser("he"), method)(f"/members/rosters/{pk}/{place}").status_code == 403
        assert getattr(cast.browser("qian"), method)(f"/members/rosters/{pk}/{place}").status_code == 404
    assert cast.browser("he").get("/members/rosters/").status_code == 403
    assert "名册.xlsx" not in cast.browser("qian").get("/members/rosters/").text
    assert "名册.xlsx" in cast.browser("chen").get("/members/rosters/").text
    assert RosterPreview.objects.get().state == "read"


def test_no_number_stands_in_clear_on_the_preview(cast, rows):
    text = upload(cast.browser("lin"), rows).text
    assert "99****" not in text
    for row in rows:
        assert row["id_no"] not in text
        assert f"139{int(row['number']) - 1:08}" not in text


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"PK\x03\x04nothing", "甲,乙\n1,2".encode()])
def test_a_hostile_file_answers_a_sentence_at_the_field(cast, content):
    answer = cast.browser("lin").post("/members/rosters/", {"file": SimpleUploadedFile("a.xlsx", content)})
    assert answer.status_code == 422
    assert "有误：" in answer.text
    assert not RosterPreview.objects.exists()


def test_more_than_three_hundred_rows_become_long_work(cast):
    many = rosters.people(301, branches=(cast.branch.name,), start=9000)
    lin = cast.browser("lin")
    upload(lin, many)
    preview = RosterPreview.objects.get()
    answer = lin.post(f"/members/rosters/{preview.pk}/application/", {"mode": "all"})
    work = Work.objects.get(name="members.apply_roster")
    assert answer.url == f"/notices/works/{work.pk}/"
    assert "导入名册" in lin.get(f"/members/rosters/{preview.pk}/").text
    from hall.notices.running import claim_next, do

    do(claim_next())
    work.refresh_from_db()
    assert (work.state, work.result["url"]) == ("done", f"/members/rosters/{preview.pk}/")
    assert RosterPreview.objects.get().counts["enrolled"] == 301


def test_a_dropped_roster_is_erased(cast, rows):
    lin = cast.browser("lin")
    upload(lin, rows)
    preview = RosterPreview.objects.get()
    answer = lin.post(f"/members/rosters/{preview.pk}/dropping/", follow=True)
    assert "已放弃" in answer.text
    assert lin.get(f"/members/rosters/{preview.pk}/").status_code == 200
    assert not preview.rows.exists()
