"""What the addresses of signing on name. The matrix runs in a hall without doors: there every door's address is made up."""

from secrets import token_hex

from hall.core.testing.routes import Thing

_DOOR = {"door": "campus"}
things = {
    "signon:begin": Thing("", words=_DOOR, answers=(404,)),
    "signon:arrival": Thing("", words=_DOOR, answers=(404,)),
    "signon:farewell": Thing("", words=_DOOR, answers=(404,)),
    "signon:logout": Thing("", words=_DOOR, answers=(404,)),
    "signon:refused": Thing("", answers=(302, 403)),
    "signon:identities": Thing(""),
    "signon:approval": Thing("", answers=(302,)),
    "signon:withdrawal": Thing("signon.Identity", all=True),
}
quiet = {
    "signon:begin": "kept in the session",
    "signon:arrival": "walked by hall/signon tests with a provider behind it",
    "signon:farewell": "a way out",
    "signon:logout": "only by a token the provider signed",
    "signon:refused": "kept in the session",
}


def values(model: str) -> dict:
    """Bound at one issuer by nobody in particular; digests that differ."""
    return {
        "Identity": {"issuer": "https://cas.example.edu.cn/cas", "proposed_by": None, "approved_by": None},
        "Spent": {"digest": token_hex(32)},
    }.get(model, {})
