"""Works are done: claimed by a lease that a heartbeat renews, done as the person who began them, ended with a fact.

A killed worker's lease ends and another takes the work up again, which a work must stand (`LongWork.run`). On SQLite
the heartbeat is the progress file alone, because a second connection would wait for the work's own transaction.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from logging import getLogger
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hall.accounts import queries as accounts
from hall.core.failpoints import failpoint
from hall.core.findings import Refused, refuse
from hall.core.modules import jobs, long_works
from hall.core.wall.reach import seen_by
from hall.ledger.acting import System
from hall.notices import actions, progress, rules
from hall.notices.models import Work
from hall.notices.words import WorkState

log = getLogger("hall.notices")
LEASE = timedelta(seconds=60)
BEAT = 10.0  # seconds
SHOWN = 0.25  # seconds between two written counts


class Stopping(BaseException):
    """The worker was asked to stop: the work is put back and done again later."""


def waiting(now: datetime) -> QuerySet[Work]:
    """Works whose turn has come, and those whose worker gave no sign of life for a lease."""
    fresh = Q(state=WorkState.WAITING, not_before__lte=now)
    return Work.objects.filter(fresh | Q(state=WorkState.RUNNING, lease_until__lt=now))


def claim_next(now: datetime | None = None) -> Work | None:
    """Take the oldest work that is free; None if there is none. One that broke off too often is put aside."""
    now = now or timezone.now()
    for pk in waiting(now).order_by("asked_at", "pk").values_list("pk", flat=True)[:20]:
        work = _claim(pk, now)
        if work is None:
            continue
        if work.tries <= rules.WORK_TRIES:
            return work
        work.tries = rules.WORK_TRIES
        actions.fail_work(work=work, number=uuid.uuid4().hex[:8])
    return None


def _claim(pk: uuid.UUID, now: datetime) -> Work | None:
    with transaction.atomic():
        work = waiting(now).select_for_update(skip_locked=True).filter(pk=pk).first()
        if work is None or (work.state == WorkState.RUNNING and is_alive(work)):
            return None
        work.state, work.claim, work.tries = WorkState.RUNNING, uuid.uuid4(), work.tries + 1
        work.lease_until, work.started_at = now + LEASE, now
        work.save(update_fields=["state", "claim", "tries", "lease_until", "started_at"])
    return work


def is_alive(work: Work) -> bool:
    """Did the process at work on this machine touch its file within a lease?"""
    age = progress.age(work.pk)
    return age is not None and age < LEASE.total_seconds()


def do(work: Work, stop: threading.Event | None = None) -> None:
    """Do a claimed work to its end, whatever that is. Never raises for what the work itself did wrong."""
    counts = {"done": 0, "total": 0}
    report = _reporter(work, counts, stop or threading.Event())
    with translation.override(settings.LANGUAGE_CODE), _alive(work):
        failpoint("work.claimed")
        try:
            result = _run(work, report)
            failpoint("work.done")
        except Refused as refusal:
            actions.refuse_work(work=work, findings=refusal.findings)
        except Stopping:
            _put_back(work, timezone.now(), tries=work.tries - 1)
        except Exception as error:
            _broke_off(work, error)
        else:
            actions.finish_work(work=work, **counts, result=result if isinstance(result, dict) else {})


def _run(work: Work, report: Callable[[int, int], None]) -> Any:
    if work.name in long_works():
        signer = _signer(work)
        with seen_by(signer.sees):
            return long_works()[work.name].run(signer, report, **work.arguments)
    return jobs()[work.name].run(by=System(work.name), on=date.fromisoformat(work.arguments["on"]))


def _signer(work: Work) -> Any:
    """Who the work acts as: the person with the post they wore when they began it, as it stands today."""
    account = work.account
    if account is None:
        return System(work.name)
    person = accounts.person(account, today=timezone.localdate(), hat_id=work.hat)
    present = person.hat.pk if person.hat else None
    if not account.is_active or (work.hat is not None and present != work.hat):
        raise refuse(_("The post with which this was begun has ended meanwhile. Nothing was done."))
    return person


def _reporter(work: Work, counts: dict[str, int], stop: threading.Event) -> Callable[[int, int], None]:
    """`progress(done, total)` for the work: writes the count now and then, and breaks off when the worker must stop."""
    written = [0.0]

    def report(done: int, total: int) -> None:
        if stop.is_set():
            raise Stopping
        counts.update(done=done, total=total)
        now = timezone.now().timestamp()
        if now - written[0] >= SHOWN or done >= total:
            progress.write(work.pk, done, total)
            written[0] = now

    return report


@contextmanager
def _alive(work: Work) -> Iterator[None]:
    """A heartbeat as long as the work goes on."""
    ended = threading.Event()
    progress.write(work.pk, 0, 0)
    heart = threading.Thread(target=_beat, args=(work, ended), name="heartbeat", daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()
        progress.clear(work.pk)


def _beat(work: Work, ended: threading.Event) -> None:
    while not ended.wait(BEAT):
        progress.touch(work.pk)
        if connection.vendor != "sqlite":
            _renew(work)
    connection.close()


def _renew(work: Work) -> None:
    done, total = progress.read(work.pk) or (0, 0)
    lease = timezone.now() + LEASE
    Work.objects.filter(pk=work.pk, claim=work.claim).update(lease_until=lease, done=done, total=total)


def _put_back(work: Work, start: datetime, *, tries: int) -> None:
    Work.objects.filter(pk=work.pk, claim=work.claim, state=WorkState.RUNNING).update(
        state=WorkState.WAITING, lease_until=None, not_before=start, tries=tries
    )


def _broke_off(work: Work, error: Exception) -> None:
    number = uuid.uuid4().hex[:8]
    log.error("work %s %s broke off, number %s", work.name, work.pk, number, exc_info=error)
    if work.tries >= rules.WORK_TRIES:
        actions.fail_work(work=work, number=number)
    else:
        _put_back(work, timezone.now() + rules.pause(work.tries), tries=work.tries)
