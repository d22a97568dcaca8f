"""The file of the doors: read loudly, secrets shown nowhere."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from hall.core.outgoing import listed
from hall.signon.doors import read

GOOD = """
[[door]]
name = "campus"
kind = "cas"
title = "统一身份认证"
server = "https://cas.example.edu.cn/cas"
number = "employeeNumber"

[[door]]
name = "id"
kind = "oidc"
title = "校园身份平台"
server = "https://id.example.edu.cn/realms/campus"
client = "hall"
secret = "very secret"
algorithm = "RS256"

[[door]]
name = "wecom"
kind = "wecom"
title = "企业微信"
corp = "ww1"
agent = "1000002"
secret = "very secret"

[[door]]
name = "dingtalk"
kind = "dingtalk"
title = "钉钉"
corp = "ding1"
client = "key"
secret = "very secret"
"""


@pytest.fixture
def file(tmp_path):
    def write(text, mode=0o600):
        path = tmp_path / "doors.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return str(path)

    return write


def test_the_doors_are_read_in_their_order(file):
    doors = read(file(GOOD), listed(""))
    assert list(doors) == ["campus", "id", "wecom", "dingtalk"]
    assert doors["wecom"].server == "https://qyapi.weixin.qq.com" and doors["wecom"].issuer == "wecom:ww1"
    assert "very secret" not in repr(doors)


def test_without_a_file_there_is_no_door():
    assert read("", listed("")) == {}


WRONG = {
    "an unknown word": GOOD.replace('number = "employeeNumber"', 'nummer = "x"'),
    "an unknown kind": GOOD.replace('kind = "cas"', 'kind = "saml"'),
    "no kind": GOOD.replace('kind = "cas"\n', ""),
    "no title": GOOD.replace('title = "钉钉"\n', ""),
    "no server": GOOD.replace('server = "https://cas.example.edu.cn/cas"\n', ""),
    "no secret": GOOD.replace('secret = "very secret"\nalgorithm', "algorithm"),
    "an empty secret": GOOD.replace('secret = "very secret"\nalgorithm', 'secret = ""\nalgorithm'),
    "a secret with a space": GOOD.replace('secret = "very secret"\nalgorithm', 'secret = "x "\nalgorithm'),
    "no algorithm": GOOD.replace('algorithm = "RS256"\n', ""),
    "alg none": GOOD.replace("RS256", "none"),
    "a shared secret": GOOD.replace("RS256", "HS256"),
    "a number": GOOD.replace('agent = "1000002"', "agent = 1000002"),
    "a name with a slash": GOOD.replace('name = "campus"', 'name = "a/b"'),
    "a name of ours": GOOD.replace('name = "campus"', 'name = "identities"'),
    "a name twice": GOOD.replace('name = "id"', 'name = "campus"'),
    "a server twice": GOOD.replace("https://id.example.edu.cn/realms/campus", "https://cas.example.edu.cn/cas"),
    "plain HTTP": GOOD.replace("https://cas", "http://cas"),
    "a slash at the end": GOOD.replace("edu.cn/cas", "edu.cn/cas/"),
    "a query": GOOD.replace("edu.cn/cas", "edu.cn/cas?x=y"),
    "a password in the address": GOOD.replace("https://cas", "https://u:p@cas"),
    "another table": GOOD + "\n[[window]]\nname = 'x'\n",
    "no table": "door = 1",
    "no TOML": "<door>",
    "a list of words": 'door = ["campus"]',
}


@pytest.mark.parametrize("how", WRONG)
def test_what_cannot_be_meant_stops_the_start(file, how):
    with pytest.raises(ImproperlyConfigured, match="HALL_SIGNON") as error:
        read(file(WRONG[how]), listed(""))
    assert "very secret" not in str(error.value)


def test_plain_http_is_for_listed_servers_alone(file):
    """C11: an unencrypted server is no accident of typing; it is listed, for signing on."""
    text = GOOD.replace("https://cas.example.edu.cn/cas", "http://10.1.2.3:8080/cas")
    assert read(file(text), listed("signon=http://10.1.2.3:8080"))["campus"].server == "http://10.1.2.3:8080/cas"
    for other in ("sms=http://10.1.2.3:8080", "signon=http://10.1.2.3", "signon=https://10.1.2.3:8080"):
        with pytest.raises(ImproperlyConfigured, match="not encrypted"):
            read(file(text), listed(other))


def test_a_file_others_can_read_is_refused(file):
    with pytest.raises(ImproperlyConfigured, match="chmod"):
        read(file(GOOD, 0o644), listed(""))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="nowhere"):
        read(str(tmp_path / "nowhere.toml"), listed(""))
