"""`manage.py drill DAY [--backup NAME]`: note that a back-up was restored on another machine, to see that it can be."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hall.core.days import parse_day
from hall.core.findings import Refused
from hall.ledger.acting import System
from hall.safekeeping import actions, queries


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day")
        parser.add_argument("--backup", default="", help="its name; without it, the latest")

    def handle(self, *args: Any, **options: Any) -> None:
        backup = queries.backup_named(options["backup"])
        if backup is None:
            raise CommandError("There is no such back-up.")
        try:
            actions.note_drill(by=System("safekeeping.command"), backup=backup, on=parse_day(options["day"]))
        except (Refused, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Noted: {backup.name} was restored on {options['day']}.")
