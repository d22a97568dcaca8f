"""Money is read strictly, written exactly and spelled in capitals for receipts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.core.money import LIMIT, capitals, half_up, parse_yuan, yuan, yuan_plain


@pytest.mark.parametrize(
    "text, fen",
    [
        ("33.30", 3330),
        ("33.3", 3330),
        ("33", 3300),
        (" ¥1,234.50 ", 123450),
        ("￥１，２３４．５元", 123450),
        ("１２元", 1200),
        ("0", 0),
        ("0.01", 1),
        ("007.50", 750),
        ("1,000,000.00", 100000000),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, fen):
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "元",
        "NaN",
        "Infinity",
        "1e3",
        "1E3",
        "1.234",
        "1,23",
        "12,34.5",
        "1.",
        ".5",
        "1 2",
        "1.2.3",
        "--1",
        "0x10",
        "١٢",
        "一百",
        "12\x00",
        "\ud800",
        "1_000",
        "-5",
        "－5",
        "−0.01",
        "9" * 30,
        "9" * 9000,
        "10000000000.01",
    ],
)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError) as refusal:
        parse_yuan(text)
    assert len(str(refusal.value)) > 8


def test_a_minus_is_read_only_where_it_may_stand():
    assert parse_yuan("-5.25", negative=True) == parse_yuan("－5.25", negative=True) == -525


def test_zero_has_no_sign():
    assert parse_yuan("-0.00") == 0


@given(st.integers(min_value=-LIMIT, max_value=LIMIT))
def test_what_is_written_is_read_back(fen):
    assert parse_yuan(yuan(fen), negative=True) == parse_yuan(yuan_plain(fen), negative=True) == fen


def test_people_see_thousands_and_machines_do_not():
    assert (yuan(123450), yuan_plain(123450), yuan(5), yuan(-123450)) == ("1,234.50", "1234.50", "0.05", "-1,234.50")


@pytest.mark.parametrize(
    "fen, unit, rounded",
    [
        ("3334.5", 1, 3335),
        ("3334.4999", 1, 3334),
        ("2499.5", 1, 2500),
        ("3335", 10, 3340),
        ("3334", 10, 3330),
        ("3350", 100, 3400),
    ],
)
def test_halves_go_up_in_each_unit(fen, unit, rounded):  # DUE-15
    assert half_up(Decimal(fen), unit) == rounded


@pytest.mark.parametrize(
    "fen, text",
    [
        (123450, "壹仟贰佰叁拾肆元伍角整"),
        (0, "零元整"),
        (1, "壹分"),
        (20, "贰角整"),
        (15, "壹角伍分"),
        (1005, "壹拾元零伍分"),
        (1000, "壹拾元整"),
        (10005, "壹佰元零伍分"),
        (100101, "壹仟零壹元零壹分"),
        (8281, "捌拾贰元捌角壹分"),
        (10000000, "壹拾万元整"),
        (10020030, "壹拾万零贰佰元叁角整"),
        (10000000100, "壹亿零壹元整"),
        (LIMIT, "壹佰亿元整"),
    ],
)
def test_a_receipt_spells_its_amount_in_capitals(fen, text):
    assert capitals(fen) == text
