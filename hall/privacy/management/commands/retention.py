"""`manage.py retention --due`: what is kept how long, who lets go of it, and what is due today."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from hall.privacy.queries import keeping


class Command(BaseCommand):
    help = "How long things are kept; with --due only what has been kept long enough."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--due", action="store_true", help="only what is due")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [line for line in keeping.due_lines(timezone.localdate()) if line.count or not options["due"]]
        for line in lines:
            self.stdout.write(f"{line.name:28} {line.days:6}  {line.by:8} {line.count:8}  {line.what}")
        self.stdout.write(f"{sum(line.count for line in lines)} due.")
