"""JSON that comes from outside, read strictly: what two readers could understand in two ways is refused (B25)."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

LARGEST = 64 * 1024  # bytes
DEEPEST = 20  # lists and objects one within another
DIGITS = 18
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def read_json(body: bytes) -> Any:
    """The value. ValueError for too much, too deep, NaN and infinities, huge numbers, a name twice, control characters."""
    if len(body) > LARGEST:
        raise ValueError("too long")
    text = body.decode("utf-8")
    if _depth(text) > DEEPEST:
        raise ValueError("too deep")
    value = json.loads(text, parse_int=_whole, parse_float=_finite, parse_constant=_never, object_pairs_hook=_once)
    if any(UNWANTED.search(each) for each in _texts(value)):
        raise ValueError("control characters")
    return value


def _depth(text: str) -> int:
    deepest = now = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            quoted, escaped = escaped or character != '"', not escaped and character == "\\"
        elif character == '"':
            quoted = True
        elif character in "[{":
            now += 1
            deepest = max(deepest, now)
        elif character in "]}":
            now -= 1
    return deepest


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > DIGITS:
        raise ValueError("too large a number")
    return int(text)


def _finite(text: str) -> float:
    if len(text) > 40 or not math.isfinite(float(text)):
        raise ValueError("too large a number")
    return float(text)


def _never(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _value in pairs}) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)
