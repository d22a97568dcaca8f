"""Pages of the administrators' desks: accounts, posts, and handing a post over for a time."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hall.accounts import actions, desk, queries
from hall.accounts.forms import AccountForm, DelegationForm, GrantForm, ReasonForm
from hall.accounts.models import Account, Grant
from hall.accounts.tokens import activation
from hall.accounts.words import posts
from hall.core.findings import Refused
from hall.core.listing import Filter, listing
from hall.core.modules import permission_titles
from hall.core.pages import page
from hall.core.viewer import Request


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
    idle = Filter(
        "idle",
        _("Last signed in"),
        [("1", _("more than 90 days ago"))],
        lambda rows, value: rows.filter(queries.idle(timezone.now() - desk.IDLE), is_active=True),
    )
    page_of = listing(
        queries.accounts_for(request.actor), request.GET, filters=[active, idle],
        search=lambda rows, words: rows.filter(username__istartswith=words) | rows.filter(name__startswith=words),
    )  # fmt: skip
    return render(
        request, "accounts/accounts.html", {"list": page_of, "form": form}, status=422 if form.errors else 200
    )


@page(needs="accounts.open", fresh="POST")
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
    link = "" if row.has_usable_password() or not row.may_sign_in else settings.HALL_URL + _activation_path(row)
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


@page(needs="accounts.grant", fresh="POST")
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


@page(fresh=True)
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


@page(needs="accounts.delegate", fresh="POST")
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
