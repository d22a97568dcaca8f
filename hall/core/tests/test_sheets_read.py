"""Reading tables: whatever shape an office keeps its roster in, it comes in as text, and doubts are said."""

import datetime
import io

import openpyxl
import pytest
import xlwt
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from hall.core.sheets import Cell, Kind, Unreadable, read_table, serial_date, write_csv, write_xlsx
from hall.core.tests.sheet_files import COLUMNS, HEADER, raw_xlsx, sheet_xml, xls, xlsx


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def read(file, **options):
    return read_table(file, "roster", columns=COLUMNS, **options)


def first(table):
    return table.rows[0].texts


@pytest.mark.parametrize("build", [xlsx, xls])
def test_a_plain_roster_is_read(build):
    table = read(
        build(HEADER, ("张三", "11010519491231002X", "2024-03-01", "00123"), ("李四", "440524188001010014", "", ""))
    )
    assert table.header == HEADER
    assert [row.texts for row in table.rows] == [
        ("张三", "11010519491231002X", "2024-03-01", "00123"),
        ("李四", "440524188001010014", "", ""),
    ]
    assert [row.number for row in table.rows] == [2, 3]
    assert (table.notes, table.header_row, table.format) == ((), 1, build.__name__)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_is_read_in_every_usual_encoding_and_separator(encoding, mark):
    text = "\r\n".join(mark.join(row) for row in (HEADER, ("𬭎𠮷", "11010519491231002X", "2024.3.1", "00123")))
    table = read(io.BytesIO(text.encode(encoding)))
    assert first(table) == ("𬭎𠮷", "11010519491231002X", "2024.3.1", "00123")


def test_the_kind_of_each_cell_is_kept_so_that_it_can_be_judged_later():
    table = read(
        xlsx(
            HEADER,
            ("张三", 1.10105e17, datetime.date(2024, 2, 29), True),
            ("李四", 123, 45351, "#N/A"),
            ("王", 3333.3, "", ""),
        )
    )
    assert table.rows[0].cells[1:] == (
        Cell("110105000000000000", Kind.NUMBER),
        Cell("2024-02-29", Kind.DATE),
        Cell("TRUE", Kind.BOOL),
    )
    assert table.rows[1].cells[1:] == (Cell("123", Kind.NUMBER), Cell("45351", Kind.NUMBER), Cell("#N/A", Kind.ERROR))
    assert table.rows[2].cells[1] == Cell("3333.3", Kind.NUMBER)


def test_the_old_format_keeps_kinds_too():
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")

    def more(_book, sheet):
        sheet.write(1, 2, datetime.date(2024, 2, 29), day)
        sheet.write(1, 3, xlwt.Formula('HYPERLINK("http://127.0.0.1/x";"13800000000")'))

    table = read(xls(HEADER, ("张三", 1.10105e17), change=more))
    assert table.rows[0].cells[1:3] == (Cell("110105000000000000", Kind.NUMBER), Cell("2024-02-29", Kind.DATE))
    assert table.rows[0].formulas == (3,)


@pytest.mark.parametrize(
    "text", ["00123", "1.10105E+17", "2024.2.29", "张?", "\ue000", "·阿依古丽", " 张三　", "𠮷", "\uf90a", "=1+1"]
)
def test_text_comes_back_as_it_was_written(text):
    def as_text(book):
        book.active.cell(2, 4).value, book.active.cell(2, 4).data_type = text, "s"

    assert read(xlsx(HEADER, ("x", "y"), change=as_text)).rows[0].cells[3] == Cell(text)


def test_the_1904_calendar_moves_dates_by_four_years():
    def mac(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    table = read(xlsx(HEADER, ("张三", "1", datetime.date(2024, 2, 29), 43889), change=mac))
    assert table.date1904
    assert table.rows[0].cells[2] == Cell("2024-02-29", Kind.DATE)
    assert serial_date(43889, table.date1904) == "2024-02-29"


@pytest.mark.parametrize(
    "serial, date1904, day",
    [
        (45351, False, "2024-02-29"),
        (43889, True, "2024-02-29"),
        (1, False, "1900-01-01"),
        (59, False, "1900-02-28"),
        (60, False, None),
        (61, False, "1900-03-01"),
        (-1, False, None),
        (2958466, False, None),
        (45351.5, False, "2024-02-29 12:00:00"),
        (0.5, False, "12:00:00"),
    ],
)
def test_serial_numbers_become_days(serial, date1904, day):
    assert serial_date(serial, date1904) == day


def test_formulas_give_values_and_mark_their_row():
    body = (
        '<row r="1"><c r="A1" t="str"><v>姓名</v></c><c r="B1" t="str"><v>身份证号</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>HYPERLINK("http://127.0.0.1/")</f><v>张三</v></c><c r="B2"><v>1</v></c></row>'
        '<row r="3"><c r="A3" t="str"><f>[1]名册!A3</f><v>李四</v></c><c r="B3"><v>2</v></c></row>'
        '<row r="4"><c r="A4"><f t="array" ref="A4:B4">cmd|x</f><v>5</v></c><c r="B4"><v>3</v></c></row>'
        '<row r="5"><c r="A5" t="str"><v>王五</v></c><c r="B5"><v>4</v></c></row>'
    )
    table = read(raw_xlsx(sheet_xml(body)))
    assert [row.formulas for row in table.rows] == [(0,), (0,), (0, 1), ()]
    assert table.rows[0].cells[0] == Cell("张三", Kind.FORMULA)
    assert table.notes == ("3 rows contain formulas; only their last result was read. Please check these rows.",)


def test_a_csv_cell_that_begins_with_an_equals_sign_is_a_formula_unless_it_is_only_marked_as_text():
    table = read(io.BytesIO('姓名,身份证号,手机\n=1+1,="00123",\'=x\n'.encode()))
    assert table.rows[0].cells == (Cell("=1+1", Kind.FORMULA), Cell("00123"), Cell("=x"))


@pytest.mark.parametrize("build", [xlsx, xls])
def test_the_header_is_found_below_titles(build):
    table = read(build(("某学院党员名册",), (), ("填表日期：2026-03-01",), HEADER, ("张三", "1", "", "")))
    assert (table.header, table.header_row, table.rows[0].number) == (HEADER, 4, 5)
    assert [row.number for row in table.above] == [1, 3, 4]
    assert table.notes == ("2 lines above the column names were left out.",)


def test_vertically_merged_cells_are_filled_down_and_said():
    def merge(book):
        book.active.merge_cells("C2:C4")

    table = read(xlsx(HEADER, ("甲", "1", "2024-01-01"), ("乙", "2"), ("丙", "3"), ("丁", "4"), change=merge))
    assert [row.texts[2] for row in table.rows] == ["2024-01-01", "2024-01-01", "2024-01-01", ""]
    assert [row.filled for row in table.rows] == [(), (2,), (2,), ()]
    assert table.notes == ("Merged cells: their value was taken for each row they cover (2 cells).",)


def test_the_old_format_fills_merged_cells_too():
    def merge(_book, sheet):
        sheet.write_merge(1, 2, 2, 2, "2024-01-01")

    table = read(xls(HEADER, ("甲", "1"), ("乙", "2"), change=merge))
    assert [row.texts[2] for row in table.rows] == ["2024-01-01", "2024-01-01"]


def test_a_header_of_two_merged_rows_names_group_and_column():
    def merge(book):
        for cells in ("A1:A2", "B1:B2", "C1:D1"):
            book.active.merge_cells(cells)

    table = read(
        xlsx(
            ("姓名", "公民身份号码", "党内职务", None),
            (None, None, "职务", "任职时间"),
            ("张三", "1", "书记", "2024"),
            change=merge,
        )
    )
    assert table.header == ("姓名", "公民身份号码", "党内职务/职务", "党内职务/任职时间")
    assert [row.texts for row in table.rows] == [("张三", "1", "书记", "2024")]


def test_the_sheet_with_the_header_is_chosen_and_the_others_offered():
    def more(book):
        book.active.title = "说明"
        for title in ("名册", "去年"):
            sheet = book.create_sheet(title)
            sheet.append(HEADER[: 4 if title == "名册" else 2])
            sheet.append(("张三" + title, "1"))

    file = xlsx(("请填写",), change=more)
    table = read(file)
    assert (table.sheet, table.others, first(table)[0]) == ("名册", ("去年",), "张三名册")
    other = read(file, sheet="去年")
    assert (other.sheet, other.others, first(other)[0]) == ("去年", ("名册",), "张三去年")
    with pytest.raises(Unreadable, match="no sheet named"):
        read(file, sheet="明年")


def test_hidden_rows_are_read_and_said():
    def hide(book):
        book.active.row_dimensions[3].hidden = True

    table = read(xlsx(HEADER, ("甲", "1"), ("乙", "2"), change=hide))
    assert [row.hidden for row in table.rows] == [False, True]
    assert table.notes == ("1 hidden rows were read too.",)


def test_the_old_format_knows_hidden_rows():
    def hide(_book, sheet):
        sheet.row(1).hidden = True

    assert read(xls(HEADER, ("甲", "1"), change=hide)).rows[0].hidden


def test_empty_rows_are_passed_over_and_numbers_stay():
    assert [row.number for row in read(xlsx(HEADER, ("甲", "1"), (), ("  ",), ("乙", "2"))).rows] == [2, 5]


def test_column_names_that_stand_twice_are_said():
    assert read(xlsx((*HEADER, "姓名"), ("甲", "1"))).notes == ("Column names that stand twice: 姓名.",)


def test_without_known_columns_the_first_filled_row_is_the_header():
    assert read_table(xlsx((), ("a", "b"), ("1", "2")), "x").header == ("a", "b")


@pytest.mark.parametrize("file", [xlsx(("甲", "乙"), ("1", "2")), xls(("甲",)), io.BytesIO("甲,乙\n1,2".encode())])
def test_a_table_without_the_names_is_refused_with_the_names_it_lacks(file):
    with pytest.raises(Unreadable, match="looked for 姓名、公民身份号码"):
        read(file)


def test_more_rows_than_the_limit_are_refused_with_the_row():
    rows = [HEADER, *(("甲", str(at)) for at in range(11))]
    assert len(read(xlsx(*rows), limit_rows=11).rows) == 11
    with pytest.raises(Unreadable, match=r"more than 10 rows \(row 12"):
        read(xlsx(*rows), limit_rows=10)
    with pytest.raises(Unreadable, match="more than 100 rows"):
        read(io.BytesIO("\n".join(["姓名,身份证号"] + ["甲,1"] * 5000).encode()), limit_rows=100)


def test_a_longer_table_in_the_old_format_breaks_its_strings_over_several_records():
    rows = [(f"名字{at}" + "𠮷长" * (at % 7), f"id{at}", "x" * (at % 50), "") for at in range(3000)]
    assert [row.texts for row in read(xls(HEADER, *rows)).rows] == rows


values = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12).filter(
        lambda text: text.strip() == text
    ),
    st.integers(-(10**12), 10**12),
    st.dates(datetime.date(1901, 1, 1)),
)
tables = st.lists(st.tuples(st.integers(1, 9), values, values, values), max_size=8)


def shown(value):
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_what_was_written_is_read_back(rows):
    expected = [tuple(shown(value) for value in row) for row in rows]
    for file in (write_xlsx(HEADER, rows), io.BytesIO(b"".join(write_csv([HEADER, *rows])))):
        assert [row.texts for row in read(file).rows] == expected


@settings(max_examples=40, deadline=None)
@given(tables, st.sampled_from([xlsx, xls]))
def test_another_reader_sees_the_same_values(rows, build):
    """Control for our own readers: python-calamine on the same well-formed file."""
    rows = [tuple(value.isoformat() if isinstance(value, datetime.date) else value for value in row) for row in rows]
    file = build(HEADER, *[[f"t{value}" if isinstance(value, str) else value for value in row] for row in rows])
    ours = [row.texts for row in read(file).rows]
    file.seek(0)
    theirs = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[1:]
    assert ours == [tuple(str(int(v)) if isinstance(v, float | int) else v for v in row) for row in theirs]
