"""What the administrators' consoles show: policies in force, deeds by name, the week's review. Reads only."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hall.accounts import queries
from hall.accounts.words import posts
from hall.core.listing import Filter, Listing, listing
from hall.core.modules import Condition, conditions, fact_titles, modules, permission_titles
from hall.core.viewer import Viewer
from hall.ledger import queries as ledger
from hall.organisations import queries as organisations

IDLE = timedelta(days=90)  # after which an open account that nobody uses is listed
LEVELS = {"L1": _("L1, public"), "L2": _("L2, internal"), "L3": _("L3, sensitive"), "L4": _("L4, restricted")}
REVIEW = "accounts.review.signed"


def policies(on: date) -> list[Any]:
    """The settings the security administrator decides, as they stand."""
    top = organisations.college()
    rows = organisations.settings_in_force(top, on) if top else []
    return [row for row in rows if row.declared.needs == "accounts.grant"]


def machine(viewer: Viewer) -> dict[str, list[Condition]]:
    """Back-ups, jobs and connectors as the modules tell of them, by kind."""
    found: dict[str, list[Condition]] = {"backup": [], "job": [], "connector": []}
    for each in conditions(viewer):
        found[each.kind].append(each)
    return found


def classes() -> list[dict[str, Any]]:
    """How many personal columns stand in each class, as the modules declare them (LAW-21)."""
    declared = [entry.level for module in modules() for entry in module.privacy]
    return [{"level": name, "title": title, "count": declared.count(name)} for name, title in LEVELS.items()]


def matrix(on: date) -> list[dict[str, Any]]:
    """Functions down, posts across, and whoever goes without one of them today."""
    without = queries.held_back(on)
    return [
        {
            "title": title,
            "held": [name in post.may for post in posts().values()],
            "without": [f"{grant} · {grant.account.name}" for grant in without.get(name, [])],
        }
        for name, title in permission_titles().items()
        if not name.endswith(".own")
    ]


def deeds(viewer: Viewer, asked: QueryDict) -> Listing:
    """What was done: the name of the deed, by whom, when and about what kind of thing. Never its particulars."""
    module = Filter(
        "module", _("Module"), [(m.name, m.title) for m in modules()], lambda rows, value: rows.filter(name__startswith=f"{value}.")
    )  # fmt: skip
    refused = Filter(
        "refused",
        _("Refusals"),
        [("1", _("only refusals"))],
        lambda rows, value: rows.filter(name="ledger.act.refused"),
    )
    return listing(ledger.entries_for(viewer), asked, filters=[module, refused], search=_search, fetch=_lines)


def _search(rows: Any, words: str) -> Any:
    """By account name: who did it."""
    found = queries.by_username([words])
    return rows.filter(by__in=[f"account:{account.pk}" for account in found.values()] or ["-"])


def _lines(entries: Any) -> list[dict[str, Any]]:
    rows, titles = list(entries), fact_titles()
    ids = {row.by: int(row.by.split(":")[1]) for row in rows if row.by.startswith("account:")}
    names = queries.names(ids.values())
    return [
        {
            "at": row.at,
            "title": titles.get(row.name, row.name),
            "by": names.get(ids.get(row.by, 0), row.by),
            "kind": row.about_kind,
            "refused": row.name == "ledger.act.refused",
        }
        for row in rows
    ]


def week(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """The past seven days in figures, and whether this week's review is signed."""
    since = now - timedelta(days=7)
    monday = timezone.localdate(now) - timedelta(days=timezone.localdate(now).weekday())
    rows = ledger.entries_for(viewer).filter(at__gte=since)
    return {
        "deeds": rows.count(),
        "refused": rows.filter(name="ledger.act.refused").count(),
        "delayed": rows.filter(name="accounts.sign_in.delayed").count(),
        "alarms": rows.filter(name="accounts.alarm.raised").count(),
        "signed": ledger.entries_for(viewer).filter(name=REVIEW, on__gte=monday).exists(),
        "waiting": ledger.waiting(),
        "checkpoint": ledger.latest_checkpoint(),
    }
