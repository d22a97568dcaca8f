"""Pages: who may open them, what frames them, and how a refusal becomes a form error."""

import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from hall.core.findings import Finding
from hall.core.modules import alerts, counts, modules, surroundings
from hall.core.viewer import Request, Viewer

View = Callable[..., HttpResponseBase]
ELDER = "hall_elder"
METHODS = ("GET", "HEAD", "POST")
PROVED = "proved"  # in the session: when the person last showed who they are
DRAFT = "hall_draft"  # a cookie of hall.js: the address to which a kept draft was sent and that has not answered
FRESH = 600  # seconds for which that counts before dangerous acts


def page(
    needs: str = "", *, stranger: bool = False, fresh: bool | str = False, sensitive: bool = False
) -> Callable[[View], View]:
    """A page of the hall. `needs` is a permission held by the present hat; "" = anybody signed in; stranger = everybody.

    Only GET, HEAD and POST exist (A11). Strangers are sent to sign in and come back to the page they asked for;
    without the permission the answer is 403.
    fresh=True asks again who one is unless that was shown in the last ten minutes; fresh="POST" only before a deed.
    sensitive=True lays the viewer's name, account and the minute over the page (T28); one that shows a single person
    (its address names a row) is counted, and who opens very many is asked again who they are (A24).
    The view carries `needs`, `stranger`, `fresh`, `sensitive` for the route matrix and the checks.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            if not stranger:
                if not request.actor:
                    return _to_sign_in(request)
                if needs and not request.actor.holds(needs):
                    raise PermissionDenied
                if fresh in (True, request.method) and not is_fresh(request):
                    return to_proof(request)
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            if (
                request.method == "POST"
                and unquote(request.COOKIES.get(DRAFT, "")) == request.path
                and response.status_code < 400
            ):
                response.delete_cookie(DRAFT)  # what was typed has arrived: hall.js may forget the draft
            return response

        vars(wrapped).update(needs=needs, stranger=stranger, fresh=fresh, sensitive=sensitive)
        return wrapped

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in, then back to the page that was asked for. A fragment asked by htmx takes the whole page there."""
    address = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': _page_of(request)})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": reverse(settings.LOGIN_URL)})
    return redirect(address)


def is_fresh(request: HttpRequest) -> bool:
    """Did the person show within the last ten minutes who they are?"""
    return 0 <= time.time() - request.session.get(PROVED, 0) <= FRESH


def to_proof(request: HttpRequest) -> HttpResponse:
    """Show again who one is, then back to the page the deed was asked from; what was sent is not done."""
    address = f"{reverse(settings.HALL_PROOF_URL)}?{urlencode({'next': _page_of(request)})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _page_of(request: HttpRequest) -> str:
    """The page that was asked for; of a deed, the page it was asked from."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if request.method == "POST" and came_from.netloc == request.get_host():
        return came_from._replace(scheme="", netloc="", fragment="").geturl()
    return request.get_full_path()


class HallForm(forms.Form):
    """A form that can carry findings: an action's refusal appears in the summary like any other mistake."""

    template_name = "core/fields.html"
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for asked in self.fields.values():
            asked.error_messages["required"] = _("Fill in “%(label)s”.") % {"label": asked.label or ""}

    def offer(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        """What may be chosen in this field, known only when the form is made. TypeError for a field without choices."""
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(f"{name} is no field of choices.")
        field.choices = list(choices)

    def add_findings(self, findings: list[Finding]) -> None:
        """Show the findings of a refusal. `form.findings` keeps them with rule and weight for the page."""
        self.findings = findings
        for finding in findings:
            self.add_error(None, str(finding.text))

    def show_again(self, name: str) -> None:
        """Let a hidden field say on the refused form what it would say on a fresh one: the state as it is now (G16)."""
        if name in self.fields:
            typed: Any = self.data
            data = typed.copy()
            data[self.add_prefix(name)] = self.get_initial_for_field(self.fields[name], name)
            self.data = data

    @property
    def wants_reason(self) -> bool:
        """Do only "normally" findings stand in the way, so that a reason would lift them?"""
        found = getattr(self, "findings", [])
        return bool(found) and not any(finding.must for finding in found)


@dataclass
class Frame:
    """What surrounds every page: bar, menu, hats, help. Counts are asked only when the template shows them."""

    signed_in: bool
    demo: bool
    elder: bool
    person: str = ""
    nav: list[dict] = field(default_factory=list)
    hats: list[dict] = field(default_factory=list)
    viewer: Viewer | None = None
    watermark: str = ""  # who looks and when, on pages with sensitive data

    @property
    def watermark_width(self) -> int:
        """Pixels from one mark to the next, so that they do not touch."""
        return 64 + sum(18 if ord(each) > 0x2E7F else 10 for each in self.watermark)

    @property
    def college(self) -> str:
        return self._around["college"]

    @property
    def help(self) -> dict | None:
        """Whom to ask: organisation, name, phone."""
        return self._around["help"]

    @cached_property
    def _around(self) -> dict:
        around = surroundings()
        return around(self.viewer) if around and self.viewer else {"college": "", "help": None}

    @cached_property
    def draft_key(self) -> str:
        """By what this person's drafts are sealed on the device: told to nobody else, so nobody else can open them."""
        if self.viewer is None:
            return ""
        sealed = salted_hmac("hall.core.drafts", str(self.viewer.account_id), algorithm="sha256")
        return b64encode(sealed.digest()).decode()

    @cached_property
    def todo_count(self) -> int:
        """What waits for the person; asked once, and only by a page that shows it."""
        return self._count("todo")

    @cached_property
    def unread_count(self) -> int:
        return self._count("unread")

    @cached_property
    def alerts(self) -> list[str]:
        """What everybody must see now."""
        return alerts()

    def _count(self, name: str) -> int:
        return counts()[name](self.viewer) if self.viewer and name in counts() else 0


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` for base.html. Built by the top module, the only one that may know all others."""
    return {"frame": _frame_of(request)}


def _frame_of(request: HttpRequest) -> Frame:
    actor = getattr(request, "actor", None)
    elder = request.COOKIES.get(ELDER) == "1"
    if not actor:
        return Frame(signed_in=False, demo=settings.HALL_DEMO, elder=elder)
    return Frame(
        signed_in=True,
        demo=settings.HALL_DEMO,
        elder=elder,
        person=actor.account.name,
        viewer=actor,
        watermark=_watermark(request, actor),
        nav=menu(actor, request.resolver_match.view_name if request.resolver_match else ""),
        hats=[
            {"id": hat.pk, "title": hat.title, "organisation": str(hat.organisation), "current": hat == actor.hat}
            for hat in actor.hats
        ],
    )


def _watermark(request: HttpRequest, actor: Viewer) -> str:
    view = request.resolver_match.func if request.resolver_match else None
    return signature(actor) if getattr(view, "sensitive", False) else ""


def signature(actor: Viewer) -> str:
    """Who looks or takes out, by name and account, and the minute: a photograph or a file leads back to them (T27, T28)."""
    return f"{actor.account.name} {actor.account.get_username()} {timezone.localtime():%Y-%m-%d %H:%M}"


def menu(actor: Viewer, current: str = "") -> list[dict]:
    """The left menu for this hat: what its posts may open, in the order the modules wish."""
    offered = [nav for module in modules() for nav in module.nav if not nav.needs or actor.holds(nav.needs)]
    lines = [nav for nav in offered if not (nav.own and actor.office)]
    marked = _marked([nav.url for nav in lines], current)
    return [
        {"title": nav.title, "url": reverse(nav.url), "icon": nav.icon, "current": nav.url == marked}
        for nav in sorted(lines, key=lambda nav: nav.order)
    ]


def _marked(lines: list[str], current: str) -> str:
    """The one line of the menu that stands for this page: itself, else the first of its module (never the desk's)."""
    if current in lines:
        return current
    module = current.split(":")[0]
    return next((url for url in lines if url.split(":")[0] == module != "desk"), "")


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """The same-site relative path the person came for, else `otherwise` (no open redirect, B31)."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    plain = "\\" not in wanted and all(character > " " for character in wanted)  # browsers read these in their own way
    fits = plain and wanted.startswith("/") and not wanted.startswith("//")
    return wanted if fits and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else otherwise


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "core/not_found.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "core/forbidden.html", status=403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "core/form_expired.html", status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "core/bad_input.html", status=400)
