"""One-time codes by the clock (RFC 6238, HMAC-SHA1, thirty seconds, six digits) and one-time recovery codes."""

import base64
import hmac
import secrets
from collections.abc import Iterator
from hashlib import sha1
from io import BytesIO
from urllib.parse import quote, urlencode

import segno

STEP = 30  # seconds
DRIFT = 1  # steps a telephone's clock may be off
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else
RECOVERY = 10  # codes a person is given


def new_secret() -> str:
    """160 bits, as authenticator apps want them typed: base32 without filling."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int, digits: int = 6) -> str:
    """The code of this step."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, step.to_bytes(8, "big"), sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: str, code: str, seconds: float, after: int) -> int | None:
    """The step this code belongs to, if it is near enough and later than the last one used; else None."""
    now = int(seconds) // STEP
    near = (step for step in range(now - DRIFT, now + DRIFT + 1) if step > after)
    fits = [step for step in near if hmac.compare_digest(code_at(secret, step), code)]
    return fits[0] if fits else None


def address(secret: str, username: str, issuer: str) -> str:
    """What the QR code says to an authenticator app."""
    asked = urlencode({"secret": secret, "issuer": issuer, "period": STEP, "digits": 6}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(username)}?{asked}"


def recovery_codes() -> Iterator[str]:
    """Ten codes like ABCDE-FGHJK: fifty bits each."""
    for _number in range(RECOVERY):
        drawn = "".join(secrets.choice(ALPHABET) for _place in range(10))
        yield f"{drawn[:5]}-{drawn[5:]}"


def plain(typed: str) -> str:
    """What was typed, without the blanks and dashes people put in."""
    return "".join(ch for ch in typed.upper() if ch.isalnum())


def picture(text: str) -> bytes:
    """The QR code of this text as an SVG file."""
    made = BytesIO()
    segno.make(text, error="m").save(made, kind="svg", scale=5, border=3, dark="#000", light="#fff")
    return made.getvalue()
