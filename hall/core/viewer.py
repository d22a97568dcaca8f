"""Who looks: what pages and queries may ask of the signed-in person, without knowing where persons are kept."""

from collections.abc import Sequence
from typing import Any, Protocol

from django.http import HttpRequest


class Viewer(Protocol):
    """A person wearing one hat (or none). Every query takes one as `viewer`, every action as `by`."""

    asked: dict[str, Any]  # answers other queries remember for this request

    @property
    def account(self) -> Any: ...
    @property
    def account_id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def hats(self) -> Sequence[Any]: ...
    @property
    def hat(self) -> Any: ...
    @property
    def office(self) -> bool: ...

    def holds(self, permission: str) -> bool: ...
    def reach(self, permission: str) -> frozenset[int]: ...
    def reaches_all(self, permission: str) -> bool: ...
    def may(self, permission: str, within: int | None) -> bool: ...


class Request(HttpRequest):
    """A request with the signed-in person on it. On a page for strangers `actor` may be empty: ask before use."""

    actor: Viewer
