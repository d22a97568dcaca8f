"""Page 23: the state of the ledger, verifying it, comparing old checkpoints, and what goes out of the building."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.core.findings import Refused
from hall.core.listing import listing
from hall.core.pages import page
from hall.core.viewer import Request
from hall.ledger import queries as ledger_queries
from hall.witness import actions, queries, rules
from hall.witness.forms import CheckpointForm, ExplanationForm


@page(needs="witness.verify")
def ledger(request: Request) -> HttpResponse:
    """Page 23."""
    return _page(request, CheckpointForm())


def _page(request: Request, form: CheckpointForm, result: dict[str, Any] | None = None) -> HttpResponse:
    last, head = queries.last_verification(), ledger_queries.latest_head()
    size = ledger_queries.log_size()
    context = {
        "form": form, "result": result, "last": last, "sentence": actions.sentence(last) if last else "",
        "size": size, "since": max(0, size - last.size) if last else size, "waiting": ledger_queries.waiting(),
        "head": head, "checkpoint": ledger_queries.latest_checkpoint(), "sendings": queries.sendings(),
        "at_home": queries.at_home(), "works": queries.running(request.actor),
        "alarms": list(queries.alarms_for(request.actor)[:20]),
        "list": listing(queries.verifications_for(request.actor), request.GET, size=20),
        "searches": request.actor.holds("ledger.verify"),
    }  # fmt: skip
    return render(request, "witness/ledger.html", context, status=422 if form.errors else 200)


@page(needs="witness.verify")
def verification(request: Request, pk: UUID) -> HttpResponse:
    """What one verification found, with the entries around each place."""
    row = queries.verification_for(request.actor, pk)
    context = {"row": row, "sentence": actions.sentence(row), "findings": queries.told(row.findings)}
    return render(request, "witness/verification.html", context)


@page(needs="witness.verify")
@require_POST
def beginning(request: Request) -> HttpResponse:
    """Verify now: a worker does it, and the page may be left."""
    try:
        actions.begin_verification(by=request.actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("witness:ledger")


@page(needs="witness.verify")
@require_POST
def comparison(request: Request) -> HttpResponse:
    """Compare an old checkpoint with the log of today."""
    form = CheckpointForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    if said["head"]:
        found = actions.compare(by=request.actor, head=said["head"])
        result = {"size": said["head"].size, "at": said["head"].at, "signed": True}
    else:
        found = actions.compare(by=request.actor, head=None, size=said["size"], root=said["root"])
        result = {"size": said["size"], "at": "", "signed": False}
    return _page(request, CheckpointForm(), {**result, "differences": found})


@page(needs="witness.verify")
@require_POST
def data(request: Request) -> HttpResponseBase:
    """The log without particulars, to be verified elsewhere."""
    actions.take_data(by=request.actor)
    lines = (f"{line}\n" for line in ledger_queries.export())
    return StreamingHttpResponse(lines, content_type="application/jsonl; charset=utf-8", headers=_saved("ledger.jsonl"))


@page(needs="witness.verify")
@require_POST
def checkpoint(request: Request) -> HttpResponse:
    """A checkpoint signed now, to be kept elsewhere."""
    try:
        head = actions.take_checkpoint(by=request.actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("witness:ledger")
    name = rules.file_name(head.size, head.root)
    return HttpResponse(rules.file_text(head.as_dict()), content_type="application/json", headers=_saved(name))


@page(needs="witness.verify")
def verifier(request: Request) -> FileResponse:
    """The stand-alone verifier: one file, Python's standard library only."""
    path = settings.BASE_DIR / "bin" / "verify-ledger"
    return FileResponse(path.open("rb"), as_attachment=True, filename="verify-ledger.py", content_type="text/x-python")


def _saved(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@page(needs="witness.verify", fresh="POST")
def explanation(request: Request, pk: int) -> HttpResponse:
    """Say why an alarm rang; then it ends."""
    row = queries.open_alarm_for(request.actor, pk)
    form = ExplanationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.explain(by=request.actor, alarm=row, **form.cleaned_data)
            messages.info(request, _("The alarm is explained and stands on the ledger."))
            return redirect("witness:ledger")
        except Refused as refusal:
            form.add_findings(refusal.findings)
    context = {"form": form, "alarm": row}
    return render(request, "witness/explanation.html", context, status=422 if form.errors else 200)
