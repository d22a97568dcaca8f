"""OpenID Connect: code with PKCE, keys of the provider with their changes, tokens believed only after `rules.oidc`."""

import base64
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import get_random_string

from hall.signon.callers.asking import ask_json
from hall.signon.callers.keys import believed
from hall.signon.doors import Door, is_browsable
from hall.signon.rules import oidc
from hall.signon.rules.cas import Vouched
from hall.signon.words import NotLetIn, Reason

KEPT = 3600  # seconds for which what a provider says of itself is believed
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def metadata(door: Door) -> dict[str, Any]:
    """What the provider says of itself. NotLetIn unless it says the very issuer of the settings."""
    key = f"signon.metadata:{sha256(door.issuer.encode()).hexdigest()}"
    said: dict[str, Any] | None = cache.get(key)
    if said is None:
        said = ask_json(f"{door.server.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != door.issuer:
            raise NotLetIn(Reason.AWAY, "the provider calls itself by another name")
        if not all(isinstance(said.get(each), str) for each in ENDPOINTS):
            raise NotLetIn(Reason.AWAY, "the provider does not say where to ask")
        cache.set(key, said, KEPT)
    return said


def address(door: Door, back: str, pending: dict[str, Any]) -> str:
    """Where the browser is sent; `pending` holds state, nonce and verifier and stays in its session."""
    challenge = base64.urlsafe_b64encode(sha256(pending["verifier"].encode()).digest()).rstrip(b"=").decode()
    question = {
        "response_type": "code",
        "client_id": door.client,
        "redirect_uri": back,
        "scope": "openid profile",
        "state": pending["state"],
        "nonce": pending["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if pending["again"] else {}),
    }
    return _with(metadata(door)["authorization_endpoint"], question)


def farewell(door: Door, back: str) -> str:
    """Where a browser ends the provider's own session; "" if it has no such page."""
    end = metadata(door).get("end_session_endpoint")
    question = {"client_id": door.client, "post_logout_redirect_uri": back, "state": get_random_string(16)}
    return _with(end, question) if isinstance(end, str) else ""


def vouched(door: Door, said: dict[str, str], back: str, pending: dict[str, Any], now: float) -> Vouched:
    """Whom the provider vouches for in exchange for the code. NotLetIn for everything that does not fit."""
    told = metadata(door)
    promised = told.get("authorization_response_iss_parameter_supported") is True
    code = oidc.heed_answer(said, door.issuer, iss_promised=promised)
    tokens = _exchanged(door, told, code, back, pending["verifier"])
    _header, claims = believed(door, told["jwks_uri"], tokens.get("id_token"))
    since = pending["at"] if pending["again"] else None
    subject = oidc.heed_id_token(
        claims, issuer=door.issuer, client=door.client, nonce=pending["nonce"], now=now, since=since
    )
    more = claims if door.number in ("", *claims) else _userinfo(told, tokens, subject)
    sid = claims.get("sid")
    session = f"sid:{sid}" if isinstance(sid, str) and sid else f"sub:{subject}"
    return Vouched(subject, {name: [value] for name, value in more.items() if isinstance(value, str)}, session)


def _exchanged(door: Door, told: dict[str, Any], code: str, back: str, verifier: str) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    if door.client_auth == "post":
        return ask_json(told["token_endpoint"], form={**form, "client_id": door.client, "client_secret": door.secret})
    pair = f"{quote(door.client, safe='')}:{quote(door.secret, safe='')}".encode()
    return ask_json(
        told["token_endpoint"], form=form, headers={"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    )


def _userinfo(told: dict[str, Any], tokens: dict[str, Any], subject: str) -> dict[str, Any]:
    place, access = told.get("userinfo_endpoint"), tokens.get("access_token")
    if not isinstance(place, str) or not isinstance(access, str) or not access.isprintable() or not access.isascii():
        return {}
    said = ask_json(place, headers={"Authorization": f"Bearer {access}"})
    if said.get("sub") != subject:
        raise NotLetIn(Reason.BAD, "the provider tells of somebody else than its token")
    return said


def ended(door: Door, token: str, now: float) -> dict[str, Any]:
    """The claims of a good logout token: its `jti`, and `sid` or `sub`. NotLetIn for any other."""
    header, claims = believed(door, metadata(door)["jwks_uri"], token)
    oidc.heed_logout_token(claims, header, issuer=door.issuer, client=door.client, now=now)
    return claims


def _with(address: str, question: dict[str, str]) -> str:
    """The address with the question. NotLetIn for one to which no browser is sent in the clear."""
    if not is_browsable(address, settings.HALL_OUTGOING):
        raise NotLetIn(Reason.AWAY, "the provider names an address that is not encrypted")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(question)}"
