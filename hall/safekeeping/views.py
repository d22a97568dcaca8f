"""What browsers refused on the pages of the hall: they report it, the administrators read the counts."""

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hall.core.listing import listing
from hall.core.pages import page
from hall.core.strict import LARGEST, read_json
from hall.core.viewer import Request
from hall.safekeeping import actions, queries, rules

REPORT = "application/csp-report"


@csrf_exempt
@page(stranger=True)
@require_POST
def refused(request: Request) -> HttpResponse:
    """A browser reports what the page's policy made it refuse. Anybody's browser may; sixty a minute are counted.

    The body is no form, so no other site can have a person's browser send it with effect. 400 for anything else.
    """
    if request.content_type != REPORT or int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise BadRequest
    try:
        found = rules.refused(read_json(request.body), settings.HALL_URL, _route_of)
    except ValueError as error:
        raise BadRequest from error
    if found and _room():
        actions.count_refusal(found, timezone.localdate())
    return HttpResponse(status=204)


def _route_of(path: str) -> str:
    """The name of the page; a path holds numbers of persons, so it is not kept."""
    try:
        return resolve(path).view_name[:80]
    except Resolver404:
        return "-"


def _room() -> bool:
    """Is this one of the first sixty of the minute?"""
    key = f"refused:{timezone.now():%H%M}"
    cache.add(key, 0, 120)
    return cache.incr(key) <= rules.A_MINUTE


@page(needs="accounts.agree")
def browsers(request: Request) -> HttpResponse:
    """The counts, day by day."""
    return render(request, "safekeeping/browsers.html", {"list": listing(queries.refusals(), request.GET)})
