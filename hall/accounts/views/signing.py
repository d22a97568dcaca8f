"""Pages of signing in: account and password, second factor, hats, language; set-up of an empty hall; activation links."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.http import urlencode, urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.accounts import actions, factors, passkeys, queries, throttle
from hall.accounts.demo import sign_in_names
from hall.accounts.forms import WAIT, CodeForm, PasswordForm, SetUpForm, SignInForm
from hall.accounts.middleware import HAT
from hall.accounts.models import Account
from hall.accounts.sessions import DOOR, HALF, TICKET, begin
from hall.accounts.tokens import activation, setup_token_fits, spend_setup_token
from hall.core.findings import Refused
from hall.core.modules import doorways
from hall.core.pages import ELDER, page, safe_next
from hall.core.viewer import Request
from hall.ledger.acting import System
from hall.organisations import queries as organisations

COOKIE_AGE = 365 * 24 * 3600
HALF_LASTS = 600  # seconds between the two steps
MUCH = 1024  # characters; the fields themselves take 256


@page(stranger=True)
def sign_in(request: Request) -> HttpResponse:
    """Account and password; back to the page that was asked for."""
    if request.actor:
        return redirect(safe_next(request, reverse("desk:home")))
    if organisations.college() is None:
        return redirect("accounts:set_up")
    _heed_length(request)
    form = SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        if factors.has_factor(form.account):
            request.session[HALF] = {"account": form.account.pk, "at": time.time()}
            return redirect(f"{reverse('accounts:code')}?{urlencode({'next': safe_next(request, '')})}")
        return welcome(request, form.account)
    if form.has_error("__all__", code="last"):
        account = queries.by_username([form.cleaned_data["username"].strip()])
        actions.record_delay(next(iter(account.values()), None), throttle.address_of(request))
    return _sign_in_page(request, form)


def sign_in_page(request: Request, refusal: Refused) -> HttpResponse:
    """The sign-in page again, with what a passkey was refused for."""
    form = SignInForm(request=request)
    return _sign_in_page(request, form, refusal)


def _sign_in_page(request: Request, form: SignInForm, refusal: Refused | None = None) -> HttpResponse:
    doors = doorways(request)
    left = next((each for each in doors if each.name == request.GET.get("left") and each.leave), None)
    context = {
        "form": form, "next": safe_next(request, ""), "demo": sign_in_names() if settings.HALL_DEMO else None,
        "passkeys": passkeys.possible(), "refusal": refusal, "doors": doors, "left": left,
    }  # fmt: skip
    return render(request, "accounts/sign_in.html", context, status=200 if request.method == "GET" else 422)


def _heed_length(request: Request) -> None:
    """A password of a megabyte is no password: refused before anything is computed from it (C20)."""
    if any(len(value) > MUCH for name, value in request.POST.items() if "password" in name or name == "again"):
        raise BadRequest


def welcome(request: Request, account: Account, *, factor: bool = False) -> HttpResponse:
    half = request.session.pop(HALF, {}) if factor else {}
    begin(request, account, factor=factor, came={name: half.get(name, "") for name in (TICKET, DOOR)})
    request.session.pop(HALF, None)
    actions.record_sign_in(account, throttle.address_of(request))
    response = redirect(safe_next(request, reverse("desk:home")))
    throttle.remember_device(request, response, account)
    return response


@page(stranger=True)
def code(request: Request) -> HttpResponse:
    """The second step of signing in. Five tries within ten minutes, then from the start (C17)."""
    account = half_way(request)
    if account is None:
        return redirect("accounts:sign_in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = [f"factor:{account.pk}:{throttle.known_device(request, account.username)}"]
        if not throttle.admit(keys):
            form.add_error(None, WAIT)
        elif factors.shown(account, form.cleaned_data["code"]):
            throttle.forget(keys)
            return welcome(request, account, factor=True)
        else:
            form.add_error("code", _("The code does not fit, or was used before. Type a fresh one."))
    return _code_page(request, account, form)


def half_way(request: Request) -> Account | None:
    """Who showed the password a short while ago and still owes the second factor; None if nobody did."""
    half = request.session.get(HALF, {})
    account = queries.invited(half.get("account", 0))
    late = account is not None and time.time() - half["at"] > HALF_LASTS
    return None if request.actor or account is None or not account.may_sign_in or late else account


def code_page(request: Request, account: Account, refusal: Refused) -> HttpResponse:
    """The second step again, with what a passkey was refused for."""
    return _code_page(request, account, CodeForm(), refusal)


def _code_page(request: Request, account: Account, form: CodeForm, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "form": form, "next": safe_next(request, ""), "app": factors.has_app(account), "refusal": refusal,
        "passkeys": passkeys.possible() and factors.has_passkey(account),
    }  # fmt: skip
    return render(request, "accounts/code.html", context, status=422 if form.errors or refusal else 200)


@page(stranger=True)
@require_POST
def sign_out(request: Request) -> HttpResponse:
    door = request.session.get(DOOR, "")
    logout(request)
    return redirect(f"{reverse('accounts:sign_in')}{'?' + urlencode({'left': door}) if door else ''}")


@page()
@require_POST
def hat(request: Request) -> HttpResponse:
    """Wear another of one's own hats; somebody else's is a wrong number."""
    chosen = request.POST.get("hat", "")
    if chosen not in {str(grant.pk) for grant in request.actor.hats}:
        raise Http404
    request.session[HAT] = int(chosen)
    return redirect("desk:home")


@page(stranger=True)
@require_POST
def elder(request: Request) -> HttpResponse:
    """Large type on or off, on this device."""
    return _remember(request, ELDER, "0" if request.COOKIES.get(ELDER) == "1" else "1")


@page(stranger=True)
@require_POST
def language(request: Request) -> HttpResponse:
    wanted = request.POST.get("language", "")
    return _remember(
        request, settings.LANGUAGE_COOKIE_NAME, wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    )


def _remember(request: Request, name: str, value: str) -> HttpResponse:
    response = redirect(safe_next(request, "/"))
    response.set_cookie(
        name, value, max_age=COOKIE_AGE, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )
    return response


@page(stranger=True)
def set_up(request: Request) -> HttpResponse:
    """The first page of an empty hall. Gone once the college stands."""
    if organisations.college() is not None:
        raise Http404
    _heed_length(request)
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not setup_token_fits(form.cleaned_data["token"]):
            form.add_error(
                "token", _("This token is not the one printed last. Run bin/run --empty again for a fresh one.")
            )
        elif _set_up(form):
            return redirect("accounts:sign_in")
    return render(request, "accounts/set_up.html", {"form": form}, status=200 if request.method == "GET" else 422)


def _set_up(form: SetUpForm) -> bool:
    said = form.cleaned_data
    try:
        actions.set_up(
            college=said["college"],
            short_name=said["short_name"],
            administrators=form.administrators(),
            on=timezone.localdate(),
        )
    except Refused as refusal:
        form.add_findings(refusal.findings)
        return False
    spend_setup_token()
    return True


@page(stranger=True)
def activate(request: Request, who: str, token: str) -> HttpResponse:
    """The person behind a one-time link chooses a password. The administrator never sees it (C19)."""
    row = _invited(who, token)
    if row is None:
        return render(request, "accounts/link_over.html", status=404)
    _heed_length(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_password(by=System("accounts.activation"), account=row, password=form.cleaned_data["password"])
            return redirect("accounts:sign_in")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return render(request, "accounts/activate.html", {"form": form, "account": row}, status=422 if form.errors else 200)


def _invited(who: str, token: str) -> Account | None:
    try:
        row = queries.invited(int(force_str(urlsafe_base64_decode(who))))
    except (ValueError, OverflowError):
        row = None
    return row if activation.check_token(row, token) else None
