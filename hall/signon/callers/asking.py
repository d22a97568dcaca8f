"""Asking a provider: through the one door out, and every way in which it can go wrong becomes one sentence."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from hall.core.outgoing import NotCalled, call
from hall.signon.doors import CONNECTOR
from hall.signon.words import NotLetIn, Reason

FORM = "application/x-www-form-urlencoded"


def ask(
    address: str, *, form: Mapping[str, str] | None = None, sent: Any = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """The body of a 200 answer. NotLetIn for anything else, a redirect too (C11)."""
    more = {"Accept": "application/json, application/xml", **(headers or {})}
    body = None
    if form is not None:
        body, more["Content-Type"] = urlencode(form).encode(), FORM
    elif sent is not None:
        body, more["Content-Type"] = json.dumps(sent, ensure_ascii=False).encode(), "application/json"
    try:
        answer = call(CONNECTOR, "POST" if body is not None else "GET", address, body=body, headers=more)
    except NotCalled as fault:
        raise NotLetIn(Reason.AWAY, str(fault)) from None
    if answer.status != 200:
        raise NotLetIn(Reason.STALE if answer.status == 400 else Reason.AWAY, f"the server answered {answer.status}")
    return answer.body


def ask_json(address: str, **more: Any) -> dict[str, Any]:
    """The same, read as a JSON object."""
    return as_object(ask(address, **more))


def as_object(body: bytes) -> dict[str, Any]:
    """NotLetIn for what is no JSON object, or names a thing twice."""
    try:
        said = json.loads(body, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotLetIn(Reason.AWAY, "the answer is no JSON") from None
    if not isinstance(said, dict):
        raise NotLetIn(Reason.AWAY, "the answer is no JSON object")
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _refuse(word: str) -> None:
    raise ValueError(word)
