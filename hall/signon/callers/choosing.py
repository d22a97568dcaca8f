"""Each kind of door by the same three questions: where to send the browser, whom the answer names, where one leaves."""

from typing import Any

from hall.signon.callers import cas, dingtalk, oidc, wecom
from hall.signon.doors import Door
from hall.signon.queries import own_address
from hall.signon.rules.cas import Vouched


def address(door: Door, pending: dict[str, Any]) -> str:
    """Where the browser goes to show who sits before it."""
    match door.kind:
        case "cas":
            return cas.address(door, own_address(door.name, state=pending["state"]), again=pending["again"])
        case "oidc":
            return oidc.address(door, own_address(door.name), pending)
        case "wecom":
            return wecom.address(door, own_address(door.name), pending["state"])
    return dingtalk.address(door, own_address(door.name), pending["state"])


def word(door: Door, said: dict[str, str]) -> str:
    """The ticket or code of an answer: what counts once."""
    name = "ticket" if door.kind == "cas" else "code"
    return said.get(name) or (said.get("authCode", "") if door.kind == "dingtalk" else "")


def vouched(door: Door, said: dict[str, str], pending: dict[str, Any], now: float) -> Vouched:
    """Whom the provider vouches for. NotLetIn if for nobody."""
    match door.kind:
        case "cas":
            service = own_address(door.name, state=pending["state"])
            return cas.vouched(door, word(door, said), service, again=pending["again"])
        case "oidc":
            return oidc.vouched(door, said, own_address(door.name), pending, now)
        case "wecom":
            return wecom.vouched(door, word(door, said))
    return dingtalk.vouched(door, word(door, said))


def farewell(door: Door, back: str) -> str:
    """Where one signs out at the campus; "" if this door has no such page."""
    if door.kind == "cas":
        return cas.farewell(door, back)
    return oidc.farewell(door, back) if door.kind == "oidc" else ""
