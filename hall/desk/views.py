"""Pages of the desk: home hall, to-do centre, search, mine, help, health."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hall.core.listing import Filter, Listing, listing
from hall.core.pages import page
from hall.core.viewer import Request
from hall.desk import queries, rules
from hall.members import queries as members
from hall.notices import queries as notices
from hall.notices.words import Kind

TABS = ("todo", "read", "done", "started", "copy")
DUE = {
    "overdue": gettext_lazy("overdue"),
    "soon": gettext_lazy("due within seven days"),
    "later": gettext_lazy("later"),
    "none": gettext_lazy("no date"),
}
ROWS = 20  # a page, unless the address asks for more


@page()
def home(request: Request) -> HttpResponse:
    """The home hall, for every hat."""
    return render(request, "desk/home.html", {"home": queries.home_of(request.actor, timezone.localdate())})


@page()
def todo(request: Request, tab: str = "todo") -> HttpResponse:
    """The to-do centre: 待办 · 待阅 · 已办 · 我发起的 · 抄送我."""
    if tab not in TABS:
        raise Http404
    context: dict[str, Any] = {"tab": tab, "tabs": _tabs(request, tab)}
    if tab in ("todo", "started"):
        context["list"] = _task_list(request, tab)
    elif tab in ("read", "copy"):
        kind = Kind.READ if tab == "read" else Kind.COPY
        shown = notices.messages_for(request.actor).filter(kind=kind, read_at__isnull=True)
        context["list"] = listing(shown, request.GET, size=ROWS)
    else:
        context["deeds"] = queries.deeds_for(request.actor)
    return render(request, "desk/todo.html", context)


def _tabs(request: Request, current: str) -> list[dict]:
    unread = notices.unread(request.actor)
    queries.tasks_of(request.actor, fresh=True)
    titles = {
        "todo": (_("To do"), queries.count_of(request.actor, "todo")),
        "read": (_("To read"), unread[Kind.READ]),
        "done": (_("Dealt with"), None),
        "started": (_("Begun by me"), queries.count_of(request.actor, "started")),
        "copy": (_("Copied to me"), unread[Kind.COPY]),
    }
    return [
        {"title": title, "url": reverse("desk:tab", args=[name]), "count": count, "current": name == current}
        for name, (title, count) in titles.items()
    ]


def _task_list(request: Request, kind: str) -> Listing:
    """Tasks of one kind with filters in the address: matter, organisation, due date."""
    rows = queries.rows_for(request.actor, kind, timezone.localdate())
    places = sorted({row.task.organisation for row in rows} - {""})
    filters = (
        Filter("matter", _("Belongs to"), list({row.matter: row.matter_title for row in rows}.items()), _by("matter")),
        Filter("branch", _("Organisation"), [(name, name) for name in places], _by("place")),
        Filter("due", _("Due date"), list(DUE.items()), _by("due_class")),
    )
    listed: Any = rules.Rows(tuple(rows))
    return listing(listed, request.GET, filters=filters, size=ROWS)


def _by(column: str) -> Any:
    return lambda rows, value: rows.where(lambda row: getattr(row, column) == value)


@page()
def search(request: Request) -> HttpResponse:
    """One box over everything the viewer may see."""
    words = request.GET.get("q", "").strip()[:80]
    return render(
        request, "desk/search.html", {"words": words, "groups": queries.search(request.actor, words) if words else []}
    )


@page()
def me(request: Request) -> HttpResponse:
    """What concerns the person: own record, own pages, own settings."""
    member = members.own_member(request.actor)
    tiles = [
        {"title": nav.title, "url": reverse(nav.url), "icon": nav.icon} for nav in queries.own_pages(request.actor)
    ]
    if member:
        here = reverse("organisations:introduction", args=[member.organisation_id])
        tiles.append({"title": _("My branch"), "url": here, "icon": "building"})
    tiles += [
        {"title": _("Notice settings"), "url": reverse("notices:settings"), "icon": "settings"},
        {"title": _("My works"), "url": reverse("notices:works"), "icon": "list-check"},
        {"title": _("Change my password"), "url": reverse("accounts:password"), "icon": "key"},
        {"title": _("Second factor"), "url": reverse("accounts:second_factor"), "icon": "shield"},
        {"title": _("Where I am signed in"), "url": reverse("accounts:devices"), "icon": "logout"},
    ]
    return render(request, "desk/me.html", {"member": member, "tiles": tiles})


@page()
def help_page(request: Request) -> HttpResponse:
    """Whom to ask, and the keys."""
    return render(request, "desk/help.html")


@page()
def leaving(request: Request) -> HttpResponse:
    """Tell that a link leads out of the hall. It never leads there by itself (B31); what is no web address is not found."""
    wanted = rules.outside(request.GET.get("to", ""))
    if wanted is None:
        raise Http404
    return render(request, "desk/leaving.html", {"address": wanted.geturl(), "host": wanted.hostname})


@page(stranger=True)
def alive(request: Request) -> HttpResponse:
    """For a supervisor: the web process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@page(stranger=True)
def ready(request: Request) -> HttpResponse:
    """For a supervisor: 200 if the hall can work, else 503 and what is wrong. Says no more than that to strangers."""
    state = queries.readiness(timezone.now())
    names = ("database", "worker", "sealing", "backup")
    lines = [f"{name} {'ok' if getattr(state, name) else 'late'}" for name in names]
    return HttpResponse("\n".join(lines) + "\n", status=200 if state.ready else 503, content_type="text/plain")
