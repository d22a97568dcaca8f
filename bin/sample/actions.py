"""Writes. One act each: who, may they, what speaks against it, what changes, what is recorded."""

from datetime import date

from django.utils import timezone

from hall.ledger.acting import Act, Actor, acting
from hall.organisations.models import Organisation
from hall.sample import rules
from hall.sample.models import Item
from hall.sample.words import Weight


def note_item(
    *,
    by: Actor | Act,
    organisation: Organisation,
    text: str,
    due_on: date,
    weight: Weight = Weight.PLAIN,
    reason: str = "",
) -> Item:
    """Note an item. Refused without a text; a day in the past needs a reason, which is kept."""
    with acting(by, "sample.note", within=organisation.pk) as act:
        act.heed(rules.item_findings(text, due_on, timezone.localdate(act.at)), reason)
        item = Item.objects.create(
            organisation=organisation, text=text.strip(), weight=weight, due_on=due_on, noted_at=act.at
        )
        act.record("sample.item.noted", item, text=item.text, due_on=due_on)
    return item
