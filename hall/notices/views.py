"""Pages of the notices: inbox, settings, works, and what was given up."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hall.core.findings import Refused
from hall.core.listing import listing
from hall.core.pages import page, safe_next
from hall.core.viewer import Request
from hall.notices import actions, queries
from hall.notices.forms import ways_form
from hall.notices.words import Kind

ROWS = 20  # a page, unless the address asks for more


@page()
def inbox(request: Request) -> HttpResponse:
    """The viewer's messages: unread by default, ?box=read those read."""
    box = "read" if request.GET.get("box") == "read" else "unread"
    rows = queries.messages_for(request.actor).filter(read_at__isnull=box == "unread")
    unread = queries.unread(request.actor)
    tabs = [
        {
            "title": _("Unread"),
            "url": reverse("notices:inbox"),
            "count": unread[Kind.READ] + unread[Kind.COPY],
            "current": box == "unread",
        },
        {"title": _("Already read"), "url": "?box=read", "count": None, "current": box == "read"},
    ]
    return render(
        request, "notices/inbox.html", {"tabs": tabs, "box": box, "list": listing(rows, request.GET, size=ROWS)}
    )


@page()
@require_POST
def reading(request: Request, pk: int) -> HttpResponse:
    """Mark one message as read; `open` goes on to what it is about."""
    message = queries.message_for(request.actor, pk)
    actions.read_message(by=request.actor, message=message)
    onward = message.url if "open" in request.POST and message.url else ""
    return redirect(onward or safe_next(request, reverse("notices:inbox")))


@page()
@require_POST
def all_reading(request: Request) -> HttpResponse:
    """Mark everything up to the newest message that was shown as read: what came in since stays unread."""
    newest = request.POST.get("newest", "")
    if newest.isascii() and newest.isdigit() and len(newest) < 18:
        shown = queries.messages_for(request.actor).filter(read_at__isnull=True, pk__lte=int(newest))
        count = actions.read_messages(by=request.actor, messages=shown)
        messages.info(request, _("%(count)s messages marked as read.") % {"count": count})
    return redirect(safe_next(request, reverse("notices:inbox")))


@page()
def settings(request: Request) -> HttpResponse:
    """How the viewer wants to be told."""
    form = ways_form(queries.preference_of(request.actor), request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.choose_ways(by=request.actor, account_id=request.actor.account_id, **form.cleaned_data)
        messages.info(request, _("Settings saved."))
        return redirect("notices:settings")
    return render(request, "notices/settings.html", {"form": form, "address": request.actor.account.email})


@page()
def works(request: Request) -> HttpResponse:
    """Works the viewer set going, newest first."""
    shown = listing(queries.own_works(request.actor), request.GET, size=ROWS, fetch=queries.progresses)
    return render(request, "notices/works.html", {"list": shown})


@page()
def work(request: Request, pk: UUID) -> HttpResponse:
    """How far one work is. htmx asks for the bar alone."""
    progress = queries.progress_of(queries.work_for(request.actor, pk))
    template = "core/progress.html" if request.headers.get("HX-Request") == "true" else "notices/work.html"
    return render(request, template, {"work": progress})


@page(needs="notices.operate")
def parked(request: Request) -> HttpResponse:
    """Mail and works that were given up."""
    broken = queries.broken_works(request.actor)[:50]
    context = {
        "list": listing(queries.parked(request.actor), request.GET, size=ROWS),
        "works": [(work, queries.progress_of(work)) for work in broken],
    }
    return render(request, "notices/parked.html", context)


@page(needs="notices.operate")
@require_POST
def repeated_sending(request: Request, pk: int) -> HttpResponse:
    row = queries.parked_for(request.actor, pk)
    return _repeated(request, lambda: actions.repeat_sending(by=request.actor, outgoing=row))


@page(needs="notices.operate")
@require_POST
def repeated_work(request: Request, pk: UUID) -> HttpResponse:
    row = queries.broken_work_for(request.actor, pk)
    return _repeated(request, lambda: actions.repeat_work(by=request.actor, work=row))


def _repeated(request: Request, act: Any) -> HttpResponse:
    try:
        act()
        messages.info(request, _("It will be tried again."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("notices:parked")
