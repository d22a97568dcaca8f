"""Pages of the accounts: sign in and out, hats, set-up; the two administrators' desks; delegation."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from hall.accounts import actions, queries
from hall.accounts.demo import sign_in_names
from hall.accounts.forms import AccountForm, DelegationForm, GrantForm, PasswordForm, ReasonForm, SetUpForm, SignInForm
from hall.accounts.middleware import HAT
from hall.accounts.models import Account, Grant
from hall.accounts.tokens import activation, setup_token_fits, spend_setup_token
from hall.accounts.words import posts
from hall.core.findings import Refused
from hall.core.listing import Filter, listing
from hall.core.modules import permission_titles
from hall.core.pages import ELDER, page, safe_next
from hall.core.viewer import Request
from hall.ledger.acting import System
from hall.organisations import queries as organisations

COOKIE_AGE = 365 * 24 * 3600


@page(stranger=True)
def sign_in(request: Request) -> HttpResponse:
    """Account and password; back to the page that was asked for."""
    if request.actor:
        return redirect(safe_next(request, reverse("desk:home")))
    if organisations.college() is None:
        return redirect("accounts:set_up")
    form = SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        login(request, form.account)
        return redirect(safe_next(request, reverse("desk:home")))
    demo = sign_in_names() if settings.HALL_DEMO else None
    context = {"form": form, "next": safe_next(request, ""), "demo": demo}
    return render(request, "accounts/sign_in.html", context, status=200 if request.method == "GET" else 422)


@page(stranger=True)
@require_POST
def sign_out(request: Request) -> HttpResponse:
    logout(request)
    return redirect("accounts:sign_in")


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


@page(needs="accounts.open")
def accounts(request: Request) -> HttpResponse:
    """Accounts: search, open one."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = actions.open_accounts(by=request.actor, people=[actions.Newcomer(**form.cleaned_data)])[0]
            return redirect("accounts:account", account.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    active = Filter(
        "active",
        _("State"),
        [("1", pgettext("account", "Open")), ("0", pgettext("account", "Closed"))],
        lambda rows, value: rows.filter(is_active=value == "1"),
    )
    page_of = listing(
        queries.accounts_for(request.actor), request.GET, filters=[active],
        search=lambda rows, words: rows.filter(username__istartswith=words) | rows.filter(name__startswith=words),
    )  # fmt: skip
    return render(
        request, "accounts/accounts.html", {"list": page_of, "form": form}, status=422 if form.errors else 200
    )


@page(needs="accounts.open")
def account(request: Request, pk: int) -> HttpResponse:
    """One account: its posts, its activation link, closing it."""
    row = _account(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_account(by=request.actor, account=row, **form.cleaned_data)
            messages.info(request, _("The account is closed."))
            return redirect("accounts:accounts")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    link = "" if row.has_usable_password() or not row.is_active else settings.HALL_URL + _activation_path(row)
    context = {
        "account": row,
        "grants": queries.grants_for(request.actor).filter(account=row),
        "form": form,
        "link": link,
    }
    return render(request, "accounts/account.html", context, status=422 if form.errors else 200)


def _account(request: Request, pk: int) -> Account:
    found = queries.accounts_for(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _activation_path(row: Account) -> str:
    return reverse("accounts:activation", args=[urlsafe_base64_encode(force_bytes(row.pk)), activation.make_token(row)])


@page(stranger=True)
def activate(request: Request, who: str, token: str) -> HttpResponse:
    """The person behind a one-time link chooses a password. The administrator never sees it (C19)."""
    row = _invited(who, token)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_password(by=System("accounts.activation"), account=row, password=form.cleaned_data["password"])
            return redirect("accounts:sign_in")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return render(request, "accounts/activate.html", {"form": form, "account": row}, status=422 if form.errors else 200)


def _invited(who: str, token: str) -> Account:
    try:
        row = queries.invited(int(force_str(urlsafe_base64_decode(who))))
    except (ValueError, OverflowError):
        row = None
    if row is None or not activation.check_token(row, token):
        raise Http404
    return row


@page()
def password(request: Request) -> HttpResponse:
    """One's own password. Every other session of the person ends with the change."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_password(
                by=request.actor, account=request.actor.account, password=form.cleaned_data["password"]
            )
            login(request, request.actor.account)
            messages.info(request, _("The password is changed."))
            return redirect("desk:home")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200)


@page(needs="accounts.grant")
def grants(request: Request) -> HttpResponse:
    """Posts: who holds what where until when; grant one."""
    today = timezone.localdate()
    form = GrantForm(request.POST or None, initial={"starts_on": today.isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.grant_post(by=request.actor, **form.cleaned_data)
            messages.info(
                request,
                _("%(name)s: %(post)s from %(day)s.")
                % {"name": made.account.name, "post": made, "day": made.starts_on},
            )
            return redirect("accounts:grants")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    post = Filter(
        "post", _("Post"), [(p.name, str(p)) for p in posts().values()], lambda rows, value: rows.filter(post=value)
    )
    page_of = listing(
        queries.grants_for(request.actor), request.GET, filters=[post],
        search=lambda rows, words: rows.filter(account__name__startswith=words) | rows.filter(account__username__startswith=words),
    )  # fmt: skip
    return render(
        request,
        "accounts/grants.html",
        {"list": page_of, "form": form, "today": today},
        status=422 if form.errors else 200,
    )


@page()
def withdrawal(request: Request, pk: int) -> HttpResponse:
    """End a post or a delegation at once, with a reason."""
    grant = _grant(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_grant(by=request.actor, grant=grant, on=timezone.localdate(), **form.cleaned_data)
            messages.info(
                request, _("%(post)s is withdrawn from %(name)s.") % {"post": grant, "name": grant.account.name}
            )
            return redirect("accounts:grants" if request.actor.holds("accounts.grant") else "accounts:delegations")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return render(
        request, "accounts/withdrawal.html", {"form": form, "grant": grant}, status=422 if form.errors else 200
    )


def _grant(request: Request, pk: int) -> Grant:
    found = queries.grants_for(request.actor).filter(pk=pk, withdrawn_on__isnull=True).first()
    if found is None:
        raise Http404
    return found


@page(needs="accounts.delegate")
def delegations(request: Request) -> HttpResponse:
    """Let somebody act in my present post for a time (acting secretary, F12)."""
    own = request.actor.hat
    titles: dict[str, Any] = permission_titles()
    choices = [(name, titles[name]) for name in sorted(own.permissions - {"accounts.delegate"}) if name in titles]
    form = DelegationForm(
        request.POST or None, permissions=choices, initial={"starts_on": timezone.localdate().isoformat()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.delegate_post(by=request.actor, grant=own, **form.cleaned_data)
            messages.info(
                request, _("%(name)s acts for you until %(day)s.") % {"name": made.account.name, "day": made.ends_on}
            )
            return redirect("accounts:delegations")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    rows = queries.grants_for(request.actor).filter(acts_for=own)
    context = {"form": form, "rows": rows, "hat": own, "today": timezone.localdate()}
    return render(request, "accounts/delegations.html", context, status=422 if form.errors else 200)
