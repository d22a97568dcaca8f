"""What speaks against noting an item. Plain values in, findings out: no database, no clock, no request."""

from datetime import date

from django.utils.translation import gettext as _

from hall.core.findings import Finding


def item_findings(text: str, due_on: date, today: date) -> list[Finding]:
    """What speaks against this item: an empty text refuses, a day in the past asks for a reason."""
    found = []
    if not text.strip():
        found.append(Finding("house", _("Write what is to be done.")))
    if due_on < today:
        found.append(Finding("house", _("The day has passed already; give the reason for noting it now."), must=False))
    return found
