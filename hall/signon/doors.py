"""The doors of the campus as the deployment writes them down: a TOML file, read once at the start, loudly.

    [[door]]
    name = "campus"                 # stands in addresses
    kind = "cas"                    # cas · oidc · wecom · dingtalk
    title = "统一身份认证"           # stands on the button
    server = "https://cas.example.edu.cn/cas"
    number = "employeeNumber"       # the attribute that holds the campus number; without it only the list binds

`server` of OIDC is the issuer, to the letter. OIDC needs `client`, `secret` and `algorithm`, and may say
`client_auth = "post"`; WeCom needs `corp`, `agent` and `secret`; DingTalk `corp`, `client` and `secret`.
For these two `server`, `pages` and `directory` name an installation of the college's own.
"""

import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from hall.core.outgoing import Barred, Destination, taken_apart

CONNECTOR = "signon"
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # never none, never a shared secret
NEEDED = {
    "cas": ("server",),
    "oidc": ("server", "client", "secret", "algorithm"),
    "wecom": ("corp", "agent", "secret"),
    "dingtalk": ("corp", "client", "secret"),
}
USUAL = {
    "wecom": {"server": "https://qyapi.weixin.qq.com", "pages": "https://open.weixin.qq.com"},
    "dingtalk": {
        "server": "https://api.dingtalk.com",
        "pages": "https://login.dingtalk.com",
        "directory": "https://oapi.dingtalk.com",
    },
}


@dataclass(frozen=True, slots=True)
class Door:
    """One way in. `issuer` names who vouches: with the subject it is the identity."""

    name: str
    kind: str
    title: str
    server: str = ""
    number: str = ""
    client: str = ""
    secret: str = field(default="", repr=False)
    algorithm: str = ""
    client_auth: str = "basic"
    corp: str = ""
    agent: str = ""
    pages: str = ""
    directory: str = ""

    @property
    def issuer(self) -> str:
        return f"{self.kind}:{self.corp}" if self.corp else self.server

    @property
    def again(self) -> bool:
        """Can this door be told to ask for the password although the person is signed in there?"""
        return self.kind in ("cas", "oidc")


def read(path: str, listed: frozenset[tuple[str, Destination]]) -> dict[str, Door]:
    """The doors of the file by name, in its order; none without a file. ImproperlyConfigured for whatever cannot be meant."""
    if not path:
        return {}
    file = Path(path)
    try:
        if file.stat().st_mode & 0o007:
            raise ImproperlyConfigured(f"HALL_SIGNON: {path} holds secrets; take it from others with chmod o= {path}")
        said = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ImproperlyConfigured(f"HALL_SIGNON: {path} cannot be read: {error}") from None
    entries = said.pop("door", [])
    doors = [_door(entry, listed) for entry in (entries if isinstance(entries, list) else [entries])]
    names = [door.name for door in doors]
    if said or len(set(names)) < len(names) or len({door.issuer for door in doors}) < len(doors):
        raise ImproperlyConfigured(
            f"HALL_SIGNON: {path} holds [[door]] tables, each with a name and a server of its own."
        )
    return {door.name: door for door in doors}


def origins(doors: dict[str, Door]) -> list[str]:
    """Where a form of the hall may lead besides the hall itself: signing on and out at the doors (CSP form-action)."""
    addresses = (address for door in doors.values() for address in (door.server, door.pages) if address)
    return sorted({f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, addresses)})


def _door(entry: Any, listed: frozenset[tuple[str, Destination]]) -> Door:
    name = entry.get("name", "?") if isinstance(entry, dict) else "?"
    wrong = _fault(entry) if isinstance(entry, dict) else "a door is a table"
    if wrong:
        raise ImproperlyConfigured(f"HALL_SIGNON, door {name!r}: {wrong}.")
    door = Door(**{**USUAL.get(entry["kind"], {}), **entry})
    for address in filter(None, (door.server, door.pages, door.directory)):
        _heed_address(door, address, listed)
    return door


def _fault(entry: dict[str, Any]) -> str:
    known = {each.name for each in fields(Door)}
    if unknown := sorted(set(entry) - known):
        return f"nobody knows what {unknown[0]!r} means"
    if not all(isinstance(value, str) and value.strip() == value != "" for value in entry.values()):
        return "every value is a text, not empty, without spaces around it"
    if entry.get("kind") not in NEEDED:
        return "kind is cas, oidc, wecom or dingtalk"
    if missing := [each for each in ("name", "title", *NEEDED[entry["kind"]]) if each not in entry]:
        return f"{missing[0]} is missing"
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", entry["name"]) or entry["name"] in ("refused", "identities"):
        return "name is a short word of small letters"
    if entry["kind"] == "oidc" and entry["algorithm"] not in ALGORITHMS:
        return f"algorithm is one of {', '.join(ALGORITHMS)}"
    if entry.get("client_auth", "basic") not in ("basic", "post"):
        return "client_auth is basic or post"
    return ""


def _heed_address(door: Door, address: str, listed: frozenset[tuple[str, Destination]]) -> None:
    """https, or what HALL_OUTGOING lists for signing on; nothing after the path."""
    try:
        parts, destination = taken_apart(address)
    except Barred as fault:
        raise ImproperlyConfigured(f"HALL_SIGNON, door {door.name!r}: {address!r}: {fault}.") from None
    if parts.query or (address.endswith("/") and door.kind != "oidc"):
        raise ImproperlyConfigured(f"HALL_SIGNON, door {door.name!r}: {address!r} ends with the path, without a slash.")
    if destination.scheme != "https" and (CONNECTOR, destination) not in listed:
        raise ImproperlyConfigured(
            f"HALL_SIGNON, door {door.name!r}: {address!r} is not encrypted; write https, "
            f"or list {CONNECTOR}={destination} in HALL_OUTGOING."
        )


def is_browsable(address: str, listed: frozenset[tuple[str, Destination]]) -> bool:
    """May a browser be sent there in the middle of signing on? https, or listed."""
    try:
        _parts, destination = taken_apart(address)
    except Barred:
        return False
    return urlsplit(address).scheme == "https" or (CONNECTOR, destination) in listed
