"""One-time tokens: the set-up token of an empty hall, and the activation link of an account."""

import secrets
from hashlib import sha256

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.crypto import constant_time_compare

from hall import home

activation = PasswordResetTokenGenerator()  # dies with the first use: it is bound to the password it replaces


def new_setup_token() -> str:
    """A fresh set-up token. Only its digest is kept; an older token is worth nothing from now on."""
    token = secrets.token_urlsafe(18)
    path = home.folder() / "keys" / "setup-token"
    path.unlink(missing_ok=True)
    home.write_once(path, sha256(token.encode()).hexdigest().encode())
    return token


def setup_token_fits(token: str) -> bool:
    path = home.folder() / "keys" / "setup-token"
    return path.exists() and constant_time_compare(path.read_text(), sha256(token.strip().encode()).hexdigest())


def spend_setup_token() -> None:
    (home.folder() / "keys" / "setup-token").unlink(missing_ok=True)
