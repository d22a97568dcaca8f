"""Pages of the organisations: the tree of any day, one organisation with its record, and a form for each deed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.core.findings import Refused
from hall.core.pages import HallForm, page
from hall.core.viewer import Request
from hall.ledger.acting import Forbidden
from hall.organisations import actions, queries
from hall.organisations.forms import (
    AsOfForm,
    DayForm,
    EndingForm,
    FoundationForm,
    IntroductionForm,
    NameForm,
    PlaceForm,
    SettingForm,
    TermForm,
    UnitForm,
)
from hall.organisations.local import declared
from hall.organisations.models import Organisation
from hall.organisations.words import State


@page(needs="organisations.view")
def tree(request: Request) -> HttpResponse:
    """The tree of today or of an earlier day; or what a search finds."""
    today = timezone.localdate()
    form = AsOfForm(request.GET)
    on = form.day(today)
    words = form.cleaned_data.get("q", "") if form.is_valid() else ""
    context = {
        "form": form,
        "on": on,
        "past": on != today,
        "words": words,
        "found": queries.found_by(words) if words else [],
        "lines": [] if words else queries.tree_lines(on),
        "ended": queries.ended() if on == today and not words else [],
    }
    return render(request, "organisations/tree.html", context, status=422 if form.errors else 200)


@page(needs="organisations.view")
def organisation(request: Request, pk: int) -> HttpResponse:
    """One organisation: where it stands, who was elected, what it covers, what it decided, and its record."""
    row = queries.organisation_for(pk)
    today = timezone.localdate()
    context = {
        "organisation": row,
        "above": queries.above(row),
        "below": queries.below(row),
        "terms": queries.terms_of(row),
        "due": next(iter(queries.expiring_terms([row.pk], today)), None),
        "today": today,
        "coverages": queries.coverages_on(row, today),
        "settings": queries.settings_in_force(row, today),
        "introduction": queries.introduction_of(row),
        "placements": row.placements.select_related("under"),
        "history": queries.history(row),
        "may": _may_do(request, row),
    }
    return render(request, "organisations/organisation.html", context)


def _may_do(request: Request, row: Organisation) -> dict[str, bool]:
    """Which buttons stand on the page: what the present hat may do here, while the organisation stands."""
    active = row.state == State.ACTIVE
    deeds = ("shape", "elect", "decide", "introduce")
    return {deed: active and request.actor.may(f"organisations.{deed}", row.pk) for deed in deeds}


def _place_of_deed(request: Request, pk: int, permission: str) -> Organisation:
    """The organisation a form is about; refused where the post does not reach it."""
    row = queries.organisation_for(pk)
    if not request.actor.may(permission, row.pk):
        raise PermissionDenied
    return row


def _answer(
    request: Request, form: HallForm, deed: Callable[[], Any], said: str, row: Organisation, **context: Any
) -> HttpResponse:
    """Show the form, or do the deed and go back to the organisation; a refusal stands in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            done = deed()
            messages.success(request, said)
            there = done if isinstance(done, Organisation) else row
            return redirect("organisations:organisation", there.pk)
        except Forbidden as refusal:
            raise PermissionDenied from refusal
        except Refused as refusal:
            form.add_findings(refusal.findings)
            form.show_again("seen")
    template = context.pop("template", "organisations/deed.html")
    return render(request, template, {"form": form, "organisation": row, **context}, status=422 if form.errors else 200)


@page()
def introduction(request: Request, pk: int) -> HttpResponse:
    """What an organisation says of itself, for everybody signed in."""
    row = queries.organisation_for(pk)
    context = {
        "organisation": row,
        "introduction": queries.introduction_of(row),
        "may_see": request.actor.holds("organisations.view"),
        "may_write": row.state == State.ACTIVE and request.actor.may("organisations.introduce", row.pk),
    }
    return render(request, "organisations/introduction.html", context)


@page(needs="organisations.introduce")
def introducing(request: Request, pk: int) -> HttpResponse:
    """Write the introduction."""
    row = _place_of_deed(request, pk, "organisations.introduce")
    known = queries.introduction_of(row)
    first = {"text": known.text if known else "", "version": known.version if known else 0}
    form = IntroductionForm(request.POST or None, initial=first)
    lead = _("Everybody signed in can read it. Write nothing about single persons that is not public already.")
    words = {"title": _("Introduction of the organisation"), "submit": _("Publish the introduction"), "lead": lead}
    return _answer(
        request, form, lambda: actions.introduce_organisation(by=request.actor, organisation=row, **form.cleaned_data),
        _("The introduction is published."), row, **words,
    )  # fmt: skip


@page(needs="organisations.shape")
def foundation(request: Request, pk: int) -> HttpResponse:
    """Found an organisation below this one."""
    row = _place_of_deed(request, pk, "organisations.shape")
    form = FoundationForm(request.POST or None, under=row)
    words = {"title": _("Found an organisation below"), "submit": _("Found the organisation")}
    return _answer(
        request, form, lambda: actions.found_organisation(by=request.actor, under=row, **form.cleaned_data),
        _("The organisation is entered."), row, **words,
    )  # fmt: skip


@page(needs="organisations.shape")
def name(request: Request, pk: int) -> HttpResponse:
    """Rename."""
    row = _place_of_deed(request, pk, "organisations.shape")
    form = NameForm(request.POST or None, initial={"name": row.name, "short_name": row.short_name})
    words = {
        "title": _("Rename the organisation"),
        "submit": _("Enter the new name"),
        "lead": _("Papers issued before keep the old name."),
    }
    return _answer(
        request, form, lambda: actions.rename_organisation(by=request.actor, organisation=row, **form.cleaned_data),
        _("The new name is entered."), row, **words,
    )  # fmt: skip


@page(needs="organisations.shape")
def place(request: Request, pk: int) -> HttpResponse:
    """Stand under another organisation."""
    row = _place_of_deed(request, pk, "organisations.shape")
    form = PlaceForm(request.POST or None, organisation=row)
    lead = _("Everything below moves along. Posts that reach the new place reach it at once.")
    words = {"title": _("Move in the tree"), "submit": _("Enter the new place"), "lead": lead}
    return _answer(
        request, form, lambda: actions.move_organisation(by=request.actor, organisation=row, **form.cleaned_data),
        _("The new place is entered."), row, **words,
    )  # fmt: skip


@page(needs="organisations.shape")
def ending(request: Request, pk: int) -> HttpResponse:
    """Dissolve or merge."""
    row = _place_of_deed(request, pk, "organisations.shape")
    form = EndingForm(request.POST or None)
    lead = _("Its record stays and can be read. This cannot be taken back.")
    words = {"title": _("End the organisation"), "submit": _("End the organisation"), "lead": lead}
    return _answer(
        request, form, lambda: actions.end_organisation(by=request.actor, organisation=row, **form.cleaned_data),
        _("The organisation is ended."), row, **words,
    )  # fmt: skip


@page(needs="organisations.elect")
def term(request: Request, pk: int) -> HttpResponse:
    """Enter an elected committee with its term."""
    row = _place_of_deed(request, pk, "organisations.elect")
    form = TermForm(request.POST or None)
    words = {"title": _("Enter a term of office"), "submit": _("Enter the term")}
    return _answer(
        request, form, lambda: actions.begin_term(by=request.actor, organisation=row, **form.deed()),
        _("The term is entered. Rights are granted separately, by the security administrator."), row,
        template="organisations/term.html", **words,
    )  # fmt: skip


@page(needs="organisations.shape")
def unit(request: Request, pk: int) -> HttpResponse:
    """Cover a unit of the college."""
    row = _place_of_deed(request, pk, "organisations.shape")
    form = UnitForm(request.POST or None)
    lead = _("Says which department, class or post the organisation looks after. Moves nobody.")
    words = {"title": _("Cover a unit"), "submit": _("Enter the unit"), "lead": lead}
    return _answer(
        request, form, lambda: actions.cover_unit(by=request.actor, organisation=row, **form.cleaned_data),
        _("The unit is entered."), row, **words,
    )  # fmt: skip


@page(needs="organisations.shape")
def unit_ending(request: Request, pk: int, coverage: int) -> HttpResponse:
    """No longer cover a unit."""
    row = _place_of_deed(request, pk, "organisations.shape")
    covered = queries.coverages_on(row, timezone.localdate()).filter(pk=coverage).first()
    if covered is None:
        raise Http404
    form = DayForm(request.POST or None)
    words = {"title": _("No longer cover %(unit)s") % {"unit": covered.unit}, "submit": _("Enter the last day")}
    return _answer(
        request, form, lambda: actions.uncover_unit(by=request.actor, coverage=covered, **form.cleaned_data),
        _("The last day is entered."), row, **words,
    )  # fmt: skip


@page(needs="organisations.decide")
def setting(request: Request, pk: int, key: str) -> HttpResponse:
    """Decide a local setting from a day on."""
    row = _place_of_deed(request, pk, "organisations.decide")
    if key not in declared() or declared()[key].needs != "organisations.decide":
        raise Http404
    each = declared()[key]
    form = SettingForm(request.POST or None, setting=each, state=queries.setting_state(row, key))
    lead = _("Default: %(value)s (%(rule)s, %(source)s).") % {
        "value": each.text(each.default),
        "rule": each.rule,
        "source": each.source,
    }
    words = {"title": each.title, "submit": _("Enter the decision"), "lead": lead}
    return _answer(
        request, form, lambda: actions.decide_setting(by=request.actor, organisation=row, key=key, **form.cleaned_data),
        _("The decision is entered."), row, **words,
    )  # fmt: skip
