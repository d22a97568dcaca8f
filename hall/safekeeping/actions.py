"""Writes of safekeeping: a key more, a rotation's end, a back-up taken, and the alarm."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.core import crypto
from hall.core.findings import refuse
from hall.ledger.acting import Act, Actor, System, acting
from hall.safekeeping import queries, rotation, rules
from hall.safekeeping.models import BackUp, Refusal, Watch

By = Actor | Act


def add_key(*, by: By, kind: str = "fields") -> int:
    """Make the next key of this kind; its number. Web server and worker write with it once they were started again."""
    with acting(by, "safekeeping.operate") as act:
        number = crypto.add_key(kind)
        key: Any = f"{kind}-{number}"
        act.record("safekeeping.key.added", key, kind=kind, number=number)
    return number


def rotate(*, by: By, limit: int | None, told: Callable[[rotation.Progress], None]) -> rotation.Progress:
    """Seal anew what stands under older keys or the other cipher, a batch a transaction; how far it came.

    Safe to break off and to run again. Nothing is recorded if there was nothing to do.
    """
    progress = rotation.Progress()
    for progress in rotation.rotate(limit):
        told(progress)
    if progress.resealed or progress.unreadable:
        with acting(by, "safekeeping.operate") as act:
            key: Any = f"fields-{crypto.newest('fields')}"
            counts: dict[str, Any] = {"resealed": progress.resealed, "unreadable": len(progress.unreadable)}
            act.record("safekeeping.key.rotated", key, cipher=settings.HALL_CIPHER, **counts)
    return progress


def note_backup(*, by: By, name: str, size: int, rows: int, files: int, digest: bytes, taken_at: datetime) -> BackUp:
    """A back-up was written and read back whole."""
    with acting(by, "safekeeping.operate") as act:
        made = BackUp.objects.create(
            taken_at=taken_at, name=name[:200], size=size, rows=rows, files=files, digest=digest
        )
        act.record("safekeeping.backup.taken", made, size=size, rows=rows, files=files, digest=digest.hex())
    return made


def note_drill(*, by: By, backup: BackUp, on: date) -> None:
    """A back-up was restored on another machine to see that it can be. Refused for a day before it or in the future."""
    with acting(by, "safekeeping.operate") as act:
        if not timezone.localdate(backup.taken_at) <= on <= timezone.localdate(act.at):
            raise refuse(_("A drill lies between the day of the back-up and today."))
        act.record(queries.DRILL, backup, on=on)


def ring() -> bool:
    """Tell those who run the hall that a back-up is overdue; whether it was said now. One of several workers says it."""
    if not queries.time_to_ring(None):
        return False
    Watch.objects.get_or_create(id=1)
    with transaction.atomic():
        watch = Watch.objects.select_for_update(skip_locked=True).filter(id=1).first()
        if watch is None or not queries.time_to_ring(watch.rung_at):
            return False
        last = queries.last_backup()
        with acting(System("safekeeping.watch"), "safekeeping.operate") as act:
            watch.rung_at = act.at
            watch.save(update_fields=["rung_at"])
            act.record("safekeeping.backup.overdue", watch, last=last.isoformat() if last else "")
    return True


def count_refusal(refused: rules.Refused, on: date) -> None:
    """One more of this kind on this day. No deed of a person, so no fact; nothing older than ninety days is kept."""
    same = Refusal.objects.filter(day=on, page=refused.page, directive=refused.directive, what=refused.what)
    if not same.exists():
        Refusal.objects.filter(day__lt=on - timedelta(days=rules.KEPT_DAYS)).delete()
        Refusal.objects.get_or_create(day=on, page=refused.page, directive=refused.directive, what=refused.what)
    same.filter(count__lt=rules.MOST).update(count=F("count") + 1)
