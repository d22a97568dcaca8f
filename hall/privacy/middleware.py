"""Who opens very many people's pages in a short time is asked again who they are (A24). Counts, never whose pages."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from hall.core.pages import PROVED, to_proof
from hall.privacy.actions import pacing


class Pace:
    """Counts pages marked sensitive whose address names a row; one statement a page."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]):
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not (getattr(view, "sensitive", False) and kwargs and request.actor and _may_come(request, view)):
            return None
        now, account = timezone.now(), request.actor.account
        count, asking = pacing.count_page(account.pk, now)
        if asking:
            return self._asked(request, now)
        if count > pacing.LEAST and count > pacing.limit(now):
            pacing.ask_again(account, count, now)
            return to_proof(request)
        return None

    def _asked(self, request: Any, now: Any) -> HttpResponse | None:
        since = pacing.asked_since(request.actor.account_id)
        if since is not None and request.session.get(PROVED, 0) <= since.timestamp():
            return to_proof(request)
        pacing.begin_anew(request.actor.account_id, now)
        return None


def _may_come(request: Any, view: Any) -> bool:
    return not view.needs or request.actor.holds(view.needs)
