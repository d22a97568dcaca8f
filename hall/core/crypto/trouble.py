"""What can be wrong with sealed values and keys. The texts say what to do."""

from django.utils.translation import gettext as _


class Unreadable(Exception):
    """A sealed value cannot be opened: wrong key, another row or column, or altered. Its text says what to do."""


class KeyTrouble(Exception):
    """A key of the hall is missing or damaged. Nothing is written or read without it."""


class Misfit(Exception):
    """What a provider says when ciphertext, bound context and key do not belong together."""


def missing(name: str) -> KeyTrouble:
    return KeyTrouble(
        _(
            "The key %(name)s is missing from the hall's home. Put it back from the key back-up; "
            "without it nothing sealed can be read or written."
        )
        % {"name": name}
    )


def damaged(name: str) -> KeyTrouble:
    return KeyTrouble(
        _("The key %(name)s in the hall's home is damaged. Put it back from the key back-up.") % {"name": name}
    )
