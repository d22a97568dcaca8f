"""Signing on by the campus against servers that are not ours: django-mama-cas and allauth's OpenID provider, in Chromium."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from journeys.campus.provider import CLIENT, PASSWORD, SECRET
from journeys.conftest import PHONE, ROOT, WIDE, Hall, brought_up, enter, free_port, wait_until_up

pytestmark = pytest.mark.journey
type Look = Callable[[Page, str, dict], None]
DOORS = """
[[door]]
name = "cas"
kind = "cas"
title = "统一身份认证"
server = "http://127.0.0.1:{cas}/cas"
number = "user"

[[door]]
name = "campus"
kind = "oidc"
title = "校园身份平台"
server = "http://127.0.0.1:{oidc}"
client = "{client}"
secret = "{secret}"
algorithm = "RS256"
number = "preferred_username"
"""


@dataclass(frozen=True)
class Campus:
    hall: Hall
    cas: str
    oidc: str


@pytest.fixture(scope="module")
def campus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campus]:
    """A hall with two doors, and the two servers behind them."""
    home, ports = tmp_path_factory.mktemp("campus"), {"cas": free_port(), "oidc": free_port()}
    port = free_port()
    doors = home / "doors.toml"
    doors.write_text(DOORS.format(**ports, client=CLIENT, secret=SECRET), encoding="utf-8")
    doors.chmod(0o600)
    listed = " ".join(f"signon=http://127.0.0.1:{number}" for number in ports.values())
    started = [_provider(home, kind, number, f"http://127.0.0.1:{port}") for kind, number in ports.items()]
    try:
        with brought_up(home, "127.0.0.1", port=port, HALL_SIGNON=str(doors), HALL_OUTGOING=listed) as hall:
            yield Campus(hall, *(f"http://127.0.0.1:{number}" for number in ports.values()))
    finally:
        for each in started:
            each.kill()


def _provider(home: Path, kind: str, port: int, hall: str) -> subprocess.Popen:
    log = home / f"{kind}.log"
    words = [sys.executable, "-W", "ignore", "-m", "journeys.campus.provider", kind, str(port), hall]
    run = subprocess.Popen(words, cwd=ROOT, stdout=log.open("wb"), stderr=subprocess.STDOUT)
    wait_until_up(
        f"http://127.0.0.1:{port}/{'cas/login' if kind == 'cas' else '.well-known/openid-configuration'}", run, log
    )
    return run


@pytest.fixture
def window(browser: Browser, campus: Campus) -> Iterator[Callable[..., Page]]:
    """A browser of its own; what it wants from the wide world (the provider's fonts and styles) it does not get."""
    contexts: list[BrowserContext] = []

    def make(**options) -> Page:
        context = browser.new_context(base_url=campus.hall.url, locale="zh-CN", **{"viewport": WIDE, **options})
        context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), _away)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


HANDBOOK = ("signon-doors-wide", "signon-identities-secadmin-wide")


@pytest.fixture
def look(picture: Callable[..., Path], tmp_path: Path) -> Look:
    """A picture in the test's folder; those the handbook shows go there when they are asked for."""

    def take(page: Page, name: str, size: dict) -> None:
        full = f"{name}-{'phone' if size is PHONE else 'wide'}"
        if full in HANDBOOK:
            picture(page, full)
        else:
            page.screenshot(path=tmp_path / f"{full}.png", full_page=True, animations="disabled")

    return take


def _away(route: Route) -> None:
    route.abort()


def at_the_campus(page: Page, name: str) -> None:
    """What a person types on the page of either server."""
    page.locator("input[name=username], input[name=login]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")


def home(page: Page) -> None:
    page.wait_for_url(lambda address: urlsplit(address).path == "/")


@pytest.mark.parametrize("door", ["统一身份认证", "校园身份平台"])
def test_in_by_the_campus_and_out_again(campus: Campus, window: Callable[..., Page], tmp_path: Path, door: str) -> None:
    """C09: nothing of the ticket stays in the address; out again, also at the campus; there is no way back without it."""
    page = window()
    page.goto("/papers/")
    page.get_by_role("link", name=door).click()
    at_the_campus(page, "lin")
    page.wait_for_url(lambda address: urlsplit(address).path == "/papers/")
    assert page.url == f"{campus.hall.url}/papers/"
    assert "林岚" in page.content()
    page.locator("form[action='/accounts/sign-out/'] button").first.dispatch_event("click")
    page.wait_for_url("**/accounts/sign-in/**")
    assert "仍处于登录状态" in page.content()
    page.screenshot(path=tmp_path / "left.png", full_page=True)
    page.get_by_role("link", name="同时退出").click()
    page.wait_for_load_state()
    if door == "校园身份平台":  # the provider asks before it lets go
        page.locator("button[type=submit], input[type=submit]").first.click()
        page.wait_for_load_state()
    page.goto("/accounts/sign-in/")
    page.get_by_role("link", name=door).click()
    page.locator("input[name=password]").wait_for()


def test_signed_out_at_the_campus_is_signed_out_here(campus: Campus, window: Callable[..., Page]) -> None:
    """C12: django-mama-cas tells the hall by single logout; only the browser of that ticket is out."""
    page, other = window(), window()
    for each in (page, other):
        each.goto("/accounts/sign-in/")
        each.get_by_role("link", name="统一身份认证").click()
        at_the_campus(each, "wu" if each is page else "lin")
        home(each)
    page.goto(f"{campus.cas}/cas/logout")
    page.goto("/papers/")
    assert "/accounts/sign-in/" in page.url
    other.goto("/papers/")
    assert other.url.endswith("/papers/")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_whom_the_hall_does_not_know_is_told_whom_to_ask(
    campus: Campus, window: Callable[..., Page], look: Look, size: dict
) -> None:
    page = window(viewport=size)
    page.goto("/accounts/sign-in/")
    look(page, "signon-doors", size)
    page.get_by_role("link", name="统一身份认证").click()
    at_the_campus(page, "newcomer")
    page.wait_for_url("**/signon/refused/")
    assert "组织员" in page.content()
    assert "ticket" not in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    look(page, "signon-refused", size)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_two_administrators_bind_a_list(campus: Campus, window: Callable[..., Page], look: Look, size: dict) -> None:
    for who in ("sysadmin", "secadmin"):
        page = window(viewport=size)
        enter(page, who, campus.hall.password)
        page.goto("/signon/identities/")
        if who == "sysadmin":
            page.get_by_label("名单").fill("sun  孙丽华\n" if size is WIDE else "zheng zhengwenbin\n")
            page.get_by_role("button", name="提交绑定名单").click()
            page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        look(page, f"signon-identities-{who}", size)
    page.get_by_role("button", name="批准").click()
    page.wait_for_load_state()
    assert "已生效" in page.content()
