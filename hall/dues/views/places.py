"""Which organisation and month a page is about, from its address."""

from datetime import date
from typing import Any

from django.http import Http404

from hall.core.days import add_months, first_of_month, parse_month
from hall.core.viewer import Request
from hall.dues.queries import desk


def place_of(request: Request, permission: str) -> tuple[Any, list[Any]]:
    """The organisation chosen (else the hat's own) and those to choose from; 404 for one out of reach."""
    places = desk.branches_of(request.actor, permission)
    asked = request.POST.get("organisation") or request.GET.get("organisation") or ""
    wanted = asked or str(request.actor.hat.organisation_id)
    found = next((place for place in places if str(place.pk) == wanted), None)
    if found is None:
        raise Http404
    return found, places


def month_of(request: Request) -> date:
    """The month asked for; this month if none or no month was given."""
    text = request.POST.get("month") or request.GET.get("month") or ""
    try:
        return parse_month(text)
    except ValueError:
        return first_of_month(desk.today())


def months_around(period: date) -> dict[str, date]:
    return {"before": add_months(period, -1), "after": add_months(period, 1)}
