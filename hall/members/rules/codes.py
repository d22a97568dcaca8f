"""Code lists of the record: education, nationality, age bands. Read from codes.toml, each with its source."""

from datetime import date
from functools import cache
from pathlib import Path

from hall.core import rulebook
from hall.core.days import add_months

CODES = Path(__file__).parents[1] / "codes.toml"


@cache
def educations() -> dict[str, str]:
    """GB/T 4658: code → words."""
    return dict(rulebook.read(CODES)["education"]["codes"])


@cache
def education_bands() -> dict[str, str]:
    """First digit of the education code → words."""
    return dict(rulebook.read(CODES)["education_bands"]["codes"])


@cache
def ethnicities() -> tuple[str, ...]:
    """The 56 nationalities in the order of GB/T 3304."""
    return tuple(rulebook.read(CODES)["ethnicity"]["names"])


@cache
def age_bands() -> dict[str, str]:
    """STA-03: oldest age of the band → words; "61" has no end."""
    return dict(rulebook.read(CODES)["age_bands"]["codes"])


def education_digits(band: str) -> tuple[str, ...]:
    """First digits of the codes in a band; 7 stands for everything below upper secondary."""
    return ("7", "8") if band == "7" else (band,)


def born_between(band: str, on: date) -> tuple[date | None, date | None]:
    """Birth dates of an age band on that day: after the first (None = no end), on or before the second."""
    oldest = int(band)
    if oldest >= 61:
        return None, add_months(on, -61 * 12)
    youngest = 0 if oldest == 30 else oldest - 4
    return add_months(on, -(oldest + 1) * 12), add_months(on, -youngest * 12)
