"""What waits for a viewer, what the home hall shows and what the search box finds: collected from all modules."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hall.core.modules import Card, Hit, Nav, Task, modules
from hall.core.viewer import Viewer
from hall.desk import rules
from hall.desk.rules import Row
from hall.ledger import queries as ledger
from hall.ledger.queries import Told
from hall.notices import queries as notices
from hall.safekeeping import queries as safekeeping

QUIET = ("notices.message.read",)  # deeds nobody looks for among what they did
MATTERS, FOUND = 8, 8
FRESH = 60  # seconds what the bar and the home hall show may be old
DEEDS = 60
WORKER_SILENT, SEALING_LATE = timedelta(minutes=3), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task and the module it comes from."""

    matter: str
    matter_title: str
    task: Task


def tasks_of(viewer: Viewer, *, fresh: bool = False) -> list[Waiting]:
    """All tasks of all modules for this viewer; asked once a request.

    Unless `fresh`, the answer is a minute old at most where others acted, and never older than the viewer's last deed.
    """
    if "desk.tasks" not in viewer.asked:
        key = _key(viewer, "tasks")
        found = None if fresh else cache.get(key)
        if found is None:
            found = [Waiting(m.name, str(m.title), task) for m in modules() if m.tasks for task in m.tasks(viewer)]
            cache.set(key, found, FRESH)
        viewer.asked["desk.tasks"] = found
    return viewer.asked["desk.tasks"]


def cards_of(viewer: Viewer) -> list[Card]:
    """The cards of all modules, in the order they wish; as old as `tasks_of` may be."""
    return cache.get_or_set(_key(viewer, "cards"), lambda: _cards(viewer), FRESH) or []


def _cards(viewer: Viewer) -> list[Card]:
    cards = [card for m in modules() if m.cards for card in m.cards(viewer)]
    spoken = [replace(card, title=str(card.title), text=str(card.text)) for card in cards]
    return sorted(spoken, key=lambda card: card.order)


def _key(viewer: Viewer, what: str) -> str:
    """A name in the cache that changes with the hat, the language and everything the viewer does. One query a request."""
    if "desk.key" not in viewer.asked:
        hat = viewer.hat.pk if viewer.hat else 0
        viewer.asked["desk.key"] = f"{viewer.account_id}.{hat}.{get_language()}.{ledger.last_deed(viewer)}"
    return f"desk.{what}.{viewer.asked['desk.key']}"


def count_of(viewer: Viewer, kind: str) -> int:
    """How many tasks of one kind there are."""
    return sum(waiting.task.kind == kind for waiting in tasks_of(viewer))


def todo_count(viewer: Viewer) -> int:
    """How many things wait for the viewer, for the bar of every page."""
    return count_of(viewer, "todo")


def rows_for(viewer: Viewer, kind: str, today: date) -> list[Row]:
    """Tasks of one kind ("todo" or "started"), overdue first."""
    found = [each for each in tasks_of(viewer) if each.task.kind == kind]
    return rules.in_order(rules.row_of(each.task, each.matter, each.matter_title, today) for each in found)


@dataclass(frozen=True, slots=True)
class Line:
    """A deed with the template that tells it; a fact without one shows its title."""

    told: Told
    templates: tuple[str, str]


def deeds_for(viewer: Viewer) -> list[Line]:
    """What the viewer did, newest first."""
    deeds = [told for told in ledger.deeds_of(viewer.key, DEEDS) if told.name not in QUIET]
    return [Line(told, (told.template, "desk/deed.html")) for told in deeds]


@dataclass(frozen=True, slots=True)
class Home:
    """The home hall of one viewer."""

    todo: list[Row]
    todo_count: int
    started: list[Row]
    progress: list[Card]
    matters: list[Card]
    figures: list[Card]
    next: list[Card]
    messages: list[Any]


def home_of(viewer: Viewer, today: date) -> Home:
    """What the home hall shows: five tasks, what is in progress, eight matters, what comes next."""
    todo = rows_for(viewer, "todo", today)
    cards = cards_of(viewer)
    by_kind = {kind: [c for c in cards if c.kind == kind] for kind in ("matter", "figure", "progress", "next")}
    return Home(
        todo=todo[:5],
        todo_count=len(todo),
        started=rows_for(viewer, "started", today)[:5],
        progress=by_kind["progress"][:5],
        matters=by_kind["matter"][:MATTERS],
        figures=[*_due_figures(viewer, todo), *by_kind["figure"]][:6],
        next=by_kind["next"][:4],
        messages=notices.newest_unread(viewer, 3),
    )


def _due_figures(viewer: Viewer, todo: list[Row]) -> list[Card]:
    """For who holds a post: how much is overdue and how much soon will be. Nothing to act on, no figure."""
    if viewer.hat is None:
        return []
    address = reverse("desk:todo")
    counted = {name: sum(row.due_class == name for row in todo) for name in ("overdue", "soon")}
    titles = {"overdue": _("overdue"), "soon": _("due within seven days")}
    return [
        Card(title=titles[name], url=f"{address}?due={name}", figure=str(count), kind="figure")
        for name, count in counted.items()
        if count
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """One group of answers."""

    title: Any
    hits: list[Hit]


def search(viewer: Viewer, words: str) -> list[Found]:
    """What the words find, grouped by kind, within what the viewer may see; at most eight of a kind."""
    hits = [*_pages(viewer, words), *(hit for m in modules() if m.search for hit in m.search(viewer, words, FOUND))]
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(str(hit.kind), []).append(hit)
    return [Found(title, found[:FOUND]) for title, found in groups.items()]


def _pages(viewer: Viewer, words: str) -> list[Hit]:
    """Pages of the menu by title or pinyin initials."""
    meant = [nav for nav in _menu(viewer) if rules.is_meant(str(nav.title), words)]
    return [Hit(title=str(nav.title), url=reverse(nav.url), kind=_("Pages of the menu")) for nav in meant]


def _menu(viewer: Viewer) -> list[Nav]:
    lines = [nav for module in modules() for nav in module.nav if not nav.needs or viewer.holds(nav.needs)]
    return sorted(lines, key=lambda nav: nav.order)


def own_pages(viewer: Viewer) -> list[Nav]:
    """Pages that concern the person: the tiles of “Mine”."""
    return [nav for nav in _menu(viewer) if nav.own]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the hall can work: its database answers, a worker lives, sealing is not late.

    A late back-up is told but does not make the hall unready: no restart would take one.
    """

    database: bool
    worker: bool
    sealing: bool
    backup: bool

    @property
    def ready(self) -> bool:
        return self.database and self.worker and self.sealing


def readiness(now: datetime) -> Readiness:
    """Ask the database, the workers' signs of life and the ages of the oldest unsealed entry and the last back-up."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        seen, oldest, kept = notices.worker_seen_at(), ledger.oldest_waiting(), not safekeeping.backup_late(now)
    except DatabaseError:
        return Readiness(database=False, worker=False, sealing=False, backup=False)
    lives = seen is not None and now - seen < WORKER_SILENT
    sealed = oldest is None or now - oldest < SEALING_LATE
    return Readiness(database=True, worker=lives, sealing=sealed, backup=kept)
