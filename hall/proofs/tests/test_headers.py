"""What every answer tells the browser (assurance §5 row 28, ASVS V3; B24 of the layers: C05, C08): read from the resolver.

No answer of any route, whatever its status, leaves without the policy; no script without the answer's own word; nothing
"unsafe"; no page is kept by the browser.
"""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from hall.core.middleware import UNUSED
from hall.proofs.tests.college import World, register, targets
from hall.proofs.tests.routes import Route, routes

ROUTES = routes()
WHO = ("lin", "stranger", "sun", "secadmin", "wu")
SCRIPT = re.compile(rb"<script\b([^>]*)>")
WANTED = {
    "default-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "report-uri": "/safekeeping/refused/",
}
OF_A_FILE = dict.fromkeys(("default-src", "base-uri", "form-action", "frame-ancestors"), "'none'")  # besides `sandbox`


@pytest.fixture(scope="module")
def rows(world: World) -> dict[str, Any]:
    return register(world)


def faults(answer: Any) -> list[str]:
    """What is missing in the heads of this answer."""
    heads = answer.headers
    policy = dict(part.split(" ", 1) for part in heads.get("Content-Security-Policy", "").split("; ") if " " in part)
    wanted = OF_A_FILE if heads.get("Content-Security-Policy", "").startswith("sandbox; ") else WANTED
    wrong = [f"{name} is {policy.get(name)}" for name, value in wanted.items() if policy.get(name) != value]
    wrong += [f"{name}: {value}" for name, value in policy.items() if "unsafe" in value or "*" in value]
    scripts = policy.get("script-src", "'none'")
    if not re.fullmatch(r"'none'|'nonce-[\w-]{22}'", scripts):
        wrong.append(f"scripts by {scripts}")
    body = getattr(answer, "whole", b"") if "html" in heads.get("Content-Type", "") else b""
    nonce = scripts.removeprefix("'nonce-").rstrip("'").encode()
    wrong += [f"script {found[:60]!r}" for found in SCRIPT.findall(body) if b'nonce="' + nonce + b'"' not in found]
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": UNUSED,
        "X-Frame-Options": "DENY",
    }.items():
        if heads.get(name) != value:
            wrong.append(f"{name} is {heads.get(name)}")
    return wrong


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_answer_of_every_route_carries_the_policy(route: Route, world: World, rows: dict[str, Any]) -> None:
    """Whoever asks, found or not, GET or POST."""
    for name in WHO:
        for target in targets(world, rows, route, world.actors[name])[:2]:
            for method in ("GET", "POST"):
                answer = world.ask(name, method, target.address)
                assert faults(answer) == [], f"{name} {method} {target.address} ({answer.status_code})"
                kept = answer.headers.get("Cache-Control", "")
                assert answer.status_code != 200 or "no-store" in kept, f"{target.address}: {kept} (C05)"


def test_answers_of_no_route_carry_the_policy_too(world: World) -> None:
    """Not found, bad host, too large, control characters, expired form."""
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answers = [
        browser.get("/nowhere/"),
        browser.get("/accounts/sign-in/?next=%00"),
        browser.get("/", headers={"Host": "evil.example"}),
        browser.post("/accounts/sign-in/", {"username": "lin"}),
        browser.post("/accounts/sign-in/", {}, headers={"Content-Length": "999999999"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 400, 400, 403, 413]
    for answer in answers:
        answer.whole = answer.content
        assert faults(answer) == [], answer.status_code


def test_no_two_answers_share_the_word_scripts_run_by(world: World) -> None:
    words = {world.ask("lin", "GET", "/").headers["Content-Security-Policy"] for _each in range(5)}
    assert len(words) == 5


def test_an_encrypted_hall_tells_browsers_to_stay_encrypted() -> None:
    """HSTS for a year; only over https."""
    with override_settings(SECURE_HSTS_SECONDS=365 * 24 * 3600):
        assert Client().get("/healthz", secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "Strict-Transport-Security" not in Client().get("/healthz").headers


def test_cookies_are_sent_to_this_site_alone(world: World) -> None:
    """C08, B33: SameSite and out of reach of scripts; secure with the host prefix is shown in accounts' own tests."""
    browser = Client()
    browser.get("/accounts/sign-in/")
    browser.post("/accounts/large-type/")
    for name, cookie in browser.cookies.items():
        assert cookie["samesite"] == "Lax" and cookie["path"] == "/", name
    assert browser.cookies[settings.CSRF_COOKIE_NAME]["httponly"]


@pytest.mark.control
def test_control_a_loose_policy_is_seen(world: World) -> None:
    loose = {**settings.SECURE_CSP, "script-src": ["'self'", "'unsafe-inline'"]}
    with override_settings(SECURE_CSP=loose):
        assert faults(world.ask("lin", "GET", "/"))
