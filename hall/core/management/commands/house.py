"""The house looked over: its plan, and the generated pages that show it."""

from argparse import ArgumentParser
from difflib import unified_diff
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hall.core import catalogues, generated
from hall.core.habits import habit_breaches
from hall.core.plan import breaches


class Command(BaseCommand):
    help = "--check: does the source keep to the plan, and do the generated pages fit? --write: write the pages."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="list every breach and difference; exit 1 if there is one"
        )
        parser.add_argument("--plan", action="store_true", help="with --check: only the plan, not the pages")
        parser.add_argument("--write", action="store_true", help="write docs/generated")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["check"] or options["write"]):
            raise CommandError("Say --check or --write.")
        catalogues.compile_all()  # before any title is read: the pages show it in both languages
        if options["write"]:
            self.write_pages()
        if options["check"]:
            found = self.plan_findings() + (0 if options["plan"] else self.page_findings())
            if found:
                raise CommandError(f"{found} to put right.")
            self.stdout.write("The house keeps to its plan.")

    def write_pages(self) -> None:
        generated.folder().mkdir(parents=True, exist_ok=True)
        for name, text in generated.pages().items():
            (generated.folder() / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote docs/generated/{name}")

    def plan_findings(self) -> int:
        house = generated.house()
        found = sorted(breaches(house) + habit_breaches(house))
        for each in found:
            self.stdout.write(str(each))
        return len(found)

    def page_findings(self) -> int:
        count = 0
        for name, text in generated.pages().items():
            path = generated.folder() / name
            written = path.read_text("utf-8") if path.is_file() else ""
            if written != text:
                count += 1
                self.stdout.write(f"docs/generated/{name} is out of date; run `manage.py house --write` and commit it.")
                changes = unified_diff(written.splitlines(), text.splitlines(), "committed", "now", lineterm="", n=0)
                self.stdout.write("\n".join(f"    {line}" for line in list(changes)[2:22]))
        return count
