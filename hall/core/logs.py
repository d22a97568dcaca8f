"""Log lines: one JSON object a line, whatever stands in a name (B30), and no secret or personal number in it (T11, T25).

What is masked: ID and bank numbers, mobile phones, tokens of links, values after words like password or token, what an
exception quotes unless it is a plain word of code, and all that a database adds behind the first line of its complaint.
Names of people are not recognised: log row ids, never names.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

from django.db import Error as DatabaseComplaint

HIDDEN = "[…]"
NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[0-9Xx]|\d{15,16}|\d{19}|(?:\+?86[- ]?)?1[3-9]\d{9})(?![0-9A-Za-z])")
TOKENS = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-z]{5,13}-[0-9a-f]{32,64}|[0-9A-Za-z_-]{43,})(?![0-9A-Za-z])")
SECRETS = re.compile(
    r"((?:pass(?:word|wd|phrase)?|secret|token|ticket|session\w*|csrf\w*|cookie|authorization|otp|口令|密码)[\"']?\s*[=:：]\s*)"
    r"(?:\"[^\"]*\"|'[^']*'|[^\s\"'&,;}\]]+)",
    re.IGNORECASE,
)
QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"|“([^“”]*)”")
WORD_OF_CODE = re.compile(r"[A-Za-z_][A-Za-z_.]{0,59}")
UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def scrubbed(text: str) -> str:
    """The text without what must not stand in a log."""
    return TOKENS.sub(HIDDEN, NUMBERS.sub(HIDDEN, SECRETS.sub(rf"\1{HIDDEN}", text)))


def complaint(error: BaseException) -> str:
    """Type and message of an exception without the values it complains about."""
    said = str(error)
    if isinstance(error, DatabaseComplaint):
        said = said.split("\n", 1)[0]
    return f"{type(error).__name__}: {scrubbed(QUOTED.sub(_unquoted, said))}"


def _unquoted(found: re.Match[str]) -> str:
    inside = next((group for group in found.groups() if group is not None), "")
    return found[0] if WORD_OF_CODE.fullmatch(inside) else HIDDEN


def trace(error: BaseException) -> str:
    """The call chain of an exception and of what caused it: places and lines of source, no values."""
    parts: list[str] = []
    told: BaseException | None = error
    while told is not None and len(parts) < 5:
        parts.append("".join(traceback.format_tb(told.__traceback__)) + complaint(told))
        told = told.__cause__ or (None if told.__suppress_context__ else told.__context__)
    return "\nafter\n".join(parts)


class Lines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and the trace of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrubbed(record.getMessage()),
        }
        if record.exc_info and record.exc_info[1] is not None:
            said["trace"] = trace(record.exc_info[1])
        line = json.dumps(said, ensure_ascii=False)
        return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
