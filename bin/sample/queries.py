"""Reads. Each takes the viewer; what the viewer may not see does not exist."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from hall.accounts.queries import Person, holders
from hall.core.modules import Task
from hall.ledger.acting import Fact
from hall.ledger.queries import Told, history_of
from hall.organisations import queries as organisations
from hall.organisations.models import Organisation
from hall.sample.models import Item

SOON = timedelta(days=14)


def items_for(viewer: Person) -> QuerySet[Item]:
    """Items of the organisations this viewer looks after, the next due first."""
    return Item.objects.filter(organisation__in=viewer.reach("sample.view")).select_related("organisation")


def item_for(viewer: Person, pk: int) -> Item:
    """One item; 404 for whoever may not see it."""
    return get_object_or_404(items_for(viewer), pk=pk)


def places(viewer: Person) -> QuerySet[Organisation]:
    """Where this viewer may note items."""
    return organisations.organisations().filter(pk__in=viewer.reach("sample.note"))


def history(item: Item) -> list[Told]:
    return history_of(item)


def readers(facts: Iterable[Fact]) -> dict[UUID, list[int]]:
    """Whom to tell: the accounts whose post in the item's own organisation may see it."""
    told = list(facts)
    found = holders("sample.view", {fact.organisation for fact in told if fact.organisation}, timezone.localdate())
    return {fact.id: found.get(fact.organisation or 0, []) for fact in told}


def tasks_for(viewer: Person) -> list[Task]:
    """Items due within two weeks, for whoever looks after them. A due date, nothing else, makes a task."""
    soon = items_for(viewer).filter(due_on__lte=timezone.localdate() + SOON)
    return [
        Task(
            key=f"sample.item:{item.pk}",
            title=item.text,
            url=reverse("sample:item", args=[item.pk]),
            organisation=str(item.organisation),
            due=item.due_on,
            since=timezone.localdate(item.noted_at),
        )
        for item in soon
    ]
