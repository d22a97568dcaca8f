"""The cells and columns of a roster: what people write, and what is made of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.core.sheets import Cell, Kind, Row, match_columns
from hall.members.rules.roster import COLUMNS, code_of, place_key, read_rows
from hall.members.rules.roster.cells import (
    READERS,
    Said,
    day_cell,
    id_cell,
    landline_cell,
    name_cell,
    number_cell,
    phone_cell,
)

ON = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2019-06-18", "2019-06-18"), ("20190618", "2019-06-18"), ("2019.6.18", "2019-06-18"), ("2019年6月18日", "2019-06-18"),
        ("２０１９／６／１８", "2019-06-18"), ("45351", "2024-02-29"), (" 2024.2.29 ", "2024-02-29"), ("无", ""), ("", ""),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text, value):  # CAL-07, G08
    assert day_cell(Cell(text)) == Said(value)


@pytest.mark.parametrize(
    "text", ["2024/2/30", "24/3/1", "2019.06", "201906", "2019年6月", "2019", "2019年", "六月", "3月5日", "0"]
)
def test_what_is_no_single_day_is_wrong(text):  # G08
    said = day_cell(Cell(text))
    assert (said.value, said.wrong) == ("", True)


def test_day_numbers_count_from_1904_where_the_sheet_does():
    assert day_cell(Cell("43889"), True).value == day_cell(Cell("45351")).value == "2024-02-29"
    assert day_cell(Cell("2024-02-29 08:30:00", Kind.DATE)).value == "2024-02-29"


@pytest.mark.parametrize(
    ("text", "value", "wrong", "said"),
    [
        ("11010519491231002X", "11010519491231002X", False, False), ("11010519491231002x", "11010519491231002X", False, False),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", False, False), (" 110105 19491231 002X", "11010519491231002X", False, False),
        ("990000200509010013", "990000200509010013", False, False), ("110105491231002", "11010519491231002X", False, True),
        ("E12345678", "E12345678", False, True), ("110105194912310021", "", True, True), ("990000200502300018", "", True, True),
        ("1.10105E+17", "", True, True), ("12345", "", True, True), ("", "", False, False),
    ],
)  # fmt: skip
def test_identity_numbers(text, value, wrong, said):  # ID-01, G05
    found = id_cell(Cell(text))
    assert (found.value, found.wrong, bool(found.text)) == (value, wrong, said)


def test_a_number_cell_of_eighteen_digits_has_lost_its_end():
    assert id_cell(Cell("110105194912310000", Kind.NUMBER)).wrong


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("𬭎亮", "𬭎亮"),
        ("阿不都热合曼·买买提", "阿不都热合曼·买买提"),
        ("　王　芳 ", "王芳"),
        ("金\uf90a", "金\uf90a"),
        ("Anna Li", "Anna Li"),
        ("王\u200b芳", "王芳"),
    ],
)
def test_names_stay_as_they_are_written(text, value):  # G01, G03, G04
    assert name_cell(Cell(text)) == Said(value)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("", True), ("王" * 31, True), ("王2", True), ("王", False), ("王?", False), ("王\ue000", False)],
)
def test_odd_names_are_asked_about_or_refused(text, wrong):
    said = name_cell(Cell(text))
    assert said.text
    assert said.wrong is wrong


def test_zeros_in_front_stay_and_phones_have_one_form():  # G07
    assert number_cell(Cell("00123")).value == "00123"
    assert number_cell(Cell("1.2E+10")).wrong
    assert (
        phone_cell(Cell("+86 138 0013 8000")).value == phone_cell(Cell("１３８００１３８０００")).value == "13800138000"
    )
    assert landline_cell(Cell("8888-8888")).value == "8888-8888"
    assert phone_cell(Cell("待查")).wrong


@pytest.mark.parametrize(
    ("key", "word", "code"),
    [
        ("education", "本科", "20"), ("education", "大学本科", "20"), ("education", "硕士研究生", "14"), ("education", "大专", "30"),
        ("ethnicity", "汉", "汉族"), ("ethnicity", "01", "汉族"), ("sex", "1", "1"), ("sex", "女", "2"), ("standing", "正式", "full"),
        ("standing", "预备党员（2025级）", "probationary"), ("job", "企事业单位、社会组织专业技术人员", "specialist"),
        ("identity", "教职工", "teacher"), ("lost", "否", "0"), ("education", "本硕博", None),
    ],
)  # fmt: skip
def test_codes_by_tolerant_words(key, word, code):  # §8.3
    assert code_of(key, word) == code


@pytest.mark.parametrize(
    "name",
    [
        "中共海州学院机电工程学院第一支部委员会",
        "机电工程学院第一党支部",
        " 机电工程学院 第一支部",
        "中共机电工程学院第一党支部",
    ],
)
def test_a_branch_is_known_by_any_of_its_spellings(name):
    assert place_key(name, "海州学院") == "机电工程学院第一支部"


def entry(**cells):
    columns = [column for column in COLUMNS if column.key in cells]
    matching = match_columns([column.title for column in columns], COLUMNS)
    row = Row(3, tuple(Cell(cells[column.key]) for column in columns))
    return read_rows([row], matching, on=ON)[0]


@pytest.mark.parametrize(
    ("cells", "faults"),
    [
        ({"birth_date": "1990-01-01", "joined_on": "2007-12-31"}, [("joined_on", "DEV-01", True)]),
        ({"birth_date": "1990-01-01", "joined_on": "2008-01-01"}, []),
        ({"joined_on": "2019-07-01", "full_on": "2019-06-30"}, [("full_on", "§8.1", True)]),
        ({"joined_on": "2019-07-01", "full_on": "2020-06-30"}, [("full_on", "§2.5", False)]),
        ({"joined_on": "2019-07-01", "full_on": "2020-07-01"}, []),
        ({"standing": "预备", "joined_on": "2025-07-01", "full_on": "2026-07-01"}, [("full_on", "house", True)]),
        ({"standing": "预备", "joined_on": "2024-07-01", "full_on": "2025-07-01"}, [("full_on", "§8.1", True)]),
        ({"joined_on": "2026-03-02"}, [("joined_on", "house", True)]),
        ({"joined_on": "2026-03-01"}, []),
        ({"id_no": "11010519491231002X", "birth_date": "1949-12"}, []),
        ({"id_no": "11010519491231002X", "birth_date": "1949-11"}, [("birth_date", "G06", False)]),
        ({"id_no": "11010519491231002X", "birth_date": "1949-12-30"}, [("birth_date", "G06", False)]),
        ({"id_no": "11010519491231002X", "sex": "男"}, [("sex", "G06", False)]),
        ({"birth_date": "1990-03"}, [("birth_date", "CAL-07", False)]),
        ({"state": "停止党籍"}, [("state", "LOST-01", False)]),
        ({"lost": "是"}, [("lost", "LOST-02", False)]),
        ({"floating": "是"}, [("floating", "FLT-01", False)]),
    ],
)
def test_what_the_cells_of_a_row_say_about_each_other(cells, faults):
    found = entry(name="王芳", **cells)
    assert [(fault.key, fault.rule, fault.wrong) for fault in found.faults] == faults


def test_birth_and_sex_are_taken_from_a_valid_number():
    values = entry(name="王芳", id_no="11010519491231002X", birth_date="1949年12月").values
    assert (values["birth_date"], values["sex"]) == ("1949-12-31", "2")


def test_a_formula_is_read_and_asked_about():  # B07
    matching = match_columns(["姓名", "籍贯"], COLUMNS)
    found = read_rows([Row(2, (Cell("王芳"), Cell("杭州", Kind.FORMULA)))], matching, on=ON)[0]
    assert [(fault.key, fault.wrong) for fault in found.faults] == [("native_place", False)]
    assert found.values["native_place"] == "杭州"


@given(st.sampled_from(sorted(READERS)), st.text(max_size=60), st.sampled_from(list(Kind)), st.booleans())
def test_no_cell_breaks_a_reader_and_a_wrong_one_gives_no_value(key, text, kind, since_1904):
    said = READERS[key](Cell(text, kind), since_1904)
    assert isinstance(said, Said)
    assert not (said.wrong and (said.value or not said.text))


@given(st.dates(min_value=date(1900, 3, 1), max_value=date(2099, 12, 31)))
def test_every_day_is_the_same_in_all_its_spellings(day):
    texts = (
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
    )
    assert {day_cell(Cell(text)).value for text in texts} == {day.isoformat()}


@given(st.text(max_size=40))
def test_a_name_read_once_stays_the_same_when_read_again(text):
    first = name_cell(Cell(text))
    if first.value:
        assert name_cell(Cell(first.value)) == first
