"""Pages of the privacy desk: what is held about me, a copy of it, erasure, and how long things are kept."""

import io
import json
import zipfile
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.core.findings import Refused
from hall.core.listing import Filter, listing
from hall.core.pages import page
from hall.core.viewer import Request
from hall.privacy import actions, queries
from hall.privacy.forms import AnswerErasureForm, WishForm
from hall.privacy.queries import keeping
from hall.privacy.words import OPEN, Scope, State


@page()
def held(request: Request) -> HttpResponse:
    """What the hall holds about me and why: every declared column of every module, with its basis and its time."""
    found = queries.sections(queries.subject_of(request.actor))
    mine = [each for each in found if each.count]
    others = [each for each in found if not each.count]
    context = {"mine": mine, "others": others, "asked": queries.own_erasures(request.actor)}
    return render(request, "privacy/held.html", context)


@page(fresh=True)
@require_POST
def copy(request: Request) -> HttpResponse:
    """Everything about me as one archive: JSON to take elsewhere, a page to read (LAW-04)."""
    subject = queries.subject_of(request.actor)
    actions.record_copy(by=request.actor, account=request.actor.account)
    values = {"taken_at": timezone.localtime().isoformat(timespec="seconds"), "data": queries.everything(subject)}
    whole = json.dumps({**values, "meanings": queries.meanings()}, ensure_ascii=False, indent=2)
    context = {
        "taken_at": values["taken_at"],
        "mine": [s for s in queries.sections(subject) if s.count],
        "data": values["data"],
    }
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", whole)
        archive.writestr("my-data.html", render_to_string("privacy/copy.html", context))
    headers = {"Content-Disposition": content_disposition_header(True, "my-data.zip") or "attachment"}
    return HttpResponse(book.getvalue(), content_type="application/zip", headers=headers)


@page(fresh="POST")
def own_erasure(request: Request) -> HttpResponse:
    """Ask that my data be erased, and see where the request stands."""
    form = WishForm(request.POST or None)
    asked = queries.own_erasures(request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.ask_erasure(by=request.actor, wish=form.cleaned_data["wish"])
            said = _("Your request is with the organisation department. You get an answer by %(day)s.")
            messages.success(request, said % {"day": row.due_on.isoformat()})
            return redirect("privacy:own_erasure")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    waiting = any(row.state in OPEN for row in asked)
    context = {"form": form, "asked": asked, "waiting": waiting}
    return render(request, "privacy/own_erasure.html", context, status=422 if form.errors else 200)


@page(needs="privacy.decide")
def erasures(request: Request) -> HttpResponse:
    """Requests for erasure, with their clocks."""
    state = Filter("state", _("State"), State.choices, lambda rows, value: rows.filter(state=value))
    page_of = listing(queries.erasures_for(request.actor), request.GET, filters=[state])
    return render(request, "privacy/erasures.html", {"listing": page_of, "today": queries.today()})


@page(needs="privacy.decide", fresh="POST", sensitive=True)
def erasure(request: Request, pk: UUID) -> HttpResponse:
    """One request: what may go, what must stay on which basis; the answer with its reasons."""
    row = queries.erasure_for(request.actor, pk)
    form = AnswerErasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_erasure(by=request.actor, erasure=row, **form.cleaned_data)
            messages.success(request, _("Answered. The person is told."))
            return redirect("privacy:erasure", row.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    scope = row.scope or Scope.FREE
    context = {
        "erasure": row,
        "form": form,
        "fates": queries.fates(row, scope),
        "findings": queries.findings_for(row, request.actor),
        "is_open": row.state == State.ASKED,
        "agreed": row.state == State.AGREED,
    }
    return render(request, "privacy/erasure.html", context, status=422 if form.errors else 200)


@page(needs="privacy.decide", fresh=True)
@require_POST
def carrying_out(request: Request, pk: UUID) -> HttpResponse:
    """Erase what was agreed."""
    row = queries.erasure_for(request.actor, pk)
    try:
        actions.carry_out(by=request.actor, erasure=row)
        messages.success(
            request, _("Erased. The ledger keeps that it was done, by whom and on what basis, and no values.")
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("privacy:erasure", row.pk)


@page(needs="privacy.decide")
def retention(request: Request) -> HttpResponse:
    """How long things are kept and what of it is due."""
    return render(request, "privacy/retention.html", {"lines": keeping.due_lines(queries.today())})
