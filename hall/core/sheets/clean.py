"""Cleaning what people type into cells. Names stay as they are written (G04); only search keys are normalised."""

import re
import unicodedata
from typing import NamedTuple

from django.utils.translation import gettext as _

INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
BETWEEN = re.compile(r"[\s·•・‧∙⋅.．。\-－_'’]+")


class CharacterFlag(NamedTuple):
    """A character that a person should look at: its kind is private_use, question_mark or damaged."""

    character: str
    kind: str

    @property
    def sentence(self) -> str:
        code = f"U+{ord(self.character):04X}"
        if self.kind == "question_mark":
            return _(
                "There is a “%(character)s” where an old system may have lost a rare character. "
                "Write the character as on the ID card."
            ) % {"character": self.character}
        if self.kind == "private_use":
            return _(
                "The character %(code)s belongs to one computer's own font and shows differently elsewhere. "
                "Write it again with today's input method."
            ) % {"code": code}
        return _("A character was lost (%(code)s). Write it again.") % {"code": code}


def clean_text(text: str) -> str:
    """The text without invisible marks (zero-width, right-to-left) and without spaces of any width at its ends.

    Everything else stays: ·, rare characters, variation selectors and compatibility characters; nothing is normalised.
    """
    return INVISIBLE.sub("", text).strip()


def search_key(text: str) -> str:
    """What two spellings of one name have in common: width, case, spaces, dots and selectors no longer tell them apart.

    For looking up, never for storing or showing.
    """
    plain = unicodedata.normalize("NFKC", SELECTORS.sub("", INVISIBLE.sub("", text)))
    return BETWEEN.sub("", plain.casefold())


def flag_characters(text: str) -> tuple[CharacterFlag, ...]:
    """The doubtful characters of a text, each once, in order (G01)."""
    found = (CharacterFlag(character, kind) for character in dict.fromkeys(text) if (kind := character_kind(character)))
    return tuple(found)


def character_kind(character: str) -> str:
    if character in "?？":
        return "question_mark"
    if character in "\ufffd□〓":
        return "damaged"
    category = unicodedata.category(character)
    if category == "Co":
        return "private_use"
    return "damaged" if category == "Cs" or (category == "Cc" and character not in "\t\n\r") else ""
