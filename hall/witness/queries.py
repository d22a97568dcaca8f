"""Reads of the witness: the state of the ledger, what left the building, what is wrong, and whom it concerns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.accounts import queries as accounts
from hall.core.modules import Task, fact_titles
from hall.core.viewer import Viewer
from hall.ledger import queries as ledger
from hall.notices import queries as notices
from hall.organisations import queries as organisations
from hall.witness import rules
from hall.witness.models import Alarm, Departure, Verification
from hall.witness.places import Place, kept, places
from hall.witness.words import GRAVE, AlarmKind, Way

VERIFY = "witness.verify"
ALERTS = "witness.alerts"


def last_verification() -> Verification | None:
    return Verification.objects.select_related("account").order_by("-at", "-id").first()


def verifications_for(viewer: Viewer) -> QuerySet[Verification]:
    """What was verified before, newest first; nothing for who was not invited."""
    rows = Verification.objects.select_related("account").order_by("-at", "-id")
    return rows if viewer.holds(VERIFY) else rows.none()


def verification_for(viewer: Viewer, pk: UUID) -> Verification:
    found = verifications_for(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def alarms_for(viewer: Viewer) -> QuerySet[Alarm]:
    """Alarms, open ones first, then the newest."""
    rows = Alarm.objects.order_by(F("ended_at").desc(nulls_first=True), "-id")
    return rows if viewer.holds(VERIFY) else rows.none()


def open_alarm_for(viewer: Viewer, pk: int) -> Alarm:
    found = alarms_for(viewer).filter(pk=pk, ended_at__isnull=True).first()
    if found is None:
        raise Http404
    return found


def open_alarms() -> QuerySet[Alarm]:
    return Alarm.objects.filter(ended_at__isnull=True).order_by("-id")


@dataclass(frozen=True, slots=True)
class Sent:
    """A place and the last checkpoint that went there; `error` if the last try failed."""

    title: str
    name: str  # the address, or the folder; within the hall's home without the way to it
    at: datetime | None
    size: int
    error: str


def sendings() -> list[Sent]:
    """Each place outside with what it holds last."""
    found = []
    for place in places():
        rows = Departure.objects.filter(way=place.way, place=place.name).order_by("-id")
        last, good = rows.first(), rows.filter(error="").first()
        error = last.error if last else ""
        at, size = (good.at, good.size) if good else (None, 0)
        found.append(Sent(str(place.way.label), _shown(place), at, size, error))
    return found


def _shown(place: Place) -> str:
    return place.name.removeprefix(f"{settings.HALL_HOME}/")


def at_home() -> bool:
    """Does the folder lie in the hall's own home? Then whoever has the machine has both."""
    folder = str(settings.HALL_CHECKPOINT_DIR or "")
    return folder.startswith(str(settings.HALL_HOME))


def heads_outside() -> list[ledger.Head]:
    """Checkpoints in the folder that were not explained, the largest first. OSError if it cannot be read."""
    since = _explained()
    return [head for _name, head in kept() if head is not None and head.at > since]


def garbled() -> list[str]:
    """Files of the folder that are no checkpoints any more."""
    return [name for name, head in kept() if head is None]


def gone_from_folder() -> str:
    """Name of the newest file that was left in the folder, if it is not there any more."""
    folder = settings.HALL_CHECKPOINT_DIR
    if folder is None:
        return ""
    row = Departure.objects.filter(way=Way.FOLDER, place=str(folder), error="").order_by("-id").first()
    name = rules.file_name(row.size, bytes(row.root)) if row else ""
    return name if name and not (folder / name).exists() else ""


def _explained() -> str:
    """Checkpoints signed before this moment are explained: an old state was restored on purpose."""
    last = Alarm.objects.filter(kind=AlarmKind.BEHIND, explained_at__isnull=False).order_by("-explained_at").first()
    return ledger.moment_text(last.explained_at) if last and last.explained_at else ""


def latest_moment() -> datetime | None:
    """The latest moment that was signed: of the newest checkpoint."""
    row = ledger.latest_checkpoint()
    return row.at if row else None


def verification_overdue(now: datetime) -> bool:
    """Never in the demo college, whose worker may stand still for weeks."""
    last = last_verification()
    return not settings.HALL_DEMO and rules.overdue(now, last.at if last else None, ledger.began_at())


def running(viewer: Viewer) -> list[Any]:
    """The viewer's own verifications that are under way."""
    own = notices.own_works(viewer).filter(name=VERIFY, finished_at__isnull=True)[:3]
    return notices.progresses(own)


def told(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings with titles and names for the keys that stand in the entries."""
    titles = fact_titles()
    keys = {line["by"] for each in findings for line in each["around"] if line.get("by", "").startswith("account:")}
    names = accounts.names(int(key.split(":")[1]) for key in keys if key.split(":")[1].isdecimal())
    by_key = {f"account:{pk}": name for pk, name in names.items()}
    return [
        {**each, "around": [_line(line, each["index"], titles, by_key) for line in each["around"]]} for each in findings
    ]


def _line(line: dict[str, Any], index: Any, titles: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    by = line.get("by", "")
    title = titles.get(line.get("name", ""), line.get("name", ""))
    return {**line, "title": title, "who": names.get(by, by), "it": line["index"] == index}


def alerts() -> list[str]:
    """What everybody is told at the head of every page: the ledger is not what it was. Looked up every few seconds."""
    found: list[str] = cache.get_or_set(ALERTS, _alerts, 10) or []
    return found


def _alerts() -> list[str]:
    if not open_alarms().filter(kind__in=GRAVE).exists():
        return []
    return [_("The ledger differs from what was signed. The security auditor was told and looks into it.")]


def tasks(viewer: Viewer) -> list[Task]:
    """Open alarms wait for who verifies."""
    if not viewer.holds(VERIFY):
        return []
    return [
        Task(
            key=f"witness.alarm:{row.pk}",
            title=str(AlarmKind(row.kind).label),
            url=reverse("witness:ledger"),
            about=row.said[:120],
            since=timezone.localdate(row.raised_at),
        )
        for row in open_alarms()[:20]
    ]


def watchers(facts: list[Any]) -> dict[UUID, list[int]]:
    """Who is told of an alarm: security auditor, security administrator, and who runs the machine."""
    top = organisations.college()
    day = timezone.localdate()
    posts = ("ledger.verify", "accounts.grant", "notices.operate")
    people = {one for name in posts for one in accounts.holders(name, [top.pk], day).get(top.pk, [])} if top else set()
    return {fact.id: sorted(people) for fact in facts}
