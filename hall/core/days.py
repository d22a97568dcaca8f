"""Days: months as the Civil Code counts them, dates as people write them, working days of the official calendar."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from hall.core import rulebook

EARLIEST, LATEST = 1900, 2100  # years a date of this hall may lie in
NOTICE_DAYS_LIMIT = 250
_DAY = re.compile(
    r"(\d{4})(?:([-./])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2})|年(\d{1,2})月(\d{1,2})[日号])(?:[ T]0{1,2}:00(?::00)?)?",
    re.ASCII,
)
_MONTH = re.compile(r"(\d{4})(?:[-./](\d{1,2})|(\d{2})|年(\d{1,2})月?份?)", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}[-./年]\d{1,2}[-./月]\d{1,2}日?", re.ASCII)
_DIGITS = "〇一二三四五六七八九"


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier if negative); if that month is shorter, its last day (§2.3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(earlier: date, later: date) -> int:
    """Calendar months from one month to another, whatever the days: March to September is 6; negative if reversed."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def first_of_month(day: date) -> date:
    """The period a day belongs to: periods are kept as the first of their month."""
    return day.replace(day=1)


def months_from(first: date, last: date) -> list[date]:
    """All periods from one month to another, both included; empty if reversed."""
    return [add_months(first_of_month(first), step) for step in range(months_between(first, last) + 1)]


def month_text(period: date) -> str:
    """2026年3月"""
    return f"{period.year}年{period.month}月"


def day_text(day: date) -> str:
    """2026年3月5日"""
    return f"{month_text(day)}{day.day}日"


def formal_date(day: date) -> str:
    """The date of a formal paper: 二〇二六年三月五日."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")


def parse_day(text: str, *, serial: bool = False, since_1904: bool = False) -> date:
    """The day people mean by 2026-03-05, 20260305, 2026.3.5, 2026/3/5 or 2026年3月5日, full-width digits too.

    `serial` also takes a spreadsheet's day number (45351), counted from 1904 if `since_1904`.
    ValueError with one sentence otherwise: a day that does not exist, a year of two digits, another order.
    """
    plain = unicodedata.normalize("NFKC", str(text)).strip()
    if serial and re.fullmatch(r"[0-9]{1,5}(\.0+)?", plain):
        return _in_range(_of_serial(int(plain.split(".")[0]), since_1904))
    found = _DAY.fullmatch(plain)
    if found is None:
        raise ValueError(_why_no_day(plain))
    year, _mark, *parts = found.groups()
    month, day = (part for part in parts if part)
    return _in_range(_existing(int(year), int(month), int(day)))


def parse_month(text: str) -> date:
    """First of the month people mean by 2026-03, 202603, 2026.3 or 2026年3月. Else ValueError with one sentence."""
    plain = unicodedata.normalize("NFKC", str(text)).strip()
    found = _MONTH.fullmatch(plain)
    if found is None:
        raise ValueError(_("This is not a month; write it like 2026-03."))
    return _in_range(_existing(int(found[1]), int(found[2] or found[3] or found[4]), 1))


def _why_no_day(plain: str) -> str:
    if not plain:
        return _("The date is missing; write it like 2026-03-05.")
    if _SHORT_YEAR.fullmatch(plain):
        return _("The year needs four digits; write the date like 2026-03-05.")
    return _("This is not a date; write it like 2026-03-05.")


def _existing(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(_("This day does not exist in the calendar; check month and day.")) from None


def _of_serial(number: int, since_1904: bool) -> date:
    if since_1904:
        return date(1904, 1, 1) + timedelta(days=number)
    if number < 61:  # the sheet believes in 29 February 1900; nothing of this hall is that old
        raise ValueError(_("This is not a date; write it like 2026-03-05."))
    return date(1899, 12, 30) + timedelta(days=number)


def _in_range(day: date) -> date:
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError(_("The year must lie between 1900 and 2100; check the date."))
    return day


@dataclass(frozen=True)
class Calendar:
    """Days off and make-up days of the years whose schedule is known (CAL-01); other years have weekends only."""

    years: frozenset[int]
    off: frozenset[date]
    work: frozenset[date]

    def is_working(self, day: date) -> bool:
        return day in self.work or (day.weekday() < 5 and day not in self.off)

    def working_days(self, year: int, month: int) -> int:
        return sum(self.is_working(date(year, month, day)) for day in range(1, monthrange(year, month)[1] + 1))

    def next_working(self, day: date) -> date:
        """The day itself if worked, else the next that is: shown beside a due date, which does not move (CAL-08)."""
        return next(later for later in _days_from(day) if self.is_working(later))


@cache
def official() -> Calendar:
    """The calendar of calendar.toml."""
    entries = rulebook.read(Path(__file__).with_name("calendar.toml"))["year"]
    return Calendar(
        years=frozenset(entry["year"] for entry in entries),
        off=frozenset(day for entry in entries for span in entry["off"] for day in _span(span["from"], span["to"])),
        work=frozenset(day for entry in entries for day in entry["work"]),
    )


@dataclass(frozen=True, slots=True)
class NoticeEnd:
    """Last day of a public notice. `provisional`: a year on the way has no official calendar yet (PUB-04)."""

    ends: date
    provisional: bool


def notice_end(posted: date, days: int = 5, inclusive: bool = False, calendar: Calendar | None = None) -> NoticeEnd:
    """The day on which `days` working days of public notice are full (PUB-01).

    The posting day does not count unless `inclusive` (PUB-02). ValueError if `days` is not between 1 and 250.
    """
    if not 1 <= days <= NOTICE_DAYS_LIMIT:
        raise ValueError(_("A notice lasts between 1 and 250 working days."))
    known = calendar or official()
    walked = _days_from(posted if inclusive else posted + timedelta(days=1))
    worked = (day for day in walked if known.is_working(day))
    ends = [next(worked) for _count in range(days)][-1]
    return NoticeEnd(ends, any(year not in known.years for year in range(posted.year, ends.year + 1)))


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += timedelta(days=1)


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]
