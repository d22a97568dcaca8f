"""Reads of the notices: one's own messages and works, the ways people chose, and what did not get through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Window
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from hall.core.modules import Condition, Task, jobs, long_works
from hall.core.viewer import Viewer
from hall.ledger.acting import Fact
from hall.notices import progress
from hall.notices.models import JobRun, Message, Outgoing, Preference, Work, Worker
from hall.notices.rules import Ways
from hall.notices.words import BADGES, OPEN, Kind, Sending, WorkState


def messages_for(viewer: Viewer) -> QuerySet[Message]:
    """The viewer's own messages, newest first. Nobody reads another's inbox."""
    return Message.objects.filter(account=viewer.account_id).order_by("-id")


def message_for(viewer: Viewer, pk: int) -> Message:
    """One of the viewer's own messages, or 404."""
    found = messages_for(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def unread(viewer: Viewer) -> dict[str, int]:
    """How many messages are unread, by kind. One query, remembered for the request."""
    if "notices.unread" not in viewer.asked:
        rows = messages_for(viewer).filter(read_at__isnull=True).order_by().values("kind").annotate(count=Count("pk"))
        viewer.asked["notices.unread"] = {Kind.READ: 0, Kind.COPY: 0} | {row["kind"]: row["count"] for row in rows}
    return viewer.asked["notices.unread"]


def newest_unread(viewer: Viewer, limit: int) -> list[Message]:
    """The newest unread messages. The same query tells `unread` how many there are."""
    counts = {kind: Window(Count("pk", filter=Q(kind=kind))) for kind in (Kind.READ, Kind.COPY)}
    rows = messages_for(viewer).filter(read_at__isnull=True)
    found = list(rows.annotate(**{f"all_{kind}": count for kind, count in counts.items()})[:limit])
    viewer.asked["notices.unread"] = {kind: getattr(found[0], f"all_{kind}") if found else 0 for kind in counts}
    return found


def unread_count(viewer: Viewer) -> int:
    """Unread messages to read through. What is only copied to a person is no work and raises no figure (ux #6)."""
    return unread(viewer)[Kind.READ]


def preference_of(viewer: Viewer) -> Preference:
    """The viewer's settings; an unsaved row of defaults if none were chosen."""
    return Preference.objects.filter(account=viewer.account_id).first() or Preference(account_id=viewer.account_id)


def ways_of(account_ids: Iterable[int]) -> dict[int, Ways]:
    """Account → how it wants to be told, for those who chose. One query; whoever is missing has `Ways()`."""
    return {row.account_id: row.ways for row in Preference.objects.filter(account__in=list(account_ids))}


@dataclass(frozen=True, slots=True)
class Progress:
    """A work as pages show it (core/progress.html)."""

    id: UUID
    title: Any
    state: str
    state_title: Any
    badge: str
    done: int
    total: int
    asked_at: datetime
    finished_at: datetime | None
    finished: bool
    failed: str
    url: str
    result_url: str
    result_title: str
    result_text: str


def title_of(name: str) -> Any:
    """What a work or job is called; its name if no module knows it any more."""
    known = long_works().get(name) or jobs().get(name)
    return known.title if known else name


def works_for(viewer: Viewer) -> QuerySet[Work]:
    """Works the viewer set going; who runs the hall sees all."""
    rows = Work.objects.order_by("-id")
    return rows if viewer.holds("notices.operate") else rows.filter(account=viewer.account_id)


def own_works(viewer: Viewer) -> QuerySet[Work]:
    return Work.objects.filter(account=viewer.account_id).order_by("-id")


def work_for(viewer: Viewer, pk: UUID) -> Work:
    """The work, or 404 for whoever neither set it going nor runs the hall."""
    found = works_for(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def progress_of(work: Work) -> Progress:
    """The work with its present count. While it runs the count comes from the file beside the database."""
    done, total = (progress.read(work.pk) if work.state in OPEN else None) or (work.done, work.total)
    stopped = work.state in (WorkState.REFUSED, WorkState.FAILED)
    return Progress(
        id=work.pk,
        title=title_of(work.name),
        state=work.state,
        state_title=WorkState(work.state).label,
        badge=BADGES[WorkState(work.state)],
        done=done,
        total=total,
        asked_at=work.asked_at,
        finished_at=work.finished_at,
        finished=work.state == WorkState.DONE,
        failed=work.error if stopped else "",
        url=reverse("notices:work", args=[work.pk]),
        result_url=work.result.get("url", ""),
        result_title=work.result.get("title", ""),
        result_text=work.result.get("text", ""),
    )


def progresses(works: Iterable[Work]) -> list[Progress]:
    return [progress_of(work) for work in works]


def tasks_for(viewer: Viewer) -> list[Task]:
    """The viewer's own works that still run: what they set going and wait for."""
    running = own_works(viewer).filter(state__in=OPEN)[:20]
    return [
        Task(
            key=f"notices.work:{work.pk}",
            title=str(title_of(work.name)),
            url=reverse("notices:work", args=[work.pk]),
            about=str(WorkState(work.state).label),
            since=work.asked_at.date(),
            kind="started",
        )
        for work in running
    ]


def starters(facts: list[Fact]) -> dict[UUID, list[int]]:
    """Who is told that a work ended: whoever set it going. Jobs of the hall tell nobody."""
    return {fact.id: [fact.about.account_id] for fact in facts if fact.about.account_id}


def parked(viewer: Viewer) -> QuerySet[Outgoing]:
    """Mail that was given up, for who runs the hall: addressee and reason, not what it says."""
    rows = Outgoing.objects.filter(state=Sending.PARKED).select_related("account").order_by("-id")
    return rows if viewer.holds("notices.operate") else rows.none()


def parked_for(viewer: Viewer, pk: int) -> Outgoing:
    found = parked(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def broken_works(viewer: Viewer) -> QuerySet[Work]:
    """Works broken off for good, for who runs the hall."""
    rows = Work.objects.filter(state=WorkState.FAILED).select_related("account").order_by("-id")
    return rows if viewer.holds("notices.operate") else rows.none()


def broken_work_for(viewer: Viewer, pk: UUID) -> Work:
    found = broken_works(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def operation_tasks(viewer: Viewer) -> list[Task]:
    """For who runs the hall: one row while anything was given up."""
    if not viewer.holds("notices.operate"):
        return []
    count = Outgoing.objects.filter(state=Sending.PARKED).count() + Work.objects.filter(state=WorkState.FAILED).count()
    title = _("%(count)s messages or works were given up") % {"count": count}
    return [Task(key="notices.parked", title=title, url=reverse("notices:parked"))] if count else []


def conditions(viewer: Viewer) -> list[Condition]:
    """For who runs the hall: each job with its last run and how that ended."""
    if not viewer.holds("notices.operate"):
        return []
    newest = JobRun.objects.filter(job=OuterRef("job")).order_by("-day").values("pk")[:1]
    rows = JobRun.objects.filter(pk=Subquery(newest)).select_related("work")
    runs = {row.job: row for row in rows}
    return [_job_condition(job.title, runs.get(name)) for name, job in sorted(jobs().items())]


def _job_condition(title: Any, run: JobRun | None) -> Condition:
    if run is None:
        return Condition("job", title, _("has not run yet"), "none")
    state = WorkState(run.work.state)
    said = f"{run.day.isoformat()} · {state.label}"
    url = reverse("notices:work", args=[run.work_id]) if state in (WorkState.FAILED, WorkState.REFUSED) else ""
    return Condition("job", title, said, BADGES[state], url)


def tasks(viewer: Viewer) -> list[Task]:
    return [*tasks_for(viewer), *operation_tasks(viewer)]


def last_runs() -> dict[str, date]:
    """Job → the last day it was taken up for. One query."""
    return dict(JobRun.objects.values_list("job").annotate(last=Max("day")))


def worker_seen_at() -> datetime | None:
    """The last sign of life of any worker."""
    return Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
