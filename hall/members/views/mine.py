"""The person's own pages (ux 6): what is kept about them and why, who looked, corrections, a copy."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.core.findings import Refused
from hall.core.pages import page
from hall.core.viewer import Request
from hall.files import queries as files
from hall.ledger.queries import history_of
from hall.members import actions, queries, rules
from hall.members.forms.records import CorrectionForm
from hall.members.queries import desk, people


@page()
def mine(request: Request) -> HttpResponse:
    """My information: every field with its source and purpose."""
    row = queries.own_member(request.actor)
    if row is None:
        return render(request, "members/mine_none.html")
    history = history_of(row)
    sections = people.sheet_of(people.values_of(row), people.sources_of(history), people.purposes())
    today, asked = desk.today(), queries.own_corrections(row)
    proofs = files.files_of_all(asked)
    context = {
        "member": row,
        "sections": sections,
        "asked": [(each, proofs.get(str(each.pk), [])) for each in asked],
        "standing": rules.party_standing(row.standing, row.full_on, today),
        "kind": people.in_words("standing", row.standing),
        "looks": sum(len(month.looks) for month in queries.looks_at(row)),
        "correctable": rules.CORRECTABLE,
    }
    return render(request, "members/mine.html", context)


@page()
def correction(request: Request) -> HttpResponse:
    """Ask for a correction of one's own record."""
    row = queries.own_member(request.actor)
    if row is None:
        return render(request, "members/mine_none.html")
    form = CorrectionForm(request.POST or None, request.FILES or None, initial={"field": request.GET.get("field", "")})
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_correction(by=request.actor, member=row, **form.cleaned_data)
            messages.success(
                request,
                _("Your request is with %(branch)s. You will be told the answer.") % {"branch": row.organisation},
            )
            return redirect("members:mine")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return render(
        request, "members/own_correction.html", {"form": form, "member": row}, status=422 if form.errors else 200
    )


@page()
def looks(request: Request) -> HttpResponse:
    """Who looked at my information, by month."""
    row = queries.own_member(request.actor)
    return render(request, "members/looks.html", {"member": row, "months": queries.looks_at(row) if row else []})


@page(fresh=True)
@require_POST
def copy(request: Request) -> HttpResponse:
    """A copy of one's own data: JSON to take elsewhere, or a page to print."""
    row = queries.own_member(request.actor)
    if row is None:
        return render(request, "members/mine_none.html")
    values = actions.copy_own_data(by=request.actor, member=row)
    if request.POST.get("form") == "json":
        body = json.dumps(values, ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": content_disposition_header(True, "my-data.json")}
        return HttpResponse(body, content_type="application/json; charset=utf-8", headers=headers)
    shown = [(people.title_of(name), people.in_words(name, value)) for name, value in values.items() if value]
    return render(request, "members/copy.html", {"member": row, "shown": shown, "today": desk.today()})
