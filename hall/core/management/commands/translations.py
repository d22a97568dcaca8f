"""The Chinese catalogues: compile them, compare them with the source, bring them up to date."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hall.core import catalogues


class Command(BaseCommand):
    help = "Compiles the catalogues. --check compares them with the source, --update brings them up to date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("modules", nargs="*", help="only these modules (or core)")
        parser.add_argument(
            "--check", action="store_true", help="fail on missing, fuzzy, untranslated or unused entries"
        )
        parser.add_argument(
            "--update", action="store_true", help="add new sentences, keep translations, drop unused ones"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folders = [
            folder for folder in catalogues.folders() if not options["modules"] or folder.name in options["modules"]
        ]
        if unknown := set(options["modules"]) - {folder.name for folder in folders}:
            raise CommandError(f"There is no module {', '.join(sorted(unknown))}.")
        try:
            if options["update"]:
                self.update(folders)
            compiled = catalogues.compile_all()
            if options["check"]:
                self.check_catalogues(folders)
        except RuntimeError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 1 or not options["check"]:
            self.stdout.write(f"{len(compiled)} compiled.")

    def update(self, folders: list[Path]) -> None:
        for folder in folders:
            added, gone = catalogues.update(folder)
            if added or gone:
                self.stdout.write(f"{folder.name}: {added} to translate, {gone} no longer used.")

    def check_catalogues(self, folders: list[Path]) -> None:
        found = [problem for folder in folders for problem in catalogues.problems(folder)]
        for problem in found:
            self.stdout.write(problem)
        if found:
            raise CommandError(f"{len(found)} to put right; `manage.py translations --update` adds and drops entries.")
        self.stdout.write("Catalogues and source agree.")
