"""WeCom: the code its app hands over counts once and for five minutes; external contacts are told apart and stay outside (C16).

Checked against integration-contracts §2 on 2026-11-22; error 40029 is a bad or used code.
"""

from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache

from hall.signon.callers.asking import ask_json
from hall.signon.doors import Door
from hall.signon.rules.cas import Vouched
from hall.signon.words import NotLetIn, Reason

USED = (40029, 42003)
SPENT = (40014, 42001)  # the application's own token, not the person's code
EARLY = 300  # seconds before its end in which a token is no longer used


def address(door: Door, back: str, state: str) -> str:
    """Where the app asks the person. It understands state of letters and digits only."""
    asked = {
        "appid": door.corp,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
        "agentid": door.agent,
    }
    return f"{door.pages}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"


def vouched(door: Door, code: str) -> Vouched:
    """The member of the address book the code stands for. NotLetIn for anybody else."""
    if not 0 < len(code) <= 512:
        raise NotLetIn(Reason.BAD, "the answer holds no code")
    said = _told(door, "auth/getuserinfo", {"access_token": _token(door), "code": code})
    if said.get("errcode") in SPENT:
        cache.delete(_name(door))
    if said.get("errcode") != 0:
        spent = said.get("errcode") in USED
        raise NotLetIn(Reason.STALE if spent else Reason.AWAY, f"the platform refused: {_number(said)}")
    user = said.get("userid") or said.get("UserId")
    if not isinstance(user, str) or not user:
        raise NotLetIn(Reason.OUTSIDE, "an external contact")
    if len(user) > 64 or not user.isprintable():
        raise NotLetIn(Reason.BAD, "the answer names nobody")
    return Vouched(user.lower(), {"userid": [user]})


def _token(door: Door) -> str:
    kept: str | None = cache.get(_name(door))
    if kept is None:
        said = _told(door, "gettoken", {"corpid": door.corp, "corpsecret": door.secret})
        kept, lasts = said.get("access_token"), said.get("expires_in", 0)
        if said.get("errcode", 0) != 0 or not isinstance(kept, str) or not isinstance(lasts, int):
            raise NotLetIn(Reason.AWAY, f"the platform gave no token: {_number(said)}")
        cache.set(_name(door), kept, max(1, lasts - EARLY))
    return kept


def _told(door: Door, what: str, asked: dict[str, str]) -> dict[str, Any]:
    return ask_json(f"{door.server}/cgi-bin/{what}?{urlencode(asked)}")


def _name(door: Door) -> str:
    return f"signon.wecom:{sha256(f'{door.corp} {door.agent}'.encode()).hexdigest()}"


def _number(said: dict[str, Any]) -> str:
    return str(said.get("errcode")) if isinstance(said.get("errcode"), int) else "?"
