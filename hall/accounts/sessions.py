"""Sessions: kept in the database alone, ended by idleness, by age, by hand and by a new password (C05, C06)."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone

from hall.accounts import passwords
from hall.accounts.models import Account, Session
from hall.accounts.words import posts
from hall.core.pages import PROVED
from hall.organisations import queries as organisations

BEGAN, SEEN, IDLE, LONGEST = "began", "seen", "idle", "longest"
FACTOR, DEVICE = "factor", "device"
TICKET, DOOR = "ticket", "door"  # signed on by the campus: the digest of its ticket, and by which door
HALF = "half"  # who has shown the password, or was vouched for, and not yet shown the code
TICK = 60  # seconds between two marks of having been seen
BACKEND = "hall.accounts.backend.Backend"


class SessionStore(DatabaseStore):
    """Django's database store, with whose session it is and since when in columns of their own."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.account_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.began_at, row.seen_at = _moment(data.get(BEGAN)), _moment(data.get(SEEN))
        row.device, row.ticket = data.get(DEVICE, ""), data.get(TICKET, "")
        return row


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def begin(
    request: HttpRequest,
    account: Account,
    *,
    factor: bool = False,
    proved: bool = True,
    came: dict[str, str] | None = None,
) -> None:
    """Sign in: a fresh session key, the college's limits, and the moment from which dangerous acts count as fresh.

    proved=False: the campus vouched for a person it had let in earlier, so dangerous acts ask again. `came` as of `came`.
    """
    login(request, account, backend=BACKEND)
    idle, longest = limits()
    now = int(time.time())
    request.session.update({BEGAN: now, SEEN: now, IDLE: idle, LONGEST: longest, FACTOR: factor})
    request.session.update({PROVED: now if proved else 0, TICKET: "", DOOR: "", **(came or {})})
    request.session[DEVICE] = request.headers.get("User-Agent", "")[:120]


def came(session: Any) -> dict[str, str]:
    """By which door and ticket of the campus this session began; both empty for account and password."""
    return {name: session.get(name, "") for name in (TICKET, DOOR)}


def prove(request: HttpRequest) -> None:
    """The person has just shown again who they are."""
    request.session.cycle_key()
    request.session[PROVED] = int(time.time())


def limits() -> tuple[int, int]:
    """Seconds a session may lie idle and may last: the college's settings, never beyond what the rulebook allows."""
    keys = ("accounts.session_idle_minutes", "accounts.session_hours")
    idle, hours = (organisations.of_the_college(key, timezone.localdate()) for key in keys)
    return idle * 60, hours * 3600


def heed(request: HttpRequest) -> None:
    """End the request's session if it lay idle or lasted too long; else mark, once a minute, that it was seen."""
    session, now = request.session, int(time.time())
    if SESSION_KEY not in session:
        return
    if BEGAN not in session:
        session.update({BEGAN: now, SEEN: now})
    elif over(session, now):
        session.flush()
    elif now - session[SEEN] >= TICK:
        session[SEEN] = now


def over(session: Any, now: int) -> bool:
    """Has this session lain idle, or lasted, longer than it may?"""
    idle, longest = session.get(IDLE, 30 * 60), session.get(LONGEST, 12 * 3600)
    return now - session[SEEN] > idle or now - session[BEGAN] > longest or now < session[BEGAN] - TICK


def errand(request: Any) -> str | None:
    """The page this person must see to before any other: a second factor, or a new password. None if nothing is owed."""
    actor = request.actor
    office = any(posts()[hat.post].office for hat in actor.hats)
    if office and settings.HALL_SECOND_FACTOR == "required" and not request.session.get(FACTOR):
        return "accounts:second_factor"
    account, now = actor.account, timezone.now()
    expired = passwords.has_expired(settings.HALL_PASSWORD_PROFILE, account.password_set_at, now)
    if expired and account.has_usable_password():
        return "accounts:password"
    return None


@dataclass(frozen=True, slots=True)
class Device:
    """One of a person's own sessions, named by a digest: the key itself never stands on a page."""

    name: str
    device: str
    began_at: datetime | None
    seen_at: datetime | None
    here: bool


def own(request: HttpRequest, account: Account) -> list[Device]:
    """The person's sessions that are alive, this one first."""
    rows = Session.objects.filter(account_id=account.pk, expire_date__gt=timezone.now())
    here = request.session.session_key
    devices = [Device(name_of(row), row.device, row.began_at, row.seen_at, row.pk == here) for row in rows]
    return sorted(devices, key=lambda each: (not each.here, each.name))


def name_of(row: Session) -> str:
    return sha256(f"hall.session:{row.pk}".encode()).hexdigest()[:20]


def end(account: Account, *, names: Iterable[str] | None = None, keep: str | None = None) -> int:
    """End sessions of the account: those named, else all but `keep`. How many were ended."""
    wanted = None if names is None else set(names)
    rows = [
        row
        for row in Session.objects.filter(account_id=account.pk)
        if row.pk != keep and (wanted is None or name_of(row) in wanted)
    ]
    Session.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
