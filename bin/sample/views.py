"""The pages: a list, one item, and the form that notes one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from hall.core.findings import Refused
from hall.core.listing import Filter, listing
from hall.core.pages import page
from hall.core.viewer import Request
from hall.sample import actions, queries
from hall.sample.forms import ItemForm
from hall.sample.words import Weight

BY_WEIGHT = Filter("weight", "", Weight.choices, lambda rows, value: rows.filter(weight=value))


@page(needs="sample.view")
def items(request: Request) -> HttpResponse:
    """The list, the next due first."""
    found = listing(queries.items_for(request.actor), request.GET, filters=[BY_WEIGHT])
    return render(request, "sample/items.html", {"list": found, "may_note": request.actor.holds("sample.note")})


@page(needs="sample.view")
def item(request: Request, pk: int) -> HttpResponse:
    """One item with its history."""
    row = queries.item_for(request.actor, pk)
    return render(request, "sample/item.html", {"item": row, "history": queries.history(row)})


@page(needs="sample.note")
def entry(request: Request) -> HttpResponse:
    """Note an item. A refusal comes back as an error of the form."""
    form = ItemForm(request.POST or None, viewer=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.note_item(by=request.actor, **form.cleaned_data)
            return redirect("sample:item", row.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    return render(request, "sample/entry.html", {"form": form}, status=422 if form.errors else 200)
