"""Deeds of signing on: whom the campus vouches for becomes an account or nobody; bindings need two persons; sessions end."""

from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hall.accounts import actions as accounts
from hall.accounts import queries as account_queries
from hall.core.findings import Finding, refuse
from hall.ledger.acting import Act, Actor, System, acting
from hall.signon import queries
from hall.signon.doors import Door
from hall.signon.models import Identity, Spent
from hall.signon.rules.cas import Vouched
from hall.signon.words import NotLetIn, Reason

By = Actor | Act
SIGNER = System("signon")
REMEMBERED = timedelta(days=2)  # longer than any ticket, code or logout token is believed


def digest(door: Door, word: str) -> str:
    """How a ticket, a code or a session of this door's issuer is kept."""
    return sha256(f"hall.signon:{door.issuer}\n{word}".encode()).hexdigest()


def spend(door: Door, word: str) -> None:
    """This ticket, code or token is used now. NotLetIn if it was before, whoever comes at the same instant (C09, C14, C16)."""
    try:
        with transaction.atomic():
            Spent.objects.create(digest=digest(door, f"spent {word}"))
    except IntegrityError:
        raise NotLetIn(Reason.STALE, "it was used before") from None


def forget_spent(*, by: System, on: date) -> int:
    """Digests too old to matter."""
    return Spent.objects.filter(at__date__lt=on - REMEMBERED).delete()[0]


def recognise(door: Door, found: Vouched, *, on: date) -> Any:
    """The account of whom the campus vouches for. NotLetIn for everybody else; nobody gets an account by coming.

    Known by issuer and subject; else, where the door says which attribute holds the campus number, by that number, once:
    then the subject is bound. Accounts of the three offices are bound by two persons only (never by an attribute).
    """
    known = queries.identity_of(door.issuer, found.subject)
    if known is not None and known.in_force_at is None:
        raise NotLetIn(Reason.UNKNOWN, "the binding waits for approval")
    account = known.account if known else _numbered(door, found, on)
    if not account.may_sign_in:
        raise NotLetIn(Reason.CLOSED, "the account is closed or waits for approval")
    if known is None:
        _bind(door, found, account)
    return account


def _numbered(door: Door, found: Vouched, on: date) -> Any:
    number = found.number(door.number)
    account = queries.accounts_named([number]).get(number) if number else None
    if account is None:
        raise NotLetIn(Reason.UNKNOWN, "no account has this identity or number")
    if account_queries.runs_the_machine(account, on):
        raise NotLetIn(Reason.UNKNOWN, "an administrator is bound by two persons, not by a number")
    if queries.is_bound(account.pk, door.issuer):
        raise NotLetIn(Reason.UNKNOWN, "another identity of this issuer has this number already")
    return account


def _bind(door: Door, found: Vouched, account: Any) -> None:
    try:
        with acting(SIGNER, "signon.approve") as act:
            row = Identity.objects.create(
                account=account, issuer=door.issuer, subject=found.subject, made_at=act.at, in_force_at=act.at
            )
            act.record("signon.identity.bound", row, account=account.name, door=door.title)
    except IntegrityError:  # the same person in two windows; or two persons with one number, of whom one was first
        known = queries.identity_of(door.issuer, found.subject)
        if known is None or known.account_id != account.pk:
            raise NotLetIn(Reason.UNKNOWN, "another identity of this issuer has this number already") from None


def propose(*, by: By, door: Door, proposer: Any, pairs: Iterable[tuple[str, str]]) -> list[Identity]:
    """Propose who is who: (account, name at the campus). Nothing is in force before another administrator approves.

    All or nothing: Refused with one sentence for every line that does not fit.
    """
    wanted = list(pairs)
    with acting(by, "signon.propose") as act:
        found = queries.accounts_named(name for name, _subject in wanted)
        act.heed(_line_findings(door, wanted, found))
        rows = [
            Identity(account=found[name], issuer=door.issuer, subject=subject, proposed_by=proposer, made_at=act.at)
            for name, subject in wanted
        ]
        made = Identity.objects.bulk_create(rows)
        act.record_many(
            "signon.identity.proposed", [(row, {"account": row.account.name, "door": door.title}) for row in made]
        )
    return made


def _line_findings(door: Door, wanted: list[tuple[str, str]], found: dict[str, Any]) -> list[Finding]:
    if not wanted:
        return [Finding("house", _("Write at least one line: account, space, name at the campus."))]
    subjects = [subject for _name, subject in wanted]
    taken = set(Identity.objects.filter(issuer=door.issuer, subject__in=subjects).values_list("subject", flat=True))
    ids = [account.pk for account in found.values()]
    bound = set(Identity.objects.filter(issuer=door.issuer, account__in=ids).values_list("account_id", flat=True))
    names, said = [name for name, _subject in wanted], []
    for number, (name, subject) in enumerate(wanted, start=1):
        text = ""
        if name not in found:
            text = _("Line %(number)d: there is no account “%(name)s”.")
        elif found[name].pk in bound or names.count(name) > 1:
            text = _("Line %(number)d: “%(name)s” is bound already, or stands here twice.")
        elif subject in taken or subjects.count(subject) > 1:
            text = _("Line %(number)d: the campus name beside “%(name)s” is bound already, or stands here twice.")
        if text:
            said.append(Finding("house", text % {"number": number, "name": name}))
    return said[:20]


def approve(*, by: By, approver: Any, rows: Iterable[Identity]) -> int:
    """The second person's yes: these bindings are in force. Refused for what one proposed oneself, and for one's own account."""
    ids = [row.pk for row in rows]
    with acting(by, "signon.approve") as act:
        waiting = list(
            Identity.objects.select_for_update(of=("self",)).select_related("account")
            .filter(pk__in=ids, in_force_at__isnull=True).order_by("pk")
        )  # fmt: skip
        if not waiting:
            raise refuse(_("Nothing waits for approval; another administrator was faster."))
        if any(approver.pk in (row.proposed_by_id, row.account_id) for row in waiting):
            raise refuse(
                _("Nobody approves what they proposed themselves, nor a way into their own account."), rule="PERM-02"
            )
        Identity.objects.filter(pk__in=[row.pk for row in waiting]).update(approved_by=approver, in_force_at=act.at)
        act.record_many(
            "signon.identity.bound",
            [(row, {"account": row.account.name, "door": queries.title_of(row.issuer)}) for row in waiting],
        )
    return len(waiting)


def withdraw(*, by: By, identity: Identity, reason: str) -> None:
    """Unbind: that person of the campus no longer comes in here, and the sessions they began by the campus end."""
    with acting(by, "signon.approve" if by.may("signon.approve", None) else "signon.propose") as act:
        if not reason.strip():
            raise refuse(_("Give the reason for unbinding."))
        account = identity.account
        door = queries.title_of(identity.issuer)
        act.record("signon.identity.withdrawn", identity, account=account.name, door=door, reason=reason.strip())
        accounts.end_sessions_of(account=account)
        Identity.objects.filter(pk=identity.pk).delete()


def end_session(door: Door, *, ticket: str = "", subject: str = "") -> int:
    """What the campus ended, ends here too: the session of that ticket, or of that person. How many; unknown ones: none (C12)."""
    known = queries.identity_of(door.issuer, subject) if subject else None
    if not ticket and known is None:
        return 0
    with transaction.atomic():
        whose = accounts.end_sessions_of(ticket=digest(door, ticket)) if ticket else []
        whose += accounts.end_sessions_of(account=known.account) if known else []
        if whose:
            with acting(SIGNER, "accounts.own") as act:
                rows = account_queries.by_id(set(whose)).values()
                act.record_many("signon.session.ended", [(row, {"door": door.title}) for row in rows])
    return len(whose)
