"""Page 24: the three administrators' consoles, what waits for a second person, and who may do what."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.accounts import actions, agreements, desk, queries
from hall.accounts.forms import AskForm, PolicyForm, ReasonForm
from hall.accounts.models import Agreement
from hall.accounts.words import posts
from hall.core.findings import Refused
from hall.core.listing import listing
from hall.core.pages import page
from hall.core.viewer import Request
from hall.organisations import actions as organisation_actions
from hall.organisations import queries as organisations


@page(needs="accounts.agree")
def consoles(request: Request) -> HttpResponse:
    """One page, three consoles: each administrator finds their own, and sees that the others exist."""
    today = timezone.localdate()
    context = {
        "pending": queries.pending_accounts(request.actor)[:20],
        "asked": queries.agreements_for(request.actor).filter(agreed_by__isnull=True)[:10],
        "policies": desk.policies(today),
        "mode": organisations.of_the_college("accounts.three_administrators", today),
        "profile": settings.HALL_PASSWORD_PROFILE,
        "factor": settings.HALL_SECOND_FACTOR,
        "may": {name.split(".")[1]: request.actor.holds(name) for name in queries.office_permissions()},
        "machine": desk.machine(request.actor),
        "idle": queries.idle_since(request.actor, timezone.now() - desk.IDLE).count(),
        "sessions": queries.signed_in(timezone.now()),
        "classes": desk.classes(),
        "week": desk.week(request.actor, timezone.now()),
    }
    return render(request, "accounts/consoles.html", context)


@page(needs="accounts.agree")
def matrix(request: Request) -> HttpResponse:
    """Who may do what: functions down, posts across."""
    return render(
        request, "accounts/matrix.html", {"posts": list(posts().values()), "rows": desk.matrix(timezone.localdate())}
    )


@page(needs="accounts.grant", fresh="POST")
def approval(request: Request, pk: int) -> HttpResponse:
    """Approve or decline one account."""
    row = queries.pending_accounts(request.actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    form = ReasonForm(request.POST if "decline" in request.POST else None)
    try:
        if "approve" in request.POST:
            actions.approve_account(by=request.actor, account=row)
            messages.info(request, _("%(name)s: the account is approved.") % {"name": row.name})
            return redirect("accounts:consoles")
        if form.is_valid():
            actions.decline_account(by=request.actor, account=row, **form.cleaned_data)
            return redirect("accounts:consoles")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:approval", pk)
    return render(request, "accounts/approval.html", {"form": form, "account": row}, status=422 if form.errors else 200)


@page(needs="accounts.agree", fresh="POST")
def asked(request: Request) -> HttpResponse:
    """Emergency access and lost factors: the log, and asking for one."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said, me = form.cleaned_data, request.actor.account
        about = me if said["kind"] == Agreement.Kind.EMERGENCY else said["about"]
        try:
            agreements.ask(by=request.actor, asked_by=me, kind=said["kind"], about=about or me, reason=said["reason"])
            messages.info(request, _("The other administrators are asked. Nothing is given until one of them agrees."))
            return redirect("accounts:agreements")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    context: dict[str, Any] = {
        "form": form, "now": timezone.now(), "list": listing(queries.agreements_for(request.actor), request.GET),
    }  # fmt: skip
    return render(request, "accounts/agreements.html", context, status=422 if form.errors else 200)


@page(needs="accounts.agree", fresh=True)
@require_POST
def agreement(request: Request, pk: int, deed: str) -> HttpResponse:
    """Agree, or end emergency access early."""
    row = queries.agreements_for(request.actor).filter(pk=pk).first()
    if row is None or deed not in ("yes", "end"):
        raise Http404
    try:
        if deed == "yes":
            agreements.agree(by=request.actor, agreed_by=request.actor.account, agreement=row)
        else:
            agreements.end_emergency(by=request.actor, agreement=row)
        messages.info(request, _("It is done and stands on the ledger."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:agreements")


@page(needs="accounts.grant", fresh="POST")
def policy(request: Request, key: str) -> HttpResponse:
    """Decide one of the security administrator's settings from today on."""
    known = {each.declared.key: each for each in desk.policies(timezone.localdate())}
    if key not in known or (college := organisations.college()) is None:
        raise Http404
    state = organisations.setting_state(college, key)
    form = PolicyForm(request.POST or None, declared=known[key].declared, state=state)
    if request.method == "POST" and form.is_valid():
        try:
            organisation_actions.decide_setting(
                by=request.actor,
                organisation=college,
                key=key,
                effective_from=timezone.localdate(),
                **form.cleaned_data,
            )
            messages.info(request, _("The decision is entered."))
            return redirect("accounts:consoles")
        except Refused as refusal:
            form.add_findings(refusal.findings)
            form.show_again("seen")
    context = {"form": form, "policy": known[key]}
    return render(request, "accounts/policy.html", context, status=422 if form.errors else 200)


@page(needs="ledger.verify")
def ledger(request: Request) -> HttpResponse:
    """The auditor searches what was done: names of deeds, by whom, when; never what they say in particular."""
    context = {"list": desk.deeds(request.actor, request.GET), "verifies": request.actor.holds("witness.verify")}
    return render(request, "accounts/ledger.html", context)


@page(needs="ledger.verify", fresh=True)
@require_POST
def review(request: Request) -> HttpResponse:
    """Sign the review of the past week."""
    try:
        actions.sign_review(by=request.actor, note=request.POST.get("note", ""))
        messages.info(request, _("The review of this week is signed."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:consoles")
