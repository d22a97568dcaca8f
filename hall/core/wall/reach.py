"""Whose rows may be seen now. One line for PostgreSQL's policies: account ; places ; rooms and permissions.

"17;3,4;members,dues.view"  account 17, organisations 3 and 4, in the tables of these modules or by these permissions
"17;*;papers"               the whole college in the tables of papers, and what is account 17's own anywhere
"0;*;*"                     the whole house: deeds that were permitted, jobs, commands of whoever runs the machine
""                          nobody: no personal row at all, which is also what stands when nothing was said

A request begins as nobody and becomes somebody when the actor is known. Doors to the whole house are calls of
`whole_house`, each with its reason beside it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from hall.core.modules import modules

NOBODY = ""
WHOLE_HOUSE = "0;*;*"
OUTSIDE = NOBODY  # who speaks outside requests, works and commands; tests that look into tables set it
_present: ContextVar[str | None] = ContextVar("reach", default=None)


def present() -> str:
    """The line that stands now."""
    said = _present.get()
    return OUTSIDE if said is None else said


def reach(account: int, places: Iterable[int] | None, permissions: Iterable[str]) -> str:
    """The line of a person: `places` are ids of organisations (None = all), `permissions` those of the present hat."""
    held = set(permissions)
    within = "*" if places is None else ",".join(map(str, sorted(places)))
    return ";".join((str(account), within, ",".join(sorted(held | rooms(frozenset(held))))))


@cache
def rooms(permissions: frozenset[str]) -> set[str]:
    """Modules whose tables these permissions lead to: a permission's own module and those it needs."""
    own = {name.split(".")[0] for name in permissions}
    return own | {need for module in modules() if module.name in own for need in module.needs}


@contextmanager
def seen_by(said: str) -> Iterator[None]:
    """Let what is read inside be read with this reach."""
    token = _present.set(said)
    try:
        yield
    finally:
        _present.reset(token)


def whole_house() -> Any:
    """A door: inside, every row may be read. Say beside the call why."""
    return seen_by(WHOLE_HOUSE)


def begin(said: str) -> None:
    """From now on this request is read with this reach, to its end."""
    _present.set(said)


def carried(response: Any) -> Any:
    """Let a streamed answer be read by whoever asked, in whatever thread the server asks for its pieces."""
    if response.streaming and getattr(response, "file_to_stream", None) is None:
        response.streaming_content = _carried(iter(response.streaming_content), present())
    return response


def _carried(pieces: Iterator[Any], said: str) -> Iterator[Any]:
    while True:
        with seen_by(said):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def on_request_started(**_signal: Any) -> None:
    _present.set(NOBODY)


def on_request_finished(**_signal: Any) -> None:
    """After the last byte."""
    _present.set(None)
