"""Signing out with an OpenID provider: it may end what it began, by a token it signed; forged ones end nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from hall.signon.tests.conftest import Walk
from hall.signon.tests.evil import key, now, signed


def back_channel(token):
    return Client().post(reverse("signon:logout", args=["campus"]), {"logout_token": token})


def test_the_provider_ends_the_session_it_names_and_only_that(walk, he, facts):
    """C12, OIDC back-channel logout by sid; the same token counts once."""
    walk.provider.claims = {"sid": "s1"}
    walk.through("campus", "c")
    other = Walk(walk.provider, Client())
    walk.provider.claims = {"sid": "s2"}
    other.through("campus", "d")
    token = walk.provider.logout_token(sid="s1", sub="T1003")
    assert back_channel(token).status_code == 200
    assert (walk.inside, other.inside) == (False, True) and facts()[-1] == "signon.session.ended"
    assert back_channel(token).status_code == 400


def test_by_subject_alone_all_sessions_begun_there_end(walk, he):
    walk.through("campus", "c")
    assert back_channel(walk.provider.logout_token(sub="T1003")).status_code == 200
    assert not walk.inside


WRONG_LOGOUTS = {
    "an ID token": lambda p: signed(p.honest_claims(), {"alg": "RS256", "kid": "one"}, key("one")),
    "another type": lambda p: p.logout_token({"typ": "JWT"}, sub="T1003"),
    "a nonce": lambda p: p.logout_token(sub="T1003", nonce="n"),
    "no event": lambda p: p.logout_token(sub="T1003", events=...),
    "another event": lambda p: p.logout_token(sub="T1003", events={"other": {}}),
    "no number": lambda p: p.logout_token(sub="T1003", jti=...),
    "another issuer": lambda p: p.logout_token(sub="T1003", iss="https://evil.example"),
    "for another": lambda p: p.logout_token(sub="T1003", aud="other"),
    "old": lambda p: p.logout_token(sub="T1003", iat=now(-900), exp=...),
    "ended": lambda p: p.logout_token(sub="T1003", exp=now(-120)),
    "nobody": lambda p: p.logout_token(),
    "a list of people": lambda p: p.logout_token(sub=["T1003"]),
    "unsigned": lambda p: p.logout_token({"alg": "none"}, sub="T1003"),
    "nothing": lambda p: "",
}


@pytest.mark.parametrize("how", WRONG_LOGOUTS)
def test_a_forged_logout_ends_nothing(walk, he, how):  # C12
    walk.through("campus", "c")
    assert back_channel(WRONG_LOGOUTS[how](walk.provider)).status_code == 400
    assert walk.inside


def test_an_unknown_session_ends_nothing(walk, he):  # C12
    walk.through("campus", "c")
    assert back_channel(walk.provider.logout_token(sid="unknown")).status_code == 200
    assert back_channel(walk.provider.logout_token(sub="nobody here")).status_code == 200
    assert walk.inside


def test_signing_out_offers_to_sign_out_there_too(walk, he):
    walk.through("campus", "c")
    answer = walk.client.post(reverse("accounts:sign_out"), follow=True)
    link = reverse("signon:farewell", args=["campus"])
    assert f'href="{link}"' in answer.content.decode()
    there = walk.client.get(link).headers["Location"]
    assert there.startswith(
        f"{walk.provider.url}/end?client_id=hall&post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2F"
    )
