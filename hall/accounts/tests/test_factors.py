"""The second factor: RFC 6238, once for each code, five tries, and no page of an administrator without it (C17)."""

import re
import time

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from hall.accounts import factors, totp
from hall.accounts.middleware import SETTLING
from hall.accounts.models import Factor, RecoveryCode, SignInCount
from hall.core.findings import Refused

PASSWORD = "three calm horses by the lake"
SIGN_IN, CODE, OWN = reverse("accounts:sign_in"), reverse("accounts:code"), reverse("accounts:second_factor")
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890"


@pytest.mark.parametrize("seconds, code", [
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
    (2000000000, "69279037"), (20000000000, "65353130"),
])  # fmt: skip
def test_codes_are_those_of_rfc_6238(seconds, code):
    assert totp.code_at(RFC_SECRET, seconds // 30, 8) == code
    assert totp.code_at(RFC_SECRET, seconds // 30) == code[-6:]


@pytest.mark.parametrize("off, fits", [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_clock_may_be_half_a_minute_off(off, fits):
    at = 1_800_000_000
    assert (totp.step_of(RFC_SECRET, totp.code_at(RFC_SECRET, (at + off) // 30), at, 0) is not None) == fits


def now_code(account, ahead=0):
    return totp.code_at(Factor.objects.get(account=account).secret, int(time.time()) // 30 + ahead)


@pytest.fixture
def lin(cast):
    """Lin has a second factor in force, and its recovery codes."""
    account = cast.accounts["lin"]
    account.set_password(PASSWORD)
    account.save()
    factors.prepare_factor(by=cast.lin, account=account)
    account.codes = factors.confirm_factor(by=cast.lin, account=account, code=now_code(account, -1))
    return account


def half_way(client=None):
    client = client or Client()
    answer = client.post(SIGN_IN, {"username": "lin", "password": PASSWORD, "next": "/members/"})
    assert answer.headers["Location"].startswith(CODE)
    return client


def test_the_password_alone_opens_no_page(lin):  # C17
    client = half_way()
    for address in ("/", "/members/", OWN, reverse("accounts:password"), reverse("accounts:devices")):
        assert client.get(address).headers["Location"].startswith(SIGN_IN)


def test_password_and_code_open_the_page_that_was_asked_for(lin):
    answer = half_way().post(CODE, {"code": now_code(lin), "next": "/members/"})
    assert answer.headers["Location"] == "/members/"


def test_a_code_counts_once(lin):  # C17
    code = now_code(lin)
    assert half_way().post(CODE, {"code": code}).status_code == 302
    assert half_way().post(CODE, {"code": code}).status_code == 422


def test_after_five_wrong_codes_the_right_one_is_refused_too(lin):  # C17
    client = half_way()
    assert {client.post(CODE, {"code": f"{number:06}"}).status_code for number in range(5)} == {422}
    assert client.post(CODE, {"code": now_code(lin)}).status_code == 422
    assert half_way().post(CODE, {"code": now_code(lin)}).status_code == 422
    SignInCount.objects.update(until="2020-01-01T00:00Z")
    assert half_way().post(CODE, {"code": now_code(lin)}).status_code == 302


def test_a_recovery_code_stands_in_once_however_it_is_typed(lin):  # C17
    typed = f" {lin.codes[3].lower()} "
    assert half_way().post(CODE, {"code": typed}).status_code == 302
    assert half_way().post(CODE, {"code": typed}).status_code == 422
    assert factors.codes_left(lin) == 9
    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(totp.plain(code) in kept.upper() for code in lin.codes)


def test_the_second_step_does_not_wait_for_ever(lin):
    client = half_way()
    session = client.session
    session["half"] = {**session["half"], "at": time.time() - 700}
    session.save()
    assert client.post(CODE, {"code": now_code(lin)}).headers["Location"] == SIGN_IN


def test_the_secret_lies_sealed_and_its_picture_is_gone_once_in_force(cast, lin):
    browser = cast.browser("wu")
    wu = cast.accounts["wu"]
    assert browser.get(reverse("accounts:factor_picture")).status_code == 404
    browser.post(reverse("accounts:factor_deed", args=["preparation"]))
    picture = browser.get(reverse("accounts:factor_picture"))
    assert picture.headers["Content-Type"] == "image/svg+xml" and b"<svg" in picture.content
    shown = browser.post(OWN, {"code": now_code(wu)}).content.decode()
    assert len(re.findall(r"[A-Z2-9]{5}-[A-Z2-9]{5}", shown)) == 10
    assert browser.get(reverse("accounts:factor_picture")).status_code == 404
    assert Factor.objects.get(account=wu).secret not in browser.get(OWN).content.decode()


def test_a_wrong_code_does_not_put_the_factor_in_force(cast):
    factors.prepare_factor(by=cast.wu, account=cast.accounts["wu"])
    with pytest.raises(Refused):
        factors.confirm_factor(by=cast.wu, account=cast.accounts["wu"], code="000000")
    assert not factors.has_factor(cast.accounts["wu"])


def test_nobody_sets_renews_or_takes_away_anothers_factor(cast, lin):  # C28
    for deed in (factors.prepare_factor, factors.renew_recovery_codes, factors.take_factor_away):
        for who in (cast.sysadmin, cast.secadmin, cast.sun):
            with pytest.raises(Refused):
                deed(by=who, account=lin)
    assert factors.has_factor(lin)


def test_one_takes_ones_own_factor_away(cast, lin):  # C28
    browser = cast.browser("lin")
    assert browser.post(reverse("accounts:factor_deed", args=["removal"])).status_code == 302
    assert not factors.has_factor(lin)
    assert Client().post(SIGN_IN, {"username": "lin", "password": PASSWORD}).headers["Location"] == "/"


def own_pages():
    for folder in get_resolver().url_patterns:
        for each in getattr(folder, "url_patterns", []):
            name = f"{folder.app_name}:{each.name}"
            if not getattr(each.callback, "stranger", True) and name not in SETTLING and "<" not in str(each.pattern):
                yield name


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "audadmin"])
def test_administrators_reach_no_page_without_a_second_factor(cast, who, settings):  # C17
    settings.HALL_SECOND_FACTOR = "required"
    browser = cast.browser(who)
    names = list(own_pages())
    assert len(names) > 25
    assert {browser.get(reverse(name)).headers.get("Location") for name in names} == {OWN}
    browser.post(reverse("accounts:factor_deed", args=["preparation"]))
    browser.post(OWN, {"code": now_code(cast.accounts[who])})
    assert browser.get("/").status_code == 200


def test_whoever_holds_no_office_post_is_free_to_go_without(cast, settings):
    settings.HALL_SECOND_FACTOR = "required"
    assert cast.browser("lin").get("/").status_code == 200
