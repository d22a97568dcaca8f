"""WeCom and DingTalk: a code counts once, and only members of the college's directory come in (C16)."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from hall.accounts.models import Account
from hall.signon.models import Identity
from hall.signon.tests.conftest import Walk

HOME, REFUSED = reverse("desk:home"), reverse("signon:refused")
BOTH = pytest.mark.parametrize("door", ["wecom", "dingtalk"])
USERINFO, DIRECTORY = "/cgi-bin/auth/getuserinfo", "/topapi/user/getbyunionid"


@BOTH
def test_a_member_comes_in(walk, he, door):
    assert walk.through(door, "code-1").headers["Location"] == HOME and walk.inside
    row = Identity.objects.get()
    assert row.account == he and row.issuer == {"wecom": "wecom:ww1", "dingtalk": "dingtalk:ding1"}[door]


@BOTH
def test_a_code_counts_once(walk, he, door):
    """C16: reused, in the same browser and in another, although the platform would take it again."""
    question = walk.begin(door)
    assert walk.arrive(door, code="code-1", state=question["state"]).headers["Location"] == HOME
    other = Walk(walk.provider, Client())
    assert walk.arrive(door, code="code-1", state=question["state"]).headers["Location"] == REFUSED
    assert other.through(door, "code-1").headers["Location"] == REFUSED and not other.inside


@pytest.mark.parametrize("code", [40029, 42003])
def test_a_code_the_platform_calls_used_or_expired(walk, he, code):  # C16
    walk.provider.said[USERINFO] = {"errcode": code, "errmsg": "invalid code"}
    assert walk.through("wecom", "code-1").headers["Location"] == REFUSED
    assert "已经用过" in walk.told[1]


def test_an_expired_code_of_dingtalk(walk, he):  # C16
    walk.provider.said["/v1.0/oauth2/userAccessToken"] = (400, b'{"code": "invalidParameter.authCode.notFound"}', {})
    assert walk.through("dingtalk", "code-1").headers["Location"] == REFUSED
    assert "已经用过" in walk.told[1]


OUTSIDERS = {
    "wecom, external": ("wecom", USERINFO, {"errcode": 0, "openid": "o1", "external_userid": "T1003"}),
    "wecom, openid alone": ("wecom", USERINFO, {"errcode": 0, "openid": "T1003"}),
    "dingtalk, unknown to the directory": ("dingtalk", DIRECTORY, {"errcode": 60121, "errmsg": "找不到该用户"}),
    "dingtalk, external": ("dingtalk", DIRECTORY, {"errcode": 0, "result": {"contact_type": 1, "userid": "T1003"}}),
}


@pytest.mark.parametrize("who", OUTSIDERS)
def test_an_external_contact_gets_no_account(walk, he, who):  # C16
    door, path, said = OUTSIDERS[who]
    walk.provider.said[path] = said
    before = Account.objects.count()
    assert walk.through(door, "code-1").headers["Location"] == REFUSED
    assert "外部联系人" in walk.told[1] and not walk.inside
    assert Account.objects.count() == before and not Identity.objects.exists()


NONSENSE = {
    "wecom, no number": ("wecom", USERINFO, {"userid": "T1003"}),
    "wecom, a number in words": ("wecom", USERINFO, {"errcode": "0", "userid": "T1003"}),
    "wecom, false": ("wecom", USERINFO, {"errcode": 40001, "userid": "T1003"}),
    "wecom, a list of people": ("wecom", USERINFO, {"errcode": 0, "userid": ["T1003"]}),
    "wecom, a book": ("wecom", USERINFO, {"errcode": 0, "userid": "T" * 99}),
    "wecom, no JSON": ("wecom", USERINFO, b"T1003"),
    "wecom, no token": ("wecom", "/cgi-bin/gettoken", {"errcode": 40001, "access_token": "x", "expires_in": 7200}),
    "wecom, a redirect": ("wecom", USERINFO, (302, b"", {"Location": "/other"})),
    "dingtalk, nobody": ("dingtalk", DIRECTORY, {"errcode": 0, "result": {}}),
    "dingtalk, neither in nor out": ("dingtalk", DIRECTORY, {"errcode": 0, "result": {"userid": "T1003"}}),
    "dingtalk, a number in words": ("dingtalk", DIRECTORY, {"errcode": "0", "result": {"contact_type": 0, "userid": "T1003"}}),
    "dingtalk, no union": ("dingtalk", "/v1.0/contact/users/me", {"nick": "何"}),
    "dingtalk, a token with lines": ("dingtalk", "/v1.0/oauth2/userAccessToken", {"accessToken": "a\r\nX: y"}),
    "dingtalk, twice": ("dingtalk", DIRECTORY, b'{"errcode": 0, "errcode": 60121, "result": {"contact_type": 0, "userid": "T1003"}}'),
}  # fmt: skip


@pytest.mark.parametrize("how", NONSENSE)
def test_an_answer_not_as_agreed_lets_nobody_in(walk, he, how):
    door, path, said = NONSENSE[how]
    walk.provider.said[path] = said
    assert walk.through(door, "code-1").headers["Location"] == REFUSED and not walk.inside


def test_the_applications_token_is_kept_and_renewed_when_it_is_spent(walk, he):
    walk.through("wecom", "a")
    Walk(walk.provider, Client()).through("wecom", "b")
    assert walk.provider.count("/cgi-bin/gettoken") == 1
    walk.provider.said[USERINFO] = {"errcode": 42001, "errmsg": "access_token expired"}
    Walk(walk.provider, Client()).through("wecom", "c")
    del walk.provider.said[USERINFO]
    assert Walk(walk.provider, Client()).through("wecom", "d").headers["Location"] == HOME
    assert walk.provider.count("/cgi-bin/gettoken") == 2
    cache.clear()


def test_wecoms_door_stands_only_in_its_app(walk, he):
    plain = walk.client.get(reverse("accounts:sign_in")).content.decode()
    inside = walk.client.get(
        reverse("accounts:sign_in"), headers={"User-Agent": "Mozilla/5.0 wxwork/4.1"}
    ).content.decode()
    assert "企业微信" not in plain and "钉钉" in plain and "企业微信" in inside
