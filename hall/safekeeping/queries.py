"""Reads of safekeeping: the last back-up, whether it is late, and who is told."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.accounts import queries as accounts
from hall.core.modules import Condition
from hall.core.viewer import Viewer
from hall.ledger import clock
from hall.ledger import queries as ledger
from hall.organisations import queries as organisations
from hall.safekeeping import rules
from hall.safekeeping.models import BackUp, Refusal

DRILL = "safekeeping.backup.restored"
DRILL_DAYS = 180  # after so many days a drill is due again


def last_backup() -> datetime | None:
    """When the last back-up was taken that was found whole."""
    return BackUp.objects.order_by("-taken_at").values_list("taken_at", flat=True).first()


def backup_late(now: datetime) -> bool:
    """Is a back-up overdue (assurance H18)? Never in the demo college, whose data are nobody's."""
    if settings.HALL_DEMO:
        return False
    return rules.late(last_backup(), ledger.began_at(), now, timedelta(hours=settings.HALL_BACKUP_HOURS))


def last_drill() -> date | None:
    """The day a back-up was last restored to see that it can be, as `manage.py drill` noted it."""
    noted = ledger.entries_about(BackUp.objects.order_by("-taken_at")[:400], [DRILL])
    return noted.order_by("-on").values_list("on", flat=True).first()


def backup_named(name: str) -> BackUp | None:
    """The back-up of that name, else the latest; None if none was taken."""
    rows = BackUp.objects.order_by("-taken_at")
    return rows.filter(name=name).first() if name else rows.first()


def conditions(viewer: Viewer) -> list[Condition]:
    """For who runs the hall: the last back-up and the last restore drill, in days."""
    if not viewer.holds("notices.operate"):
        return []
    taken, drilled, today = last_backup(), last_drill(), timezone.localdate(clock.now())
    late = backup_late(clock.now())
    state = "error" if late else "done" if taken else "none"
    said = f"{timezone.localtime(taken):%Y-%m-%d %H:%M}" if taken else _("none yet")
    days = (today - drilled).days if drilled else None
    drill = _("never") if days is None else _("%(day)s, %(days)s days ago") % {"day": drilled, "days": days}
    return [
        Condition("backup", _("Last back-up"), said, state),
        Condition(
            "backup", _("Last restore drill"), drill, "done" if days is not None and days <= DRILL_DAYS else "waiting"
        ),
    ]


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
