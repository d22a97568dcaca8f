"""manage.py keys status|add|rotate: which keys there are, one more, and everything sealed anew under the newest."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from hall.core import crypto
from hall.ledger.acting import System
from hall.safekeeping import actions, rotation

BY = System("safekeeping.keys")


class Command(BaseCommand):
    help = "status: keys and what is sealed under which; add: one more key; rotate: seal everything under the newest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        parts.add_parser("status")
        adding = parts.add_parser("add")
        adding.add_argument("--kind", choices=("fields", "signing"), default="fields")
        rotating = parts.add_parser("rotate")
        rotating.add_argument("--limit", type=int, help="rows at most; the next run goes on")

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        try:
            getattr(self, f"_{part}")(options)
        except crypto.KeyTrouble as trouble:
            raise CommandError(str(trouble)) from None
        except DatabaseError as error:  # behind the second wall papers are sealed anew by the owner of the tables
            reason = str(error).splitlines()[0]
            raise CommandError(
                _("The database refused: %(error)s. Give the owner’s address.") % {"error": reason}
            ) from None

    def _status(self, options: dict[str, Any]) -> None:
        for kind in ("fields", "signing"):
            self.stdout.write(" ".join(f"{kind}-{number}" for number in crypto.numbers(kind)))
        now = f"{settings.HALL_CIPHER} fields-{crypto.newest('fields')}"
        self.stdout.write(_("New values are sealed under %(key)s.") % {"key": now})
        for model, counts in rotation.census().items():
            for key, count in sorted(counts.items()):
                self.stdout.write(f"{model} {key}: {count}")

    def _add(self, options: dict[str, Any]) -> None:
        number = actions.add_key(by=BY, kind=options["kind"])
        self.stdout.write(
            _("The key %(name)s was made. Back the keys up, start the hall again, then run manage.py keys rotate.")
            % {"name": f"{options['kind']}-{number}"}
        )

    def _rotate(self, options: dict[str, Any]) -> None:
        progress = actions.rotate(by=BY, limit=options["limit"], told=self._tell)
        for row in progress.unreadable[:20]:
            self.stdout.write(_("Not readable: %(row)s") % {"row": row})
        if progress.unreadable:
            raise CommandError(
                _("%(count)s values open under no key of this home and were left as they are.")
                % {"count": len(progress.unreadable)}
            )
        self.stdout.write(_("%(count)s values sealed anew.") % {"count": progress.resealed})

    def _tell(self, progress: rotation.Progress) -> None:
        self.stdout.write(f"{progress.model}: {progress.resealed}")
        self.stdout.flush()
