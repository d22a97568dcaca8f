"""The worker process: jobs that are due, works that wait, mail, and the small chores of all modules. Several may run.

Works are done in the main thread, one after the other; chores go on beside them every few seconds, so that sealing is
never late because somebody's import is long.
"""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from logging import getLogger
from platform import node

from django.db import IntegrityError, close_old_connections, connection
from django.utils import timezone

from hall.core.modules import chores, jobs
from hall.core.wall.reach import whole_house
from hall.ledger import clock
from hall.notices import actions, queries, rules, running, sending
from hall.notices.models import Work, Worker

log = getLogger("hall.notices")
PAUSE = 5.0  # seconds between two rounds of chores
IDLE = 1.0  # seconds before looking for works again
LIVES = timedelta(days=1)  # workers not seen for so long are forgotten


def once() -> None:
    """Everything that is due now, then nothing more."""
    queue_due_jobs()
    while work_one():
        pass
    while sending.send_due():
        pass
    for chore in chores():
        chore()


def forever(stop: threading.Event) -> None:
    """Work until `stop` is set. A work in hand then ends at its next count and is put back."""
    beside = threading.Thread(target=_chores, args=(stop,), name="chores")
    beside.start()
    while not stop.is_set():
        if not _tried("works", lambda: work_one(stop)):
            stop.wait(IDLE)
    beside.join()


def _chores(stop: threading.Event) -> None:
    while not stop.is_set():
        for name, chore in (("jobs", queue_due_jobs), ("mail", sending.send_due), ("sign of life", seen)):
            _tried(name, chore)
        for each in chores():
            _tried(each.__name__, each)
        stop.wait(PAUSE)
    connection.close()


def _tried(name: str, do: Callable[[], object]) -> object:
    """One thing that fails is logged and does not stop the others."""
    close_old_connections()
    try:
        with whole_house():  # the worker serves everybody; a person's work is done with that person's reach
            return do()
    except Exception:
        log.exception("worker: %s", name)
        return None


def queue_due_jobs() -> list[Work]:
    """Take up each job that is due today or was missed; one of several workers wins each (H13)."""
    today = timezone.localdate(clock.now())
    last = queries.last_runs()
    queued = []
    for job in jobs().values():
        for day in rules.due_days(job.day, today, last.get(job.name)):
            try:
                queued.append(actions.queue_job(job=job, day=day))
            except IntegrityError:
                log.info("job %s of %s was taken up elsewhere", job.name, day)
    return queued


def work_one(stop: threading.Event | None = None) -> bool:
    """Do the next work; False if none waits."""
    work = running.claim_next()
    if work is None:
        return False
    log.info("work %s %s begins", work.name, work.pk)
    running.do(work, stop)
    return True


def seen() -> None:
    """Leave a sign of life, for /readyz."""
    now = timezone.now()
    Worker.objects.update_or_create(name=f"{node()}:{os.getpid()}", defaults={"seen_at": now})
    Worker.objects.filter(seen_at__lt=now - LIVES).delete()
