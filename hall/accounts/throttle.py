"""Slowing down whoever guesses passwords, without letting anybody lock the secretary out (C01, C03).

Failures are counted in the database, so that a restart or a second process forgets nothing. These kinds of keys:

account   the name as typed, known or not: five failures, then thirty minutes in which no password is even looked at
device    a browser from which this account signed in before has a count of its own: strangers' guesses do not hold it up
address   a hundred failures in a quarter of an hour from one address; `begin`, `signon` and `signout` alike, for the campus
passkey   three hundred questions for a passkey in a quarter of an hour from one address

A try is counted before the password is looked at and given back if it was right: tries at once are counted one by one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from hall.accounts.models import Account, SignInCount

COOKIE, SALT = "hall_device", "hall.accounts.device"
OF_A_NETWORK = ("address:", "begin:", "signon:", "signout:", "passkey:")  # many people share it
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within so many minutes, then so many minutes of waiting."""

    failures: int
    within: timedelta
    wait: timedelta


HALF_AN_HOUR = timedelta(minutes=30)
LIMITS = {
    "account": Limit(5, HALF_AN_HOUR, HALF_AN_HOUR),
    "device": Limit(5, HALF_AN_HOUR, HALF_AN_HOUR),
    "factor": Limit(5, HALF_AN_HOUR, HALF_AN_HOUR),
    "proof": Limit(5, HALF_AN_HOUR, HALF_AN_HOUR),
    "passkey": Limit(300, timedelta(minutes=15), timedelta(minutes=15)),
    "address": Limit(100, timedelta(minutes=15), timedelta(minutes=15)),
    "begin": Limit(600, timedelta(minutes=15), timedelta(minutes=15)),
    "signon": Limit(100, timedelta(minutes=15), timedelta(minutes=15)),
    "signout": Limit(300, timedelta(minutes=15), timedelta(minutes=15)),
}


def keys_for(request: HttpRequest, username: str) -> list[str]:
    """What a try of signing in as this name counts under."""
    nonce = known_device(request, username)
    if nonce:
        return [f"device:{nonce}"]
    return [f"account:{username.casefold()}", f"address:{address_of(request)}"]


def admit(keys: Iterable[str]) -> bool:
    """Count one try under each key. False if one of them must wait: then the password is not to be looked at."""
    with transaction.atomic():
        rows = [_row(key) for key in sorted(keys)]
        now = timezone.now()
        if any(row.until and row.until > now for row, _limit in rows):
            return False
        for row, limit in rows:
            if row.until or now - row.since > limit.within:
                row.failures, row.since, row.until = 0, now, None
            row.failures += 1
            row.until = now + limit.wait if row.failures >= limit.failures else None
            row.save()
    return True


def must_wait(keys: Iterable[str]) -> bool:
    """Did the last try use up what one of these keys allows?"""
    digests = [_digest(key) for key in keys]
    return SignInCount.objects.filter(key__in=digests, until__gt=timezone.now()).exists()


def _row(key: str) -> tuple[SignInCount, Limit]:
    limit = LIMITS[key.split(":", 1)[0]]
    SignInCount.objects.get_or_create(key=_digest(key), defaults={"since": timezone.now()})
    return SignInCount.objects.select_for_update().get(key=_digest(key)), limit


def _digest(key: str) -> str:
    return salted_hmac("hall.accounts.throttle", key, algorithm="sha256").hexdigest()


def forget(keys: Iterable[str]) -> None:
    """The password was right: the counts of the name and the device begin anew, the address gets its try back."""
    for key in keys:
        rows = SignInCount.objects.filter(key=_digest(key))
        if key.startswith(OF_A_NETWORK):
            rows.filter(failures__gt=0).update(failures=F("failures") - 1, until=None)
        else:
            rows.delete()


def address_of(request: HttpRequest) -> str:
    """The visitor's address. Behind `HALL_PROXIES` proxies it is what the outermost of them wrote down."""
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    count = settings.HALL_PROXIES
    if count and len(hops) >= count:
        return hops[-count][:60]
    return str(request.META.get("REMOTE_ADDR", ""))


def known_device(request: HttpRequest, username: str) -> str:
    """The device's own name if this account signed in from it since its last new password; else ""."""
    try:
        said: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return ""
    account = Account.objects.filter(pk=said["account"], username=username).first()
    fits = account is not None and constant_time_compare(said["mark"], _mark(account))
    return str(said["nonce"]) if fits else ""


def remember_device(request: HttpRequest, response: HttpResponse, account: Account) -> None:
    """From now on this browser is one from which the account signed in."""
    nonce = known_device(request, account.username) or get_random_string(22)
    value = signing.dumps({"account": account.pk, "nonce": nonce, "mark": _mark(account)}, salt=SALT)
    response.set_cookie(
        COOKIE, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )


def _mark(account: Account) -> str:
    return sha256(f"hall.device:{account.password}".encode()).hexdigest()[:16]
