"""`manage.py furnish`: fill an empty demo home with the demo college, by the real actions, the same from the same seed."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hall import home
from hall.core.modules import modules
from hall.core.testing.cast import CAST, Stage
from hall.organisations import queries as organisations

SMALL = {"months": 3, "members": 120}


class Command(BaseCommand):
    help = "Fill an empty demo home with the demo college. Does nothing where a college stands."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=20260701, help="another seed, another college")
        parser.add_argument(
            "--small", action="store_true", help="120 members and three months instead of 1,200 and eighteen"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.HALL_DEMO:
            raise CommandError("This is not a demo home. Set HALL_DEMO=1, or use bin/run.")
        if organisations.college() is None:
            stage = Stage(seed=options["seed"], today=timezone.localdate(), **(SMALL if options["small"] else {}))
            self.play(stage)
        self.stdout.write(
            f"\nSign in as {CAST[0].username} ({CAST[0].name}, branch secretary), password {home.demo_password()}. "
            "More names stand on the sign-in page.\n"
        )

    def play(self, stage: Stage) -> None:
        for module in modules():
            if module.demo:
                begun = time.monotonic()
                self.stdout.write(f"Demo college: {module.name} …", ending="")
                self.stdout.flush()
                module.demo(stage)
                self.stdout.write(f" {time.monotonic() - begun:.0f} s")
