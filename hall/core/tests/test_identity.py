"""Numbers that name people and bodies are checked, never repaired in silence, and masked."""

from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from hall.core.identity import (
    CODE_CHARACTERS,
    birth_of,
    check_credit_code,
    check_digit,
    check_id,
    code_check,
    mask_id,
    mask_phone,
    normal_phone,
    offer_18,
    sex_of,
)


@pytest.fixture
def english():
    with override("en"):
        yield


VALID = ["11010519491231002X", "440524188001010014", "990000200509010013", "990000200506070125"]


@pytest.mark.parametrize("number", VALID)
def test_a_right_number_is_valid_without_remark(number):  # ID-01
    assert (check_id(number).valid, check_id(number).reason, check_id(number).number) == (True, "", number)


@pytest.mark.parametrize(
    "number, because",
    [
        ("110105194912310021", "check digit"),
        ("990000200509010014", "check digit"),
        ("990000200502300018", "not a day"),  # right check digit, 30 February
        ("110105491231002", "15 digits"),
        ("3.30E+17", "power of ten"),
        ("3.30e17", "power of ten"),
        ("", "missing"),
        ("   ", "missing"),
        ("1101051949123100", "17 digits"),
        ("1101051949123100XX", "17 digits"),
        ("E12345678", "17 digits"),  # a passport
        ("11010500000101002X", "not a day"),
        ("\ud800\x00", "17 digits"),
    ],
)
def test_a_wrong_number_is_told_why(number, because, english):  # ID-01, G05
    check = check_id(number)
    assert not check.valid
    assert check.number == ""
    assert because in check.reason


def test_the_thirtieth_of_february_fails_although_its_check_digit_fits():
    assert check_digit("99000020050230001") == "8"


@pytest.mark.parametrize("text", ["11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X"])
def test_an_unusual_spelling_is_read_and_said(text):  # G05
    check = check_id(text)
    assert (check.valid, check.number) == (True, "11010519491231002X")
    assert check.reason


def test_an_old_number_is_offered_its_new_form_but_stays_invalid():
    assert offer_18("110105491231002") == "11010519491231002X"
    assert not check_id("110105491231002").valid
    assert offer_18("110105490230002") is None
    assert offer_18("11010519491231002X") is None


def test_birth_and_sex_are_read_from_a_valid_number_only():
    assert birth_of("990000200506070125") == date(2005, 6, 7)
    assert (sex_of("990000200506070125"), sex_of("990000200509010013")) == ("2", "1")
    with pytest.raises(ValueError):
        birth_of("990000200509010014")


@given(st.sampled_from(VALID), st.integers(0, 16), st.integers(1, 9))
def test_one_changed_digit_never_passes(number, place, step):
    digits = list(number)
    digits[place] = str((int(digits[place]) + step) % 10)
    assert not check_id("".join(digits)).valid


@pytest.mark.parametrize("code", ["91350100M000100Y43", "12990000MB0000000F"])
def test_a_right_credit_code_is_valid(code):  # ID-02
    assert (check_credit_code(code).valid, check_credit_code(code).reason) == (True, "")


@pytest.mark.parametrize(
    "code, because",
    [
        ("91350100M000100Y44", "check character"),
        ("91350100M000100Y4", "18 characters"),
        ("91350100M000100YI3", "without I"),
        ("913501OOM000100Y43", "without I"),
        ("000000000000000000", "registering authority"),
        ("", "missing"),
    ],
)
def test_a_wrong_credit_code_is_told_why(code, because, english):  # ID-02
    check = check_credit_code(code)
    assert not check.valid
    assert because in check.reason


@given(st.sampled_from(["91350100M000100Y43", "12990000MB0000000F"]), st.integers(0, 16), st.integers(1, 30))
def test_one_changed_character_changes_the_check_character(code, place, step):
    changed = CODE_CHARACTERS[(CODE_CHARACTERS.index(code[place]) + step) % 31]
    assert code_check(code[:place] + changed + code[place + 1 : 17]) != code[17]


def test_masks_show_three_and_four_at_most():  # ID-03
    assert mask_id("330302199001011234") == "330***********1234"
    assert mask_phone("13812345678") == "138****5678"
    assert (mask_id("3303"), mask_phone("88881234"), mask_id("")) == ("****", "********", "")


@pytest.mark.parametrize(
    "text, number",
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("+86 13812345678", "13812345678"),
        ("0086-13812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("0577-88881234", "057788881234"),
        ("(010) 8888 1234", "01088881234"),
    ],
)
def test_a_telephone_number_has_one_normal_form(text, number):
    assert normal_phone(text) == number


@pytest.mark.parametrize("text", ["", "12345678901", "1381234567", "138123456789", "1.38E+10", "无", "\x00"])
def test_what_is_no_telephone_number_is_refused(text):
    with pytest.raises(ValueError):
        normal_phone(text)
