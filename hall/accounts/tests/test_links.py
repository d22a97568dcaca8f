"""Links we send: built from HALL_URL, good once, for one account, for three days; a fresh hall has no account (C18, C19, C21)."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from hall.accounts import actions, agreements, tokens
from hall.accounts.models import Account, Agreement, Grant
from hall.core.findings import Refused
from hall.ledger.acting import System
from hall.notices import sending
from hall.notices.models import Message, Outgoing

PASSWORD = "three calm horses by the lake"
OVER = "已使用过"


@pytest.fixture
def wang(cast):
    return actions.open_accounts(by=System("tests"), people=[actions.Newcomer("wang", "王敏", "wang@example.edu.cn")])[
        0
    ]


def link_of(account):
    key = urlsafe_base64_encode(force_bytes(account.pk))
    return reverse("accounts:activation", args=[key, tokens.activation.make_token(account)])


def over(answer):
    assert answer.status_code == 404 and OVER in answer.content.decode()
    return True


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"Host": "testserver@evil.example"}, {"X-Forwarded-Host": "evil.example"},
    {"Host": "evil.example:80"}, {"Forwarded": "host=evil.example"},
], ids=str)  # fmt: skip
def test_a_poisoned_host_reaches_no_link(cast, wang, headers):  # C18
    """C18: the link shown is that of HALL_URL, whatever host a request claims; a foreign host is answered 400."""
    answer = cast.browser("sysadmin").get(reverse("accounts:account", args=[wang.pk]), headers=headers)
    assert answer.status_code in (200, 400) and "evil.example" not in answer.content.decode()
    if answer.status_code == 200:
        assert f"{settings.HALL_URL}/accounts/activation/" in answer.content.decode()


def test_mail_names_the_hall_by_its_own_address(cast, settings):  # C18
    """C18: every address in a mail begins with HALL_URL; no request is asked."""
    settings.HALL_URL = "https://hall.example.edu.cn"
    Account.objects.update(email="x@example.edu.cn")
    agreements.ask(
        by=cast.sysadmin, asked_by=cast.accounts["sysadmin"], kind=Agreement.Kind.EMERGENCY,
        about=cast.accounts["sysadmin"], reason="演练",
    )  # fmt: skip
    rows = list(Outgoing.objects.all())
    assert rows
    for row in rows:
        addresses = [word for word in sending.written([row])[1].split() if "://" in word]
        assert addresses and all(word.startswith("https://hall.example.edu.cn/") for word in addresses)


def test_a_link_is_good_once(cast, wang, client):  # C18
    link = link_of(wang)
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert over(client.get(link)) and over(client.post(link, {"password": PASSWORD, "again": PASSWORD}))


@pytest.mark.parametrize("days, good", [(2, True), (4, False)])
def test_a_link_is_good_for_three_days(cast, wang, client, monkeypatch, days, good):  # C18
    link = link_of(wang)
    later = timezone.now().replace(tzinfo=None) + timedelta(days=days)
    monkeypatch.setattr(tokens.activation, "_now", lambda: later)
    assert (client.get(link).status_code == 200) == good
    assert good or over(client.get(link))


def test_the_link_of_another_or_of_a_closed_account_says_one_sentence(cast, wang, client):  # C18
    other = actions.open_accounts(by=System("tests"), people=[actions.Newcomer("w2", "乙")])[0]
    mixed = link_of(wang).rsplit("/", 2)[0] + "/" + link_of(other).rsplit("/", 2)[1] + "/"
    assert over(client.get(mixed))
    actions.close_account(by=System("tests"), account=wang, reason="误开")
    assert over(client.get(link_of(wang)))


def test_a_link_does_not_leak_by_the_referer(cast, wang, client):  # C18
    """C18: no page of the hall tells another site where it came from, and the page of the link loads nothing foreign."""
    answer = client.get(link_of(wang))
    assert answer.headers["Referrer-Policy"] == "same-origin" and answer.headers["Cache-Control"] == "no-store"
    assert "https://" not in answer.content.decode().replace(settings.HALL_URL, "")


def test_a_forgotten_password_is_taken_away_by_two_and_chosen_by_its_owner(cast, client, facts):
    """C19, C28: nobody sees or chooses it; two administrators, never one, and the person is told."""
    lin = cast.accounts["lin"]
    lin.set_password(PASSWORD)
    lin.save()
    browser = cast.browser("lin")
    asked = agreements.ask(
        by=cast.sysadmin, asked_by=cast.accounts["sysadmin"], kind=Agreement.Kind.PASSWORD, about=lin, reason="忘记密码"
    )
    page = cast.browser("sysadmin")
    assert "/activation/" not in page.get(reverse("accounts:account", args=[lin.pk])).content.decode()
    with pytest.raises(Refused):
        agreements.agree(by=cast.sysadmin, agreed_by=cast.accounts["sysadmin"], agreement=asked)
    agreements.agree(by=cast.secadmin, agreed_by=cast.accounts["secadmin"], agreement=asked)
    assert browser.get("/members/").status_code == 302
    shown = page.get(reverse("accounts:account", args=[lin.pk])).content.decode()
    (link,) = set(re.findall(r"/accounts/activation/[^<\s]+", shown))
    assert client.post(link, {"password": PASSWORD + "!", "again": PASSWORD + "!"}).status_code == 302
    assert Message.objects.filter(account=lin, fact_name="accounts.agreement.made").exists()


def test_an_administrators_own_password_needs_two_others(cast):  # C28
    """C28: the administrator it concerns is not one of the two."""
    sec = cast.accounts["secadmin"]
    sec.set_password(PASSWORD)
    sec.save()
    asked = agreements.ask(
        by=cast.sysadmin, asked_by=cast.accounts["sysadmin"], kind=Agreement.Kind.PASSWORD, about=sec, reason="忘记密码"
    )
    with pytest.raises(Refused):
        agreements.agree(by=cast.secadmin, agreed_by=sec, agreement=asked)
    agreements.agree(by=cast.audadmin, agreed_by=cast.accounts["audadmin"], agreement=asked)
    assert not Account.objects.get(pk=sec.pk).has_usable_password()


def test_no_password_where_there_is_none(cast, wang):
    with pytest.raises(Refused):
        agreements.ask(
            by=cast.sysadmin, asked_by=cast.accounts["sysadmin"], kind=Agreement.Kind.PASSWORD, about=wang, reason="x"
        )


def test_a_fresh_hall_has_no_account_and_prints_its_token_on_the_console_alone(tmp_path):
    """C21: `bin/run --empty` as far as its first page: no account, no post, and a token of which only the digest is kept."""
    root = Path(__file__).resolve().parents[3]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HALL_", "DJANGO_"))}
    place = {**clean, "HALL_HOME": str(tmp_path / "home"), "PYTHONPATH": str(root)}

    def run(*words):
        done = subprocess.run(words, cwd=root, env=place, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(sys.executable, "-m", "hall.home")
    run(sys.executable, "manage.py", "migrate", "-v0")
    count = "from hall.accounts.models import Account, Grant, Session; print('n', Account.objects.count() + Grant.objects.count())"
    assert run(sys.executable, "manage.py", "shell", "-v0", "-c", count).split()[-2:] == ["n", "0"]
    token = "from hall.accounts.tokens import new_setup_token; print('t', new_setup_token())"
    said = run(sys.executable, "manage.py", "shell", "-v0", "-c", token).split()[-1]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert len(said) >= 24 and said.encode() not in kept


@pytest.mark.django_db
def test_an_empty_hall_lets_nobody_in_before_it_is_set_up():  # C21
    client = Client()
    assert not Account.objects.exists() and not Grant.objects.exists()
    for name in ("admin", "root", "sysadmin", "lin", "test"):
        answer = client.post(reverse("accounts:sign_in"), {"username": name, "password": name})
        assert answer.headers["Location"] == reverse("accounts:set_up")
