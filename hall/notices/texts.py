"""The texts of notices: `<module>/…/<name>.txt`, first line the title, last line `url: …` the address."""

from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from hall.core.modules import Notice
from hall.ledger.acting import Fact
from hall.notices.rules import LINE, Telling, one_line, telling


def told_by(notice: Notice, fact: Fact) -> Telling:
    """What this notice says, in Chinese. The text sees `fact`, `about` (the row) and the particulars by name."""
    template: Any = get_template(f"{notice.text}.txt")
    content = {name: _folded(value) for name, value in fact.particulars.items()} | {"fact": fact, "about": fact.about}
    with translation.override(settings.LANGUAGE_CODE):
        return telling(template.template.render(Context(content, autoescape=False)))


def _folded(value: Any) -> Any:
    """A line break in a value must not become a line of the text."""
    return one_line(value, LINE) if isinstance(value, str) else value
