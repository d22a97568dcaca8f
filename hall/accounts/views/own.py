"""Pages of one's own account: password, devices signed in, second factor, and showing again who one is."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.accounts import actions, factors, passkeys, sessions, totp
from hall.accounts.forms import CodeForm, PasswordForm, ProofForm
from hall.core.findings import Refused
from hall.core.modules import doorways
from hall.core.pages import page, safe_next
from hall.core.viewer import Request

MUCH = 1024  # characters; the fields themselves take 256


@page(fresh=True)
def password(request: Request) -> HttpResponse:
    """One's own password. Every other session of the person ends with the change."""
    if any(len(value) > MUCH for value in request.POST.values()):
        raise BadRequest
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account, factor = request.actor.account, request.session.get(sessions.FACTOR, False)
            actions.set_password(by=request.actor, account=account, password=form.cleaned_data["password"])
            sessions.begin(request, account, factor=factor, came=sessions.came(request.session))
            messages.info(request, _("The password is changed."))
            return redirect("desk:home")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    context = {"form": form, "expired": sessions.errand(request) == "accounts:password"}
    return render(request, "accounts/password.html", context, status=422 if form.errors else 200)


@page()
def proof(request: Request) -> HttpResponse:
    """Show again who one is before a dangerous act; for ten minutes that holds (sudo mode)."""
    account = request.actor.account
    with_code = factors.has_factor(account)
    form = ProofForm(request.POST or None, account=account, with_code=with_code)
    if request.method == "POST" and form.is_valid():
        sessions.prove(request)
        return redirect(safe_next(request, reverse("desk:home")))
    doors = [] if with_code else [each for each in doorways(request) if each.again]
    offered = passkeys.possible() and factors.has_passkey(account)
    context = {"form": form, "next": safe_next(request, ""), "doors": doors, "passkeys": offered}
    return render(request, "accounts/proof.html", context, status=422 if form.errors else 200)


@page()
def devices(request: Request) -> HttpResponse:
    """Where one is signed in; each can be ended from here."""
    account = request.actor.account
    if request.method == "POST":
        names = request.POST.getlist("name") or None
        try:
            actions.end_sessions(by=request.actor, account=account, names=names, keep=request.session.session_key)
            messages.info(request, _("The session has ended."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("accounts:devices")
    return render(request, "accounts/devices.html", {"devices": sessions.own(request, account)})


@page(fresh=True)
def second_factor(request: Request) -> HttpResponse:
    """Set up a second factor: read the picture into an app, type a code, keep the recovery codes."""
    account = request.actor.account
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = factors.confirm_factor(by=request.actor, account=account, code=form.cleaned_data["code"])
            request.session[sessions.FACTOR] = True
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
        except Refused as refusal:
            form.add_findings(refusal.findings)
    row = factors.factor_of(account)
    required = sessions.errand(request) == "accounts:second_factor"
    context = {
        "form": form, "factor": row, "left": factors.codes_left(account), "required": required,
        "in_force": factors.has_factor(account), "passkeys": factors.passkeys_of(account),
        "possible": passkeys.possible(),
    }  # fmt: skip
    return render(request, "accounts/second_factor.html", context, status=422 if form.errors else 200)


@page(fresh=True)
@require_POST
def factor_deed(request: Request, deed: str) -> HttpResponse:
    """Prepare a factor, renew its recovery codes, or take it away."""
    account = request.actor.account
    try:
        if deed == "codes":
            codes = factors.renew_recovery_codes(by=request.actor, account=account)
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
        if deed == "preparation":
            factors.prepare_factor(by=request.actor, account=account)
        elif deed == "removal":
            factors.take_factor_away(by=request.actor, account=account)
            request.session[sessions.FACTOR] = factors.has_factor(account)
        else:
            raise Http404
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:second_factor")


@page(fresh=True)
def factor_picture(request: Request) -> HttpResponse:
    """The QR code of a factor not yet in force, as a picture of its own. Gone once it is confirmed."""
    account = request.actor.account
    row = factors.factor_of(account)
    if row is None or row.confirmed_at:
        raise Http404
    made = totp.picture(totp.address(row.secret, account.username, settings.HALL_NAME))
    return HttpResponse(made, content_type="image/svg+xml")
