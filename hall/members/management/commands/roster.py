"""`manage.py roster FILE`: what a roster would do, as one JSON object on standard output; `--apply` does it.

    rows, new, changed, same, doubtful, wrong   counts
    problems       [{"row", "column", "reason", "wrong"}], rows as the spreadsheet numbers them
    organisations  what the roster names and the hall lacks
    applied        what was done, with --apply; refused: why nothing was done

Exit 0 when the file was read (and applied, if asked); 2 with {"error": …} when it is unusable or was refused.
"""

import json
import sys
from argparse import ArgumentParser
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from hall.core.findings import Refused
from hall.core.sheets import Unreadable
from hall.ledger import clock
from hall.ledger.acting import System
from hall.members.actions import roster
from hall.members.models import RosterPreview
from hall.members.queries import previews
from hall.organisations.actions import found_organisation
from hall.organisations.queries import college, organisations
from hall.organisations.words import Kind, State

SIGNER = System("members.roster")
COUNTS = ("rows", "new", "changed", "same", "doubtful", "wrong")


class Command(BaseCommand):
    help = "Read a roster (.xlsx, .xls, .csv), compare it with the hall, and with --apply write it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument(
            "--apply", action="store_true", help="write new, changed and doubtful rows; refused while rows are wrong"
        )
        parser.add_argument("--good-only", action="store_true", help="with --apply: leave wrong and doubtful rows out")
        parser.add_argument(
            "--create-organisations", action="store_true", help="agree to create the branches the hall lacks"
        )
        parser.add_argument("--under", default="", help="the organisation under which new branches stand")
        parser.add_argument(
            "--college", default="", help="in an empty hall: the full name of the committee to create first"
        )
        parser.add_argument("--sheet", default=None, help="the sheet to read, if the workbook has several")

    def handle(self, *args: Any, **options: Any) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        try:
            said = answer(options)
        except (Unreadable, OSError, ValueError) as error:
            self._end({"error": _sentence(error)}, 2)
        except Refused as refusal:
            self._end({"error": str(refusal)}, 2)
        else:
            self._end(said, 2 if "error" in said else 0)

    def _end(self, said: dict[str, Any], code: int) -> None:
        self.stdout.write(json.dumps(said, ensure_ascii=False))
        self.stdout.flush()
        if code:
            raise SystemExit(code)


def _sentence(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no file {error.filename}."
    if isinstance(error, OSError):
        return f"The file cannot be read: {error.strerror or error}."
    return str(error)


def answer(options: dict[str, Any]) -> dict[str, Any]:
    """What the roster would do; done, if asked."""
    path = Path(options["file"])
    with path.open("rb") as file:
        under = _under(options)
        preview = roster.read_roster(by=SIGNER, file=file, name=path.name, sheet=options["sheet"], under=under)
    said = {name: preview.counts[name] for name in COUNTS}
    said["problems"] = list(problems(preview))
    said["organisations"] = [
        {"name": each["name"], "under": each["under_title"], "rows": each["rows"]} for each in preview.proposals
    ]
    if preview.mapping["problems"]:
        return {"error": " ".join(preview.mapping["problems"]), **said}
    if not options["apply"]:
        return said
    return {**said, **_applied(preview, options)}


def _under(options: dict[str, Any]) -> int | None:
    """Where new branches stand. In an empty hall the committee is created first, if creating was agreed to."""
    top = college()
    if top is None and options["apply"] and options["create_organisations"]:
        name = options["college"] or "学校党委"
        today = timezone.localtime(clock.now()).date()
        top = found_organisation(by=SIGNER, name=name, kind=Kind.COMMITTEE, under=None, on=today)
    if not options["under"]:
        return top.pk if top else None
    found = [
        row
        for row in organisations().filter(state=State.ACTIVE)
        if options["under"] in (row.name, row.short_name, row.code)
    ]
    if len(found) != 1:
        raise ValueError(f"There is no organisation {options['under']}; write its name as in the hall.")
    return found[0].pk


def _applied(preview: RosterPreview, options: dict[str, Any]) -> dict[str, Any]:
    good_only = options["good_only"]
    try:
        done = roster.apply_roster(
            by=SIGNER, preview=preview, good_only=good_only, doubtful=None if good_only else "all",
            create_organisations=options["create_organisations"],
        )  # fmt: skip
    except Refused as refusal:
        return {"applied": False, "error": str(refusal)}
    return {"applied": {name: done.counts[name] for name in ("enrolled", "changed", "moved", "founded")}}


def problems(preview: RosterPreview) -> Any:
    """Every problem with its row, the name of its column, and the reason in words."""
    header = preview.mapping["header"]
    for each in previews.problems_of(preview):
        yield {
            "row": each.row,
            "column": previews.header_title(header, each.column),
            "reason": each.text,
            "wrong": each.wrong,
        }
