"""What a request may carry, on every route of the resolver (A06, B19, B20, B25, B26, B31, B33).

Nothing a request says becomes a statement of the database, a line of a header, a place elsewhere or a stack trace.
"""

import html
import json
import re
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest, QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hall.core.pages import safe_next
from hall.core.testing.payloads import HOSTILE_NEXT, INJECTED
from hall.desk.rules import outside
from hall.notices.models import Message
from hall.organisations import actions as organisations
from hall.proofs.tests.college import World, expected, register, targets
from hall.proofs.tests.routes import LONG, Route, all_routes, routes

ROUTES = routes()
READ = [route for route in ROUTES if not route.only_post]
ASKED = (
    "q", "sort", "page", "size", "on", "month", "organisation", "state", "standing", "kind", "status", "year", "post",
    "active", "box", "due", "matter", "branch", "module", "next", "to", "view", "form",
)  # fmt: skip
MISS = "zqnobodyatall"


@pytest.fixture(scope="module")
def rows(world: World) -> dict[str, Any]:
    return register(world)


def addresses(world: World, rows: dict[str, Any], route: Route, who: tuple[str, ...]) -> list[tuple[str, str]]:
    """(who, address) of the first of these who may open the route."""
    for name in who:
        actor = world.actors[name]
        for target in targets(world, rows, route, actor):
            if expected(actor, route, target) == "open":
                return [(name, target.address)]
    return []


@pytest.mark.parametrize("route", READ, ids=lambda route: route.name)
def test_words_of_sql_answer_like_a_plain_miss(route: Route, world: World, rows: dict[str, Any]) -> None:
    """B19: in every parameter of every page: the same answer as for a word nobody has, and only reading statements."""
    for name, address in addresses(world, rows, route, ("lin", "sun", "secadmin", "audadmin", "sysadmin", "stranger")):
        asked = [dict.fromkeys(ASKED, text) for text in INJECTED[:: 1 if LONG else 7]]
        asked += [{field: INJECTED[at % len(INJECTED)]} for at, field in enumerate(ASKED)]
        known: dict[str, Any] = {}
        for said in asked:
            kind = " ".join(said)
            known[kind] = known.get(kind) or _shape(world.ask(name, "GET", address, dict.fromkeys(said, MISS)))
            plain = known[kind]
            answer = world.ask(name, "GET", address, said)
            assert answer.status_code < 500 or answer.status_code == plain[0], (address, said)
            numbers = any(re.fullmatch(r"-?[\dxe]+", text) for text in said.values())
            assert _shape(answer) == plain or numbers, (address, said)


def _shape(answer: Any) -> tuple[int, int, int]:
    """Status, rows of tables, items of lists."""
    return answer.status_code, answer.whole.count(b"<tr"), answer.whole.count(b"<li")


SORTS = ("id_no", "account__password", "-organisation__path", "name,id_no", "?", "pk", "random()", "name desc")
FOREIGN = (
    {"ordering": "id_number"}, {"member__id_number__startswith": "33"}, {"id_no__startswith": "33"}, {"filter": "id_no"},
    {"fields": "password"}, {"order_by": "name"}, {"account__username": "lin"},
)  # fmt: skip
LISTS = (
    "members:members",
    "dues:bills",
    "dues:assessments",
    "accounts:accounts",
    "accounts:grants",
    "accounts:ledger",
    "notices:inbox",
    "papers:papers",
    "desk:todo",
)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_sorts_and_filters_by_what_it_offers_and_by_nothing_else(
    name: str, world: World, rows: dict[str, Any]
) -> None:
    """A06: any other column, and any column behind a relation, is refused with a page in words."""
    route = next(route for route in all_routes() if route.name == name)
    who, address = addresses(world, rows, route, ("lin", "sysadmin", "secadmin", "audadmin"))[0]
    assert world.ask(who, "GET", address).status_code == 200
    for said in (*FOREIGN, *({"sort": each} for each in SORTS)):
        assert world.ask(who, "GET", address, said).status_code == 400, (address, said)


def leads_out(location: str) -> bool:
    """Would a browser leave the hall? Resolved as browsers do: backslashes are slashes, tabs and line breaks are nothing."""
    seen = re.sub(r"[\t\n\r]", "", location).strip(" \x00-\x1f").replace("\\", "/")
    return urlsplit(urljoin("http://testserver/a/b", seen)).netloc != "testserver" or seen.startswith("//")


@pytest.mark.parametrize("wanted", HOSTILE_NEXT)
def test_no_next_leads_out(wanted: str, world: World) -> None:
    """B31: wherever an address to return to is taken, by GET or by POST; forty forms."""
    doors = (
        "accounts:sign_in",
        "accounts:code",
        "accounts:elder",
        "accounts:language",
        "accounts:proof",
        "accounts:hat",
        "notices:all_reading",
    )
    for name in ("stranger", "lin"):
        for door in doors:
            for method, data in (("GET", None), ("POST", {"next": wanted, "language": "en", "hat": "1"})):
                answer = world.ask(name, method, f"{reverse(door)}?{urlencode({'next': wanted})}", data)
                assert answer.status_code < 500
                assert not leads_out(answer.headers.get("Location", "/")), (door, answer.headers["Location"])
                shown = re.findall(r'name="next" value="([^"]*)"', answer.whole.decode())
                assert not any(leads_out(html.unescape(each)) for each in shown), (door, shown)


@given(
    st.lists(
        st.sampled_from(
            [
                "/",
                "\\",
                "//",
                ":",
                "@",
                "evil.example",
                "http",
                "https:",
                "javascript:",
                "\t",
                "\n",
                " ",
                "%2f",
                "%5c",
                ".",
                "..",
                "?",
                "#",
                "a",
                "党",
            ]
        ),
        max_size=7,
    ).map("".join)
)
@hypothesis_settings(deadline=None, max_examples=400)
def test_whatever_is_asked_for_stays_in_the_hall(wanted: str) -> None:
    """B31 as a property."""
    request = HttpRequest()
    request.GET = QueryDict(urlencode({"next": wanted}))
    assert not leads_out(safe_next(request, "/"))


@pytest.mark.parametrize(
    "wanted",
    [
        "javascript:alert(1)",
        "//evil.example",
        "data:text/html,x",
        "https://a@evil.example",
        "https:evil",
        "/members/",
        "",
        "https://e\tvil",
        "https://evil.example\\a",
        "ftp://x",
        "https://[::1",
        "http://x:99999",
        "x" * 700,
    ],
)
def test_the_page_before_leaving_takes_plain_web_addresses_alone(wanted: str) -> None:
    assert outside(wanted) is None
    assert outside("https://jyt.example.gov.cn/a?b=1#c").hostname == "jyt.example.gov.cn"


EXEMPT = {
    "safekeeping:refused": "a browser's report: no form, no person, counted only",
    "signon:arrival": "the campus posts here that a ticket is over; what it says is checked by itself (C12)",
    "signon:logout": "a provider posts a signed token (C12)",
}
POSTING = ("lin", "sun", "secadmin", "sysadmin", "stranger")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_form_of_another_site_is_heard(route: Route, world: World, rows: dict[str, Any]) -> None:
    """B33: without the token of the hall's own form every POST is refused, signing in too, whatever it calls itself."""
    if route.name in EXEMPT:
        return
    for name in POSTING:
        for who, address in addresses(world, rows, route, (name,)):
            browser = Client(enforce_csrf_checks=True)
            browser.cookies = world.browser(who).cookies
            body = json.dumps({"csrfmiddlewaretoken": "x" * 64})
            for kind in (
                "application/x-www-form-urlencoded",
                "text/plain",
                "application/json",
                "multipart/form-data; boundary=x",
            ):
                answer = browser.post(address, body, content_type=kind)
                assert answer.status_code == 403, (who, address, kind)


@pytest.mark.control
def test_control_with_the_token_a_form_is_heard(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(reverse("accounts:sign_in")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert (
        browser.post(
            reverse("accounts:sign_in"), {"username": "x", "password": "x", "csrfmiddlewaretoken": token[1]}
        ).status_code
        == 422
    )


BROKEN = ("\x00", "\x07", "\x1b[31m", "\x7f", "a\x00b", "\x0b", "\x1f")


@pytest.mark.parametrize("text", BROKEN, ids=ascii)
def test_control_characters_are_refused_wherever_they_stand(text: str, world: World) -> None:
    """B26: path, names and values of query and body, file name, header, cookie; raw and in percent; never the database."""
    browser = Client(raise_request_exception=False)
    browser.cookies[settings.SESSION_COOKIE_NAME] = world.browser("lin").cookies[settings.SESSION_COOKIE_NAME].value
    asked: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(repr(params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        answers = [
            browser.get(f"/members/{quote(text)}/"),
            browser.get("/members/", {"q": text}),
            browser.get("/members/", {text: "q"}),
            browser.post("/members/new/", {"name": text}),
            browser.post("/members/new/", {text: "name"}),
            browser.post("/members/rosters/", {"file": SimpleUploadedFile("a.csv", b"x"), "sheet": text}),
            browser.get("/members/", headers={"User-Agent": f"x{text}"}),
            browser.get("/members/", headers={"Referer": f"http://x/{text}"}),
            browser.get("/accounts/sign-in/", headers={"Cookie": f'hall_session="a\\{ord(text.strip("ab")[0]):03o}b"'}),
        ]
    told = [answer.status_code for answer in answers]
    assert told[4] in (400, 422)  # some never become the name of a field
    assert told[:4] + told[5:] == [400] * (len(told) - 1)
    assert not any(repr(text)[1:-1] in params for params in asked)


HALVES = ("%ED%A0%80", "%ED%BF%BF", "%C0%80", "%FF%FE", "%F8%88%80%80%80", "%u0000", "%", "%zz", "%00", "%C0%AF")


@pytest.mark.parametrize("text", HALVES)
def test_half_characters_and_broken_percents_never_break_a_page(text: str, world: World) -> None:
    """B26: in path, query and body."""
    for address in (f"/members/?q={text}", f"/{text}/", f"/search/?q={text}&{text}=1", f"/organisations/?on={text}"):
        assert world.ask("lin", "GET", address).status_code in (200, 400, 404, 422)
    for kind in (
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        f"text/html; charset={text}",
    ):
        answer = world.browser("lin").generic("POST", "/members/new/", f"name={text}", content_type=kind)
        assert answer.status_code in (200, 400, 422), kind


REPORT = "application/csp-report"


@pytest.mark.parametrize(
    "body",
    [
        "[" * 10_000,
        '{"csp-report": NaN}',
        '{"csp-report": {"a": 1e309}}',
        f'{{"a": {"9" * 4000}}}',
        '{"csp-report": {}, "csp-report": {}}',
        "",
        '["\\ud800"]',
        "x" * 70_000,
    ],
)
def test_the_one_door_for_json_reads_strictly(body: str, world: World) -> None:
    """B25."""
    assert world.browser("stranger").post(reverse("safekeeping:refused"), body, content_type=REPORT).status_code == 400


def test_no_other_door_reads_json() -> None:
    """B25: a route that begins to read JSON has to read it by hall.core.strict."""
    reading = [
        path.relative_to(settings.BASE_DIR).as_posix()
        for path in (settings.BASE_DIR / "hall").rglob("views*/**/*.py")
        if "json.loads" in path.read_text()
    ]
    assert reading == []


TEMPLATES = (
    "{{ settings.SECRET_KEY }}",
    "{% debug %}",
    "{0.__class__.__mro__}",
    "%(x)s %s %d",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{{7*'7'}}",
    '#import "x"',
    "$(id)",
    "\\u{41}",
)


@pytest.mark.parametrize("text", TEMPLATES)
def test_what_administrators_write_is_text(text: str, world: World) -> None:
    """B20, B38: no text a person writes is a template; names, decisions and introductions come back letter by letter."""
    place = world.cast.branch
    from django.db import transaction

    with transaction.atomic():
        sun = world.cast.sun
        organisations.decide_setting(
            by=sun, organisation=place, key="organisations.term_reminder_months", value=6,
            effective_from=place.founded_on, decision=text,
        )  # fmt: skip
        organisations.introduce_organisation(by=sun, organisation=place, text=html.escape(text), version=1)
        shown = world.ask("sun", "GET", reverse("organisations:organisation", args=[place.pk])).whole.decode()
        assert html.unescape(shown).count(text) >= 2, text
        assert settings.SECRET_KEY not in shown
        transaction.set_rollback(True)
    assert not Message.objects.filter(text__contains=settings.SECRET_KEY).exists()


def test_there_is_no_live_channel() -> None:
    """A28: no socket, no stream of events, no ASGI; whoever opens such a door brings it into the matrix first."""
    assert not hasattr(settings, "ASGI_APPLICATION")
    assert not {"channels", "daphne", "django_eventstream"} & set(settings.INSTALLED_APPS)
    found = [
        path.relative_to(settings.BASE_DIR).as_posix()
        for path in [*(settings.BASE_DIR / "hall").rglob("*.py"), *(settings.BASE_DIR / "bin").iterdir()]
        if path.is_file()
        and "tests" not in path.parts
        and path.name != "habits.py"  # names what it forbids
        and re.search(
            r"text/event-stream|websocket|get_asgi_application|--interface asgi\b",
            path.read_text("utf-8", "replace"),
            re.IGNORECASE,
        )
    ]
    assert found == []
    scripts = [path for path in (settings.BASE_DIR / "hall").rglob("static/**/*.js") if "vendor" not in path.parts]
    assert not any(re.search(r"EventSource|WebSocket|hx-sse|hx-ws", path.read_text()) for path in scripts)
