"""The pass phrase of a back-up: from a file, the environment (HALL_BACKUP_PASSPHRASE) or the keyboard."""

import os
from getpass import getpass
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

SHORTEST = 12


def asked(file: str | None, *, new: bool) -> str:
    """The pass phrase. CommandError if it is too short for a new back-up or cannot be read."""
    try:
        said = Path(file).read_text("utf-8").strip() if file else os.environ.get("HALL_BACKUP_PASSPHRASE", "")
    except OSError as error:
        raise CommandError(_("The pass phrase cannot be read: %(error)s") % {"error": error}) from None
    said = said or getpass(_("Pass phrase of the back-up: "))
    if new and len(said) < SHORTEST:
        raise CommandError(_("The pass phrase needs at least %(count)s characters.") % {"count": SHORTEST})
    return said
