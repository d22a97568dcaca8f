"""The member's own months, and the statement of one member (F53)."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from hall.accounts import queries as accounts
from hall.core.pages import page
from hall.core.viewer import Request, Viewer
from hall.dues import queries
from hall.dues.queries import desk, statement
from hall.ledger.queries import history_of
from hall.members import queries as members


@page()
def mine(request: Request) -> HttpResponse:
    """Pay dues: a line of months like a phone bill, why this amount, receipts, and where to pay."""
    member = members.own_member(request.actor)
    months = statement.months_of(member) if member else []
    latest = months[0] if months else None
    context = {
        "member": member, "months": months, "open": [m for m in months if m.open],
        "owed": sum(month.open for month in months), "lines": _why(latest),
        "latest": latest, "clerks": _clerks(member) if member else [],
    }  # fmt: skip
    return render(request, "dues/mine.html", context)


def _why(latest: Any) -> list[Any]:
    if latest is None:
        return []
    assessed = latest.bill.assessment
    return queries.why(assessed, queries.unit_of(assessed.organisation, assessed.starts_on))


def _clerks(member: Any) -> list[str]:
    """Who takes the money in the member's branch."""
    known = accounts.holders("dues.record", [member.organisation_id], desk.today())
    return list(accounts.names(known.get(member.organisation_id, [])).values())


@page()
def account(request: Request, pk: UUID) -> HttpResponse:
    """All months of one member on one sheet, to be printed; for the member and for who keeps the dues."""
    viewer = request.actor
    own = members.own_member(viewer)
    member = own if own and own.pk == pk else _member(viewer, pk)
    full = member is own or viewer.may("dues.assess", member.organisation_id)
    context = {
        "member": member, "own": member is own, "months": statement.months_of(member), "full": full,
        "account": queries.account_of(member, until=desk.today()), "assessments": queries.assessments_of(member),
        "may_assess": viewer.may("dues.assess", member.organisation_id) and viewer.holds("dues.assess"),
        "history": history_of(member) if full else [], "today": desk.today(),
    }  # fmt: skip
    return render(request, "dues/account.html", context)


def _member(viewer: Viewer, pk: UUID) -> Any:
    if not viewer.holds("dues.view"):
        raise Http404
    return members.member_for(viewer, pk, "dues.view")
