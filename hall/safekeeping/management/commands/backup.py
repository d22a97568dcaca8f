"""manage.py backup FILE [--keys-apart]: everything of the hall in one sealed file, read back before it counts."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from hall.core.crypto.stream import Damaged
from hall.ledger import clock
from hall.ledger.acting import System
from hall.safekeeping import actions, passphrase, taking


class Command(BaseCommand):
    help = "Back the hall up into a new file, sealed with a pass phrase."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--keys-apart", action="store_true", help="put the keys into FILE.keys, to be kept elsewhere"
        )
        parser.add_argument("--passphrase-file", metavar="FILE", help="or the environment HALL_BACKUP_PASSPHRASE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        said, begun = passphrase.asked(options["passphrase_file"], new=True), clock.now()
        try:
            taken = taking.take(file, said, keys_apart=options["keys_apart"])
        except FileExistsError as error:
            raise CommandError(_("%(name)s is there already. Name a new file.") % {"name": error.filename}) from None
        except (OSError, Damaged) as error:
            raise CommandError(_("The back-up was not taken: %(error)s") % {"error": error}) from None
        except psycopg.Error as error:  # a role that may not see every row
            reason = str(error).splitlines()[0]
            raise CommandError(_("The back-up was not taken: %(error)s") % {"error": reason}) from None
        actions.note_backup(
            by=System("safekeeping.backup"), name=file.name, size=taken.size, rows=taken.rows, files=taken.files,
            digest=taken.digest, taken_at=begun,
        )  # fmt: skip
        figures = {"rows": taken.rows, "files": taken.files, "size": taken.size, "digest": taken.digest.hex()}
        self.stdout.write(_("%(rows)s rows, %(files)s files, %(size)s bytes; SM3 %(digest)s") % figures)
