"""The texts of notices: `<module>/…/<name>.txt`, first line the title, last line `url: …` the address."""

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from hall.core.modules import Notice
from hall.ledger.acting import Fact
from hall.notices.rules import Telling, telling


def told_by(notice: Notice, fact: Fact) -> Telling:
    """What this notice says, in Chinese. The text sees `fact`, `about` (the row) and the particulars by name."""
    template = get_template(f"{notice.text}.txt").template
    content = {**fact.particulars, "fact": fact, "about": fact.about}
    with translation.override(settings.LANGUAGE_CODE):
        return telling(template.render(Context(content, autoescape=False)))
