"""Sessions end when they should: idle, old, closed, new password, by hand; cookies and headers say what they must."""

import os
import subprocess
import sys
import time
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from hall.accounts import actions, sessions
from hall.accounts.backend import Backend
from hall.accounts.models import Grant, Session
from hall.core.findings import Refused
from hall.core.pages import PROVED
from hall.ledger.acting import System
from hall.organisations import actions as organisation_actions

PASSWORD = "three calm horses by the lake"
SIGN_IN = reverse("accounts:sign_in")
PAGE = "/organisations/"


@pytest.fixture
def lin(cast):
    account = cast.accounts["lin"]
    account.set_password(PASSWORD)
    account.save()
    return account


def signed_in(device="Firefox"):
    client = Client(headers={"User-Agent": device})
    assert client.post(SIGN_IN, {"username": "lin", "password": PASSWORD}).status_code == 302
    return client


def aged(client, **ago):
    """The browser's session as it would be had so many seconds passed."""
    session = client.session
    for name, seconds in ago.items():
        session[name] = int(time.time()) - seconds
    session.save()
    return client


@pytest.mark.parametrize("seconds, answer", [(29 * 60, 200), (31 * 60, 302)])
def test_a_session_ends_after_half_an_hour_without_a_click(lin, seconds, answer):  # C06
    client = aged(signed_in(), seen=seconds, began=seconds)
    assert client.get(PAGE).status_code == answer
    assert Session.objects.filter(account_id=lin.pk).exists() == (answer == 200)


@pytest.mark.parametrize("hours, answer", [(11.9, 200), (12.1, 302)])
def test_a_session_ends_after_twelve_hours_however_busy(lin, hours, answer):  # C06
    assert aged(signed_in(), began=int(hours * 3600)).get(PAGE).status_code == answer


def test_a_click_is_marked_once_a_minute_and_keeps_the_session_alive(lin):
    client = aged(signed_in(), seen=20 * 60, began=20 * 60)
    client.get(PAGE)
    assert time.time() - client.session[sessions.SEEN] < 5
    before = client.session[sessions.SEEN]
    client.get(PAGE)
    assert client.session[sessions.SEEN] == before


def test_the_security_administrator_sets_the_limits_within_floors(cast, lin):
    decide = {"organisation": cast.college, "effective_from": date(2024, 1, 1), "decision": "安全策略"}
    with pytest.raises(Refused):
        organisation_actions.decide_setting(by=cast.secadmin, key="accounts.session_idle_minutes", value=600, **decide)
    for who in (cast.sun, cast.sysadmin):
        with pytest.raises(Refused):
            organisation_actions.decide_setting(by=who, key="accounts.session_idle_minutes", value=10, **decide)
    organisation_actions.decide_setting(by=cast.secadmin, key="accounts.session_idle_minutes", value=10, **decide)
    assert aged(signed_in(), seen=11 * 60).get(PAGE).status_code == 302
    assert aged(signed_in(), seen=9 * 60).get(PAGE).status_code == 200


def test_signing_in_gives_a_fresh_session_key(lin):
    client = Client()
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    client.post(SIGN_IN, {"username": "lin", "password": PASSWORD})
    assert client.session.session_key != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists()


def test_closing_the_account_ends_its_sessions(lin):
    client = signed_in()
    actions.close_account(by=System("tests"), account=lin, reason="离校")
    assert client.get(PAGE).status_code == 302
    assert not Session.objects.filter(account_id=lin.pk).exists()


def test_a_withdrawn_post_is_gone_at_the_very_next_request(cast, lin):  # A12
    client = signed_in()
    assert client.get("/members/").status_code == 200
    grant = Grant.objects.get(account=lin)
    actions.withdraw_grant(by=cast.secadmin, grant=grant, on=timezone.localdate(), reason="免职")
    assert client.get("/members/").status_code == 403


def test_own_sessions_are_listed_without_their_keys_and_ended_from_there(cast, lin):
    here, there = signed_in("Firefox 140"), signed_in("老旧浏览器")
    page = here.get(reverse("accounts:devices")).content.decode()
    assert "老旧浏览器" in page and there.session.session_key not in page and here.session.session_key not in page
    (row,) = [each for each in Session.objects.all() if each.device == "老旧浏览器"]
    foreign = cast.browser("qian")
    foreign.post(reverse("accounts:devices"), {"name": sessions.name_of(row)})
    assert there.get(PAGE).status_code == 200
    here.post(reverse("accounts:devices"), {"name": sessions.name_of(row)})
    assert (here.get(PAGE).status_code, there.get(PAGE).status_code) == (200, 302)


def test_all_other_sessions_end_at_once_and_this_one_stays(lin):
    here, others = signed_in(), [signed_in() for _ in range(3)]
    here.post(reverse("accounts:devices"))
    assert [each.get(PAGE).status_code for each in (here, *others)] == [200, 302, 302, 302]


def test_an_emptied_session_store_means_signing_in_again(lin):  # C26
    client = signed_in()
    Session.objects.all().delete()
    assert client.get(PAGE).headers["Location"].startswith(SIGN_IN)


def test_pages_are_not_kept_by_the_browser_and_signing_out_ends_the_session_in_the_hall(lin):  # C05
    client = signed_in()
    assert client.get(PAGE).headers["Cache-Control"] == "no-store"
    key = client.session.session_key
    client.post(reverse("accounts:sign_out"))
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert client.get(PAGE).status_code == 302


def test_a_flag_set_in_the_table_by_hand_gives_nothing(cast):  # A19
    with connection.cursor() as cursor:
        for flag in ("is_superuser", "is_staff"):
            cursor.execute(f"ALTER TABLE accounts_account ADD COLUMN {flag} boolean DEFAULT true")
    browser = cast.browser("wu")
    for page in ("accounts:accounts", "accounts:grants", "notices:parked", "members:members", "dues:issue"):
        assert browser.get(reverse(page)).status_code in (403, 405)
    account = cast.accounts["wu"]
    account.is_superuser = account.is_staff = True
    assert not Backend().has_perm(account, "accounts.open") and not Backend().has_module_perms(account, "accounts")


STALE = {PROVED: 601}
DANGEROUS = {  # route → how it asks
    "accounts:approval": "POST", "accounts:agreements": "POST", "accounts:agreement": True, "accounts:policy": "POST",
    "accounts:review": True, "witness:explanation": "POST",
    "accounts:account": "POST", "accounts:grants": "POST", "accounts:delegations": "POST", "accounts:withdrawal": True,
    "accounts:password": True, "accounts:second_factor": True, "accounts:factor_deed": True, "accounts:factor_picture": True,
    "signon:approval": "POST", "signon:identities": "POST", "signon:withdrawal": "POST",
    "members:reveal": True, "members:export": True, "members:register": True, "members:pair": True, "members:copy": True,
    "privacy:copy": True, "privacy:carrying_out": True, "privacy:erasure": "POST", "privacy:own_erasure": "POST",
    "members:roster_taking_back": True, "dues:refund": True,
    "accounts:passkey": True, "accounts:passkey_registration": True, "accounts:passkey_removal": True,
}  # fmt: skip


def routes():
    for folder in get_resolver().url_patterns:
        for each in getattr(folder, "url_patterns", []):
            yield f"{folder.app_name}:{each.name}", each.callback


def test_dangerous_acts_are_exactly_those_of_the_list():  # assurance 34
    assert {name: view.fresh for name, view in routes() if getattr(view, "fresh", False)} == DANGEROUS


@pytest.mark.parametrize(
    "address", ["/members/export/", "/members/register/", "/accounts/password/", "/accounts/second-factor/"]
)
def test_a_dangerous_page_asks_again_after_ten_minutes_and_leads_back(lin, address):  # assurance 34
    client = signed_in()
    assert client.get(address).status_code == 200
    aged(client, **STALE)
    where = client.get(address).headers["Location"]
    assert where.startswith(reverse("accounts:proof"))
    assert client.post(where, {"password": "wrong", "next": address}).status_code == 422
    assert client.get(address).status_code == 302
    assert client.post(where, {"password": PASSWORD, "next": address}).headers["Location"] == address
    assert client.get(address).status_code == 200


def test_a_deed_sent_too_late_is_not_done_and_leads_back_to_its_page(cast):
    browser = aged(cast.browser("secadmin"), **STALE)
    said = {"account": "wu", "post": "secretary", "organisation": cast.branch.pk, "starts_on": "2026-01-05"}
    page = reverse("accounts:grants")
    assert browser.get(page).status_code == 200
    answer = browser.post(page, said, headers={"Referer": f"http://testserver{page}?post=secretary"})
    assert answer.headers["Location"] == f"{reverse('accounts:proof')}?next=%2Faccounts%2Fposts%2F%3Fpost%3Dsecretary"
    assert not Grant.objects.filter(account__username="wu").exists()


def test_proving_who_one_is_cannot_be_ground_down(lin):  # C01
    client = aged(signed_in(), **STALE)
    proof = reverse("accounts:proof")
    for _ in range(5):
        assert client.post(proof, {"password": "guess"}).status_code == 422
    assert client.post(proof, {"password": PASSWORD}).status_code == 422


def settings_with(**environment):
    """What the hall's settings say in such an environment; the text of the refusal if they refuse."""
    ask = (
        "from hall import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, "
        "s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.HALL_SECOND_FACTOR, s.SECURE_CSP['frame-ancestors'], "
        "'XFrame' in str(s.MIDDLEWARE), s.SECURE_HSTS_SECONDS > 0, s.PASSWORD_HASHERS[0].split('.')[-1])"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HALL_", "DJANGO"))}
    run = subprocess.run(
        [sys.executable, "-c", ask], cwd=settings.BASE_DIR, capture_output=True, text=True,
        env={**kept, "HALL_HOME": str(settings.HALL_HOME), **environment},
    )  # fmt: skip
    return run.stdout.strip() or run.stderr.strip().splitlines()[-1]


def test_cookies_take_the_host_prefix_where_the_hall_is_encrypted():  # C08
    said = settings_with(HALL_URL="https://dangwu.example.edu.cn")
    assert said.startswith("__Host-hall_session __Host-hall_csrf True True Lax required ")
    assert said.endswith("True True Argon2PasswordHasher")
    assert settings_with().startswith("hall_session hall_csrf False True Lax required ")
    assert " off " in settings_with(HALL_DEMO="1")


def test_only_the_portal_named_may_frame_the_hall():
    assert "none" in settings_with()
    said = settings_with(HALL_PORTAL="https://portal.example.edu.cn")
    assert "['https://portal.example.edu.cn'] False" in said
    for wrong in ("http://portal.example.edu.cn", "https://*.example.edu.cn", "*", "https://a.cn/path"):
        assert "HALL_PORTAL" in settings_with(HALL_PORTAL=wrong)


@pytest.mark.parametrize("name", ["HALL_SECOND_FACTOR", "HALL_PASSWORD_PROFILE", "HALL_PASSWORD_HASH", "HALL_PROXIES"])
def test_a_setting_that_is_no_choice_stops_the_hall(name):
    assert name in settings_with(**{name: "perhaps"})


def test_every_answer_carries_the_limits_for_the_browser(client, lin):
    for answer in (client.get(SIGN_IN), signed_in().get(PAGE), client.get("/nothing/")):
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_the_session_cookie_is_out_of_reach_of_scripts(lin):  # C08
    cookie = signed_in().cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"]
