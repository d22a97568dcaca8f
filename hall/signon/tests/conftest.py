"""The evil provider at every door, and a browser that walks through one."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from hall.core.outgoing import listed
from hall.signon.doors import Door
from hall.signon.tests.evil import CLIENT, SECRET, Provider, serve


@pytest.fixture
def provider(settings):
    """Listens, is listed in HALL_OUTGOING, and stands behind four doors: cas, campus (OIDC), wecom, dingtalk."""
    made = Provider()
    server = serve(made)
    settings.HALL_OUTGOING = listed(f"signon={made.url}")
    there = {"server": made.url, "pages": made.url, "directory": made.url}
    doors = (
        Door("cas", "cas", "统一身份认证", f"{made.url}/cas", number="user"),
        Door("campus", "oidc", "校园身份平台", made.url, "number", CLIENT, SECRET, "RS256"),
        Door("wecom", "wecom", "企业微信", corp="ww1", agent="1000002", secret=SECRET, number="userid", **there),
        Door("dingtalk", "dingtalk", "钉钉", corp="ding1", client=CLIENT, secret=SECRET, number="userid", **there),
    )
    settings.HALL_SIGNON = {door.name: door for door in doors}
    yield made
    server.shutdown()
    server.server_close()
    cache.clear()


@pytest.fixture
def change(settings):
    """`change("campus", algorithm="ES256")`: the same door, otherwise."""

    def do(name, **more):
        settings.HALL_SIGNON = {**settings.HALL_SIGNON, name: replace(settings.HALL_SIGNON[name], **more)}

    return do


@pytest.fixture
def he(cast):
    """Cashier He, whose account is her staff number, as the roster opens accounts."""
    account = cast.accounts["he"]
    account.username = "T1003"
    account.set_unusable_password()
    account.save()
    return account


@dataclass
class Walk:
    """One browser at the campus's doors."""

    provider: Provider
    client: Client

    def begin(self, door, **asked):
        """Off to the provider: what the browser would ask it."""
        answer = self.client.get(reverse("signon:begin", args=[door]), asked)
        assert answer.status_code == 302, answer.content
        question = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        if door == "cas":
            question["state"] = dict(parse_qsl(urlsplit(question["service"]).query))["state"]
        self.provider.pending = question
        return question

    def arrive(self, door, **said):
        return self.client.get(reverse("signon:arrival", args=[door]), said)

    def through(self, door, word="ST-1-abcdefghijklmnopqrstuvwxyz0123456789", **asked):
        """There and back."""
        question = self.begin(door, **asked)
        return self.arrive(door, **{"ticket" if door == "cas" else "code": word, "state": question["state"]})

    @property
    def inside(self):
        return self.client.get("/accounts/devices/").status_code == 200

    @property
    def told(self):
        """Status and text of the page that says why not."""
        answer = self.client.get(reverse("signon:refused"))
        return answer.status_code, answer.content.decode()


@pytest.fixture
def walk(provider, db):
    return Walk(provider, Client())
