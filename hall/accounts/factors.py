"""Deeds on the second factor: set it up, show it, take it away (C17, C28). A code counts once, whoever asks at once."""

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from hall.accounts import totp
from hall.accounts.actions import account_key
from hall.accounts.models import Account, Factor, RecoveryCode
from hall.core.findings import refuse
from hall.ledger.acting import Act, Actor, acting

By = Actor | Act


def factor_of(account: Account) -> Factor | None:
    """The account's second factor, confirmed or not."""
    return Factor.objects.filter(account=account).first()


def has_factor(account: Account) -> bool:
    """Must this account show a second factor when it signs in?"""
    return Factor.objects.filter(account=account, confirmed_at__isnull=False).exists()


def codes_left(account: Account) -> int:
    return RecoveryCode.objects.filter(account=account, used_at__isnull=True).count()


def prepare_factor(*, by: By, account: Account) -> Factor:
    """A fresh secret to be read into an app. Not in force until a code of it was shown; refused while one is in force."""
    with acting(by, "accounts.own") as act:
        _own(act, account)
        if has_factor(account):
            raise refuse(_("A second factor is in force. Take it away before setting up another."))
        Factor.objects.filter(account=account).delete()
        made = Factor.objects.create(account=account, secret=totp.new_secret(), made_at=act.at)
        act.record("accounts.factor.prepared", account)
    return made


def confirm_factor(*, by: By, account: Account, code: str) -> list[str]:
    """Put the factor in force; the answer is the recovery codes, told this once. Refused for a code that does not fit."""
    with acting(by, "accounts.own") as act:
        _own(act, account)
        row = factor_of(account)
        if row is None or row.confirmed_at or not _spend(row, totp.plain(code)):
            raise refuse(
                _("The code does not fit. Check that the telephone shows the right time, and type a fresh code.")
            )
        Factor.objects.filter(pk=row.pk).update(confirmed_at=act.at)
        codes = _renew_codes(account)
        act.record("accounts.factor.set", account)
    return codes


def renew_recovery_codes(*, by: By, account: Account) -> list[str]:
    """Ten fresh recovery codes; the older ones are worth nothing from now on."""
    with acting(by, "accounts.own") as act:
        _own(act, account)
        if not has_factor(account):
            raise refuse(_("Set up the second factor first."))
        codes = _renew_codes(account)
        act.record("accounts.factor.codes_renewed", account)
    return codes


def take_factor_away(*, by: By, account: Account) -> None:
    """By the person alone; when the telephone is lost, two administrators do it (`agreements`)."""
    with acting(by, "accounts.own") as act:
        _own(act, account)
        remove(account)
        act.record("accounts.factor.taken_away", account)


def remove(account: Account) -> None:
    """Forget the factor and its recovery codes. Part of a deed that says why."""
    RecoveryCode.objects.filter(account=account).delete()
    Factor.objects.filter(account=account).delete()


def shown(account: Account, typed: str) -> bool:
    """Is this a code of the account's factor, or a recovery code? True only once for each code."""
    code = totp.plain(typed)
    row = factor_of(account)
    if row is None or row.confirmed_at is None:
        return False
    return _spend(row, code) if len(code) == 6 else _spend_recovery(account, code)


def _spend(row: Factor, code: str) -> bool:
    now = timezone.now()
    step = totp.step_of(row.secret, code, now.timestamp(), row.last_step)
    return step is not None and Factor.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step) == 1


def _spend_recovery(account: Account, code: str) -> bool:
    fits = RecoveryCode.objects.filter(account=account, digest=_digest(code), used_at__isnull=True)
    return fits.update(used_at=timezone.now()) == 1


def _renew_codes(account: Account) -> list[str]:
    RecoveryCode.objects.filter(account=account).delete()
    codes = list(totp.recovery_codes())
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(account=account, digest=_digest(totp.plain(code))) for code in codes]
    )
    return codes


def _digest(code: str) -> str:
    return salted_hmac("hall.accounts.recovery", code, algorithm="sha256").hexdigest()


def _own(act: Act, account: Account) -> None:
    if act.key != account_key(account):
        raise refuse(_("The second factor is everybody's own; ask the person."))
