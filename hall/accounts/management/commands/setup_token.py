"""`manage.py setup_token`: print a one-time token with which an empty hall is set up in the browser (C21)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hall.accounts.tokens import new_setup_token
from hall.organisations import queries as organisations


class Command(BaseCommand):
    help = "Print a one-time set-up token for an empty hall. An older token is worth nothing afterwards."

    def handle(self, *args: Any, **options: Any) -> None:
        if organisations.college() is not None:
            raise CommandError("The hall is set up already; a set-up token would open nothing.")
        self.stdout.write(new_setup_token())
