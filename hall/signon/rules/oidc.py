"""What an OpenID provider's tokens must say (C13, C14, C23; OIDC core 3.1.3.7, RFC 9207, back-channel logout 1.0).

Claims in, findings out: no clock, no key, no network. `now` is in seconds; SKEW of them may lie between the clocks.
"""

from collections.abc import Mapping
from typing import Any

from hall.signon.words import NotLetIn, Reason

SKEW = 60  # seconds between two clocks
OLD = 300  # seconds a token may have lain around before it reached us
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"

type Claims = Mapping[str, Any]


def heed_id_token(
    claims: Claims, *, issuer: str, client: str, nonce: str, now: float, since: float | None = None
) -> str:
    """The subject of the ID token. NotLetIn for any claim that does not fit; `since`: must have been asked again after it."""
    _heed_origin(claims, issuer, client)
    _heed_time(claims, now)
    if not nonce or claims.get("nonce") != nonce:
        raise _bad("the nonce is not ours")
    if since is not None:
        asked = _moment(claims.get("auth_time"))
        if asked is None or asked < since - SKEW:
            raise _bad("the person was not asked again")
    return _subject(claims)


def heed_logout_token(claims: Claims, header: Claims, *, issuer: str, client: str, now: float) -> None:
    """NotLetIn unless the claims are those of a logout token for us. Whether its jti was seen before is asked elsewhere."""
    if str(header.get("typ", "")).lower() not in ("logout+jwt", "application/logout+jwt"):
        raise _bad("the token is no logout token")
    _heed_origin(claims, issuer, client)
    _heed_time(claims, now, needs_end=False)
    events, jti = claims.get("events"), claims.get("jti")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict) or "nonce" in claims:
        raise _bad("the token ends no session")
    if not isinstance(jti, str) or not 0 < len(jti) <= 255:
        raise _bad("the logout token has no number")
    if not isinstance(claims.get("sid", ""), str) or not isinstance(claims.get("sub", ""), str):
        raise _bad("the logout token names nobody")
    if not claims.get("sid") and not claims.get("sub"):
        raise _bad("the logout token names nobody")


def _heed_origin(claims: Claims, issuer: str, client: str) -> None:
    if claims.get("iss") != issuer:
        raise _bad("the issuer is another")
    said = claims.get("aud")
    audience = [said] if isinstance(said, str) else said
    if not isinstance(audience, list) or client not in audience or not all(isinstance(each, str) for each in audience):
        raise _bad("the token is for somebody else")
    azp = claims.get("azp")
    if (azp is not None and azp != client) or (len(audience) > 1 and azp is None):
        raise _bad("the token was asked for by somebody else")


def _heed_time(claims: Claims, now: float, *, needs_end: bool = True) -> None:
    issued, ends = _moment(claims.get("iat")), _moment(claims.get("exp"))
    if issued is None or (ends is None and (needs_end or "exp" in claims)):
        raise _bad("the token does not say when it was made and when it ends")
    if issued > now + SKEW:
        raise NotLetIn(Reason.CLOCK, f"the token was made {round(issued - now)} s in the future")
    if issued < now - OLD:
        raise NotLetIn(Reason.CLOCK, f"the token is {round(now - issued)} s old")
    if ends is not None and ends <= now - SKEW:
        raise NotLetIn(Reason.CLOCK, f"the token ended {round(now - ends)} s ago")
    early = _moment(claims.get("nbf", issued))
    if early is None or early > now + SKEW:
        raise NotLetIn(Reason.CLOCK, "the token does not hold yet")


def _moment(value: Any) -> float | None:
    """A time in seconds; None for what is none, such as True or 1e30."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e11
    return float(value) if fits else None


def _subject(claims: Claims) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise _bad("the token names nobody")
    return subject


def heed_answer(said: Mapping[str, str], issuer: str, *, iss_promised: bool) -> str:
    """The code of an authorisation answer. NotLetIn for an error, and for the answer of another issuer (RFC 9207)."""
    if ("iss" in said or iss_promised) and said.get("iss") != issuer:
        raise _bad("the answer comes from another issuer")
    if said.get("error"):
        known = said["error"] if said["error"].isascii() and len(said["error"]) < 40 else "?"
        raise NotLetIn(Reason.STALE if known == "access_denied" else Reason.BAD, f"the provider refused: {known!r}")
    code = said.get("code", "")
    if not 0 < len(code) <= 2048:
        raise _bad("the answer holds no code")
    return code


def _bad(why: str) -> NotLetIn:
    return NotLetIn(Reason.BAD, why)
