"""Writes of the accounts: open, activate, grant, delegate, withdraw. Nobody grants themselves anything."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.accounts import rules, sessions, throttle
from hall.accounts.models import Account, Factor, FormerPassword, Grant, Session
from hall.accounts.words import posts
from hall.core.findings import Finding, Refused, refuse
from hall.ledger.acting import Act, Actor, System, acting
from hall.ledger.queries import entries_about
from hall.organisations import queries as organisations
from hall.organisations.actions import found_organisation
from hall.organisations.models import Organisation
from hall.organisations.words import Kind

By = Actor | Act


def account_key(account: Account) -> str:
    return f"account:{account.pk}"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Someone to open an account for."""

    username: str
    name: str
    email: str = ""


def open_accounts(*, by: By, people: Iterable[Newcomer]) -> list[Account]:
    """Open accounts without a password: they are entered by the campus portal or by an activation link. Grants nothing.

    Opened by the system administrator they wait for the security administrator, unless the college is content with two
    persons (`accounts.three_administrators`); accounts that come with a roster or at set-up do not wait.
    Whoever has an account already keeps it; the answer holds the accounts of all of them.
    """
    with acting(by, "accounts.open") as act:
        wanted = {person.username: person for person in people}
        known = {account.username: account for account in Account.objects.filter(username__in=wanted)}
        approved = None if _must_wait(act) else act.at
        fresh = [
            Account(
                username=p.username,
                name=p.name,
                email=p.email,
                password=make_password(None),
                opened_at=act.at,
                approved_at=approved,
            )
            for p in wanted.values()
            if p.username not in known
        ]
        if not fresh and not known:
            raise refuse(_("Nobody to open an account for."))
        made = Account.objects.bulk_create(fresh)
        act.record_many("accounts.account.opened", [(account, {"username": account.username}) for account in made])
        if not made:
            act.record("accounts.account.kept", next(iter(known.values())), count=len(known))
    return [*known.values(), *made]


def _must_wait(act: Act) -> bool:
    desk = act.permission == "accounts.open" and not act.key.startswith("system:")
    mode = organisations.of_the_college("accounts.three_administrators", timezone.localtime(act.at).date())
    return desk and mode == "strict"


def approve_account(*, by: By, account: Account) -> None:
    """The second person's yes: from now on the account can be activated. Refused for one's own opening."""
    with acting(by, "accounts.grant") as act:
        _heed_pending(act, account)
        account.approved_at = act.at
        account.save(update_fields=["approved_at"])
        act.record("accounts.account.approved", account)


def decline_account(*, by: By, account: Account, reason: str) -> None:
    """The second person's no: the account is closed and cannot be used."""
    with acting(by, "accounts.grant") as act:
        _heed_pending(act, account)
        if not reason.strip():
            raise refuse(_("Give the reason for closing the account."))
        account.is_active = False
        account.save(update_fields=["is_active"])
        act.record("accounts.account.declined", account, reason=reason)


def _heed_pending(act: Act, account: Account) -> None:
    if account.approved_at or not account.is_active:
        raise refuse(_("This account does not wait for approval."))
    opened = entries_about([account], ["accounts.account.opened"]).first()
    if act.key == account_key(account) or (opened and opened.by == act.key):
        raise refuse(_("Whoever opened the account does not approve it."), rule="PERM-02")


def set_password(*, by: By, account: Account, password: str) -> None:
    """The person's own new password. Nobody sets another's (C19); sessions elsewhere end with it."""
    with acting(by, "accounts.own") as act:
        if act.key not in (account_key(account), "system:accounts.set_up", "system:accounts.activation"):
            raise refuse(_("Nobody sets another person's password."))
        try:
            validate_password(password, account)
        except ValidationError as error:
            raise Refused([Finding("house", message) for message in error.messages]) from error
        if account.has_usable_password():
            FormerPassword.objects.create(account=account, password=account.password, at=act.at)
        account.set_password(password)
        account.password_set_at = act.at
        account.save(update_fields=["password", "password_set_at"])
        sessions.end(account)
        act.record("accounts.password.set", account)


def let_in(*, request: Any, account: Account, ticket: str, door: str, proved: bool) -> str:
    """Sign in an account somebody trusted vouches for (the module signon). The page that follows: "" or that of the code.

    A second factor in force is asked for all the same. `ticket` is a digest; by it `end_sessions_of` ends the session.
    """
    came = {sessions.TICKET: ticket, sessions.DOOR: door}
    if Factor.objects.filter(account=account, confirmed_at__isnull=False).exists():
        request.session.flush()
        request.session[sessions.HALF] = {"account": account.pk, "at": time.time(), **came}
        return "accounts:code"
    sessions.begin(request, account, proved=proved, came=came)
    record_sign_in(account, throttle.address_of(request))
    return ""


def prove_again(request: Any) -> None:
    """The person signed in here has shown anew who they are, elsewhere."""
    sessions.prove(request)


def admit(request: Any, kind: str) -> bool:
    """Count one try of this kind from the visitor's network. False: too many failed, do nothing for it."""
    return throttle.admit([f"{kind}:{throttle.address_of(request)}"])


def forgive(request: Any, kind: str) -> None:
    """That try was right: the network gets it back."""
    throttle.forget([f"{kind}:{throttle.address_of(request)}"])


def end_sessions_of(*, ticket: str = "", account: Account | None = None) -> list[int]:
    """End the session of this ticket, or all the campus began for this account. The accounts whose sessions ended.

    Part of a deed that says why. An empty ticket is nobody's.
    """
    rows = Session.objects.exclude(ticket="")
    rows = rows.filter(account_id=account.pk) if account else rows.filter(ticket=ticket or "-")
    found = list(rows.values_list("pk", "account_id"))
    Session.objects.filter(pk__in=[pk for pk, _account in found]).delete()
    return [account_id for _pk, account_id in found if account_id]


def forget_password(account: Account) -> None:
    """No password opens the account until its owner chooses one by an activation link. Part of a deed that says why."""
    account.set_unusable_password()
    account.save(update_fields=["password"])
    sessions.end(account)


def record_sign_in(account: Account, address: str) -> None:
    """Who signed in stands on the account's record (GB/T 22239 8.1.4.3)."""
    with acting(System("accounts.sign_in"), "accounts.own") as act:
        act.record("accounts.session.begun", account, address=address)


def record_delay(account: Account | None, address: str) -> None:
    """So many tries failed that the name must wait: whoever watches may want to ask why (C01).

    A name nobody has is recorded like one somebody has, so that the two take the same time; what was typed is not kept.
    """
    with acting(System("accounts.sign_in"), "accounts.own") as act:
        about: Any = account or "accounts.sign_in"
        act.record("accounts.sign_in.delayed", about, address=address)


def end_sessions(*, by: By, account: Account, names: Iterable[str] | None, keep: str | None) -> int:
    """End one's own sessions: those named, else all but `keep`. Refused if there is none left to end."""
    with acting(by, "accounts.own") as act:
        if act.key != account_key(account):
            raise refuse(_("Everybody ends their own sessions."))
        ended = sessions.end(account, names=names, keep=keep)
        if not ended:
            raise refuse(_("This session has ended already."))
        act.record("accounts.session.ended", account, count=ended)
    return ended


def forget_sessions(*, by: System, on: date) -> int:
    """Rows of sessions that ended before that day; strangers' too."""
    return Session.objects.filter(expire_date__date__lt=on).delete()[0]


def close_account(*, by: By, account: Account, reason: str) -> None:
    """No further sign-in. Posts end today, and what was handed over of them; what the person did stays."""
    with acting(by, "accounts.open") as act:
        if not reason.strip():
            raise refuse(_("Give the reason for closing the account."))
        account.is_active = False
        account.save(update_fields=["is_active"])
        sessions.end(account)
        handed_over = Grant.objects.filter(acts_for__account=account)
        _end_grants([*account.grants.all(), *handed_over], on=timezone.localtime(act.at).date())
        act.record("accounts.account.closed", account, reason=reason)


def grant_post(
    *, by: By, account: Account, post: str, organisation: Organisation, starts_on: date, ends_on: date | None = None, reason: str = ""
) -> Grant:  # fmt: skip
    """Give a post. Refused for oneself, for a place where the post does not exist, and for duties that must be apart."""
    with acting(by, "accounts.grant", within=organisation.pk) as act:
        if act.key == account_key(account):
            raise refuse(_("Nobody gives a post to themselves; ask the other administrator."), rule="PERM-02")
        running = _running(account, starts_on)
        if any((g.post, g.organisation_id, g.acts_for_id) == (post, organisation.pk, None) for g in running):
            raise refuse(_("%(name)s holds this post there already.") % {"name": account.name})
        held = [posts()[g.post] for g in running]
        act.heed(rules.grant_findings(posts()[post], organisation.kind, starts_on, ends_on, held))
        grant = Grant.objects.create(
            account=account,
            post=post,
            organisation=organisation,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason,
            granted_at=act.at,
        )
        act.record(
            "accounts.post.granted",
            grant,
            on=starts_on,
            post=post,
            account=account.name,
            ends_on=ends_on,
            reason=reason,
        )
    return grant


def _running(account: Account, on: date) -> list[Grant]:
    """Posts the account holds on that day or later."""
    grants = account.grants.filter(withdrawn_on__isnull=True)
    return [grant for grant in grants if grant.ends_on is None or grant.ends_on >= on]


def delegate_post(
    *,
    by: By,
    grant: Grant,
    to: Account,
    starts_on: date,
    ends_on: date | None,
    without: Iterable[str] = (),
    reason: str = "",
) -> Grant:
    """Let another act in one's own post for a time, without some permissions if wished (F12). Ends by itself."""
    with acting(by, "accounts.delegate", within=grant.organisation_id) as act:
        if act.key != account_key(grant.account):
            raise refuse(_("Only the holder hands over the post for a time."))
        if not reason.strip():
            raise refuse(_("Give the reason for the delegation."))
        same = to.pk == grant.account_id
        act.heed(
            rules.delegation_findings(
                starts_on, ends_on, grant.ends_on, delegated=bool(grant.acts_for_id), same_person=same
            )
        )
        act.heed(rules.apart_findings(posts()[grant.post], [posts()[g.post] for g in _running(to, starts_on)]))
        limits = sorted({*without, "accounts.delegate"} & posts()[grant.post].may)
        made = Grant.objects.create(
            account=to, post=grant.post, organisation=grant.organisation, starts_on=starts_on, ends_on=ends_on,
            acts_for=grant, without=limits, reason=reason, granted_at=act.at,
        )  # fmt: skip
        act.record(
            "accounts.post.delegated",
            made,
            on=starts_on,
            account=to.name,
            ends_on=ends_on,
            without=limits,
            reason=reason,
        )
    return made


def withdraw_grant(*, by: By, grant: Grant, on: date, reason: str) -> Grant:
    """The post ends at once: the very next request is without it. Delegations of it end too."""
    with acting(by, _permission_to_withdraw(by, grant), within=grant.organisation_id) as act:
        if not reason.strip():
            raise refuse(_("Give the reason for withdrawing the post."))
        _end_grants([grant, *grant.delegations.all()], on=on)
        act.record("accounts.post.withdrawn", grant, on=on, account=grant.account.name, post=grant.post, reason=reason)
    return grant


def _permission_to_withdraw(by: By, grant: Grant) -> str:
    own = grant.acts_for is not None and by.key == f"account:{grant.acts_for.account_id}"
    return "accounts.delegate" if own else "accounts.grant"


def _end_grants(grants: Iterable[Grant], on: date) -> None:
    for grant in grants:
        if grant.withdrawn_on is None:
            grant.withdrawn_on = on
            grant.save(update_fields=["withdrawn_on"])


def sign_review(*, by: By, note: str) -> None:
    """The auditor's signature under the past week: what was looked at, and what came of it. Once a week."""
    with acting(by, "ledger.verify") as act:
        if not note.strip():
            raise refuse(_("Write in a sentence what was looked at and what came of it."))
        on = timezone.localtime(act.at).date()
        about: Any = f"week:{on.isocalendar().year}-{on.isocalendar().week:02}"
        act.record("accounts.review.signed", about, on=on, note=note.strip()[:500])


def set_up(
    *, college: str, short_name: str, administrators: tuple[dict[str, Any], dict[str, Any]], on: date
) -> Organisation:
    """The first deed in an empty hall: the committee at the top, a system and a security administrator. Refused later."""
    if organisations.college() is not None:
        raise refuse(_("The hall is set up already."))
    with acting(System("accounts.set_up"), "accounts.open") as act:
        root = found_organisation(by=act, name=college, short_name=short_name, kind=Kind.COMMITTEE, under=None, on=on)
        for post, who in zip(("system_administrator", "security_administrator"), administrators, strict=True):
            account = open_accounts(by=act, people=[Newcomer(who["username"], who["name"])])[0]
            set_password(by=act, account=account, password=who["password"])
            grant_post(by=act, account=account, post=post, organisation=root, starts_on=on, reason=_("set-up"))
    return root
