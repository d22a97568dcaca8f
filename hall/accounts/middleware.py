"""Puts the actor on the request: the signed-in person with today's posts, wearing the hat they chose."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from hall.accounts import queries

HAT = "hat"


def actor(respond: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """`request.actor` is the Person, or None for a stranger. Grants are read afresh on every request: a withdrawn post ends at once."""

    def middleware(request: Any) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _person(request))
        return respond(request)

    return middleware


def _person(request: HttpRequest) -> queries.Person | None:
    if not request.user.is_authenticated:
        return None
    return queries.person(request.user, today=timezone.localdate(), hat_id=request.session.get(HAT))
