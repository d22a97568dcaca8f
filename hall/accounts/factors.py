"""Deeds on the second factor: set it up, show it, take it away (C17, C28). A code counts once, whoever asks at once.

A second factor is an authenticator app, one or more passkeys, or both; recovery codes stand in for either.
"""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from webauthn.helpers import bytes_to_base64url

from hall.accounts import passkeys, totp
from hall.accounts.actions import account_key
from hall.accounts.models import Account, Factor, Passkey, RecoveryCode
from hall.core.findings import refuse
from hall.ledger.acting import Act, Actor, System, acting

By = Actor | Act
MOST = 10  # passkeys of one account


def factor_of(account: Account) -> Factor | None:
    """The account's second factor, confirmed or not."""
    return Factor.objects.filter(account=account).first()


def has_factor(account: Account) -> bool:
    """Must this account show a second factor when it signs in?"""
    return has_app(account) or has_passkey(account)


def has_app(account: Account) -> bool:
    """Is an authenticator app in force?"""
    return Factor.objects.filter(account=account, confirmed_at__isnull=False).exists()


def has_passkey(account: Account) -> bool:
    return Passkey.objects.filter(account=account, stopped_at__isnull=True).exists()


def passkeys_of(account: Account) -> list[Passkey]:
    """The account's passkeys, stopped ones too, oldest first."""
    return list(Passkey.objects.filter(account=account).order_by("made_at", "id"))


def passkey_of(account: Account, pk: UUID) -> Passkey | None:
    """One of the account's own passkeys."""
    return Passkey.objects.filter(account=account, pk=pk).first()


def usable_passkeys(account: Account) -> list[Passkey]:
    return [row for row in passkeys_of(account) if row.stopped_at is None]


def codes_left(account: Account) -> int:
    return RecoveryCode.objects.filter(account=account, used_at__isnull=True).count()


def prepare_factor(*, by: By, account: Account) -> Factor:
    """A fresh secret to be read into an app. Not in force until a code of it was shown; refused while one is in force."""
    with acting(by, "accounts.own") as act:
        _own(act, account)
        if has_app(account):
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
        Factor.objects.filter(account=account).delete()
        _forget_codes_of_nothing(account)
        act.record("accounts.factor.taken_away", account)


def remove(account: Account) -> None:
    """Forget every factor and the recovery codes. Part of a deed that says why."""
    RecoveryCode.objects.filter(account=account).delete()
    Factor.objects.filter(account=account).delete()
    Passkey.objects.filter(account=account).delete()


def _forget_codes_of_nothing(account: Account) -> None:
    if not has_factor(account):
        RecoveryCode.objects.filter(account=account).delete()


def add_passkey(*, by: By, account: Account, name: str, made: Any) -> Passkey:
    """Keep a passkey that `passkeys.made` has checked. Refused for another's account, an eleventh, and one that is known."""
    with acting(by, "accounts.own") as act:
        _own(act, account)
        credential = bytes_to_base64url(made.credential_id)
        if len(passkeys_of(account)) >= MOST:
            raise refuse(_("Ten passkeys are enough; remove one first."))
        if not name.strip():
            raise refuse(_("Give the device a name by which you will know it again."))
        if Passkey.objects.filter(credential=credential).exists():
            raise refuse(_("This passkey is registered already."))
        row = Passkey.objects.create(
            account=account, name=name.strip(), credential=credential,
            public_key=bytes_to_base64url(made.credential_public_key), counter=made.sign_count, made_at=act.at,
        )  # fmt: skip
        act.record("accounts.passkey.added", account, name=row.name)
    return row


def remove_passkey(*, by: By, account: Account, passkey: Passkey) -> None:
    """By the person alone; with the last factor the recovery codes go too."""
    with acting(by, "accounts.own") as act:
        _own(act, account)
        if passkey.account_id != account.pk:
            raise refuse(_("The second factor is everybody's own; ask the person."))
        passkey.delete()
        _forget_codes_of_nothing(account)
        act.record("accounts.passkey.removed", account, name=passkey.name)


def accept_passkey(shown: passkeys.Shown) -> Account:
    """Count a passkey as shown, once. One whose counter did not rise is stopped, with an alarm, and refused."""
    row = shown.passkey
    if shown.fell:
        stop_passkey(row)
        raise passkeys.unfit()
    same = Passkey.objects.filter(pk=row.pk, counter=row.counter, used_at=row.used_at, stopped_at__isnull=True)
    if same.update(counter=shown.counter, used_at=timezone.now()) != 1:
        raise passkeys.unfit()
    return row.account


def stop_passkey(row: Passkey) -> None:
    """There may be a copy of the key: it opens nothing any more, the person and those who watch are told."""
    with acting(System("accounts.sign_in"), "accounts.own") as act:
        if Passkey.objects.filter(pk=row.pk, stopped_at__isnull=True).update(stopped_at=act.at):
            act.record("accounts.passkey.stopped", row.account, name=row.name)


def shown(account: Account, typed: str) -> bool:
    """Is this a code of the account's factor, or a recovery code? True only once for each code."""
    code = totp.plain(typed)
    if len(code) != 6:
        return _spend_recovery(account, code)
    row = factor_of(account)
    return row is not None and row.confirmed_at is not None and _spend(row, code)


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
