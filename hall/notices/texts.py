"""The texts of notices: `<module>/…/<name>.txt`, first line the title, last line `url: …` the address."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from hall.core.modules import Notice
from hall.ledger.acting import Fact
from hall.notices.rules import LINE, Telling, one_line, telling


def told_by(pairs: Iterable[tuple[Notice, Fact]]) -> dict[tuple[str, UUID], Telling]:
    """(text, fact id) → what is said, in Chinese. A text sees `fact`, `about` (the row) and the particulars by name."""
    with translation.override(settings.LANGUAGE_CODE):
        return {(notice.text, fact.id): _told(notice, fact) for notice, fact in pairs}


def _told(notice: Notice, fact: Fact) -> Telling:
    template: Any = get_template(f"{notice.text}.txt")
    content = {name: _folded(value) for name, value in fact.particulars.items()} | {"fact": fact, "about": fact.about}
    return telling(template.template.render(Context(content, autoescape=False)))


def _folded(value: Any) -> Any:
    """A line break in a value must not become a line of the text."""
    return one_line(value, LINE) if isinstance(value, str) else value
