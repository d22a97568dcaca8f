"""DingTalk: anybody in the world may come with a code, so the college's own directory is asked who of them is a member (C16).

Checked against integration-contracts §3 on 2026-11-22, which marks the login calls as to be confirmed before first use.
"""

from typing import Any
from urllib.parse import urlencode

from hall.signon.callers.asking import ask_json
from hall.signon.doors import Door
from hall.signon.rules.cas import Vouched
from hall.signon.words import NotLetIn, Reason

STRANGER = 60121  # the directory does not know the person
HEADER = "x-acs-dingtalk-access-token"


def address(door: Door, back: str, state: str) -> str:
    """Where the browser or the app asks the person."""
    asked = {
        "client_id": door.client,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "openid",
        "state": state,
        "prompt": "consent",
    }
    return f"{door.pages}/oauth2/auth?{urlencode(asked)}"


def vouched(door: Door, code: str) -> Vouched:
    """The member of the directory the code stands for. NotLetIn for anybody else."""
    if not 0 < len(code) <= 512:
        raise NotLetIn(Reason.BAD, "the answer holds no code")
    person = {"clientId": door.client, "clientSecret": door.secret, "code": code, "grantType": "authorization_code"}
    access = _word(ask_json(f"{door.server}/v1.0/oauth2/userAccessToken", sent=person), "accessToken")
    union = _word(ask_json(f"{door.server}/v1.0/contact/users/me", headers={HEADER: access}), "unionId")
    ours = {"appKey": door.client, "appSecret": door.secret}
    token = _word(ask_json(f"{door.server}/v1.0/oauth2/accessToken", sent=ours), "accessToken")
    place = f"{door.directory}/topapi/user/getbyunionid?{urlencode({'access_token': token})}"
    return _member(ask_json(place, sent={"unionid": union}))


def _member(said: dict[str, Any]) -> Vouched:
    found = said.get("result")
    if said.get("errcode") == STRANGER or (isinstance(found, dict) and found.get("contact_type") == 1):
        raise NotLetIn(Reason.OUTSIDE, "an external contact")
    if said.get("errcode") != 0 or not isinstance(found, dict) or found.get("contact_type") != 0:
        raise NotLetIn(Reason.AWAY, "the directory did not answer as agreed")
    user = _word(found, "userid")
    return Vouched(user, {"userid": [user]})


def _word(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 4096 or not (value.isascii() and value.isprintable()):
        raise NotLetIn(Reason.AWAY, f"the platform said no {name}")
    return value
