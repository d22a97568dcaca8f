"""Texts that try to become scripts, in Chromium (assurance §5 row 28; B02, B03, B35, B36): none runs.

Two walls stand one behind the other: texts are escaped or cleaned, and the page's policy runs no script that is not the
hall's. Each wall is proven with the other taken away; with both away the same texts run by the hundred (the controls).
The hall runs inside this process, so that walls can be taken away without a switch that could be left on somewhere.

HALL_PROOFS=long gives every payload a page of its own.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings as house
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import models
from django.template import base
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Error, Page
from pytest_django.live_server_helper import LiveServer

from hall.core import richtext
from hall.core.checks import holds_text
from hall.core.testing.payloads import CLOSE, FAR, PAYLOADS, PLAIN, SHORT, numbered
from hall.organisations.models import Introduction
from hall.proofs.tests.college import World, build, expected, register, tables, targets
from hall.proofs.tests.routes import LONG, routes
from journeys.conftest import WIDE

pytestmark = [pytest.mark.journey, pytest.mark.django_db]

EACH = 1 if LONG else 20  # payloads a page
LAST = ("<plaintext", "<frameset", "<xmp", "<svg><style><!--")  # swallow what follows
KEYS = {  # texts of machines: the hall would stop working, and nobody types them
    "Organisation.path", "LocalSetting.key", "Account.password", "Grant.post", "Session.session_key", "Session.session_data",
    "SignInCount.key", "FormerPassword.password", "RecoveryCode.digest", "Factor.secret", "Counter.kind", "Paper.kind", "Paper.code",
    "Paper.snapshot", "Message.fact_name", "Outgoing.channel", "Work.name", "JobRun.job", "RosterPreview.table", "RosterPreview.fingerprint",
    "RosterRow.values", "RosterRow.before", "Assessment.base", "Assessment.table", "Assessment.rule", "BasePreview.rows", "Correction.field",
    "Member.education",
}  # fmt: skip
PROVOKE = (Path(__file__).parent / "provoke.js").read_text()
LOOK = (Path(__file__).parent / "look.js").read_text()


@dataclass
class Watch:
    """What ran: numbers of payloads that called, dialogs, requests to the address outside or by a foreign gadget."""

    page: Page
    ran: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.context.expose_binding("hit", lambda _source, *number: self.ran.append(str(*number[:1])))
        self.page.on("dialog", self._dialog)
        self.page.context.on("request", self._request)
        self.page.context.route(f"{FAR}/**", self._far)

    def _dialog(self, dialog: Any) -> None:
        self.ran.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _far(self, route: Any) -> None:
        """What the policy forbids never comes so far."""
        self.ran.append(f"request {route.request.url}")
        route.abort()

    def _request(self, request: Any) -> None:
        if request.url.endswith("/healthz") and request.resource_type in ("fetch", "xhr"):
            self.ran.append(f"request {request.url}")

    def visit(self, address: str, then: str = PROVOKE) -> None:
        """Open the page, then do what a person might, or look for what waits for a person."""
        try:
            self.page.goto(address, wait_until="load")
            self.ran += self.page.evaluate(then) or []
            self.page.wait_for_timeout(25 if then == PROVOKE else 0)
        except Error as error:
            if not any(
                word in str(error) for word in ("Download is starting", "destroyed", "interrupted", "ERR_ABORTED")
            ):
                raise


@dataclass
class Place:
    """A hall full of hostile texts, and a browser for it."""

    url: str
    world: World
    browser: Browser

    def enter(self, name: str) -> BrowserContext:
        context = self.browser.new_context(base_url=self.url, viewport=WIDE)
        context.set_default_timeout(10_000)
        kept = self.world.browser(name).cookies[house.SESSION_COOKIE_NAME].value if name != "stranger" else ""
        if kept:
            context.add_cookies([{"name": house.SESSION_COOKIE_NAME, "value": kept, "url": self.url}])
        return context


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's own: one college for the whole file, seen by the server's threads as well."""


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: Any, browser: Browser) -> Iterator[Place]:
    with django_db_blocker.unblock():
        world = build()
        server = LiveServer("127.0.0.1")
        yield Place(server.url, world, browser)
        server.stop()
        call_command("flush", verbosity=0, interactive=False)


# ---- the long text ----


def bunches() -> Iterator[str]:
    """Payloads with their numbers; those that swallow the rest of a page come last in their bunch."""
    numbers = sorted(range(len(PAYLOADS)), key=lambda number: (number // EACH, PAYLOADS[number].startswith(LAST)))
    for some in batched(numbers, EACH, strict=False):
        yield CLOSE.join(f"<p>{number}</p>{numbered(PAYLOADS[number], number)}" for number in some)


def opened(place: Place) -> list[str]:
    """Open the introduction with every bunch; what ran."""
    branch = place.world.cast.branch
    address = reverse("organisations:introduction", args=[branch.pk])
    context = place.enter("lin")
    watch = Watch(context.new_page())
    for text in bunches():
        Introduction.objects.update_or_create(
            organisation=branch, defaults={"text": text, "written_at": timezone.now()}
        )
        watch.visit(address)
    context.close()
    return watch.ran


@pytest.fixture
def without_cleaning() -> Iterator[None]:
    with patch.object(richtext, "shown", lambda html: html):
        yield


@pytest.fixture
def without_policy(settings: Any) -> None:
    settings.SECURE_CSP = {}


def test_there_are_more_than_two_hundred_payloads() -> None:
    assert len(set(PAYLOADS)) >= 200


def test_no_payload_runs_in_a_long_text(place: Place) -> None:
    """B03: both walls."""
    assert opened(place) == []


def test_cleaning_alone_holds(place: Place, without_policy: None) -> None:
    assert opened(place) == []


def test_the_policy_alone_holds(place: Place, without_cleaning: None) -> None:
    assert opened(place) == []


@pytest.mark.control
def test_control_without_both_walls_they_run(place: Place, without_cleaning: None, without_policy: None) -> None:
    ran = {each for each in opened(place) if each.isdigit()}
    print(
        f"{len(ran)} of {len(PAYLOADS)} ran without both walls; never: {[p for n, p in enumerate(PAYLOADS) if str(n) not in ran]}"
    )
    assert len(ran) > 100


def test_what_was_typed_into_the_form_is_shown_as_text(place: Place) -> None:
    """The way of a secretary: the form keeps it clean, and shows it again in the box as it was typed."""
    browser, branch = place.world.browser("lin"), place.world.cast.branch
    address = reverse("organisations:introducing", args=[branch.pk])
    for text in (PAYLOADS[0], PLAIN, "<p>a</p>" + PAYLOADS[60]):
        Introduction.objects.filter(organisation=branch).delete()
        assert browser.post(address, {"text": text, "version": "0"}).status_code == 302
        context = place.enter("lin")
        watch = Watch(context.new_page())
        watch.visit(address)
        watch.visit(reverse("organisations:organisation", args=[branch.pk]))
        context.close()
        assert watch.ran == [] and "<img" not in Introduction.objects.get(organisation=branch).text


# ---- every other text ----


@pytest.fixture(scope="module")
def poisoned(place: Place) -> Place:
    """A hostile text in every column people's words can reach, in particulars, and in a roster with its errors."""
    for name in house.MODULES:
        for model in tables(name) if name != "ledger" else []:
            for column in model._meta.local_concrete_fields:
                if holds_text(column) and not column.choices and f"{model.__name__}.{column.name}" not in KEYS:
                    _poison(model, column)
    _import(place)
    place.world.cast.accounts["lin"].refresh_from_db()
    return place


def _poison(model: type[models.Model], column: models.Field) -> None:
    if column.get_internal_type() == "JSONField" or model is Introduction:
        return
    room = column.max_length or 10_000
    text = PLAIN if room > len(PLAIN) + 12 else SHORT if room >= len(SHORT) + 4 else ""
    if column.name == "url":
        text = "javascript:hit(5)"
    for row in model._default_manager.all() if text else []:
        setattr(row, column.attname, f"{text}{str(row.pk)[-6:]}" if room > len(text) + 6 else text)
        row.save()


def _import(place: Place) -> None:
    """A roster with hostile cells, under a hostile name; it is read, and its errors quote the cells."""
    lines = ["姓名,工号,身份证件号,手机,党员类别,所在党支部"] + [
        ",".join(f'"{text.replace(chr(34), chr(34) * 2)}"' for text in (PLAIN, SHORT, PLAIN, SHORT, PLAIN, PLAIN))
        for _each in range(3)
    ]
    book = SimpleUploadedFile(f"{SHORT}.csv", "\n".join(lines).encode())
    answer = place.world.browser("lin").post(reverse("members:rosters"), {"file": book})
    assert answer.status_code in (302, 422), answer.status_code


def stops(place: Place) -> Iterator[tuple[str, str]]:
    """Every page of every route, for the first of these who may open it."""
    rows, seen = register(place.world), set()
    for name in ("lin", "sun", "secadmin", "sysadmin", "audadmin", "zheng", "wu", "stranger"):
        for route in routes():
            for target in targets(place.world, rows, route, place.world.actors[name]):
                fits = target.scope in ("page", "own", "branch") and not route.only_post
                key = (route.name, target.scope if LONG else "")
                if fits and key not in seen and expected(place.world.actors[name], route, target) == "open":
                    seen.add(key)
                    yield name, target.address


REFLECTED = (
    "q",
    "next",
    "sort",
    "page",
    "organisation",
    "standing",
    "state",
    "kind",
    "on",
    "month",
    "to",
    "tab",
    "size",
)


def pages(place: Place) -> list[tuple[str, str]]:
    """The stops that are pages of HTML; each is also asked with the text in its address (B02)."""
    found = []
    for name, address in stops(place):
        answer = place.world.browser(name).get(address)
        if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            found.append((name, address))
            asked = place.world.browser(name).get(address, dict.fromkeys(REFLECTED, PLAIN))
            assert asked.status_code < 500, address
            for text in (answer.content.decode(), asked.content.decode()):
                assert "<img src=x" not in text and "<svg onload" not in text and "<svg/onload" not in text, address
                assert 'href="javascript' not in text, address
    return found


def walked(place: Place, found: list[tuple[str, str]], then: str) -> list[str]:
    ran: list[str] = []
    by_name: dict[str, list[str]] = {}
    for name, address in found:
        by_name.setdefault(name, []).append(address)
    for name, addresses in by_name.items():
        context = place.enter(name)
        watch = Watch(context.new_page())
        for address in addresses:
            watch.visit(address, then)
        ran += [f"{name}: {each}" for each in watch.ran]
        context.close()
    return ran


def test_no_text_of_any_table_runs_on_any_page(poisoned: Place) -> None:
    """B02, B03: names, organisations, files, cells, errors, reasons, answers, on every page of the resolver."""
    assert walked(poisoned, pages(poisoned), LOOK) == []


def unescaped() -> Any:
    """Variables of templates come out as they are; what forms escape by themselves stays escaped."""
    return patch.object(base, "conditional_escape", lambda text: text)


def test_the_policy_alone_holds_on_every_page(poisoned: Place) -> None:
    with unescaped():
        assert walked(poisoned, list(stops(poisoned))[:: 1 if LONG else 9], PROVOKE) == []


@pytest.mark.control
def test_control_unescaped_texts_run_without_the_policy(poisoned: Place, without_policy: None) -> None:
    with unescaped():
        assert len(walked(poisoned, list(stops(poisoned))[::12], PROVOKE)) > 20


def test_a_picture_with_hostile_words_in_it_is_a_file_and_no_page(place: Place) -> None:
    """B36: what is uploaded is read as a sheet or refused; the words of a picture are never shown as a page."""
    picture = io.BytesIO(b"\x89PNG\r\n\x1a\n" + PLAIN.encode())
    picture.name = f"{SHORT}.png"
    answer = place.world.browser("lin").post(reverse("members:rosters"), {"file": picture})
    assert answer.status_code == 422 and "<svg/onload" not in answer.content.decode()


def test_the_script_of_the_hall_still_works_behind_the_policy(place: Place) -> None:
    """The word of the answer lets our two files run: htmx is there, and takes no code from text."""
    context = place.enter("lin")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/")
    assert page.evaluate("typeof htmx") == "object"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "bar-search"
    page.evaluate("""() => { const div = document.createElement("div"); div.setAttribute("hx-get", "/help/"); div.setAttribute("hx-trigger", "load");
        div.setAttribute("hx-select", "main h1"); div.id = "asked"; document.querySelector("main").append(div); htmx.process(div); }""")
    page.wait_for_selector("#asked h1")
    assert complaints == []
    context.close()


def test_nothing_listens_to_messages_of_other_frames(place: Place) -> None:
    """B35: a message from a frame is heard by nobody; the answer forbids being framed at all."""
    answer = Client().get("/accounts/sign-in/")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    context = place.enter("lin")
    watch = Watch(context.new_page())
    watch.visit("/")
    watch.page.evaluate("postMessage({html: '<img src=x onerror=hit(1)>', type: 'htmx'}, '*')")
    watch.page.wait_for_timeout(50)
    context.close()
    assert watch.ran == []
