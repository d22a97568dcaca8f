"""OpenID Connect against a provider that lies: every token that is not exactly right lets nobody in."""

import logging
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from hall.accounts.models import Account, Session
from hall.signon.models import Identity, Spent
from hall.signon.tests import evil
from hall.signon.tests.conftest import Walk
from hall.signon.tests.evil import by_secret, curve, key, now, packed, pem, public, signed

HOME = reverse("desk:home")
REFUSED = reverse("signon:refused")


def test_an_honest_answer_lets_in_and_binds_by_the_number(walk, he, facts):
    answer = walk.through("campus", "code-1")
    assert answer.headers["Location"] == HOME and walk.inside
    row = Identity.objects.get()
    assert (row.account, row.issuer, row.subject) == (he, walk.provider.url, "T1003")
    assert facts()[-2:] == ["signon.identity.bound", "accounts.session.begun"]
    assert not Spent.objects.filter(digest__contains="code-1").exists()


def test_the_question_carries_state_nonce_and_challenge(walk, he):  # C14
    first, second = walk.begin("campus"), walk.begin("campus")
    assert first["code_challenge_method"] == "S256" and len(first["code_challenge"]) == 43
    assert first["redirect_uri"] == "http://127.0.0.1:8000/signon/campus/return/"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 32 and first[name] != second[name]


def test_one_comes_back_to_the_page_one_asked_for_and_to_no_other_place(walk, he):
    assert walk.through("campus", "code-1", next="/papers/").headers["Location"] == "/papers/"
    other = Walk(walk.provider, Client())
    assert other.through("campus", "code-2", next="https://evil.example/").headers["Location"] == HOME


def claim(**changes):
    return lambda claims, header: signed(
        {n: v for n, v in {**claims, **changes}.items() if v is not ...}, header, key("one")
    )


def head(**changes):
    return lambda claims, header: signed(
        claims, {n: v for n, v in {**header, **changes}.items() if v is not ...}, key("one")
    )


def twice(claims, header):
    """`sub` twice: readers differ in which they take."""
    text = b'{"sub": "T1003", ' + evil.json.dumps({**claims, "sub": "admin"}).encode()[1:]
    return signed(text, header, key("one"))


def swapped(claims, header):
    mine, theirs = signed(claims, header, key("one")), signed({**claims, "sub": "x"}, header, key("one"))
    return ".".join([*mine.split(".")[:2], theirs.split(".")[2]])


LIES = {
    # how it is signed
    "alg none": lambda c, h: f"{packed({**h, 'alg': 'none'})}.{packed(c)}.",
    "alg None": lambda c, h: f"{packed({**h, 'alg': 'None'})}.{packed(c)}.",
    "alg none with a signature": lambda c, h: signed(c, {**h, "alg": "none"}, key("one")),
    "no alg": head(alg=...),
    "alg is a list": head(alg=["RS256"]),
    "HS256 with the public key": lambda c, h: by_secret(c, {**h, "alg": "HS256"}, pem(key("one"))),
    "HS256 with the client secret": lambda c, h: by_secret(c, {**h, "alg": "HS256"}, evil.SECRET.encode()),
    "HS256 called RS256": lambda c, h: by_secret(c, h, pem(key("one"))),
    "RS384": head(alg="RS384"),
    "ES256 by a key of one's own": lambda c, h: signed(c, {**h, "alg": "ES256"}, curve("mine")),
    "no signature": lambda c, h: signed(c, h, key("one")).rsplit(".", 1)[0] + ".",
    "two parts": lambda c, h: signed(c, h, key("one")).rsplit(".", 1)[0],
    "five parts": lambda c, h: signed(c, h, key("one")) + ".a.b",
    "the signature of another token": swapped,
    "another key under the known id": lambda c, h: signed(c, h, key("two")),
    "an unknown key id": head(kid="seven"),
    "a key id that is a path": head(kid="../../../../dev/null"),
    "a key id that is a number": head(kid=1),
    "a key id that is a list": head(kid=["one"]),
    "an empty key id": head(kid=""),
    "a key id as long as a book": head(kid="k" * 5000),
    "a key id that injects": head(kid="one' UNION SELECT 'x"),
    "a key in the header": lambda c, h: signed(c, {**h, "kid": "two", "jwk": public(key("two"), "two")}, key("two")),
    "an address of keys in the header": lambda c, h: signed(
        c, {**h, "kid": "two", "jku": "http://127.0.0.1:1/"}, key("two")
    ),
    "a certificate in the header": lambda c, h: signed(c, {**h, "kid": "two", "x5c": ["MIIB"]}, key("two")),
    "a critical extension": head(crit=["exp"]),
    "a payload not encoded": head(b64=False, crit=["b64"]),
    "compressed": head(zip="DEF"),
    # what it says
    "another issuer": claim(iss="https://evil.example"),
    "the issuer with a slash": lambda c, h: claim(iss=c["iss"] + "/")(c, h),
    "no issuer": claim(iss=...),
    "for another client": claim(aud="other"),
    "for no client": claim(aud=...),
    "for a list without us": claim(aud=["other", "third"]),
    "for several without saying who asked": claim(aud=["hall", "other"]),
    "asked for by another": claim(aud=["hall", "other"], azp="other"),
    "asked for by another, for us alone": claim(azp="other"),
    "for a number": claim(aud=7),
    "ended": lambda c, h: claim(iat=now(-280), exp=now(-120))(c, h),
    "ended long ago": lambda c, h: claim(iat=now(-90000), exp=now(-86400))(c, h),
    "without an end": claim(exp=...),
    "with an end in words": claim(exp="tomorrow"),
    "with an end that is true": claim(exp=True),
    "ends after the sun": claim(exp=10**30),
    "made in the future": lambda c, h: claim(iat=now(600), exp=now(900))(c, h),
    "without a beginning": claim(iat=...),
    "holds later": lambda c, h: claim(nbf=now(600))(c, h),
    "another nonce": claim(nonce="n" * 32),
    "no nonce": claim(nonce=...),
    "an empty nonce": claim(nonce=""),
    "nobody": claim(sub=...),
    "an empty subject": claim(sub=""),
    "a subject that is a number": claim(sub=1003),
    "a subject that is a list": claim(sub=["T1003"]),
    "a subject as long as a book": claim(sub="T" * 300),
    "a subject with a line in it": claim(sub="T1003\nT1"),
    "a subject twice": twice,
    # what it is
    "a payload that is a list": lambda c, h: signed([c], h, key("one")),
    "a payload that is no JSON": lambda c, h: signed(b"T1003", h, key("one")),
    "no token": lambda c, h: None,
    "a token that is a dict": lambda c, h: {"sub": "T1003"},
    "a token that is a number": lambda c, h: 7,
    "a token with spaces": lambda c, h: " " + signed(c, h, key("one")),
    "a token in Chinese": lambda c, h: "党.务.厅",
    "a token of a megabyte": lambda c, h: signed({**c, "x": "y" * 600_000}, h, key("one")),
}


@pytest.mark.parametrize("lie", LIES)
def test_every_lie_is_refused_and_its_reason_logged_without_the_token(walk, he, caplog, lie):
    """C13, C23: alg none, HS256 with the public key, wrong iss/aud/azp, expired, future, wrong nonce, odd kid and more."""
    sent = []
    walk.provider.token = lambda claims, header: sent.append(LIES[lie](claims, header)) or sent[-1]
    with caplog.at_level(logging.INFO):
        answer = walk.through("campus", "code-of-this-test")
    assert answer.headers["Location"] == REFUSED
    assert walk.told[0] == 403 and not walk.inside
    assert not Identity.objects.exists() and not Session.objects.filter(account_id__isnull=False).exists()
    text = caplog.text
    assert "door campus let nobody in: " in text and "code-of-this-test" not in text and evil.SECRET not in text
    for part in str(sent[0] or "").split("."):
        assert len(part) < 8 or part not in text


def test_there_are_thirty_lies_and_more():
    assert len(LIES) > 60


@pytest.mark.parametrize("seconds", [-40, -20, 0, 20, 40])
def test_a_clock_that_is_a_little_off_does_no_harm(walk, he, seconds):  # C23
    walk.provider.shift = seconds
    assert walk.through("campus", "c").headers["Location"] == HOME


@pytest.mark.parametrize("seconds", [-600, 600])
def test_a_clock_ten_minutes_off_is_named_as_the_reason(walk, he, seconds):  # C23
    walk.provider.shift = seconds
    walk.through("campus", "c")
    status, text = walk.told
    assert status == 403 and "时钟" in text and not walk.inside


def test_the_keys_may_change_and_are_asked_for_once(walk, he):  # C13: rotated keys
    assert walk.through("campus", "a").headers["Location"] == HOME
    walk.provider.keys = [public(key("two"), "two"), public(key("one"), "one")]
    walk.provider.token = lambda claims, header: signed(claims, {**header, "kid": "two"}, key("two"))
    from django.core.cache import cache

    cache.clear()  # a minute later
    others = [Walk(walk.provider, Client()) for _ in range(3)]
    assert [each.through("campus", f"b{n}").headers["Location"] for n, each in enumerate(others)] == [HOME] * 3
    assert walk.provider.count("/jwks") == 2


def test_unknown_ids_do_not_make_the_hall_ask_again_and_again(walk, he):
    walk.provider.token = LIES["an unknown key id"]
    for number in range(5):
        walk.through("campus", f"code-{number}")
    assert walk.provider.count("/jwks") == 1


@pytest.mark.parametrize(
    "keys",
    [
        [public(key("short", 1024), "one")], [public(key("one"), "one", use="enc")], [public(key("one"), "one", alg="RS512")],
        [{"kty": "oct", "kid": "one", "k": "c2VjcmV0"}], [public(curve("one"), "one")], [], ["one"], [{"kid": "one", "kty": "RSA"}],
        [public(key("one"), "one"), public(key("two"), "one")], [{**public(key("one"), "one"), "n": "!!"}],
    ],
)  # fmt: skip
def test_keys_that_are_no_keys_for_this_are_not_used(walk, he, keys):  # C13
    walk.provider.keys = keys
    if keys and keys[0] == public(key("short", 1024), "one"):
        walk.provider.token = lambda claims, header: signed(claims, header, key("short", 1024))
    assert walk.through("campus", "c").headers["Location"] == REFUSED and not walk.inside


def test_another_algorithm_is_the_settings_choice(walk, he, change):
    change("campus", algorithm="ES256")
    walk.provider.keys = [public(curve("one"), "one")]
    assert walk.through("campus", "c").headers["Location"] == REFUSED
    walk.provider.header = {"alg": "ES256"}
    walk.provider.token = lambda claims, header: signed(claims, header, curve("one"))
    assert walk.through("campus", "d").headers["Location"] == HOME


ANSWERS = {
    "no state": lambda w, q: w.arrive("campus", code="c"),
    "an invented state": lambda w, q: w.arrive("campus", code="c", state="s" * 32),
    "another browser": lambda w, q: Walk(w.provider, Client()).arrive("campus", code="c", state=q["state"]),
    "at another door": lambda w, q: w.arrive("dingtalk", code="c", state=q["state"]),
    "no code": lambda w, q: w.arrive("campus", state=q["state"]),
    "a code of a megabyte": lambda w, q: w.arrive("campus", code="c" * 3000, state=q["state"]),
    "another issuer": lambda w, q: w.arrive("campus", code="c", state=q["state"], iss="https://evil.example"),
    "an error": lambda w, q: w.arrive("campus", error="server_error", state=q["state"]),
    "an error with a code": lambda w, q: w.arrive("campus", error="x", code="c", state=q["state"]),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_an_answer_that_does_not_fit_the_question_lets_nobody_in(walk, he, how):
    """C14: missing or invented state, another browser, another door, an answer of another issuer (RFC 9207)."""
    answer = ANSWERS[how](walk, walk.begin("campus"))
    assert answer.headers["Location"] == REFUSED and not walk.inside
    assert walk.provider.count("/token") == 0


def test_an_answer_counts_once(walk, he):  # C14: reused state
    question = walk.begin("campus")
    assert walk.arrive("campus", code="c", state=question["state"]).headers["Location"] == HOME
    walk.client.post(reverse("accounts:sign_out"))
    assert walk.arrive("campus", code="c", state=question["state"]).headers["Location"] == REFUSED
    assert walk.provider.count("/token") == 1


def test_a_code_counts_once_although_the_provider_would_take_it_again(walk, he):  # C14: code replay
    assert walk.through("campus", "one-code").headers["Location"] == HOME
    other = Walk(walk.provider, Client())
    assert other.through("campus", "one-code").headers["Location"] == REFUSED
    assert not other.inside and walk.provider.count("/token") == 1


@pytest.mark.control
def test_without_the_guard_the_code_would_count_twice(walk, he, monkeypatch):
    from hall.signon import actions

    monkeypatch.setattr(actions, "spend", lambda door, word: None)
    walk.through("campus", "one-code")
    assert Walk(walk.provider, Client()).through("campus", "one-code").headers["Location"] == HOME


def test_a_provider_that_does_not_see_our_verifier_gives_nothing(walk, he):  # C14: no PKCE
    question = walk.begin("campus")
    walk.provider.pending = {**question, "code_challenge": "of somebody else"}
    assert walk.arrive("campus", code="c", state=question["state"]).headers["Location"] == REFUSED


def test_an_issuer_that_promises_its_name_must_say_it(walk, he):  # C14
    honest = walk.provider.at__well_known_openid_configuration({})
    walk.provider.said["/.well-known/openid-configuration"] = {
        **honest, "authorization_response_iss_parameter_supported": True,
    }  # fmt: skip
    question = walk.begin("campus")
    assert walk.arrive("campus", code="c", state=question["state"]).headers["Location"] == REFUSED
    question = walk.begin("campus")
    answer = walk.arrive("campus", code="d", state=question["state"], iss=walk.provider.url)
    assert answer.headers["Location"] == HOME


def test_an_old_question_is_answered_too_late(walk, he, monkeypatch):  # C14
    from hall.signon.views import passing

    question = walk.begin("campus")
    late = passing._now() + 601
    monkeypatch.setattr(passing, "_now", lambda: late)
    assert walk.arrive("campus", code="c", state=question["state"]).headers["Location"] == REFUSED


@pytest.mark.parametrize(
    "said",
    [
        (500, b"", {}), (200, b"<html>", {}), (200, b"[]", {}), (200, b'{"issuer": "https://evil.example"}', {}),
        (302, b"", {"Location": "/elsewhere"}), (200, b"x" * 2_000_000, {}),
    ],
)  # fmt: skip
def test_a_provider_that_says_nonsense_of_itself_is_not_asked_further(walk, he, said):
    walk.provider.said["/.well-known/openid-configuration"] = said
    assert walk.client.get(reverse("signon:begin", args=["campus"])).headers["Location"] == REFUSED
    assert "连不上" in walk.told[1] and walk.provider.count("/elsewhere") == 0


@pytest.mark.parametrize(
    "place", ["http://id.example.edu.cn/a", "javascript:alert(1)", "//evil.example", "https://a@b/"]
)
def test_no_browser_is_sent_to_a_place_in_the_clear(walk, he, place):  # C11
    honest = walk.provider.at__well_known_openid_configuration({})
    walk.provider.said["/.well-known/openid-configuration"] = {**honest, "authorization_endpoint": place}
    assert walk.client.get(reverse("signon:begin", args=["campus"])).headers["Location"] == REFUSED


@pytest.mark.parametrize(
    "said", [{"sub": "somebody else", "number": "T1003"}, {"number": "T1003"}, (500, b"", {}), (200, b"[]", {})]
)
def test_what_is_told_of_somebody_else_is_not_heard(walk, he, said):  # C13
    walk.provider.claims = {"number": ...}
    walk.provider.said["/userinfo"] = said
    assert walk.through("campus", "c").headers["Location"] == REFUSED and not walk.inside


def test_the_number_may_come_from_userinfo(walk, he):
    walk.provider.claims = {"number": ...}
    assert walk.through("campus", "c").headers["Location"] == HOME


def test_the_client_shows_its_secret_as_agreed(walk, he, change):
    walk.through("campus", "c")
    _path, asked, headers = next(each for each in walk.provider.asked if each[0] == "/token")
    assert headers["Authorization"].startswith("Basic ") and "client_secret" not in asked
    change("campus", client_auth="post")
    Walk(walk.provider, Client()).through("campus", "d")
    _path, asked, headers = [each for each in walk.provider.asked if each[0] == "/token"][-1]
    assert asked["client_secret"] == evil.SECRET and "Authorization" not in headers


# Showing again who one is


def test_a_campus_session_is_no_fresh_proof_but_being_asked_there_again_is(walk, he):
    """Dangerous acts ask again; the campus is then told to ask the person anew, and must say that it did."""
    walk.through("campus", "c")
    danger = reverse("accounts:password")
    proof = walk.client.get(danger)
    assert proof.status_code == 302 and "/proof/" in proof.headers["Location"]
    assert "again=1" in walk.client.get(proof.headers["Location"]).content.decode()
    question = walk.begin("campus", again="1", next=danger)
    assert (question["prompt"], question["max_age"]) == ("login", "0")
    assert walk.arrive("campus", code="d", state=question["state"]).headers["Location"] == danger
    assert walk.client.get(danger).status_code == 200


@pytest.mark.parametrize("claims", [{"auth_time": ...}, {"auth_time": 1_700_000_000}])
def test_who_was_not_asked_again_has_proved_nothing(walk, he, claims):
    walk.through("campus", "c")
    walk.provider.claims = claims
    assert walk.through("campus", "d", again="1").headers["Location"] == REFUSED
    assert walk.client.get(reverse("accounts:password")).status_code == 302


def test_somebody_else_at_the_campus_proves_nothing_here(walk, he, cast):
    walk.through("campus", "c")
    Account.objects.filter(pk=cast.accounts["wu"].pk).update(username="T1004")
    walk.provider.user = "T1004"
    assert walk.through("campus", "d", again="1").headers["Location"] == REFUSED
    assert "不是同一个" in walk.told[1] and walk.inside


def test_a_door_without_a_number_binds_nobody_by_itself(walk, he, settings):
    settings.HALL_SIGNON = {"campus": replace(settings.HALL_SIGNON["campus"], number="")}
    assert walk.through("campus", "c").headers["Location"] == REFUSED
    assert "还没有账号" in walk.told[1]
