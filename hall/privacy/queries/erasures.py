"""Requests for erasure: whose, how far, what would go and what stays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.accounts import queries as accounts
from hall.core.modules import Personal, Task
from hall.core.viewer import Viewer
from hall.ledger import clock
from hall.members import queries as members
from hall.organisations import queries as organisations
from hall.privacy import rules
from hall.privacy.models import Erasure
from hall.privacy.queries.holdings import Subject, Table, tables, title_of
from hall.privacy.words import OPEN, State

WAITING = "privacy.waiting"


def today() -> date:
    """The day it is in the hall's time zone."""
    return timezone.localtime(clock.now()).date()


def subject_of(viewer: Viewer) -> Subject:
    """The viewer as the person data are held about."""
    return _subject(viewer.account_id, members.own_member(viewer))


def subject_asking(erasure: Erasure) -> Subject:
    return _subject(erasure.account_id, erasure.member)


def _subject(account: int | None, member: Any) -> Subject:
    if member is None:
        return Subject(account)
    return Subject(account, (member.pk, *(each.pk for each in member.merged_here.all())))


def own_erasures(viewer: Viewer) -> list[Erasure]:
    """What this person asked, newest first."""
    return list(Erasure.objects.filter(account=viewer.account_id).order_by("-asked_at")[:20])


def erasures_for(viewer: Viewer) -> QuerySet[Erasure]:
    """Requests for whoever decides on them, open ones first by their clock; nobody else sees one."""
    rows = Erasure.objects.select_related("account", "member__organisation").order_by("state", "due_on", "pk")
    return rows if viewer.reaches_all("privacy.decide") else rows.none()


def erasure_for(viewer: Viewer, pk: Any) -> Erasure:
    """One request, or 404."""
    found = erasures_for(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class Fate:
    """What a decision does to one column: goes, or stays with its basis."""

    module: str
    title: str
    goes: bool
    basis: str
    kept: str


def fates(erasure: Erasure, scope: str) -> list[Fate]:
    """Each declared column and what becomes of it under this decision; what goes stands first."""
    gone = has_left(erasure.member)
    found = [
        Fate(
            f"{table.module.title} · {table.title}",
            title_of(table, each),
            _goes(each, scope, gone),
            str(each.basis),
            str(each.retention),
        )
        for table in tables()
        if table.target
        for each in table.columns
    ]
    return sorted(found, key=lambda fate: not fate.goes)


def _goes(each: Personal, scope: str, gone: bool) -> bool:
    return rules.goes(each.erasure, scope, left=gone)


def has_left(member: Any) -> bool:
    return member is None or member.departed_on is not None


def columns_that_go(table: Table, scope: str, member: Any) -> list[Personal]:
    """The columns of one table that this decision empties."""
    return [each for each in table.columns if table.target and _goes(each, scope, has_left(member))]


def standing_of(erasure: Erasure) -> dict[str, bool]:
    """What the rules ask about the person: a member here, once a member, ever in a post."""
    member = erasure.member
    return {
        "member_here": bool(member and member.is_member),
        "was_member": bool(member and member.joined_on),
        "held_post": erasure.account.grants.exists(),
    }


def findings_for(erasure: Erasure, viewer: Viewer) -> list[Any]:
    """What speaks against this viewer answering; the page shows it beside the button."""
    same = viewer.account_id == erasure.account_id
    return rules.decision_findings(state=erasure.state, same_person=same)


def overdue(on: date) -> QuerySet[Erasure]:
    """Requests whose answer, or whose carrying out, is late."""
    return Erasure.objects.filter(state__in=OPEN, due_on__lt=on).order_by("pk")


def tasks_for(viewer: Viewer) -> list[Task]:
    """Requests that wait for whoever decides on them, by their clocks. Whether there are any is looked up once a minute."""
    if not viewer.reaches_all("privacy.decide") or not cache.get_or_set(WAITING, _any_open, 60):
        return []
    rows = Erasure.objects.filter(state__in=OPEN).exclude(account=viewer.account_id).order_by("due_on")
    return [_task(row) for row in rows[:50]]


def _any_open() -> bool:
    return Erasure.objects.filter(state__in=OPEN).exists()


def _task(row: Erasure) -> Task:
    agreed = row.state == State.AGREED
    return Task(
        key=f"privacy.erasure:{row.pk}",
        title=_("Carry out the erasure of personal data") if agreed else _("Answer the request for erasure"),
        url=reverse("privacy:erasure", args=[row.pk]),
        due=row.due_on,
        since=timezone.localtime(row.asked_at).date(),
    )


def deciders(facts: Iterable[Any]) -> dict[UUID, list[int]]:
    """Fact id → the accounts that decide on requests for erasure."""
    top = organisations.college()
    people = accounts.holders("privacy.decide", [top.pk], today()).get(top.pk, []) if top else []
    return {fact.id: people for fact in facts}


def who_asked(facts: Iterable[Any]) -> dict[UUID, list[int]]:
    """The person whose request was answered."""
    return {fact.id: [fact.about.account_id] for fact in facts}
