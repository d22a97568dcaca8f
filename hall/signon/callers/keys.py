"""The provider's keys: one algorithm, chosen by the settings; an unknown key id asks for the keys once, and not again for a minute.

Nothing in a token says which algorithm, key or address to use, but for the id of a key the provider publishes (C13).
"""

import base64
import binascii
from hashlib import sha256
from typing import Any

from django.core.cache import cache

from hall.signon.callers.asking import as_object, ask_json
from hall.signon.doors import Door
from hall.signon.words import NotLetIn, Reason

KEPT = 24 * 3600  # seconds
PAUSE = 60  # seconds between two askings because of unknown ids
MUCH = 16 * 1024  # characters of a token
KINDS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
LEAST_BITS = 2048


def believed(door: Door, place: str, token: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token whose signature fits. NotLetIn for any other; the claims are not judged here."""
    import jwt  # here, because most processes never see a token

    header = _header(door, token)
    key = _key(door, place, header.get("kid"))
    try:
        fits = jwt.PyJWK(key, algorithm=door.algorithm)
        if KINDS[door.algorithm] == "RSA" and fits.key.key_size < LEAST_BITS:
            raise _bad("the provider's key is too short")
        payload = jwt.PyJWS().decode(token, fits, algorithms=[door.algorithm])
    except (jwt.PyJWTError, ValueError, TypeError):
        raise _bad("the signature does not fit") from None
    return header, as_object(payload)


def _header(door: Door, token: Any) -> dict[str, Any]:
    if not isinstance(token, str) or not token.isascii() or len(token) > MUCH or token.count(".") != 2:
        raise _bad("no signed token came")
    first = token.split(".", 1)[0]
    try:
        header = as_object(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (binascii.Error, ValueError, NotLetIn):
        raise _bad("the token has no header") from None
    if header.get("alg") != door.algorithm:
        raise _bad("the token is signed by another algorithm")
    if {"crit", "b64", "enc", "zip"} & set(header):
        raise _bad("the token wants to be read in a special way")
    return header


def _key(door: Door, place: str, kid: Any) -> dict[str, Any]:
    """The published key of that id; without an id, the only one that could be meant."""
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= 255):
        raise _bad("the token names no key")
    name = f"signon.keys:{sha256(place.encode()).hexdigest()}"
    found = _fitting(door, cache.get(name) or [], kid)
    if not found and cache.add(f"{name}:asked", True, PAUSE):
        fresh = _published(place)
        cache.set(name, fresh, KEPT)
        found = _fitting(door, fresh, kid)
    if len(found) != 1:
        raise _bad("no published key fits the token")
    return found[0]


def _published(place: str) -> list[Any]:
    keys = ask_json(place).get("keys")
    return keys[:50] if isinstance(keys, list) else []


def _fitting(door: Door, keys: list[Any], kid: str | None) -> list[dict[str, Any]]:
    return [
        key
        for key in keys
        if isinstance(key, dict)
        and key.get("kty") == KINDS[door.algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", door.algorithm) == door.algorithm
        and (kid is None or key.get("kid") == kid)
    ]


def _bad(why: str) -> NotLetIn:
    return NotLetIn(Reason.BAD, why)
