"""Two named password profiles, never blended (assurance §2), and a hash of national algorithms for sites that must use them.

asvs      twelve characters or more, no common password, nothing about composition, no expiry (OWASP ASVS 6.2)
dengbao   eight or more of three kinds of characters, ninety days, none of the last five (assessors of 等保)
"""

import base64
import string
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

VALIDATION = "django.contrib.auth.password_validation."
ASVS, DENGBAO = "asvs", "dengbao"
KINDS = 3
LASTS = timedelta(days=90)
FORMER = 5
LONGEST = 256  # characters a password may have; a much longer field is not read at all
PROFILES: dict[str, list[dict[str, Any]]] = {
    ASVS: [
        {"NAME": f"{VALIDATION}MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
        {"NAME": f"{VALIDATION}CommonPasswordValidator"},
        {"NAME": f"{VALIDATION}UserAttributeSimilarityValidator"},
        {"NAME": "hall.accounts.passwords.NotObvious"},
    ],
    DENGBAO: [
        {"NAME": f"{VALIDATION}MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
        {"NAME": f"{VALIDATION}CommonPasswordValidator"},
        {"NAME": f"{VALIDATION}UserAttributeSimilarityValidator"},
        {"NAME": "hall.accounts.passwords.Composition"},
        {"NAME": "hall.accounts.passwords.NoFormer"},
    ],
}
HASHERS = {
    "argon2": "django.contrib.auth.hashers.Argon2PasswordHasher",
    "sm3": "hall.accounts.passwords.SM3Hasher",
}


class Composition:
    """At least three of: capital letters, small letters, digits, others."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
        kinds = sum(any(ch in kind for ch in password) for kind in letters)
        kinds += any(all(ch not in kind for kind in letters) for ch in password)
        if kinds < KINDS:
            raise ValidationError(self.get_help_text(), code="password_of_too_few_kinds")

    def get_help_text(self) -> str:
        return _("The password needs three of these: capital letters, small letters, digits, other characters.")


class NotObvious:
    """No row of the keyboard or of the alphabet, nothing made of three characters: such stand in every list of guesses."""

    def validate(self, password: str, user: Any = None) -> None:
        pairs = [(ord(after) - ord(before)) % 10 for before, after in pairwise(password.casefold())]
        walked = sum(step in (0, 1, 9) for step in pairs)
        if len(set(password.casefold())) <= 3 or walked * 5 >= len(pairs) * 4:
            raise ValidationError(self.get_help_text(), code="password_too_obvious")

    def get_help_text(self) -> str:
        return _("The password is a row or a repetition that anybody would try. Choose a sentence of your own.")


class NoFormer:
    """Not the present password and none of the last five."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        former = user.former_passwords.order_by("-at").values_list("password", flat=True)[:FORMER]
        if any(check_password(password, each) for each in {user.password, *former}):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return _("The password must differ from the last five.")


def has_expired(profile: str, set_at: datetime | None, now: datetime) -> bool:
    """Must the person choose a new password? Never under `asvs`."""
    return profile == DENGBAO and (set_at is None or now - set_at > LASTS)


class SM3Hasher(PBKDF2PasswordHasher):
    """PBKDF2-HMAC-SM3 (for sites that may use national algorithms only). 32 bytes, 600,000 rounds."""

    algorithm = "pbkdf2_sm3"
    iterations = 600_000

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        rounds = iterations or self.iterations
        made = PBKDF2HMAC(SM3(), 32, str(salt).encode(), rounds).derive(password.encode())
        return f"{self.algorithm}${rounds}${salt}${base64.b64encode(made).decode('ascii')}"
