"""`manage.py anonymise --copy`: make a copy of the hall's data fit for a test site (T14). Cannot be undone."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hall import home
from hall.ledger.acting import System
from hall.privacy import actions


class Command(BaseCommand):
    help = "Replace every personal value in this copy by made-up ones. Refused where people work."
    requires_system_checks = ()  # a test site that refuses its data must still be able to run this

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--copy", action="store_true", help="yes, this is a copy that nobody works in")

    def handle(self, *args: Any, **options: Any) -> None:
        if urlsplit(settings.HALL_URL).hostname not in ("127.0.0.1", "localhost", "::1"):
            raise CommandError("People come to this address. Run it on the copy, with HALL_URL of this machine.")
        if not options["copy"]:
            raise CommandError("Nothing was done. If this is a copy that nobody works in, say --copy.")
        counts = actions.anonymise(by=System("privacy.anonymise"), reason="copy for a test site")
        self.stdout.write(f"{sum(counts.values())} rows made anonymous. All accounts: password {home.demo_password()}")
