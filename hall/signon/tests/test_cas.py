"""CAS 3.0: one ticket, one question, one form of answer; and who may end a session."""

import logging
import ssl
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hall.accounts import actions as accounts
from hall.accounts import throttle
from hall.accounts.models import Session
from hall.core.outgoing import listed
from hall.core.testing.authority import authority, certificate
from hall.ledger.acting import System
from hall.signon.models import Identity
from hall.signon.rules import cas
from hall.signon.tests.conftest import Walk
from hall.signon.tests.evil import CAS, Provider, cas_failure, cas_success, serve
from hall.signon.words import NotLetIn

HOME, REFUSED = reverse("desk:home"), reverse("signon:refused")
TICKET = "ST-1-abcdefghijklmnopqrstuvwxyz0123456789"
VALIDATE = "/cas/p3/serviceValidate"


def test_a_good_ticket_lets_in_and_leaves_the_address(walk, he, caplog):
    """C09: the address after the ticket holds nothing of it, nor does the log; the service asked for is ours."""
    with caplog.at_level(logging.DEBUG):
        answer = walk.through("cas", TICKET)
    assert answer.headers["Location"] == HOME and walk.inside and TICKET not in caplog.text
    assert Identity.objects.get().issuer == f"{walk.provider.url}/cas"
    (asked,) = [each[1] for each in walk.provider.asked if each[0] == VALIDATE]
    assert asked["ticket"] == TICKET
    assert asked["service"].startswith("http://127.0.0.1:8000/signon/cas/return/?state=")


def test_the_service_is_ours_whatever_the_request_calls_us(walk, he):  # C09: a ticket for another service
    walk.client.defaults["HTTP_X_FORWARDED_HOST"] = "evil.example"
    assert walk.begin("cas")["service"].startswith("http://127.0.0.1:8000/")


def test_a_ticket_counts_once_in_whichever_browser(walk, he):
    """C09: used twice, although this server would answer twice."""
    assert walk.through("cas", TICKET).headers["Location"] == HOME
    other = Walk(walk.provider, Client())
    assert other.through("cas", TICKET).headers["Location"] == REFUSED
    assert not other.inside and walk.provider.count(VALIDATE) == 1


@pytest.mark.parametrize("code", ["INVALID_TICKET", "INVALID_SERVICE", "INVALID_REQUEST", "INTERNAL_ERROR", "<x>", ""])
def test_a_ticket_the_server_refuses_lets_nobody_in(walk, he, code):  # C09
    walk.provider.said[VALIDATE] = cas_failure(code.replace("<", "&lt;"))
    assert walk.through("cas").headers["Location"] == REFUSED and not walk.inside


@pytest.mark.parametrize(
    "ticket",
    ["", "ST-", "PT-1-abcdefghijkl", "ST-1&service=https://evil.example", "ST-" + "a" * 300, "ST-1 2", "ST-党"],
)
def test_what_is_no_ticket_is_not_even_asked_about(walk, he, ticket):
    assert walk.through("cas", ticket).headers["Location"] == REFUSED
    assert walk.provider.count(VALIDATE) == 0


def test_an_answer_without_the_browsers_own_question_lets_nobody_in(walk, he):
    """CAS has no state of its own; ours stands in the service address, so nobody is signed in as somebody else (C14)."""
    question = walk.begin("cas")
    victim = Walk(walk.provider, Client())
    assert victim.arrive("cas", ticket=TICKET, state=question["state"]).headers["Location"] == REFUSED
    assert victim.arrive("cas", ticket=TICKET).headers["Location"] == REFUSED
    assert walk.provider.count(VALIDATE) == 0


def test_asked_again_the_server_is_told_twice(walk, he):
    walk.through("cas", TICKET)
    assert walk.begin("cas", again="1")["renew"] == "true"
    state = walk.provider.pending["state"]
    assert walk.arrive("cas", ticket=TICKET + "x", state=state).headers["Location"] == HOME
    assert walk.provider.asked[-1][1]["renew"] == "true"
    assert walk.client.get(reverse("accounts:password")).status_code == 200


def inside(text, space=CAS):
    return f"<cas:serviceResponse xmlns:cas='{space}'>{text}</cas:serviceResponse>".encode()


def success(text):
    return inside(f"<cas:authenticationSuccess>{text}</cas:authenticationSuccess>")


USER = "<cas:user>T1003</cas:user>"
DOCTYPE = f"<!DOCTYPE r [<!ENTITY u 'T1003'>]><cas:serviceResponse xmlns:cas='{CAS}'>"
END = "</cas:serviceResponse>"
SHAPES = {
    # comments, entities, document types, instructions, encodings (B11)
    "a comment in the name": success("<cas:user>T1003<!---->.evil</cas:user>"),
    "a comment before the name's end": success("<cas:user>T1003<!-- x --></cas:user>"),
    "a comment anywhere": success(USER + "<!-- hello -->"),
    "an instruction in the name": success("<cas:user>T10<?x y?>03</cas:user>"),
    "CDATA": success("<cas:user><![CDATA[T1003]]></cas:user>"),
    "an entity": (DOCTYPE + "<cas:authenticationSuccess><cas:user>&u;</cas:user></cas:authenticationSuccess>" + END).encode(),
    "a file as an entity": (
        DOCTYPE.replace("'T1003'", "SYSTEM 'file:///etc/passwd'")
        + "<cas:authenticationSuccess><cas:user>&u;</cas:user></cas:authenticationSuccess>" + END
    ).encode(),
    "a billion laughs": (
        "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY {b} '{('&' + a + ';') * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        + f"]><cas:serviceResponse xmlns:cas='{CAS}'><cas:authenticationSuccess><cas:user>&i;</cas:user></cas:authenticationSuccess>{END}"
    ).encode(),
    "UTF-16": success(USER).decode().encode("utf-16"),
    "no UTF-8": success("<cas:user>T\xff</cas:user>").decode().encode("latin-1"),
    # who
    "two users": success(USER + "<cas:user>admin</cas:user>"),
    "no user": success(""),
    "an empty user": success("<cas:user>  </cas:user>"),
    "a user within the user": success("<cas:user>T1003<cas:user>admin</cas:user></cas:user>"),
    "a user as long as a book": success(f"<cas:user>{'T' * 300}</cas:user>"),
    "a user with a line in it": success("<cas:user>T1003&#10;admin</cas:user>"),
    "a user in attributes": success("<cas:attributes><cas:user>T1003</cas:user></cas:attributes>"),
    "two lots of attributes": success(USER + "<cas:attributes/><cas:attributes/>"),
    "an attribute with elements": success(USER + "<cas:attributes><cas:number>T<b/>1</cas:number></cas:attributes>"),
    "by a proxy": success(USER + "<cas:proxies><cas:proxy>https://evil.example</cas:proxy></cas:proxies>"),
    # what
    "no namespace": b"<serviceResponse><authenticationSuccess><user>T1003</user></authenticationSuccess></serviceResponse>",
    "another namespace": inside(f"<cas:authenticationSuccess>{USER}</cas:authenticationSuccess>", "http://evil.example/cas"),
    "a namespace with a slash": inside(f"<cas:authenticationSuccess>{USER}</cas:authenticationSuccess>", CAS + "/"),
    "success inside another namespace": inside(f"<authenticationSuccess>{USER}</authenticationSuccess>"),
    "success and failure": inside(
        f"<cas:authenticationSuccess>{USER}</cas:authenticationSuccess><cas:authenticationFailure code='X'/>"
    ),
    "failure and success": inside(
        f"<cas:authenticationFailure code='X'/><cas:authenticationSuccess>{USER}</cas:authenticationSuccess>"
    ),
    "success inside failure": inside(
        f"<cas:authenticationFailure code='X'><cas:authenticationSuccess>{USER}</cas:authenticationSuccess></cas:authenticationFailure>"
    ),
    "two successes": inside(f"<cas:authenticationSuccess>{USER}</cas:authenticationSuccess>" * 2),
    "nothing inside": inside(""),
    "text between": inside(f"yes<cas:authenticationSuccess>{USER}</cas:authenticationSuccess>"),
    "two roots": cas_success("T1003") * 2,
    "CAS 1.0": b"yes\nT1003\n",
    "JSON": b'{"serviceResponse": {"authenticationSuccess": {"user": "T1003"}}}',
    "HTML": b"<html><body>T1003</body></html>",
    "nothing": b"",
    "too much": cas_success("T1003", f"<cas:attributes><cas:a>{'x' * 1_100_000}</cas:a></cas:attributes>"),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_only_one_form_of_answer_is_believed(walk, he, shape):
    """C10, B11: comments in the name, two users, wrong namespace, success beside failure, entities: nobody is signed in."""
    walk.provider.said[VALIDATE] = SHAPES[shape]
    assert walk.through("cas").headers["Location"] == REFUSED
    assert not walk.inside and not Identity.objects.exists()


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: success(f"<cas:user>{text}</cas:user>")))
def test_no_answer_breaks_the_reader(body):  # C10
    try:
        found = cas.vouched(body)
    except NotLetIn:
        return
    assert (
        found.subject and found.subject.isprintable() and "<" not in body.decode().split("<cas:user>")[1].split("</")[0]
    )


def test_what_honest_servers_say_is_read():
    said = """<?xml version="1.0" encoding="UTF-8"?>
    <cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">
      <cas:authenticationSuccess>
        <cas:user> 何秀英 </cas:user>
        <cas:attributes>
          <cas:employeeNumber>T1003</cas:employeeNumber>
          <cas:memberOf>a &amp; b</cas:memberOf><cas:memberOf>c</cas:memberOf>
          <cas:isFromNewLogin>true</cas:isFromNewLogin>
        </cas:attributes>
      </cas:authenticationSuccess>
    </cas:serviceResponse>"""
    found = cas.vouched(said.encode())
    assert found.subject == "何秀英" and found.number("employeeNumber") == "T1003"
    assert found.number("memberOf") == "" and found.said["memberOf"] == ["a & b", "c"]


# Only an honest connection (C11)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("authority"), "Campus CA")


@pytest.mark.parametrize("how", ["good", "stranger", "expired", "other name", "self-signed", "plain", "redirect"])
def test_the_server_shows_a_good_certificate_or_is_not_believed(walk, he, change, settings, ours, tmp_path, how):
    """C11: bad certificate, plain HTTP, redirect. The good one is the control."""
    made = Provider()
    issuer = authority(tmp_path, "Stranger") if how == "stranger" else ours
    name = "127.0.0.2" if how == "other name" else "127.0.0.1"
    files = certificate(issuer, name, expired=how == "expired", own=how == "self-signed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    server = serve(made, None if how == "plain" else context)
    if how == "redirect":
        made.said[VALIDATE] = (302, b"", {"Location": f"{walk.provider.url}{VALIDATE}"})
    settings.HALL_OUTGOING_CA = str(ours.file)
    settings.HALL_OUTGOING = listed(f"signon={made.url.replace('http:', 'https:')}")
    change("cas", server=f"{made.url}/cas")
    answer = walk.through("cas")
    server.shutdown()
    assert answer.headers["Location"] == (HOME if how == "good" else REFUSED)
    assert walk.inside == (how == "good")
    assert made.count(VALIDATE) == (1 if how in ("good", "redirect") else 0) and walk.provider.count(VALIDATE) == 0


# Signing out


def saml(ticket, more=""):
    return (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="1" Version="2.0" IssueInstant="2026-11-22T08:00:00Z">'
        '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID>'
        f"<samlp:SessionIndex>{ticket}</samlp:SessionIndex>{more}</samlp:LogoutRequest>"
    )


def logout(text, door="cas"):
    return Client(enforce_csrf_checks=True).post(reverse("signon:arrival", args=[door]), {"logoutRequest": text})


def test_the_server_ends_the_session_of_that_very_ticket(walk, he, facts):
    """C12: another session of the same person, and that of another person, stay."""
    walk.through("cas", TICKET)
    other = Walk(walk.provider, Client())
    other.through("cas", TICKET + "-2")
    assert logout(saml(TICKET)).status_code == 200
    assert (walk.inside, other.inside) == (False, True) and facts()[-1] == "signon.session.ended"
    assert TICKET not in str(list(Session.objects.values_list("ticket", flat=True)))


FORGED = {
    "an unknown ticket": saml("ST-1-unknown-unknown-unknown-unknown"),
    "the beginning of the ticket": saml(TICKET[:-1]),
    "no ticket": saml(""),
    "a wildcard": saml("%"),
    "two tickets": saml(TICKET, f"<samlp:SessionIndex>{TICKET}</samlp:SessionIndex>"),
    "a comment in the ticket": saml(TICKET[:9] + "<!---->" + TICKET[9:]),
    "an entity": "<!DOCTYPE x [<!ENTITY t '" + TICKET + "'>]>" + saml("&t;"),
    "another namespace": saml(TICKET).replace("SAML:2.0:protocol", "SAML:1.0:protocol"),
    "only the index": f"<SessionIndex>{TICKET}</SessionIndex>",
    "a megabyte": saml(TICKET, " " * 10_000),
    "no XML": "logout",
    "nothing": "",
    "a name": saml("T1003"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_logout_ends_nothing(walk, he, facts, how):  # C12
    walk.through("cas", TICKET)
    before = len(facts())
    assert logout(FORGED[how]).status_code == 200
    assert walk.inside and len(facts()) == before


def test_the_ticket_of_one_server_ends_nothing_at_another(walk, he):  # C12
    walk.through("cas", TICKET)
    assert logout(saml(TICKET), "campus").status_code == 200
    assert walk.inside


def test_guessing_tickets_is_limited(walk, he, monkeypatch):  # C12
    few = throttle.Limit(5, timedelta(minutes=15), timedelta(minutes=15))
    monkeypatch.setitem(throttle.LIMITS, "signout", few)
    answers = [logout(saml(f"ST-{number}-x")).status_code for number in range(8)]
    assert answers == [200] * 5 + [429] * 3


def test_failing_answers_are_limited_too(walk, he, monkeypatch):
    monkeypatch.setitem(throttle.LIMITS, "signon", throttle.Limit(3, timedelta(minutes=15), timedelta(minutes=15)))
    for _ in range(3):
        walk.arrive("cas", ticket=TICKET, state="invented")
    answer = walk.arrive("cas", ticket=TICKET, state="invented")
    assert "失败次数过多" in walk.client.get(answer.headers["Location"]).content.decode()


def test_beginning_without_end_is_limited_and_leaves_no_session(walk, he, monkeypatch):
    """A sign-in under way costs a row of the session table; so many of one network at a time, and no more."""
    monkeypatch.setitem(throttle.LIMITS, "begin", throttle.Limit(3, timedelta(minutes=15), timedelta(minutes=15)))
    begin = reverse("signon:begin", args=["cas"])
    places = [Client().get(begin).headers["Location"] for _ in range(5)]
    assert [place.startswith(walk.provider.url) for place in places] == [True] * 3 + [False] * 2
    assert Session.objects.count() == 3
    assert "请等十五分钟" in Client().get(places[-1]).content.decode()


def test_sessions_that_ended_are_forgotten(walk, he):
    walk.through("cas", TICKET)
    assert accounts.forget_sessions(by=System("tests"), on=timezone.localdate()) == 0
    assert accounts.forget_sessions(by=System("tests"), on=timezone.localdate() + timedelta(days=3)) >= 1
