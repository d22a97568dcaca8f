"""Whose rows the addresses of the accounts name."""

from datetime import date
from secrets import token_hex

from hall.core.testing.routes import Thing

things = {
    "accounts:activation": Thing("", words={"who": "MQ", "token": "made-up"}, answers=(404,)),
    "accounts:hat": Thing("", answers=(404,)),
    "accounts:set_up": Thing("", answers=(404,)),
    "accounts:sign_in": Thing("", answers=(302,)),
    "accounts:account": Thing("accounts.Account", all=True),
    "accounts:code": Thing("", answers=(302,)),
    "accounts:second_factor": Thing(""),
    "accounts:factor_picture": Thing("", answers=(404,)),
    "accounts:factor_deed": Thing("", words={"deed": "preparation"}),
    "accounts:passkey_removal": Thing("accounts.Passkey", own=True),
    "accounts:passkey_registration": Thing("", answers=(404,)),
    "accounts:passkey_question": Thing("", answers=(404,)),
    "accounts:passkey_proof_question": Thing("", answers=(404,)),
    "accounts:passkey_entry": Thing("", answers=(422,)),
    "accounts:approval": Thing("accounts.Account", all=True, answers=(404,)),
    "accounts:agreement": Thing("accounts.Agreement", all=True, words={"deed": "yes"}),
    "accounts:policy": Thing("", words={"key": "accounts.session_hours"}),
    "accounts:withdrawal": Thing(
        "accounts.Grant", may=("accounts.grant", "accounts.open"), own=True, all=True, answers=(404,)
    ),
}
quiet = {
    "accounts:sign_in": "sessions are no rows of the hall",
    "accounts:code": "only after the first step of signing in",
    "accounts:proof": "kept in the session",
    "accounts:passkey_registration": "the question lies in the session",
    "accounts:passkey_question": "the question lies in the session",
    "accounts:passkey_proof_question": "the question lies in the session",
    "accounts:passkey_proof": "kept in the session",
    "accounts:passkey_entry": "only by a passkey",
    "accounts:passkey": "only by a passkey",
    "accounts:sign_out": "sessions are no rows of the hall",
    "accounts:hat": "kept in the session",
    "accounts:elder": "a cookie",
    "accounts:language": "a cookie",
    "accounts:set_up": "only in an empty hall",
    "accounts:activation": "only by the token of a link",
}
reads = {
    "accounts:hat": ("hat",),
    "accounts:language": ("language", "next"),
    "accounts:elder": ("next",),
    "accounts:sign_in": ("next",),
}
marked = ("Grant.reason",)
machine = ("Account.password", "Session.device")  # a browser says the second of itself; sessions hang on no row


def values(model: str) -> dict:
    """A post that has ended; keys that are no numbers, one for each row."""
    return {
        "Grant": {"post": "secretary", "withdrawn_on": date(2024, 1, 1)},
        "Agreement": {"agreed_by": None},
        "Session": {"session_key": token_hex(16)},
        "SignInCount": {"key": token_hex(32)},
        "RecoveryCode": {"digest": token_hex(32)},
        "Passkey": {"credential": token_hex(16), "public_key": token_hex(16), "used_at": None, "stopped_at": None},
    }.get(model, {})
