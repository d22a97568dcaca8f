"""`manage.py explain …`: what the rules say, as one JSON object on standard output; `--batch` answers a line each.

Exit 0 with the answer, 2 with {"error": …}. The words go to hall.core.explain as they are: Django's own options and
argparse's messages to standard error have no place in an answer that programs read.
"""

import json
import sys
from io import TextIOWrapper
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hall.core import explain


class Command(BaseCommand):
    help = "Answer a rule: dues, base, majority, notice, id, credit-code. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", nargs="*")

    def run_from_argv(self, argv: list[str]) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8, whatever the terminal speaks
        self.handle(words=argv[2:])

    def handle(self, *_args: Any, words: list[str], **_options: Any) -> None:
        if words == ["--batch"]:
            for line in sys.stdin.buffer:
                self._print(explain.answer_line(line.decode("utf-8", "replace"))[1])
            return
        code, said = explain.answer(words)
        self._print(said)
        if code:
            raise SystemExit(code)

    def _print(self, said: explain.Answer) -> None:
        self.stdout.write(json.dumps(said, ensure_ascii=False))
        self.stdout.flush()
