"""Reads of safekeeping: the last back-up, whether it is late, and who is told."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from hall.accounts import queries as accounts
from hall.ledger import clock
from hall.ledger import queries as ledger
from hall.organisations import queries as organisations
from hall.safekeeping import rules
from hall.safekeeping.models import BackUp, Refusal


def last_backup() -> datetime | None:
    """When the last back-up was taken that was found whole."""
    return BackUp.objects.order_by("-taken_at").values_list("taken_at", flat=True).first()


def backup_late(now: datetime) -> bool:
    """Is a back-up overdue (assurance H18)? Never in the demo college, whose data are nobody's."""
    if settings.HALL_DEMO:
        return False
    return rules.late(last_backup(), ledger.began_at(), now, timedelta(hours=settings.HALL_BACKUP_HOURS))


def time_to_ring(rung_at: datetime | None) -> bool:
    """Is a back-up overdue now, and was that not said within the last day (`rung_at`)?"""
    now = clock.now()
    return rules.rings(backup_late(now), rung_at, last_backup(), now)


def operators(facts: list[Any]) -> dict[UUID, list[int]]:
    """Who is told: those who look after the machine of the college."""
    college = organisations.college()
    people = accounts.holders("notices.operate", [college.pk], timezone.localdate()) if college else {}
    return {fact.id: people.get(college.pk, []) if college else [] for fact in facts}


def refusals() -> QuerySet[Refusal]:
    """What browsers refused, the latest day first."""
    return Refusal.objects.order_by("-day", "-count", "pk")
