"""Pages about personal data of others: reveal with a reason, requests for correction."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hall.core.findings import Refused
from hall.core.listing import Filter, listing
from hall.core.pages import page
from hall.core.viewer import Request
from hall.files import queries as files
from hall.members import actions, queries
from hall.members.actions.privacy import open_findings
from hall.members.forms.records import AnswerForm, RevealForm
from hall.members.models import Correction
from hall.members.queries import people


@page(needs="members.reveal", fresh=True)
def reveal(request: Request, pk: UUID) -> HttpResponse:
    """Ask for the reason, show the values once. The answer is never stored by browser or proxy."""
    row = queries.member_for(request.actor, pk, "members.reveal")
    form = RevealForm(request.POST or None, initial={"fields_wanted": request.GET.getlist("field")})
    if request.method == "POST" and form.is_valid():
        try:
            seen = actions.reveal(
                by=request.actor,
                member=row,
                fields=form.cleaned_data["fields_wanted"],
                reason=form.cleaned_data["reason"],
            )
            shown = [(people.title_of(name), value) for name, value in seen.items()]
            return render(
                request, "members/revealed.html", {"member": row, "shown": shown, "reason": form.cleaned_data["reason"]}
            )
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return render(request, "members/reveal.html", {"form": form, "member": row}, status=422 if form.errors else 200)


@page(needs="members.change")
def corrections(request: Request) -> HttpResponse:
    """Requests for correction within reach."""
    state = Filter("state", _("State"), Correction.State.choices, lambda rows, value: rows.filter(state=value))
    page_of = listing(
        queries.corrections_for(request.actor),
        request.GET,
        filters=[state],
        fetch=lambda rows: [(row, people.title_of(row.field)) for row in rows],
    )
    return render(request, "members/corrections.html", {"listing": page_of})


@page(needs="members.change")
def correction(request: Request, pk: UUID) -> HttpResponse:
    """Answer one request: correct it as asked, or say why not."""
    row = queries.correction_for(request.actor, pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.answer_correction(
                by=request.actor,
                correction=row,
                accept=given["accept"] == "1",
                answer=given["answer"],
                reason=given["reason"],
            )
            messages.success(request, _("Answered. The person is told."))
            return redirect("members:corrections")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    now = people.in_words(row.field, people.values_of(row.member)[row.field])
    context = {
        "correction": row,
        "field_title": people.title_of(row.field),
        "now": now,
        "form": form,
        "findings": open_findings(row, request.actor),
    }
    context |= {"proofs": files.files_of(row)}
    context |= {"wanted": people.wanted_in_words(row), "is_open": row.state == Correction.State.OPEN}
    return render(request, "members/correction.html", context, status=422 if form.errors else 200)
