"""Signing in, setting up, activation links, and the switches for language and large type."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from hall.accounts import actions, tokens
from hall.accounts.models import Account, Grant
from hall.accounts.tokens import new_setup_token, setup_token_fits
from hall.core.findings import Refused
from hall.ledger.acting import System
from hall.organisations.models import Organisation

PASSWORD = "three calm horses by the lake"
SIGN_IN = reverse("accounts:sign_in")
SET_UP = reverse("accounts:set_up")


@pytest.fixture
def lin(cast):
    account = cast.accounts["lin"]
    account.set_password(PASSWORD)
    account.save()
    return account


def sign_in(client, username="lin", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def test_the_right_password_leads_to_the_home_hall(client, lin):
    assert sign_in(client).headers["Location"] == reverse("desk:home")
    assert client.get("/organisations/").status_code == 200


def errors(answer):
    return re.findall(r'<div class="note note-error summary".*?</ul>', answer.content.decode(), re.DOTALL)


def test_a_wrong_name_and_a_wrong_password_read_the_same(client, lin):  # C03
    answers = [sign_in(client, "nobody"), sign_in(client, "lin", "wrong"), sign_in(client, "nobody", "wrong")]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert errors(answers[0])
    assert errors(answers[0]) == errors(answers[1]) == errors(answers[2])


def test_a_closed_account_reads_like_a_wrong_password(client, lin):
    actions.close_account(by=System("tests"), account=lin, reason="离校")
    assert errors(sign_in(client)) == errors(sign_in(client, "lin", "wrong"))


def test_spaces_around_the_name_do_not_matter_but_those_of_the_password_do(client, lin):
    assert sign_in(client, " lin ").status_code == 302
    assert sign_in(Client(), "lin", PASSWORD + " ").status_code == 422


@pytest.mark.parametrize("wanted", ["/organisations/", "/organisations/?q=a&on=2026-01-01", "/papers/check/"])
def test_one_comes_back_to_the_page_one_asked_for(client, lin, wanted):
    assert sign_in(client, next=wanted).headers["Location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "javascript:alert(1)", "http:evil.example",
        "evil.example",
        "///evil.example", "/\t/evil.example", " //evil.example", "https:/evil.example", "%2f%2fevil.example", "data:text/html,x",
    ],
)  # fmt: skip
def test_nothing_leads_out_of_the_hall(client, lin, wanted):  # B31
    for answer in (
        sign_in(client, next=wanted),
        client.get(SIGN_IN, {"next": wanted}),
        client.post(reverse("accounts:elder"), {"next": wanted}),
        client.post(reverse("accounts:language"), {"language": "en", "next": wanted}),
    ):
        where = answer.headers.get("Location", "/")
        assert where.startswith("/") and not where.startswith(("//", "/\\")) and "evil" not in where, where


def test_a_stranger_is_sent_to_sign_in_and_told_where_to_return(client, cast):
    assert client.get("/organisations/?q=a").headers["Location"] == f"{SIGN_IN}?next=%2Forganisations%2F%3Fq%3Da"


def test_signing_out_takes_a_post_and_ends_the_session(client, lin):
    sign_in(client)
    assert client.get(reverse("accounts:sign_out")).status_code in (200, 405)
    assert client.get("/organisations/").status_code == 200
    client.post(reverse("accounts:sign_out"))
    assert client.get("/organisations/").status_code == 302


def test_a_new_password_ends_the_other_sessions(lin):
    here, there = Client(), Client()
    sign_in(here), sign_in(there)
    fresh = "another calm horse by the sea"
    here.post(reverse("accounts:password"), {"password": fresh, "again": fresh})
    assert [browser.get("/organisations/").status_code for browser in (here, there)] == [200, 302]


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
def test_a_weak_password_is_refused_with_a_reason(lin, client, password):
    sign_in(client)
    assert client.post(reverse("accounts:password"), {"password": password, "again": password}).status_code == 422
    assert Account.objects.get(pk=lin.pk).check_password(PASSWORD)


def test_nobody_sets_another_persons_password(cast, lin):  # C19
    for who in (cast.sysadmin, cast.secadmin, cast.sun, System("tests")):
        with pytest.raises(Refused):
            actions.set_password(by=who, account=lin, password="whatever it may be, long")


def test_a_hat_of_somebody_else_is_not_found(cast):
    browser = cast.browser("lin")
    theirs = Grant.objects.get(account=cast.accounts["zheng"])
    assert browser.post(reverse("accounts:hat"), {"hat": theirs.pk}).status_code == 404
    assert browser.post(reverse("accounts:hat"), {"hat": "x"}).status_code == 404
    own = Grant.objects.get(account=cast.accounts["lin"])
    assert browser.post(reverse("accounts:hat"), {"hat": own.pk}).status_code == 302


def activation(account):
    key = urlsafe_base64_encode(force_bytes(account.pk))
    return reverse("accounts:activation", args=[key, tokens.activation.make_token(account)])


def test_an_activation_link_works_once(cast, client):  # C19
    (wang,) = actions.open_accounts(by=System("tests"), people=[actions.Newcomer("wang", "王敏")])
    link = activation(wang)
    shown = cast.browser("sysadmin").get(reverse("accounts:account", args=[wang.pk])).content.decode()
    assert link in shown
    assert client.get(link).status_code == 200
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD + "!"}).status_code == 422
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert client.get(link).status_code == 404
    assert sign_in(client, "wang").status_code == 302
    assert (
        "/activation/" not in cast.browser("sysadmin").get(reverse("accounts:account", args=[wang.pk])).content.decode()
    )


@pytest.mark.parametrize("who, token", [("MQ", "x-y"), ("!!", "x"), ("OTk5OTk5", "x-y"), ("-", "-"), ("//", "x")])
def test_a_made_up_activation_link_is_not_found(cast, client, who, token):
    assert client.get(f"/accounts/activation/{who}/{token}/").status_code == 404


def test_the_link_of_one_account_does_not_open_another_or_a_closed_one(cast, client):
    first, second = actions.open_accounts(
        by=System("tests"), people=[actions.Newcomer("w1", "甲"), actions.Newcomer("w2", "乙")]
    )
    mixed = activation(first).rsplit("/", 2)[0] + "/" + activation(second).rsplit("/", 2)[1] + "/"
    assert client.get(mixed).status_code == 404
    actions.close_account(by=System("tests"), account=first, reason="误开")
    assert client.get(activation(first)).status_code == 404


def filled(token, **other):
    return {
        "token": token, "college": "中共滨海职业学院委员会", "short_name": "学院党委", "system_username": "sys", "system_name": "甲",
        "system_password": PASSWORD, "security_username": "sec", "security_name": "乙", "security_password": PASSWORD + "2", **other,
    }  # fmt: skip


@pytest.mark.django_db
def test_an_empty_hall_is_set_up_once_with_the_token_printed_last(client):
    assert client.get(SIGN_IN).headers["Location"] == SET_UP
    old, token = new_setup_token(), new_setup_token()
    assert client.post(SET_UP, filled("guess")).status_code == 422
    assert client.post(SET_UP, filled(old)).status_code == 422
    assert Organisation.objects.count() == 0
    assert client.post(SET_UP, filled(f" {token} ")).headers["Location"] == SIGN_IN
    assert {(g.account.username, g.post) for g in Grant.objects.all()} == {
        ("sys", "system_administrator"),
        ("sec", "security_administrator"),
    }
    assert not setup_token_fits(token)
    assert client.get(SET_UP).status_code == 404
    assert client.post(SET_UP, filled(new_setup_token())).status_code == 404
    assert Organisation.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"security_username": "sys"},
        {"system_password": "short"},
        {"security_password": "password"},
        {"college": ""},
        {"college": "  "},
    ],
)
def test_a_refused_set_up_leaves_nothing_and_keeps_the_token(client, wrong):
    token = new_setup_token()
    assert client.post(SET_UP, filled(token, **wrong)).status_code == 422
    assert (Organisation.objects.count(), Account.objects.count(), Grant.objects.count()) == (0, 0, 0)
    assert setup_token_fits(token)


@pytest.mark.django_db
def test_setting_up_twice_at_once_is_refused_by_the_action():
    who = (
        {"username": "sys", "name": "甲", "password": PASSWORD},
        {"username": "sec", "name": "乙", "password": PASSWORD},
    )
    actions.set_up(college="学院党委", short_name="党委", administrators=who, on=date(2026, 1, 1))
    with pytest.raises(Refused):
        actions.set_up(college="学院党委二", short_name="党委", administrators=who, on=date(2026, 1, 1))


def test_language_and_large_type_are_kept_on_the_device(client, cast):
    assert 'lang="zh-hans"' in client.get(SIGN_IN).content.decode().lower()
    client.post(reverse("accounts:language"), {"language": "en", "next": SIGN_IN})
    assert "Sign in" in client.get(SIGN_IN).content.decode()
    client.post(reverse("accounts:language"), {"language": "xx", "next": SIGN_IN})
    assert 'lang="zh-hans"' in client.get(SIGN_IN).content.decode().lower()
    assert 'class="elder"' not in client.get(SIGN_IN).content.decode()
    client.post(reverse("accounts:elder"), {"next": SIGN_IN})
    assert 'class="elder"' in client.get(SIGN_IN).content.decode()
    client.post(reverse("accounts:elder"), {"next": SIGN_IN})
    assert 'class="elder"' not in client.get(SIGN_IN).content.decode()


@pytest.mark.parametrize(
    "name, may",
    [
        ("sysadmin", {"accounts"}),
        ("secadmin", {"grants"}),
        ("lin", {"delegations"}),
        ("wu", set()),
        ("audadmin", set()),
    ],
)
def test_each_desk_opens_to_its_own_post(cast, name, may):
    browser = cast.browser(name)
    opened = {
        each
        for each in ("accounts", "grants", "delegations")
        if browser.get(reverse(f"accounts:{each}")).status_code == 200
    }
    assert opened == may


def test_posts_are_given_and_withdrawn_through_the_pages(cast):
    browser = cast.browser("secadmin")
    said = {
        "account": "wu",
        "post": "organisation_member",
        "organisation": cast.branch.pk,
        "starts_on": "2026-01-05",
        "reason": "组织部任命",
    }
    assert browser.post(reverse("accounts:grants"), said).status_code == 302
    assert browser.post(reverse("accounts:grants"), said).status_code == 422
    made = Grant.objects.get(account__username="wu")
    page = reverse("accounts:withdrawal", args=[made.pk])
    assert cast.browser("qian").get(page).status_code == 404
    assert browser.post(page, {"reason": ""}).status_code == 422
    assert browser.post(page, {"reason": "调离"}).status_code == 302
    assert not cast.wu.hats
    assert browser.get(page).status_code == 404


def test_a_post_is_handed_over_through_the_page(cast):
    browser = cast.browser("lin")
    said = {
        "to": "wu",
        "starts_on": "2026-01-05",
        "ends_on": "2026-12-31",
        "without": ["members.export"],
        "reason": "外出学习",
    }
    assert browser.post(reverse("accounts:delegations"), said).status_code == 302
    made = Grant.objects.get(account__username="wu")
    assert made.acts_for.account.username == "lin"
    assert "members.export" in made.without
    assert "吴建国" in browser.get(reverse("accounts:delegations")).content.decode()


def test_an_account_is_opened_once_and_a_closed_one_stays_listed(cast):
    browser = cast.browser("sysadmin")
    said = {"username": "20260001", "name": "新同学", "email": ""}
    assert browser.post(reverse("accounts:accounts"), said).status_code == 302
    assert browser.post(reverse("accounts:accounts"), said).status_code == 302
    assert Account.objects.filter(username="20260001").count() == 1
    row = Account.objects.get(username="20260001")
    browser.post(reverse("accounts:account", args=[row.pk]), {"reason": "误开"})
    listed = browser.get(reverse("accounts:accounts"), {"active": "0"}).content.decode()
    assert "20260001" in listed
    assert "sysadmin" not in re.sub(r"<header.*?</header>", "", listed, flags=re.DOTALL)
