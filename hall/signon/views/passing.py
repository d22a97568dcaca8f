"""The way in: off to the campus, back with an answer, and out of it a session or one clear sentence."""

from logging import getLogger
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hall.accounts import actions as accounts
from hall.core.pages import page, safe_next
from hall.core.viewer import Request
from hall.ledger import clock
from hall.signon import actions, queries
from hall.signon.callers import choosing, oidc
from hall.signon.doors import Door
from hall.signon.rules import cas
from hall.signon.words import NotLetIn, Reason

log = getLogger("hall.signon")
PENDING, WHY = "signon", "signon_why"
LASTS, MOST = 600, 5  # seconds a sign-in may take; how many a browser may have under way


@page(stranger=True)
def begin(request: Request, door: str) -> HttpResponse:
    """Send the browser to the campus, with a word by which its answer is known again."""
    chosen, again = _door(door), request.GET.get("again") == "1"
    if request.actor and not again:
        return redirect(safe_next(request, reverse("desk:home")))
    if not accounts.admit(request, "begin"):
        return _not_let_in(request, chosen, NotLetIn(Reason.WAIT, "too many sign-ins were begun and not finished"))
    pending = {
        "door": chosen.name,
        "state": get_random_string(32),
        "nonce": get_random_string(32),
        "verifier": get_random_string(64),
        "again": again and chosen.again,
        "next": safe_next(request, ""),
        "at": int(_now()),
    }
    try:
        address = choosing.address(chosen, pending)
    except NotLetIn as fault:
        return _not_let_in(request, chosen, fault)
    under_way = list(request.session.get(PENDING, {}).items())[-(MOST - 1) :]
    request.session[PENDING] = dict([*under_way, (pending["state"], pending)])
    return redirect(address)


@csrf_exempt
@page(stranger=True)
def arrival(request: Request, door: str) -> HttpResponse:
    """The browser comes back. Whatever the answer, the next address holds nothing of it (C09). By POST, CAS ends a session."""
    chosen = _door(door)
    if request.method == "POST":
        return _ended_by_cas(request, chosen)
    said = {name: request.GET.get(name, "") for name in request.GET}
    if not accounts.admit(request, "signon"):
        return _not_let_in(request, chosen, NotLetIn(Reason.WAIT, "too many answers failed"))
    try:
        pending = _pending(request, chosen, said)
        if word := choosing.word(chosen, said):
            actions.spend(chosen, word)
        found = choosing.vouched(chosen, said, pending, _now())
        account = actions.recognise(chosen, found, on=timezone.localdate())
        response = _inside(request, chosen, pending, account, found.session)
    except NotLetIn as fault:
        return _not_let_in(request, chosen, fault)
    accounts.forgive(request, "signon")
    accounts.forgive(request, "begin")
    return response


def _inside(request: Request, door: Door, pending: dict[str, Any], account: Any, session: str) -> HttpResponse:
    wanted = pending["next"] or reverse("desk:home")
    if request.actor:
        if request.actor.account_id != account.pk:
            raise NotLetIn(Reason.OTHER, "the campus vouched for another person")
        if pending["again"]:
            accounts.prove_again(request)
        return redirect(wanted)
    ticket = actions.digest(door, session) if session else ""
    follows = accounts.let_in(
        request=request, account=account, ticket=ticket, door=door.name, proved=bool(pending["again"])
    )
    return redirect(reverse(follows, query={"next": pending["next"]}) if follows else wanted)


def _pending(request: Request, door: Door, said: dict[str, str]) -> dict[str, Any]:
    """What this browser began, taken out of its session: an answer counts once, here, for this door, within ten minutes (C14)."""
    under_way = request.session.get(PENDING, {})
    pending: dict[str, Any] | None = under_way.pop(said.get("state", ""), None)
    if pending is None:
        raise NotLetIn(Reason.STALE, "this browser began no such sign-in")
    request.session[PENDING] = under_way
    if pending["door"] != door.name or not 0 <= _now() - pending["at"] <= LASTS:
        raise NotLetIn(Reason.STALE, "the sign-in was begun at another door or too long ago")
    return pending


def _not_let_in(request: Request, door: Door, fault: NotLetIn) -> HttpResponse:
    log.warning("door %s let nobody in: %s", door.name, fault.why)
    if fault.reason is Reason.WAIT:  # whoever comes too often gets no session for it
        return redirect(reverse("signon:refused", query={"wait": "1"}))
    request.session[WHY] = {"reason": fault.reason.value, "door": door.name}
    return redirect("signon:refused")


@page(stranger=True)
def refused(request: Request) -> HttpResponse:
    """Why nobody was signed in, and whom to ask."""
    told = {"reason": Reason.WAIT.value} if "wait" in request.GET else request.session.get(WHY, {})
    if told.get("reason") not in Reason.values:
        return redirect("accounts:sign_in")
    context = {"reason": Reason(told["reason"]), "door": queries.doors().get(told.get("door", ""))}
    return render(request, "signon/refused.html", context, status=403)


@page(stranger=True)
def farewell(request: Request, door: str) -> HttpResponse:
    """Out of the campus sign-on as well. A link, because forms of the hall lead nowhere else."""
    chosen = _door(door)
    try:
        address = choosing.farewell(chosen, queries.own_page("accounts:sign_in"))
    except NotLetIn as fault:
        return _not_let_in(request, chosen, fault)
    return redirect(address or "accounts:sign_in")


def _ended_by_cas(request: Request, door: Door) -> HttpResponse:
    """The server tells that a ticket's session is over. Unsigned, so it ends the session of that very ticket and nothing else."""
    ticket = cas.session_ended(request.POST.get("logoutRequest", "")) if door.kind == "cas" else ""
    if not accounts.admit(request, "signout"):
        return HttpResponse(status=429)
    if ticket and actions.end_session(door, ticket=ticket):
        accounts.forgive(request, "signout")
    return HttpResponse(status=200)


@csrf_exempt
@page(stranger=True)
@require_POST
def logout(request: Request, door: str) -> HttpResponse:
    """An OpenID provider tells, signed, that a session is over. Each token counts once."""
    chosen = _door(door)
    if chosen.kind != "oidc":
        raise Http404
    if not accounts.admit(request, "signout"):
        return HttpResponse(status=429)
    try:
        claims = oidc.ended(chosen, request.POST.get("logout_token", ""), _now())
        actions.spend(chosen, f"jti {claims['jti']}")
    except NotLetIn as fault:
        log.warning("door %s ended nothing: %s", chosen.name, fault.why)
        return HttpResponse(status=400)
    accounts.forgive(request, "signout")
    sid, sub = claims.get("sid", ""), claims.get("sub", "")
    actions.end_session(chosen, ticket=f"sid:{sid}" if sid else "", subject="" if sid else sub)
    return HttpResponse(status=200)


def _door(name: str) -> Door:
    found = queries.doors().get(name)
    if found is None:
        raise Http404
    return found


def _now() -> float:
    return clock.now().timestamp()
