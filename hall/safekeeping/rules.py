"""When a back-up is late, and when that is said; what of a browser's report is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

AGAIN = timedelta(hours=24)  # the alarm is repeated a day later


def late(last: datetime | None, since: datetime | None, now: datetime, allowed: timedelta) -> bool:
    """Is the last back-up, or while there is none the hall's first fact, older than allowed? (assurance H18)"""
    start = last or since
    return start is not None and now - start > allowed


def rings(late_now: bool, rung_at: datetime | None, last: datetime | None, now: datetime) -> bool:
    """Is it time to say so: late, and not said since the last back-up or within the last day?"""
    said = rung_at is not None and (last is None or rung_at > last) and now - rung_at < AGAIN
    return late_now and not said


KEPT_DAYS = 90
MOST = 1_000_000  # counted no further
A_MINUTE = 60  # reports that one process counts
DIRECTIVES = frozenset({
    "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr", "img-src",
    "font-src", "connect-src", "frame-src", "form-action", "base-uri", "object-src", "media-src", "default-src",
    "require-trusted-types-for", "trusted-types", "frame-ancestors",
})  # fmt: skip
KINDS = frozenset({"inline", "eval", "wasm-eval", "data", "blob", "trusted-types-sink", "trusted-types-policy"})


@dataclass(frozen=True, slots=True)
class Refused:
    """What a browser refused, in words of fixed lists: route, directive, kind (inline, eval, self, elsewhere …)."""

    page: str
    directive: str
    what: str


def refused(said: Any, own: str, route_of: Callable[[str], str]) -> Refused | None:
    """A browser's report cut down to what may be kept; None for what is none. `own` is scheme and host of the hall."""
    report = said.get("csp-report") if isinstance(said, dict) else None
    if not isinstance(report, dict):
        return None
    directive = str(report.get("effective-directive") or report.get("violated-directive") or "").split(" ")[0]
    blocked, address = str(report.get("blocked-uri", "")), str(report.get("document-uri", ""))
    if directive not in DIRECTIVES or not address.startswith(f"{own}/"):
        return None
    what = blocked if blocked in KINDS else "self" if blocked.startswith(f"{own}/") else "elsewhere"
    return Refused(route_of(address.removeprefix(own).split("?")[0].split("#")[0]), directive, what)
