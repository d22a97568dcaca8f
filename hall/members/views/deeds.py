"""Deeds on one person: move, leave, stop, restore, note lost contact, away, back. One form each."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hall.core.findings import Refused
from hall.core.pages import HallForm, page
from hall.core.viewer import Request
from hall.members import actions, queries
from hall.members.forms.records import AbsenceForm, DepartForm, LostForm, PlaceForm, RestoreForm, ReturnForm, StopForm
from hall.members.queries import desk
from hall.members.views.people import branch_choices


def _deed(request: Request, row: Any, form: HallForm, do: Callable[..., Any], words: dict[str, str]) -> HttpResponse:
    """Show the form, do the one deed, come back to the person."""
    if request.method == "POST" and form.is_valid():
        try:
            do(**form.cleaned_data)
            messages.success(request, words["done"])
            return redirect("members:member", row.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    context = {"form": form, "member": row, **words}
    return render(request, "members/deed.html", context, status=422 if form.errors else 200)


@page(needs="members.change")
def placement(request: Request, pk: UUID) -> HttpResponse:
    row = queries.member_for(request.actor, pk, "members.change")
    form = PlaceForm(request.POST or None, branches=branch_choices(request.actor, "members.change"))

    def do(organisation: int, **given: Any) -> None:
        actions.place_member(by=request.actor, member=row, organisation=desk.branch(organisation), **given)

    words = {
        "title": _("Move to another branch"),
        "submit": _("Move the relation"),
        "done": _("The relation now stands in the new branch."),
        "text": _(
            "No letter is needed inside the college. The one formal relation moves; dues follow from the next month."
        ),
    }
    return _deed(request, row, form, do, words)


@page(needs="members.change")
def departure(request: Request, pk: UUID) -> HttpResponse:
    row = queries.member_for(request.actor, pk, "members.change")
    words = {
        "title": _("Leaving"),
        "submit": _("Record the leaving"),
        "done": _("The leaving is recorded. The record and its history stay."),
        "text": _("This records a decision that has been made elsewhere. Future dues are closed; nothing is deleted."),
    }
    return _deed(
        request,
        row,
        DepartForm(request.POST or None),
        lambda **given: actions.depart(by=request.actor, member=row, **given),
        words,
    )


@page(needs="members.change")
def stop(request: Request, pk: UUID) -> HttpResponse:
    row = queries.member_for(request.actor, pk, "members.change")
    form = StopForm(request.POST or None, initial={"since": row.lost_since})
    words = {
        "title": _("Stop the membership"),
        "submit": _("Record that the membership is stopped"),
        "done": _("The membership is recorded as stopped."),
        "text": _(
            "The branch or its superior decides (EDU19 Art. 24). While stopped: no dues, no votes; the history stays."
        ),
    }
    return _deed(
        request, row, form, lambda **given: actions.stop_membership(by=request.actor, member=row, **given), words
    )


@page(needs="members.change")
def restoration(request: Request, pk: UUID) -> HttpResponse:
    row = queries.member_for(request.actor, pk, "members.change")
    words = {
        "title": _("Restore the membership"),
        "submit": _("Record the restoration"),
        "done": _("The membership is normal again."),
        "text": _("A stopped membership is restored by procedure (EDU19 Art. 24); contact alone changes nothing."),
    }
    return _deed(
        request,
        row,
        RestoreForm(request.POST or None),
        lambda **given: actions.restore_membership(by=request.actor, member=row, **given),
        words,
    )


@page(needs="members.change")
def contact(request: Request, pk: UUID) -> HttpResponse:
    row = queries.member_for(request.actor, pk, "members.change")
    form = LostForm(request.POST or None, initial={"since": row.lost_since})
    words = {
        "title": _("Out of contact"),
        "submit": _("Note it"),
        "done": _("Noted. The hall reminds you when six months are full."),
        "text": _(
            "A note, not a decision. Six months without contact are the earliest day for stopping the membership."
        ),
    }
    return _deed(
        request, row, form, lambda **given: actions.note_lost_contact(by=request.actor, member=row, **given), words
    )


@page(needs="members.float")
def absence(request: Request, pk: UUID) -> HttpResponse:
    row = queries.member_for(request.actor, pk, "members.float")
    words = {
        "title": _("Register as away"),
        "submit": _("Register"),
        "done": _("Registered as away. The formal relation and the votes stay here."),
        "text": _("For members away six months or more while the relation stays here. You tell the host organisation."),
    }
    return _deed(
        request,
        row,
        AbsenceForm(request.POST or None),
        lambda **given: actions.begin_absence(by=request.actor, member=row, **given),
        words,
    )


@page(needs="members.float")
def back(request: Request, pk: UUID) -> HttpResponse:
    row = queries.member_for(request.actor, pk, "members.float")
    away = row.absences.filter(ends_on__isnull=True).first()
    if away is None:
        raise Http404
    words = {
        "title": _("Back again"),
        "submit": _("Enter the return"),
        "done": _("The return is entered."),
        "text": _("Away since %(day)s: %(place)s.") % {"day": away.starts_on.isoformat(), "place": away.place},
    }
    return _deed(
        request,
        row,
        ReturnForm(request.POST or None),
        lambda **given: actions.end_absence(by=request.actor, absence=away, **given),
        words,
    )
