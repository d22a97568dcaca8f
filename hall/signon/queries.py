"""Which account somebody of the campus is, and the list of those who are bound."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from hall.accounts import queries as accounts
from hall.core.modules import Doorway, Task
from hall.core.viewer import Viewer
from hall.signon.doors import Door
from hall.signon.models import Identity


def doors() -> dict[str, Door]:
    """The doors of the deployment, by name."""
    found: dict[str, Door] = settings.HALL_SIGNON
    return found


def doorways(request: Any) -> list[Doorway]:
    """What the sign-in page offers. WeCom's door opens only inside its app."""
    inside = "wxwork" in request.headers.get("User-Agent", "").lower()
    return [
        Doorway(
            door.name,
            door.title,
            reverse("signon:begin", args=[door.name]),
            leave=reverse("signon:farewell", args=[door.name]) if door.again else "",
            again=door.again,
        )
        for door in doors().values()
        if door.kind != "wecom" or inside
    ]


def identity_of(issuer: str, subject: str) -> Identity | None:
    """The binding of this person of the campus, in force or waiting."""
    return Identity.objects.select_related("account").filter(issuer=issuer, subject=subject).first()


def is_bound(account_id: int, issuer: str) -> bool:
    return Identity.objects.filter(account_id=account_id, issuer=issuer).exists()


def identities_for(viewer: Viewer) -> QuerySet[Identity]:
    """The bindings, those that wait first; for the two administrators alone."""
    rows = Identity.objects.select_related("account").order_by("in_force_at", "account__username", "issuer")
    return rows if viewer.holds("signon.view") else rows.none()


def waiting_for(viewer: Viewer) -> QuerySet[Identity]:
    """Bindings another administrator proposed and this viewer may approve."""
    rows = Identity.objects.select_related("account").filter(in_force_at__isnull=True).order_by("pk")
    others = rows.exclude(proposed_by=viewer.account_id).exclude(account=viewer.account_id)
    return others if viewer.holds("signon.approve") else rows.none()


def tasks(viewer: Viewer) -> list[Task]:
    """The approver's to-do: bindings that wait."""
    count = waiting_for(viewer).count() if viewer.holds("signon.approve") else 0
    title = _("Approve %(count)d bindings to campus identities") % {"count": count}
    return [Task("signon.waiting", title, reverse("signon:identities"))] if count else []


def bound_accounts(facts: Iterable[Any]) -> dict[Any, list[int]]:
    """Fact id → the account whose owner is told that a way into it was opened."""
    return {fact.id: [fact.about.account_id] for fact in facts if isinstance(fact.about, Identity)}


def own_address(name: str, **query: str) -> str:
    """Where a provider sends the browser back: from the settings, never from the Host of a request."""
    path = reverse("signon:arrival", args=[name])
    return f"{settings.HALL_URL}{path}{'?' + urlencode(query) if query else ''}"


def title_of(issuer: str) -> str:
    return next((door.title for door in doors().values() if door.issuer == issuer), issuer)


def accounts_named(names: Iterable[str]) -> dict[str, Any]:
    return accounts.by_username(names)


def own_page(name: str) -> str:
    """A page of ours as the world addresses it."""
    return f"{settings.HALL_URL}{reverse(name)}"


def named(rows: QuerySet[Identity], words: str) -> QuerySet[Identity]:
    """Found by account, name or name at the campus."""
    return rows.filter(
        Q(account__username__istartswith=words) | Q(account__name__startswith=words) | Q(subject__istartswith=words)
    )
