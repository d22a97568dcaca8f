"""What every request passes: no control characters in, the person's language, and no stack trace out."""

import re
import uuid
from collections.abc import Callable, Iterable
from logging import getLogger

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

log = getLogger("hall.errors")
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
ANSWERED = (Http404, PermissionDenied, BadRequest, SuspiciousOperation)  # these have pages of their own
FORM_AROUND = 1024 * 1024  # bytes of other fields and of the form's own boundaries
UNUSED = ", ".join(
    f"{name}=()"
    for name in (
        "camera",
        "geolocation",
        "microphone",
        "payment",
        "usb",
        "serial",
        "bluetooth",
        "midi",
        "hid",
        "display-capture",
        "accelerometer",
        "gyroscope",
        "magnetometer",
        "browsing-topics",
    )
)
Respond = Callable[[HttpRequest], HttpResponse]


def browser_limits(respond: Respond) -> Respond:
    """Tell the browser what no page of the hall needs: other sites reading our answers, and the device's senses."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", UNUSED)
        return response

    return middleware


def size_limit(respond: Respond) -> Respond:
    """Refuse a request that announces more than the upload limit with 413, before a byte of it is read (B13)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if (
            not (announced.isascii() and announced.isdecimal())
            or int(announced) > settings.HALL_UPLOAD_LIMIT + FORM_AROUND
        ):
            limit = settings.HALL_UPLOAD_LIMIT // 1024 // 1024
            return render(request, "core/too_large.html", {"limit": limit}, status=413)
        return respond(request)

    return middleware


def clean_input(respond: Respond) -> Respond:
    """Refuse NUL, control characters and lone surrogates anywhere in a request with 400, before anything reads them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if any(UNWANTED.search(text) for text in _texts(request)):
            return render(request, "core/bad_input.html", status=400)
        return respond(request)

    return middleware


def _texts(request: HttpRequest) -> Iterable[str]:
    yield request.path
    for values in (request.GET, request.POST) if request.method == "POST" else (request.GET,):
        for name in values:
            yield name
            yield from values.getlist(name)
    yield from (file.name or "" for files in request.FILES.lists() for file in files[1])
    yield from request.COOKIES.values()
    yield from (str(value) for name, value in request.META.items() if name.startswith("HTTP_"))


def language(respond: Respond) -> Respond:
    """Chinese, unless the person chose another language of ours. The browser's own wish is not asked."""
    known = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        with translation.override(chosen if chosen in known else settings.LANGUAGE_CODE):
            response = respond(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
            return response

    return middleware


class PlainErrors:
    """An unforeseen error becomes a page with a number to quote; the trace goes to the log under that number."""

    def __init__(self, respond: Respond):
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if settings.DEBUG or isinstance(error, ANSWERED):
            return None
        number = uuid.uuid4().hex[:8]
        log.error("error %s at %s %s", number, request.method, request.path, exc_info=error)
        return render(request, "core/error.html", {"number": number}, status=500)
