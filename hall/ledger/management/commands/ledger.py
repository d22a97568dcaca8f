"""manage.py ledger verify|export|checkpoint: exit 0 the ledger is whole, 1 it was altered, 2 unusable input."""

import contextlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from hall.core.crypto import KeyTrouble
from hall.ledger import actions, exporting, sealing
from hall.ledger.acting import System
from hall.ledger.heads import Head, NoCheckpoint, read_head
from hall.ledger.verifying import Report, verify

ALTERED, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = "Verify the sealed ledger, export it for bin/verify-ledger, or take a signed checkpoint out of the building."

    def add_arguments(self, parser: Any) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        verifying = parts.add_parser("verify", help="Recompute the whole log and say what was altered.")
        verifying.add_argument(
            "--checkpoint", "--against", action="append", default=[], metavar="FILE", help="a checkpoint kept elsewhere"
        )
        export = parts.add_parser("export", help="Write the log as JSON Lines.")
        export.add_argument("file", metavar="FILE", help="- writes to standard output")
        export.add_argument("--without-particulars", action="store_true", help="leave personal data at home")
        taking = parts.add_parser("checkpoint", help="Seal what waits and write the signed tree head.")
        taking.add_argument("file", nargs="?", default="-", metavar="FILE")

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        try:
            getattr(self, f"_{part}")(options)
        except sealing.LedgerAltered as altered:
            raise CommandError(str(altered), returncode=ALTERED) from None
        except (KeyTrouble, NoCheckpoint) as trouble:
            raise CommandError(str(trouble), returncode=UNUSABLE) from None
        except (OSError, UnicodeDecodeError) as error:
            name = getattr(error, "filename", None) or options.get("file") or ""
            text = _("The file %(name)s cannot be read or written: %(error)s") % {"name": name, "error": error}
            raise CommandError(text, returncode=UNUSABLE) from None

    def _verify(self, options: dict[str, Any]) -> None:
        report = verify([_head(name) for name in options["checkpoint"]])
        for problem in report.problems:
            self.stdout.write(f"{problem.place}: {problem.text}")
        if report.count > len(report.problems):
            more = {"more": report.count - len(report.problems)}
            self.stdout.write(_("… and %(more)s more.") % more)
        self.stdout.write(report.sentence())
        self._details(report)
        if not report.ok:
            raise SystemExit(ALTERED)

    def _details(self, report: Report) -> None:
        figures = {"root": report.root, "checkpoints": report.checkpoints}
        self.stdout.write(_("Root %(root)s; %(checkpoints)s signed checkpoints.") % figures)
        if report.uncovered:
            self.stdout.write(_("%(count)s entries came after the last checkpoint.") % {"count": report.uncovered})
        if report.erased:
            self.stdout.write(_("The particulars of %(count)s entries were erased.") % {"count": report.erased})

    def _export(self, options: dict[str, Any]) -> None:
        try:
            sealing.seal_all()
            sealing.checkpoint()
        except sealing.LedgerAltered as altered:  # what is there still goes out: it is the evidence
            self.stderr.write(str(altered))
        _write(options["file"], exporting.lines(particulars=not options["without_particulars"]))

    def _checkpoint(self, options: dict[str, Any]) -> None:
        head = actions.take_checkpoint(by=System("ledger.checkpoint"))
        if head is None:
            raise CommandError(_("The ledger is empty; there is nothing to sign yet."), returncode=UNUSABLE)
        _write(options["file"], [json.dumps(head.as_dict(), indent=1)])


def _head(name: str) -> Head:
    return read_head(Path(name).read_text(encoding="utf-8"))


def _write(name: str, lines: Iterable[str]) -> None:
    """Write the lines, to the file only when all are there; it is readable by its owner alone."""
    if name == "-":
        for line in lines:
            sys.stdout.write(line + "\n")
        return
    part = Path(f"{name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
        part.replace(name)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
