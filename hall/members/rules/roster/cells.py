"""One cell as it is meant: the value to keep and what is to be said about it. Nothing is repaired in silence (G05)."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from hall.core.days import parse_day, parse_month
from hall.core.identity import check_id, mask_id, normal_phone, offer_18
from hall.core.sheets import Cell, Kind, clean_text, flag_characters
from hall.members.rules.roster.lists import code_of, is_nothing

LENGTHS = {
    "campus_no": 30,
    "degree": 30,
    "native_place": 60,
    "party_post": 40,
    "address": 200,
    "direction": 80,
    "branch": 120,
    "general_branch": 120,
}
WIDE = re.compile(r"[\s\u3000]+")
OTHER_DOCUMENT = re.compile(r"[A-Z]{1,3}[0-9]{6,12}", re.ASCII)
EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+?\d+", re.ASCII)
MONTH = re.compile(r"\d{4}(?:[-./]\d{1,2}|\d{2}|年\d{1,2}月?份?)", re.ASCII)
YEAR = re.compile(r"\d{4}年?", re.ASCII)
EXTENSION = re.compile(r"[0-9()（）\-—－转 ]{7,24}")


class Said(NamedTuple):
    """A value, empty if nothing usable stands there, and a sentence about it if there is one."""

    value: str = ""
    text: str = ""
    wrong: bool = False
    rule: str = "house"


NOTHING = Said()


def wrong(text: str, rule: str = "house") -> Said:
    return Said("", text, True, rule)


def name_cell(cell: Cell, since_1904: bool = False) -> Said:
    """A name of 2–30 characters; spaces that only spread Chinese characters are left out, nothing else is touched (G04)."""
    name = clean_text(cell.text)
    if not name:
        return wrong(_("The name is missing."), "§8.1")
    if all(_is_han(character) or character.isspace() for character in name):
        name = WIDE.sub("", name)
    if len(name) > 30:
        return wrong(_("A name has at most 30 characters; shorten it as on the identity card."), "§8.1")
    if flags := flag_characters(name):
        return Said(name, flags[0].sentence, rule="G01")
    if any(character.isdigit() for character in name):
        return wrong(_("There are digits in the name; write it as on the identity card."), "§8.1")
    if len(name) == 1:
        return Said(name, _("The name has only one character; confirm it if it is right."), rule="§8.1")
    return Said(name)


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


def id_cell(cell: Cell, since_1904: bool = False) -> Said:
    """An identity number (ID-01). A number of 15 digits is offered with its form of 18; a passport is asked about."""
    text = clean_text(cell.text).strip("'’`")
    if is_nothing(text):
        return NOTHING
    if cell.kind is Kind.NUMBER and len(text) > 15:
        return wrong(
            _("The spreadsheet keeps only 15 digits of a number, the end is lost; type it again in a text cell."),
            "ID-01",
        )
    checked = check_id(text)
    if checked.valid:
        return Said(checked.number)
    if offered := offer_18(text):
        sentence = _("This is an old number of 15 digits; today it would be %(number)s. Confirm it if it is right.")
        return Said(offered, sentence % {"number": mask_id(offered)}, rule="ID-01")
    plain = WIDE.sub("", unicodedata.normalize("NFKC", text)).upper()
    if OTHER_DOCUMENT.fullmatch(plain):
        return Said(
            plain, _("This is not a resident identity number; confirm it if it is a passport or permit."), rule="ID-01"
        )
    return wrong(checked.reason, "ID-01")


def day_cell(cell: Cell, since_1904: bool = False) -> Said:
    """A day, strictly (G08): as people write it, or a spreadsheet's day number. A month or year alone is not a day."""
    text = clean_text(cell.text)
    if is_nothing(text):
        return NOTHING
    if cell.kind is Kind.DATE:
        text = text[:10]
    plain = unicodedata.normalize("NFKC", text).rstrip("。. ")
    if _month(plain):
        return wrong(_("Only the month is given; write the day too, like 2019-06-18."), "CAL-07")
    if YEAR.fullmatch(plain):
        return wrong(_("Only the year is given; write the day too, like 2019-06-18."), "CAL-07")
    try:
        return Said(_day(plain, since_1904))
    except ValueError as error:
        return wrong(str(error), "CAL-07")


@lru_cache(maxsize=20_000)
def _day(text: str, since_1904: bool) -> str:
    return parse_day(text, serial=True, since_1904=since_1904).isoformat()


@lru_cache(maxsize=5_000)
def _month(text: str) -> str:
    """YYYY-MM if the text is a month alone, else nothing."""
    if not MONTH.fullmatch(text):
        return ""
    try:
        return parse_month(text).isoformat()[:7]
    except ValueError:
        return ""


def month_or_year(cell: Cell) -> str:
    """The beginning of an ISO date that a birth cell gives when it has no day: 1990-03, 1990, or nothing."""
    plain = unicodedata.normalize("NFKC", clean_text(cell.text)).rstrip("。. ")
    return _month(plain) or (plain[:4] if YEAR.fullmatch(plain) else "")


def phone_cell(cell: Cell, since_1904: bool = False) -> Said:
    text = clean_text(cell.text).strip("'’`")
    if is_nothing(text):
        return NOTHING
    try:
        return Said(normal_phone(text))
    except ValueError as error:
        return wrong(str(error))


def landline_cell(cell: Cell, since_1904: bool = False) -> Said:
    """A landline as written: area code, extension and short office numbers are fine."""
    text = clean_text(cell.text).strip("'’`")
    if is_nothing(text):
        return NOTHING
    try:
        return Said(normal_phone(text))
    except ValueError as error:
        plain = unicodedata.normalize("NFKC", text)
        return Said(plain) if EXTENSION.fullmatch(plain) else wrong(str(error))


def number_cell(cell: Cell, since_1904: bool = False) -> Said:
    """A student or staff number: zeros in front stay (G07)."""
    text = unicodedata.normalize("NFKC", clean_text(cell.text).strip("'’`"))
    if is_nothing(text):
        return NOTHING
    if EXPONENT.fullmatch(text):
        return wrong(
            _(
                "The spreadsheet has turned the number into a power of ten and lost its end; type it again in a text cell."
            ),
            "G07",
        )
    return _short_enough("campus_no", text)


def text_cell(key: str) -> Callable[..., Said]:
    def read(cell: Cell, since_1904: bool = False) -> Said:
        text = clean_text(cell.text)
        return NOTHING if is_nothing(text) else _short_enough(key, text)

    return read


def _short_enough(key: str, text: str) -> Said:
    if len(text) > LENGTHS[key]:
        return wrong(_("At most %(count)d characters fit here; shorten it.") % {"count": LENGTHS[key]})
    if damaged := [flag for flag in flag_characters(text) if flag.kind != "question_mark"]:
        return Said(text, damaged[0].sentence, rule="G01")
    return Said(text)


def code_cell(key: str) -> Callable[..., Said]:
    def read(cell: Cell, since_1904: bool = False) -> Said:
        text = clean_text(cell.text)
        if is_nothing(text):
            return NOTHING
        found = code_of(key, text)
        if found is None:
            return wrong(
                _("“%(word)s” is not in the list; choose one of the drop-down list of the template.")
                % {"word": text[:20]},
                "§8.3",
            )
        return Said(found)

    return read


READERS: dict[str, Callable[..., Said]] = {
    "name": name_cell, "id_no": id_cell, "birth_date": day_cell, "joined_on": day_cell, "full_on": day_cell, "lost_since": day_cell,
    "phone": phone_cell, "landline": landline_cell, "campus_no": number_cell,
    **{key: code_cell(key) for key in ("sex", "ethnicity", "education", "standing", "state", "lost", "floating", "identity", "job")},
    **{key: text_cell(key) for key in ("degree", "native_place", "address", "party_post", "direction", "branch", "general_branch")},
}  # fmt: skip


def day_of(text: str) -> date | None:
    """The date of a value; None if it is empty."""
    return date.fromisoformat(text) if text else None
