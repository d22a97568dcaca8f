"""Guessing passwords and codes: five count, then nothing is looked at; nobody can tell names apart or lock others out."""

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from hall.accounts import actions, throttle
from hall.accounts.models import Account, SignInCount
from hall.ledger.acting import System

PASSWORD = "three calm horses by the lake"
SIGN_IN = reverse("accounts:sign_in")
LONG = os.environ.get("HALL_LONG") == "1"


@pytest.fixture
def lin(cast):
    account = cast.accounts["lin"]
    account.set_password(PASSWORD)
    account.save()
    return account


def guess(client=None, username="lin", password="wrong", address="10.1.2.3"):
    return (
        (client or Client())
        .post(SIGN_IN, {"username": username, "password": password}, REMOTE_ADDR=address)
        .status_code
    )


@pytest.fixture
def looked(monkeypatch):
    """How many passwords were really looked at."""
    seen = []
    monkeypatch.setattr(
        "hall.accounts.forms.authenticate", lambda *args, **said: seen.append(said) or _real(*args, **said)
    )
    return seen


def _real(*args, **said):
    return authenticate(*args, **said)


def test_of_many_guesses_five_are_looked_at_and_then_the_right_password_is_refused_too(lin, looked):  # C01
    rounds = 1000 if LONG else 40
    assert {guess(address=f"10.0.{number // 250}.{number % 250}") for number in range(rounds)} == {422}
    assert len(looked) == 5
    assert guess(password=PASSWORD) == 422
    assert len(looked) == 5


def test_after_half_an_hour_the_right_password_counts_again(lin, looked):  # C01
    for _ in range(6):
        guess()
    SignInCount.objects.update(until="2020-01-01T00:00Z")
    assert guess(password=PASSWORD) == 302


def test_guesses_of_strangers_do_not_lock_out_a_browser_that_signed_in_before(lin):  # C01
    known = Client()
    assert guess(known, password=PASSWORD) == 302
    known.post(reverse("accounts:sign_out"))
    for number in range(10):
        guess(address=f"10.9.9.{number}")
    assert guess(password=PASSWORD) == 422
    assert guess(known, password=PASSWORD) == 302


def test_a_known_browser_has_five_guesses_too_and_vouches_for_its_own_account_alone(cast, lin):
    known = Client()
    guess(known, password=PASSWORD)
    known.post(reverse("accounts:sign_out"))
    qian = cast.accounts["qian"]
    for _ in range(5):
        guess(username="qian")
    qian.set_password(PASSWORD)
    qian.save()
    assert guess(known, "qian", PASSWORD) == 422
    for _ in range(5):
        guess(known)
    assert guess(known, password=PASSWORD) == 422


def test_a_new_password_forgets_the_known_browsers(lin):
    known = Client()
    guess(known, password=PASSWORD)
    known.post(reverse("accounts:sign_out"))
    lin.set_password("another calm horse by the sea")
    lin.save()
    for _ in range(5):
        guess()
    assert guess(known, password="another calm horse by the sea") == 422


def test_one_address_trying_many_names_is_slowed_down(cast, looked):
    for number in range(100):
        guess(username=f"name{number}", address="10.7.7.7")
    assert len(looked) == 100
    guess(username="one-more", address="10.7.7.7")
    assert len(looked) == 100
    guess(username="one-more", address="10.7.7.8")
    assert len(looked) == 101


def test_a_right_password_gives_the_try_back(lin):
    for _ in range(12):
        assert guess(password=PASSWORD) == 302
    assert not SignInCount.objects.filter(failures__gt=0).exists()


@pytest.mark.parametrize("proxies, forwarded, address", [
    (0, "1.1.1.1", "10.0.0.9"), (1, "1.1.1.1", "1.1.1.1"), (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
    (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"), (2, "1.1.1.1", "10.0.0.9"), (1, "", "10.0.0.9"),
])  # fmt: skip
def test_only_as_many_proxies_are_believed_as_there_are(rf, proxies, forwarded, address):
    request = rf.get("/", REMOTE_ADDR="10.0.0.9", headers={"X-Forwarded-For": forwarded})
    with override_settings(HALL_PROXIES=proxies):
        assert throttle.address_of(request) == address


def answer(username, password="wrong"):
    made = Client().post(SIGN_IN, {"username": username, "password": password})
    return made.status_code, made.content.decode().replace(username, "…").split("<main")[1]


def test_unknown_closed_and_known_names_get_one_answer_before_and_while_waiting(cast, lin):  # C03
    actions.close_account(by=System("tests"), account=cast.accounts["qian"], reason="离校")
    (fresh,) = actions.open_accounts(by=System("tests"), people=[actions.Newcomer("fresh", "新人")])
    for _ in range(7):
        said = {answer(name) for name in ("nobody", "lin", "qian", fresh.username)}
        assert len({(status, _notes(text)) for status, text in said}) == 1


def _notes(text):
    return text.split("summary")[1].split("</ul>")[0]


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"])
def test_an_unknown_name_takes_as_long_as_a_known_one(lin):  # C03
    lin.set_password(PASSWORD)
    lin.save()
    rounds = 500 if LONG else 12
    spent = {"lin": [], "nobody": []}
    for _ in range(rounds):
        for name, times in spent.items():
            SignInCount.objects.all().delete()
            client, start = Client(), time.perf_counter()
            guess(client, name)
            times.append(time.perf_counter() - start)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert abs(known - unknown) < 0.25 * max(known, unknown), (known, unknown)


@pytest.mark.parametrize("field", ["password"])
def test_a_megabyte_of_password_is_refused_without_computing(lin, looked, field, monkeypatch):  # C20
    monkeypatch.setattr(Account, "set_password", lambda *args: pytest.fail("a hash was computed"))
    assert guess(password="长" * 350_000) == 400
    assert looked == []
    client = Client()
    client.force_login(lin)
    session = client.session
    session["proved"] = int(time.time())
    session.save()
    assert client.post(reverse("accounts:password"), {field: "x" * 10**6, "again": "x" * 10**6}).status_code == 400


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, pytest.param(False, marks=pytest.mark.control)])
def test_guesses_at_once_are_counted_one_by_one(guarded, monkeypatch):  # C01
    if not guarded:
        monkeypatch.setattr(throttle, "transaction", SimpleNamespace(atomic=nullcontext))
        monkeypatch.setattr(throttle, "_row", _read_and_think)

    def one(_number):
        try:
            return throttle.admit(["account:lin"])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        admitted = sum(pool.map(one, range(24)))
    assert (admitted == 5) == guarded


def _read_and_think(key):
    """The row as it stood a moment ago, without holding it."""
    row, _made = SignInCount.objects.get_or_create(key=throttle._digest(key), defaults={"since": timezone.now()})
    time.sleep(0.05)
    return row, throttle.LIMITS["account"]
