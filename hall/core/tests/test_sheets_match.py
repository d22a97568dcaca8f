"""Matching headers and cleaning cells: tolerant of how people write, and honest about what was guessed."""

import pytest
from django.utils import translation

from hall.core.sheets import Column, clean_text, flag_characters, match_columns, read_table, search_key
from hall.core.tests.sheet_files import COLUMNS, HEADER, ID, JOINED, NAME, PHONE, xlsx


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    "label",
    [
        "姓名",
        " 姓 名 ",
        "姓　名",
        "姓名*",
        "*姓名",
        "姓名(必填)",
        "姓名（必填）",
        "姓\n名",
        "姓名：",
        "1.姓名",
        "【必填】姓名",
        "姓\u200b名",
    ],
)
def test_a_header_is_known_however_it_is_dressed(label):
    matching = match_columns([label, "其他"], COLUMNS)
    assert (matching.mapping, matching.doubtful, matching.unmatched) == ({"name": 0}, frozenset(), (1,))


@pytest.mark.parametrize("label", ["身份证号", "公民身份号码", "身份证号码（18位）", "ＩＤ"])
def test_synonyms_are_known(label):
    columns = (Column("id", "公民身份号码", ("身份证号", "身份证号码", "ID")),)
    assert match_columns([label], columns).mapping == {"id": 0}


@pytest.mark.parametrize(
    "label, column", [("本人姓名全称", None), ("入党日期（支部大会）时间", JOINED), ("公民身份证号码", ID)]
)
def test_a_header_that_is_only_alike_is_doubtful(label, column):
    matching = match_columns(["序", label], COLUMNS)
    expected = {} if column is None else {column.key: 1}
    assert (matching.mapping, matching.doubtful) == (expected, frozenset(expected))


def test_a_header_that_stands_twice_is_mapped_to_none_until_a_person_chooses():
    matching = match_columns(["姓名", "身份证号", "姓名"], COLUMNS)
    assert (matching.mapping, matching.doubled, matching.unmatched) == ({"id": 1}, {"name": (0, 2)}, ())
    assert matching.problems == ("Several columns could be “姓名”: 姓名、姓名. Choose one.",)
    chosen = matching.changed({"name": 2})
    assert (chosen.mapping, chosen.problems, chosen.unmatched) == ({"id": 1, "name": 2}, (), (0,))


def test_missing_required_columns_are_said():
    matching = match_columns(["手机"], COLUMNS)
    assert matching.missing == (NAME, ID)
    assert matching.problems == ("The column “姓名” is missing.", "The column “公民身份号码” is missing.")


def test_a_persons_choice_takes_the_header_from_the_column_that_had_it():
    matching = match_columns(HEADER, COLUMNS).changed({"phone": 2})
    assert matching.mapping == {"name": 0, "id": 1, "phone": 2}
    assert matching.changed({"phone": None}).mapping == {"name": 0, "id": 1}


@pytest.mark.parametrize("choice", [{"name": 9}, {"name": -1}, {"nobody": 0}, {"name": 0, "id": 0}])
def test_an_impossible_choice_is_refused(choice):
    with pytest.raises(ValueError, match="no header twice"):
        match_columns(HEADER, COLUMNS).changed(choice)


def test_a_cell_is_found_by_its_column_and_empty_where_there_is_none():
    table = read_table(xlsx(("联系电话", "姓名", "身份证号"), ("138", "张三", "1")), "x", columns=COLUMNS)
    matching = match_columns(table.header, COLUMNS)
    assert [matching.cell(table.rows[0], column.key).text for column in COLUMNS] == ["张三", "1", "", "138"]
    assert PHONE.key in matching.mapping


@pytest.mark.parametrize(
    "text, clean",
    [
        ("　张三 ", "张三"),
        ("\u200b张\u200d三\ufeff", "张三"),
        ("\u202e张三\u200f", "张三"),
        ("阿依·古丽", "阿依·古丽"),
        ("张 三", "张 三"),
    ],
)
def test_text_is_trimmed_of_what_nobody_sees(text, clean):  # G03
    assert clean_text(text) == clean


@pytest.mark.parametrize("name", ["\uf90a", "𠮷", "㛃", "䶮", "葛\U000e0100", "ＡＢ"])
def test_the_stored_value_is_never_normalised(name):  # G04
    assert clean_text(name) == name


@pytest.mark.parametrize(
    "one, other",
    [
        ("阿依·古丽", "阿依•古丽"),
        ("阿依・古丽", "阿依古丽"),
        ("张 三", "张三"),
        ("Ａli", "ALI"),
        ("葛\U000e0100", "葛"),
        ("\uf90a", "\u91d1"),
    ],
)
def test_the_search_key_brings_spellings_together(one, other):
    assert search_key(one) == search_key(other)


def test_the_search_key_keeps_different_names_apart():
    assert len({search_key(name) for name in ("张三", "张叁", "𠮷", "吉", "䶮", "𬭎")}) == 6


@pytest.mark.parametrize(
    "text, kinds",
    [
        ("张三", []),
        ("𬭎𠮷㛃䶮·", []),
        ("张?", ["question_mark"]),
        ("张？", ["question_mark"]),
        ("张\ue5f1", ["private_use"]),
        ("张\ufffd", ["damaged"]),
        ("张□□", ["damaged"]),
        ("\ue000?\ue000", ["private_use", "question_mark"]),
        ("a\0", ["damaged"]),
    ],
)
def test_characters_that_old_systems_lost_are_flagged(text, kinds):  # G01
    flags = flag_characters(text)
    assert [flag.kind for flag in flags] == kinds
    assert all(flag.sentence.endswith(".") for flag in flags)
