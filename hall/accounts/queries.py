"""Who is acting, with which post, and how far it reaches."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.accounts.models import Account, Agreement, Grant, Session
from hall.accounts.words import posts
from hall.core.viewer import Viewer
from hall.core.wall.reach import reach
from hall.ledger.queries import entries_about
from hall.organisations import queries as organisations

ALERTS = "accounts.alerts"


@dataclass
class Person:
    """A signed-in person wearing one hat: what every query takes as `viewer` and every action as `by`.

    Several posts are several hats, never mixed (ux #14). Without a post a person still sees what is their own.
    """

    account: Account
    hats: list[Grant]
    hat: Grant | None
    emergency: bool = False  # two administrators agreed: for an hour, the rights of all three offices
    _reach: dict[str, frozenset[int]] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)  # answers other queries remember for this request

    @property
    def account_id(self) -> int:
        return self.account.pk

    @property
    def key(self) -> str:
        return f"account:{self.account.pk}"

    @property
    def label(self) -> str:
        if self.hat is None:
            return self.account.name
        mark = _(" (emergency access)") if self.emergency else ""
        return f"{self.account.name} · {self.hat.organisation} {self.hat.title}{mark}"

    @property
    def office(self) -> bool:
        """Does the present hat run the machine? Then what belongs to members is not offered (PERM-02)."""
        return self.hat is not None and posts()[self.hat.post].office

    def holds(self, permission: str) -> bool:
        """Does the present hat have this permission anywhere?"""
        if self.hat is None:
            return False
        return permission in self.hat.permissions or (self.emergency and permission in office_permissions())

    def reach(self, permission: str) -> frozenset[int]:
        """Ids of the organisations in which the present hat has this permission. One query for all, none for a branch."""
        return self._places() if self.holds(permission) else frozenset()

    def _places(self) -> frozenset[int]:
        if self.hat is None:
            return frozenset()
        if "" not in self._reach:
            place = self.hat.organisation
            self._reach[""] = organisations.ids_under([place.path]) if place.numchild else frozenset({place.pk})
        return self._reach[""]

    @property
    def sees(self) -> str:
        """The reach of the present hat and what is the person's own, as the second wall wants it."""
        held = self.hat.permissions if self.hat else frozenset()
        held |= office_permissions() if self.emergency else frozenset()
        whole = self.hat is not None and self.hat.organisation.depth == 1
        return reach(self.account.pk, None if whole else self._places(), held)

    def reaches_all(self, permission: str) -> bool:
        """Does it reach the whole college? Then lists need no filter by organisation."""
        return self.hat is not None and self.holds(permission) and self.hat.organisation.depth == 1

    def may(self, permission: str, within: int | None) -> bool:
        """May this person do it in that organisation (None = the whole college)?

        `<module>.own` is everybody's for what is their own; the action shows that it is theirs.
        """
        if permission.endswith(".own"):
            return True
        if within is None:
            return self.reaches_all(permission)
        return within in self.reach(permission)


def person(account: Account, *, today: date, hat_id: int | None = None) -> Person:
    """The account as an actor: its grants of today, wearing the chosen hat or else the first."""
    in_force = Grant.objects.filter(_in_force(today), account=account) if account.may_sign_in else Grant.objects.none()
    hats = list(in_force.select_related("organisation").order_by("starts_on", "pk"))
    for grant in hats:
        grant.account = account
    hat = next((grant for grant in hats if grant.pk == hat_id), hats[0] if hats else None)
    office = hat is not None and posts()[hat.post].office
    return Person(account=account, hats=hats, hat=hat, emergency=office and in_emergency(account))


def office_permissions() -> frozenset[str]:
    """What the three offices may do together."""
    return frozenset(name for post in posts().values() if post.office for name in post.may)


def emergencies() -> QuerySet[Agreement]:
    """Emergency access that two administrators agreed on and that has not ended."""
    return Agreement.objects.filter(kind=Agreement.Kind.EMERGENCY, ends_at__gt=timezone.now())


def in_emergency(account: Account) -> bool:
    return emergencies().filter(about=account).exists()


def alerts() -> list[str]:
    """What everybody is told at the head of every page: emergency access while it lasts. Looked up every few seconds."""
    found: list[str] = cache.get_or_set(ALERTS, _alerts, 10) or []
    return found


def _alerts() -> list[str]:
    return [
        _(
            "Emergency access: %(name)s acts with the rights of all three administrators until %(until)s. Reason: %(reason)s"
        )
        % {"name": row.about.name, "until": f"{timezone.localtime(row.ends_at):%H:%M}", "reason": row.reason}
        for row in emergencies().select_related("about")
    ]


def agreements_for(viewer: Viewer) -> QuerySet[Agreement]:
    """What administrators asked of each other, newest first; nobody else sees it."""
    rows = Agreement.objects.select_related("asked_by", "agreed_by", "about").order_by("-id")
    return rows if viewer.holds("accounts.agree") else rows.none()


def pending_accounts(viewer: Viewer) -> QuerySet[Account]:
    """Accounts that wait for the security administrator's approval."""
    return (Account.objects.order_by("opened_at") if viewer.holds("accounts.agree") else accounts_for(viewer)).filter(
        approved_at__isnull=True, is_active=True
    )


def unsigned_grants(day: date) -> list[Grant]:
    """Posts in force that no deed gave: rows put into the table by hand (A19)."""
    rows = list(grants_on(day))
    said = entries_about(rows, ["accounts.post.granted", "accounts.post.delegated"]) if rows else []
    known = {entry.about_id for entry in said}
    return [row for row in rows if str(row.pk) not in known]


def watchers(facts: Iterable[Any]) -> dict[Any, list[int]]:
    """Fact id → the security administrators and security auditors."""
    said = list(facts)
    top = organisations.college()
    if top is None or not said:
        return {}
    day = said[0].at.date()
    told = {one for name in ("accounts.grant", "ledger.verify") for one in holders(name, [top.pk], day).get(top.pk, [])}
    return {fact.id: sorted(told) for fact in said}


def oneself(facts: Iterable[Any]) -> dict[Any, list[int]]:
    """Fact id → the person whose account it is about."""
    return {fact.id: [fact.about.pk] for fact in facts}


def oneself_and_watchers(facts: Iterable[Any]) -> dict[Any, list[int]]:
    """Fact id → the person whose account it is about, the security administrators and the auditors."""
    said = list(facts)
    watching = watchers(said)
    return {fact.id: sorted({fact.about.pk, *watching.get(fact.id, [])}) for fact in said}


def grants_on(day: date) -> QuerySet[Grant]:
    """Grants in force that day, with organisation and account at hand."""
    return Grant.objects.filter(_in_force(day), account__is_active=True).select_related("organisation", "account")


def _in_force(day: date) -> Q:
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day)) & Q(withdrawn_on__isnull=True)


def holders(permission: str, organisation_ids: Iterable[int], day: date) -> dict[int, list[int]]:
    """Organisation id → accounts whose post there (not above) has the permission. One query."""
    found: dict[int, list[int]] = {}
    for grant in grants_on(day).filter(organisation__in=list(organisation_ids)):
        if permission in grant.permissions:
            found.setdefault(grant.organisation_id, []).append(grant.account_id)
    return found


def reminded_of_elections(facts: Iterable[Any]) -> dict[Any, list[int]]:
    """Fact id → accounts told of a term that ends: whoever is reminded in the organisation and in the one above (ORG-25)."""
    said = list(facts)
    above = organisations.above_of(fact.organisation for fact in said)
    places = {place for pair in above.items() for place in pair if place}
    there = holders("organisations.remind", places, said[0].at.date()) if said else {}
    return {
        fact.id: sorted({*there.get(fact.organisation, []), *there.get(above.get(fact.organisation) or 0, [])})
        for fact in said
    }


def accounts_for(viewer: Viewer) -> QuerySet[Account]:
    """Accounts an administrator looks after; nobody else sees the list."""
    if not (viewer.holds("accounts.open") or viewer.holds("accounts.grant")):
        return Account.objects.none()
    return Account.objects.order_by("username")


def idle_since(viewer: Viewer, since: datetime) -> QuerySet[Account]:
    """Open accounts with which nobody signed in since then (GB/T 22239 8.1.4.2 c)."""
    return accounts_for(viewer).filter(idle(since), is_active=True, approved_at__isnull=False)


def idle(since: datetime) -> Q:
    """Last signed in before then, or opened before then and never used."""
    return Q(last_login__lt=since) | Q(last_login__isnull=True, opened_at__lt=since)


def signed_in(now: datetime) -> dict[str, int]:
    """How many sessions are alive, and of how many people."""
    alive = Session.objects.filter(account_id__isnull=False, expire_date__gt=now)
    return alive.aggregate(sessions=Count("pk"), people=Count("account_id", distinct=True))


def held_back(day: date) -> dict[str, list[Grant]]:
    """Permission → posts in force that day that go without it: what differs from the rulebook of posts."""
    found: dict[str, list[Grant]] = {}
    for grant in grants_on(day).exclude(without=[]).select_related("acts_for__account"):
        for name in grant.without:
            found.setdefault(name, []).append(grant)
    return found


def invited(pk: int) -> Account | None:
    """The open account an activation link names. Whether the link's token is good is asked by the page."""
    return Account.objects.filter(pk=pk, is_active=True, approved_at__isnull=False).first()


def open_accounts() -> QuerySet[Account]:
    """Accounts that can sign in: to whom a post may be given."""
    return Account.objects.filter(is_active=True, approved_at__isnull=False).order_by("username")


def grants_for(viewer: Viewer) -> QuerySet[Grant]:
    """Grants within reach of an administrator, and the person's own."""
    rows = Grant.objects.select_related("account", "organisation").order_by("-starts_on", "-pk")
    if viewer.holds("accounts.grant") or viewer.holds("accounts.open"):
        return rows
    return rows.filter(Q(account=viewer.account) | Q(acts_for__account=viewer.account))


def runs_the_machine(account: Account, day: date) -> bool:
    """Does the account hold one of the three offices that day?"""
    return any(posts()[grant.post].office for grant in Grant.objects.filter(_in_force(day), account=account))


def by_id(ids: Iterable[int]) -> dict[int, Account]:
    return Account.objects.in_bulk(list(ids))


def emails(ids: Iterable[int]) -> dict[int, str]:
    """Account id → mail address, where there is one."""
    return dict(Account.objects.filter(pk__in=list(ids), is_active=True).exclude(email="").values_list("pk", "email"))


def names(ids: Iterable[int]) -> dict[int, str]:
    return dict(Account.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def by_username(usernames: Iterable[str]) -> dict[str, Account]:
    """User name → account, for the names that have one. One query."""
    return {account.username: account for account in Account.objects.filter(username__in=list(usernames))}
