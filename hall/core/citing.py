"""Citing: what a rule rests on, as an office writes it. "DUES08 Arts. 1-2" → 《关于…党费…的规定》第1—2条."""

import re
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hall.core import rulebook

BOOK = Path(__file__).with_name("sources.toml")
_CITED = re.compile(r"^([A-Z]+[0-9]{2})(?: (Arts?\. |)(.+))?$")


def cite(source: str) -> str:
    """The source in the person's language; several are parted by a semicolon. What names no known regulation stays as it is."""
    chinese = (get_language() or "zh").startswith("zh")
    parts = [_one(part.strip(), chinese) for part in str(source).split(";")]
    return ("；" if chinese else "; ").join(part for part in parts if part)


def _one(part: str, chinese: bool) -> str:
    found = _CITED.match(part)
    book = rulebook.read(BOOK)
    if found is None or found[1] not in book:
        return _("local rule") if part == "local" else part
    code, kind, place = found[1], found[2], found[3]
    title = book[code]["zh" if chinese else "en"]
    if not place:
        return title
    if not chinese:
        return f"{title}, {kind}{place}"
    return title + (f"第{_articles(place)}条" if kind else _items(place))


def _articles(place: str) -> str:
    return place.replace("–", "—").replace("-", "—").replace(", ", "、")


def _items(place: str) -> str:
    """(2)(3) → 第（2）（3）项; anything else as it stands."""
    return f"第{place.replace('(', '（').replace(')', '）')}项" if re.fullmatch(r"(\([0-9]+\))+", place) else place
