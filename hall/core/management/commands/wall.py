"""manage.py wall --roles|--sql|--apply|--check: the second wall in PostgreSQL (hall/core/wall, decision 0014)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from hall.core.wall import standing, statements


class Command(BaseCommand):
    help = (
        "--roles: SQL that makes the four roles, for the administrator of the database server; --sql: the rights and row "
        "policies; --apply: put them in place, as owner of the tables; --check: compare what stands, exit 1 if it differs."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        chosen = parser.add_mutually_exclusive_group(required=True)
        for name in ("roles", "sql", "apply", "check"):
            chosen.add_argument(f"--{name}", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["roles"] or options["sql"]:
            for each in statements.roles() if options["roles"] else statements.wall():
                self.stdout.write(f"{each};")
            return
        if connection.vendor != "postgresql":
            raise CommandError(_("Only PostgreSQL has this wall. SQLite serves one machine and one process owner."))
        if options["apply"]:
            self.apply()
        self.compare()

    def apply(self) -> None:
        try:
            build()
        except DatabaseError as error:
            reason = str(error).splitlines()[0]
            raise CommandError(
                _("The wall was not built; nothing was changed: %(error)s") % {"error": reason}
            ) from None

    def compare(self) -> None:
        found = standing.differences()
        for each in found:
            self.stdout.write(each)
        if found:
            raise CommandError(_("%(count)s differences. Run manage.py wall --apply.") % {"count": len(found)})
        self.stdout.write(_("The wall stands as declared."))


def build() -> None:
    """Put the wall in place, all of it or nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        for each in statements.wall():
            cursor.execute(each)
