"""Puts the actor on the request: the signed-in person with today's posts, wearing the hat they chose."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from hall.accounts import queries, sessions
from hall.core.wall.reach import begin, carried

HAT = "hat"
SETTLING = {
    f"accounts:{name}"
    for name in (
        "second_factor", "factor_picture", "factor_deed", "password", "proof",
        "passkey", "passkey_registration", "passkey_proof", "passkey_proof_question",
    )
}  # fmt: skip


def session_limits(respond: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End a session that lay idle or lasted too long, before anybody asks whose it is (C06)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME):
            sessions.heed(request)
        return respond(request)

    return middleware


def actor(respond: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """`request.actor` is the Person, or None for a stranger. Grants are read afresh on every request: a withdrawn post ends at once."""

    def middleware(request: Any) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _person(request))
        return carried(respond(request))

    return middleware


class FirstThingsFirst:
    """No page before what is owed: administrators' second factor, a password that has expired (C17)."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]):
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_view(self, request: Any, view: Any, *args: Any) -> HttpResponse | None:
        if getattr(view, "stranger", True) or request.resolver_match.view_name in SETTLING or not request.actor:
            return None
        owed = sessions.errand(request)
        return redirect(owed) if owed else None


def _person(request: HttpRequest) -> queries.Person | None:
    if not request.user.is_authenticated:
        return None
    found = queries.person(request.user, today=timezone.localdate(), hat_id=request.session.get(HAT))
    if getattr(connection, "walled", False):
        begin(found.sees)
    return found
