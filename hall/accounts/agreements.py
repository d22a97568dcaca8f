"""What two of the three administrators decide together: emergency rights, a lost factor, a forgotten password (C19, C28)."""

from datetime import timedelta

from django.core.cache import cache
from django.utils.translation import gettext as _

from hall.accounts import factors, queries
from hall.accounts.actions import account_key, forget_password
from hall.accounts.models import Account, Agreement, Grant
from hall.accounts.words import posts
from hall.core.findings import refuse
from hall.ledger.acting import Act, Actor, acting

By = Actor | Act
LASTS = timedelta(hours=1)
OPEN_FOR = timedelta(days=1)  # in which the second person may agree


def ask(*, by: By, asked_by: Account, kind: str, about: Account, reason: str) -> Agreement:
    """Ask the other administrators. Gives nothing yet. Emergency access is asked for oneself, with a reason."""
    with acting(by, "accounts.agree") as act:
        if act.key != account_key(asked_by):
            raise refuse(_("Everybody asks in their own name."))
        if not reason.strip():
            raise refuse(_("Give the reason; everybody will see it."))
        if (kind == Agreement.Kind.EMERGENCY) != (about == asked_by):
            raise refuse(_("Emergency access is asked for oneself; a lost factor or password by somebody else."))
        if kind == Agreement.Kind.LOST_FACTOR and not factors.has_factor(about):
            raise refuse(_("This account has no second factor."))
        if kind == Agreement.Kind.PASSWORD and not about.has_usable_password():
            raise refuse(_("This account has no password; its activation link stands on its page."))
        made = Agreement.objects.create(
            kind=kind, asked_by=asked_by, about=about, reason=reason.strip(), asked_at=act.at
        )
        act.record("accounts.agreement.asked", about, kind=kind, asked_by=asked_by.name, reason=made.reason)
    return made


def agree(*, by: By, agreed_by: Account, agreement: Agreement) -> Agreement:
    """The second administrator's yes: emergency rights for one hour, or the factor or password is gone. It ends by itself."""
    with acting(by, "accounts.agree") as act:
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if act.key != account_key(agreed_by):
            raise refuse(_("Everybody agrees in their own name."))
        _heed_two_offices(row, agreed_by)
        if row.agreed_at or act.at - row.asked_at > OPEN_FOR:
            raise refuse(_("This request was answered already or is older than a day. Ask again."))
        row.agreed_by, row.agreed_at, row.ends_at = agreed_by, act.at, act.at
        if row.kind == Agreement.Kind.EMERGENCY:
            row.ends_at = act.at + LASTS
        elif row.kind == Agreement.Kind.LOST_FACTOR:
            factors.remove(row.about)
        else:
            forget_password(row.about)
        row.save()
        cache.delete(queries.ALERTS)
        act.record(
            "accounts.agreement.made", row.about, kind=row.kind, asked_by=row.asked_by.name,
            agreed_by=agreed_by.name, reason=row.reason,
        )  # fmt: skip
    return row


def end_emergency(*, by: By, agreement: Agreement) -> None:
    """End emergency access before its hour is over."""
    with acting(by, "accounts.agree") as act:
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if row.kind != Agreement.Kind.EMERGENCY or row.ends_at is None or row.ends_at <= act.at:
            raise refuse(_("This emergency access has ended already."))
        row.ends_at = act.at
        row.save(update_fields=["ends_at"])
        cache.delete(queries.ALERTS)
        act.record("accounts.emergency.ended", row.about, reason=row.reason)


def _heed_two_offices(row: Agreement, second: Account) -> None:
    """Two different persons who hold two different offices; for what was lost neither is the one it concerns."""
    if second == row.asked_by or (row.kind != Agreement.Kind.EMERGENCY and second == row.about):
        raise refuse(_("Another administrator must agree."), rule="PERM-02")
    held = [_offices(account) for account in (row.asked_by, second)]
    if not all(held) or held[0] & held[1]:
        raise refuse(_("Two different administrator posts must agree."), rule="PERM-02")


def _offices(account: Account) -> set[str]:
    running = Grant.objects.filter(account=account, withdrawn_on__isnull=True)
    return {grant.post for grant in running if posts()[grant.post].office}
