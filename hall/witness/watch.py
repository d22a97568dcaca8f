"""The watch: what the hall does by itself every few seconds, and every day. It asks the clock; the deeds are in actions."""

import time
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from hall.ledger import clock
from hall.ledger import queries as ledger
from hall.ledger.acting import System
from hall.witness import queries, rules
from hall.witness.actions import SIGNER, ring, send_out
from hall.witness.models import Watch
from hall.witness.places import places
from hall.witness.words import AlarmKind


def leave_daily(*, by: System, on: date) -> None:
    """Every day a checkpoint leaves for all places, letters included."""
    if places():
        send_out(by=by, letters=True)


def leave_when_due() -> bool:
    """A checkpoint leaves for the folder when the hour has come or many entries were sealed; whether one did."""
    if not settings.HALL_CHECKPOINT_DIR or not _claim(clock.now()):
        return False
    send_out(by=SIGNER, letters=False)
    return True


def _claim(now: datetime) -> bool:
    """Is it due, and is it this worker's turn? The time of the next is written first, so that two never send at once."""
    watch, _new = Watch.objects.get_or_create(id=1)
    if not _is_due(watch, now):
        return False
    with transaction.atomic():
        held = Watch.objects.select_for_update(skip_locked=True).filter(id=1).first()
        if held is None or not _is_due(held, now):
            return False
        held.leaves_at, held.left_size = now + settings.HALL_CHECKPOINT_EVERY, ledger.log_size()
        held.save(update_fields=["leaves_at", "left_size"])
    return True


def _is_due(watch: Watch, now: datetime) -> bool:
    """Has the hour come or the log grown, by more than what the watch itself recorded?"""
    grown = ledger.log_size() - watch.left_size
    due = rules.is_due(now, watch.leaves_at, grown, settings.HALL_CHECKPOINT_ENTRIES)
    return due and ledger.sealed_since(watch.left_size, "system:witness.")


_looked: list[float] = []  # when this process last looked outside; empty: it has just started


def look_outside(*, at_once: bool = False) -> None:
    """At the start of a worker and every ten minutes: does the log continue the newest checkpoint that lies outside?

    An older state that was put back quietly (T07) rings here, and so does a file that was altered.
    """
    now = time.monotonic()
    if _looked and now - _looked[0] < rules.AGAIN.total_seconds() and not at_once:
        return
    _looked[:] = [now]
    try:
        heads, unread = queries.heads_outside(), queries.garbled()
    except OSError as error:
        return ring(AlarmKind.STUCK, str(settings.HALL_CHECKPOINT_DIR)[:200], f"{type(error).__name__}: {error}")
    said = [each.text for each in ledger.differences(heads[0])] if heads else []
    said += [_("The file %(name)s holds no checkpoint any more.") % {"name": name} for name in unread[:5]]
    ring(AlarmKind.BEHIND, "", " ".join(said))
    if gone := queries.gone_from_folder():
        text = _("The file %(name)s was left there and is gone.") % {"name": gone}
        ring(AlarmKind.STUCK, str(settings.HALL_CHECKPOINT_DIR)[:200], text)
    if queries.verification_overdue(clock.now()):
        ring(AlarmKind.OVERDUE, "", _("The ledger was not verified for two days. See that a worker is running."))


def watch_clock() -> None:
    """Remember the latest moment shown; a clock that shows less was set back, and that is recorded (T33)."""
    now = clock.now()
    watch, _new = Watch.objects.get_or_create(id=1)
    seen = watch.seen_at or queries.latest_moment()
    back = rules.set_back(now, seen)
    if back and seen:
        figures = {"seen": f"{seen:%Y-%m-%d %H:%M:%S}", "now": f"{now:%Y-%m-%d %H:%M:%S}"}
        text = _(
            "The clock showed %(seen)s UTC and then %(now)s UTC. Entries stay in the order in which they were sealed."
        )
        ring(AlarmKind.CLOCK, f"{seen:%Y-%m-%dT%H:%M:%SZ}", text % figures)
    if back or watch.seen_at is None or now - watch.seen_at >= rules.TOLERATED / 2:
        Watch.objects.filter(id=1).update(seen_at=now)
