"""Writing tables: inert, readable, and a person's own sheet back with what is wrong marked."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation

from hall.core.sheets import Problem, inert, marked_workbook, read_table, template_workbook, write_csv, write_xlsx
from hall.core.tests.sheet_files import COLUMNS, HEADER, JOINED, xlsx

LEADS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " ="]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data) if isinstance(data, bytes) else data)


def rows_of_csv(pieces, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(b"".join(pieces).decode(encoding), newline="")))


@pytest.mark.parametrize("lead", LEADS)
def test_text_with_a_dangerous_beginning_cannot_run(lead):  # B06
    text = f"{lead}cmd|' /C calc'!A0"
    assert rows_of_csv(write_csv([[text]])) == [[f"'{text}"]]
    for data in (write_xlsx(("姓名",), [[text]]), marked_workbook(table_with(text), [])):
        cells = [cell for row in opened(data).active.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        assert [cell.quotePrefix for cell in cells if "cmd" in cell.value] == [True]


def table_with(text):
    return read_table(io.BytesIO(b"".join(write_csv([("姓名", "身份证号"), (text, "1")]))), "x", columns=COLUMNS)


@pytest.mark.parametrize(
    "value, text", [(-5, "-5"), (Decimal("-3.50"), "-3.50"), (-0.5, "-0.5"), (True, "TRUE"), (None, "")]
)
def test_real_numbers_stay_numbers(value, text):
    assert rows_of_csv(write_csv([[value, "x"]])) == [[text, "x"]]


def test_negative_numbers_are_numbers_in_a_workbook_and_dates_are_dates():
    cells = next(
        opened(write_xlsx(("a", "b", "c"), [(-5, Decimal("1.50"), date(2024, 2, 29))])).active.iter_rows(min_row=2)
    )
    assert [cell.data_type for cell in cells] == ["n", "n", "d"]
    assert [cell.value for cell in cells[:2]] == [-5, 1.5]


def test_an_ordinary_text_is_left_alone():
    assert [inert(text) for text in ("张三", "2024-03-01", "00123", "'x", "a=b")] == [
        "张三",
        "2024-03-01",
        "00123",
        "'x",
        "a=b",
    ]


def test_csv_begins_with_a_byte_order_mark_and_is_drawn_in_pieces():
    pieces = list(write_csv([str(at)] for at in range(1200)))
    assert pieces[0] == b"\xef\xbb\xbf"
    assert len(pieces) == 4


def test_rare_characters_survive_gb18030_and_gbk_names_those_it_lacks():
    assert rows_of_csv(write_csv([["𬭎𠮷", "·"]], encoding="gb18030"), "gb18030") == [["𬭎𠮷", "·"]]
    lost: list[str] = []
    assert rows_of_csv(write_csv([["𬭎张𠮷𬭎"]], encoding="gbk", unmappable=lost), "gbk") == [["?张??"]]
    assert lost == ["𬭎", "𠮷"]


def test_an_export_has_a_frozen_header_a_footnote_and_a_watermark():
    book = opened(
        write_xlsx(HEADER, [["张三"]] * 3, title="名册", watermark="王敏 2026-03-01 导出", footnote="共 3 人")
    )
    sheet = book["名册"]
    assert (sheet.freeze_panes, sheet["A6"].value, sheet.max_row) == ("A2", "共 3 人", 6)
    assert "王敏" in sheet.oddHeader.center.text
    assert book["About this export"]["A1"].value == "王敏 2026-03-01 导出"


def test_every_row_is_written():
    assert [
        row[0].value for row in opened(write_xlsx(("a",), ([at] for at in range(120)))).active.iter_rows(min_row=2)
    ] == list(range(120))


ROSTER = (
    ("某学院党员名册",),
    ("备注", *HEADER),
    ("=x", "张三", "1101", "2024.2.30", 138),
    (),
    ("y", "李四?", "00123", "", ""),
)
PROBLEMS = [
    Problem(3, 3, "2024年2月没有30日。"),
    Problem(3, 2, "号码应为18位。"),
    Problem(5, 1, "姓名中有问号。", wrong=False),
    Problem(5, None, "与第3行重复。"),
]


@pytest.fixture
def marked():
    def as_text(book):
        book.active["A3"].data_type = "s"

    table = read_table(xlsx(*ROSTER, change=as_text), "x", columns=COLUMNS)
    return opened(marked_workbook(table, PROBLEMS, "问题")).active


def test_the_persons_own_sheet_comes_back_in_its_rows_and_columns(marked):
    values = [tuple(cell.value for cell in row)[:5] for row in marked.iter_rows()]
    assert values == [
        tuple(row) + (None,) * (5 - len(row)) for row in [tuple(v if v != "" else None for v in row) for row in ROSTER]
    ]
    assert marked["E3"].data_type == "n"
    assert marked["C5"].data_type == "s"


def test_problems_stand_in_words_in_the_last_column(marked):
    assert [marked.cell(row, 6).value for row in range(1, 6)] == [
        None,
        "问题",
        "加入党组织日期: 2024年2月没有30日。\n公民身份号码: 号码应为18位。",
        None,
        "姓名: 姓名中有问号。\n与第3行重复。",
    ]


def test_wrong_cells_are_red_with_a_comment_and_doubtful_ones_amber(marked):
    colours = {
        cell.coordinate: cell.fill.fgColor.rgb
        for row in marked.iter_rows(min_row=3, max_col=5)
        for cell in row
        if cell.fill.fill_type
    }
    assert colours == {"C3": "FFFDE2E2", "D3": "FFFDE2E2", "B5": "FFFFE8B3"}
    comments = {cell.coordinate: cell.comment.text for row in marked.iter_rows() for cell in row if cell.comment}
    assert {key: text.strip() for key, text in comments.items()} == {
        "C3": "号码应为18位。",
        "D3": "2024年2月没有30日。",
    }


def test_the_marked_sheet_can_be_read_again_as_it_is(marked):
    file = io.BytesIO()
    marked.parent.save(file)
    again = read_table(file, "x", columns=COLUMNS)
    assert [row.texts[:5] for row in again.rows] == [
        ("=x", "张三", "1101", "2024.2.30", "138"),
        ("y", "李四?", "00123", "", ""),
    ]
    assert (marked.freeze_panes, marked.column_dimensions["C"].width > 10) == ("A3", True)


@pytest.fixture
def template():
    lists = {"joined": [f"选项{at}" for at in range(100)], "phone": ["甲", "乙"]}
    return opened(template_workbook(COLUMNS, {"name": "李四", "joined": "2024-03-01"}, lists, notes=["一人一行。"]))


def test_a_template_has_the_titles_protected_and_cells_open_as_text(template):
    sheet = template.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [
        "姓名 (required)",
        "公民身份号码 (required)",
        "加入党组织日期",
        "联系电话",
    ]
    assert (sheet.protection.sheet, sheet["A1"].protection.locked, sheet.freeze_panes) == (True, True, "A2")
    style = sheet.column_dimensions["B"]
    assert (style.number_format, style.protection.locked) == ("@", False)


def test_a_template_offers_long_lists_from_a_hidden_sheet(template):
    found = {str(check.sqref): check.formula1 for check in template.worksheets[0].data_validations.dataValidation}
    assert found == {"C2:C2001": "'Choices'!$A$1:$A$100", "D2:D2001": "'Choices'!$B$1:$B$2"}
    assert template["Choices"].sheet_state == "hidden"


def test_a_template_explains_each_column_beside_an_example(template):
    rows = [tuple(cell.value for cell in row) for row in template["How to fill it in"].iter_rows()]
    assert rows[1] == ("姓名", "yes", "李四", None)
    assert rows[3][:3] == (JOINED.title, None, "2024-03-01")
    assert rows[-1][0] == "一人一行。"


def test_a_filled_template_is_read_back_and_its_example_is_not(template):
    template.worksheets[0].append(("王五", "00123", "", ""))
    file = io.BytesIO()
    template.save(file)
    table = read_table(file, "x", columns=COLUMNS)
    assert [row.texts for row in table.rows] == [("王五", "00123", "", "")]
