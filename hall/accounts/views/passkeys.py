"""Passkeys: register and remove one's own, sign in by one, show again by one who one is. The questions answer JSON."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.accounts import factors, passkeys, sessions, throttle
from hall.accounts.forms import WAIT
from hall.accounts.views.signing import code_page, half_way, sign_in_page, welcome
from hall.core.findings import Refused
from hall.core.pages import page, safe_next
from hall.core.viewer import Request

JSON = "application/json"


@page(fresh=True)
@require_POST
def registration(request: Request) -> HttpResponse:
    """What the browser needs to make a passkey for the person signed in."""
    _heed_possible()
    account = request.actor.account
    held = factors.usable_passkeys(account)
    return HttpResponse(passkeys.registration(request, account, held), content_type=JSON)


@page(fresh=True)
@require_POST
def passkey(request: Request) -> HttpResponse:
    """Keep the passkey the browser made, under the name the person gave the device."""
    account, said = request.actor.account, request.POST
    try:
        made = passkeys.made(request, said.get("passkey", ""))
        row = factors.add_passkey(by=request.actor, account=account, name=said.get("name", "")[:60], made=made)
        request.session[sessions.FACTOR] = True
        messages.info(request, _("The passkey “%(name)s” is registered.") % {"name": row.name})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:second_factor")


@page(fresh=True)
@require_POST
def removal(request: Request, pk: UUID) -> HttpResponse:
    """Remove one of one's own passkeys; another's does not exist."""
    account = request.actor.account
    row = factors.passkey_of(account, pk)
    if row is None:
        raise Http404
    try:
        factors.remove_passkey(by=request.actor, account=account, passkey=row)
        request.session[sessions.FACTOR] = request.session.get(sessions.FACTOR, False) and factors.has_factor(account)
        messages.info(request, _("The passkey “%(name)s” is removed.") % {"name": row.name})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:second_factor")


@page()
@require_POST
def proof_question(request: Request) -> HttpResponse:
    """What the browser needs to show one of the person's passkeys before a dangerous act."""
    _heed_possible()
    held = factors.usable_passkeys(request.actor.account)
    return HttpResponse(passkeys.question(request, passkeys.PROVE, held), content_type=JSON)


@page()
@require_POST
def proof(request: Request) -> HttpResponse:
    """A passkey shown before a dangerous act: for ten minutes that holds, as password and code would."""
    try:
        shown = passkeys.shown(request, request.POST.get("passkey", ""), passkeys.PROVE, request.actor.account)
        factors.accept_passkey(shown)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('accounts:proof')}?next={safe_next(request, '')}")
    sessions.prove(request)
    return redirect(safe_next(request, reverse("desk:home")))


@page(stranger=True)
@require_POST
def question(request: Request) -> HttpResponse:
    """What the browser needs to sign in by passkey. Names nobody; after the password, the account's own passkeys."""
    _heed_possible()
    if not throttle.admit([f"passkey:{throttle.address_of(request)}"]):
        return JsonResponse({"error": str(WAIT)}, status=422)
    account = half_way(request)
    purpose = passkeys.SECOND if account else passkeys.SIGN_IN
    held = factors.usable_passkeys(account) if account else []
    return HttpResponse(passkeys.question(request, purpose, held), content_type=JSON)


@page(stranger=True)
@require_POST
def entry(request: Request) -> HttpResponse:
    """Sign in by passkey: alone, verified by the device (two factors in one), or as the second step after the password."""
    half = half_way(request)
    try:
        purpose = passkeys.SECOND if half else passkeys.SIGN_IN
        account = factors.accept_passkey(passkeys.shown(request, request.POST.get("passkey", ""), purpose, half))
        if not account.may_sign_in:
            raise passkeys.unfit()
    except Refused as refusal:
        return code_page(request, half, refusal) if half else sign_in_page(request, refusal)
    throttle.forget([f"passkey:{throttle.address_of(request)}"])
    return welcome(request, account, factor=True)


def _heed_possible() -> None:
    if not passkeys.possible():
        raise Http404
