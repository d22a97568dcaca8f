"""Numbers that name people and bodies: identity numbers (ID-01), credit codes (ID-02), telephones; reasons in words.

Nothing is repaired in silence: a `Check` carries the number in its normal form and says what was read differently.
Regions are not checked, because numbers outlive them. Never log what passes through here (ID-03).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I O S V Z
BORN_BETWEEN = (1850, 2100)
_EXPONENT = re.compile(r"\d(\.\d+)?E\+?\d+", re.ASCII)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{9,11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Check:
    """What a number turned out to be. `number` is its normal form, empty if it is not valid; `reason` may also
    accompany a valid number that was written unusually."""

    valid: bool
    reason: str = ""
    number: str = ""


def check_id(text: str) -> Check:
    """Is this an 18-digit identity number of GB 11643, with a real birth date and its check digit?

    An old 15-digit number is not valid here; `offer_18` says what it would be today, for a person to confirm.
    """
    number = _plain(text)
    wrong = _id_fault(number)
    if wrong:
        return Check(False, wrong)
    return Check(
        True, "" if number == str(text) else _("Read with capital X, half-width digits and no spaces."), number
    )


def _id_fault(number: str) -> str:
    if not number:
        return _("The identity number is missing.")
    if _EXPONENT.fullmatch(number):
        return _(
            "The spreadsheet has turned the number into a power of ten and lost its end; type it again in a text cell."
        )
    if re.fullmatch(r"[0-9]{15}", number):
        return _("This is an old number of 15 digits; ask for the number of 18 digits and confirm it.")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return _("An identity number has 17 digits and then a digit or X.")
    if _birth(number[6:14]) is None:
        return _("Digits 7 to 14 are not a day in the calendar; a birth date is expected there.")
    if check_digit(number[:17]) != number[17]:
        return _("The check digit does not fit; one of the digits is wrong.")
    return ""


def check_digit(seventeen: str) -> str:
    """The 18th character that belongs to the first 17 digits (ID-01)."""
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True)) % 11]


def offer_18(text: str) -> str | None:
    """What an old 15-digit number would be today (born 19xx); None if it is not one. Offered, never applied."""
    number = _plain(text)
    if not re.fullmatch(r"[0-9]{15}", number) or _birth("19" + number[6:12]) is None:
        return None
    seventeen = f"{number[:6]}19{number[6:]}"
    return seventeen + check_digit(seventeen)


def birth_of(number: str) -> date:
    """Birth date in a valid identity number. ValueError if the number is not valid."""
    return date.fromisoformat(_valid(number)[6:14])


def sex_of(number: str) -> str:
    """Sex in a valid identity number, as GB/T 2261.1 codes it: "1" male, "2" female. ValueError if it is not valid."""
    return "1" if int(_valid(number)[16]) % 2 else "2"


def mask_id(number: str) -> str:
    """First three and last four at most (ID-03): 330***********1234. Anything shorter than 15 is hidden whole."""
    return _masked(number, 15)


def check_credit_code(text: str) -> Check:
    """Is this a unified social credit code of GB 32100 (18 characters, region in digits, check character)?"""
    code = _plain(text)
    wrong = _code_fault(code)
    if wrong:
        return Check(False, wrong)
    return Check(
        True, "" if code == str(text) else _("Read with capital letters, half-width digits and no spaces."), code
    )


def _code_fault(code: str) -> str:
    if not code:
        return _("The credit code is missing.")
    if len(code) != 18:
        return _("A credit code has 18 characters; this one has %(count)d.") % {"count": len(code)}
    if not set(code) <= set(CODE_CHARACTERS):
        return _("A credit code has digits and capital letters without I, O, S, V and Z.")
    if code[0] == "0" or not code[2:8].isdecimal():
        return _(
            "A credit code begins with the registering authority, and characters 3 to 8 are the digits of a region."
        )
    if code_check(code[:17]) != code[17]:
        return _("The check character does not fit; one of the characters is wrong.")
    return ""


def code_check(seventeen: str) -> str:
    """The 18th character that belongs to the first 17 (ID-02)."""
    total = sum(CODE_CHARACTERS.index(character) * pow(3, place, 31) for place, character in enumerate(seventeen))
    return CODE_CHARACTERS[(31 - total % 31) % 31]


def normal_phone(text: str) -> str:
    """A mobile (13812345678) or landline (057788881234) number without blanks, marks and +86.

    ValueError with one sentence if it is neither.
    """
    plain = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", str(text)))
    plain = re.sub(r"^(\+|00)86", "", plain)
    if _MOBILE.fullmatch(plain) or _LANDLINE.fullmatch(plain):
        return plain
    if _EXPONENT.fullmatch(plain.upper()):
        raise ValueError(_("The spreadsheet has turned the number into a power of ten; type it again in a text cell."))
    raise ValueError(
        _("This is not a telephone number; write a mobile number of 11 digits or a landline with its area code.")
    )


def mask_phone(number: str) -> str:
    """138****5678; the same for a landline. Anything shorter than 10 characters is hidden whole."""
    return _masked(number, 10)


def _masked(text: str, least: int) -> str:
    if len(text) < least:
        return "*" * len(text)
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(text))).upper()


def _birth(digits: str) -> date | None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born if BORN_BETWEEN[0] <= born.year <= BORN_BETWEEN[1] else None


def _valid(number: str) -> str:
    check = check_id(number)
    if not check.valid:
        raise ValueError(check.reason)
    return check.number
