"""manage.py restore FILE --into FOLDER [--database postgres://…] [--keys FILE]: a back-up into an empty place."""

import os
import sqlite3
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from hall.core.crypto.stream import Damaged, WrongPassphrase
from hall.safekeeping import passphrase, restoring, taking

TROUBLE = (Damaged, WrongPassphrase, restoring.NotRestored, OSError, psycopg.Error, sqlite3.Error)


class Command(BaseCommand):
    help = "Restore a back-up into an empty folder, verify all of it, and say how to start from there."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--into", metavar="FOLDER", type=Path, help="the new home; must be empty")
        parser.add_argument("--database", default="", metavar="ADDRESS", help="an empty PostgreSQL database")
        parser.add_argument("--keys", metavar="FILE", type=Path, help="the keys, if they were kept apart")
        parser.add_argument("--check", action="store_true", help="only prove that the file is whole")
        parser.add_argument("--passphrase-file", metavar="FILE", help="or the environment HALL_BACKUP_PASSPHRASE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        said, begun = passphrase.asked(options["passphrase_file"], new=False), time.monotonic()
        if not options["check"] and options["into"] is None:
            raise CommandError(_("Say where to: --into FOLDER, or --check to look at the file alone."))
        try:
            if options["check"]:
                taking.read_back(file, said)
                self.stdout.write(_("The back-up is whole."))
                return
            manifest = restoring.restore(
                file, said, options["into"].resolve(), run=run, keys=options["keys"], database=options["database"]
            )
        except TROUBLE as error:
            raise CommandError(str(error)) from None
        figures = {
            "tables": len(manifest["tables"]),
            "rows": sum(content["rows"] for content in manifest["tables"].values()),
            "files": len(manifest["members"]),
            "at": manifest["at"],
            "seconds": round(time.monotonic() - begun),
            "home": options["into"],
        }
        self.stdout.write(
            _(
                "Restored the state of %(at)s in %(seconds)s seconds: %(tables)s tables with %(rows)s rows and %(files)s "
                "files are as they were backed up, and the ledger is whole. Start the hall with HALL_HOME=%(home)s."
            )
            % figures
        )


def run(home: Path, database: str, *words: str) -> str:
    """A command of the restored hall, in a process of its own; "" or what it said when it failed."""
    place = {"HALL_HOME": str(home), "HALL_DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "hall.settings"}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    ended = subprocess.run(command, env={**os.environ, **place}, capture_output=True, text=True, check=False)
    return f"{' '.join(words)}: {ended.stdout[-1500:]}{ended.stderr[-1500:]}" if ended.returncode else ""
