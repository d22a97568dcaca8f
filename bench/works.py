"""Work in bulk: the hall's own way, and the same rows by hand-written SQL as its limit. Each in a process of its own."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from bench.meter import Backends, peak_megabytes, statements, timed


class Undone(Exception):
    """Ends a transaction whose rows nobody needs."""


def _cost(backends: Backends, work: Callable[[], int], undo: bool = False) -> dict[str, Any]:
    """Rows, CPU-milliseconds, statements and peak memory of a piece of work."""

    def run() -> int:
        if not undo:
            return work()
        rows = 0
        try:
            with transaction.atomic():
                rows = work()
                raise Undone
        except Undone:
            return rows

    before = peak_megabytes()
    with statements() as sent:
        rows, cost = timed(run, backends)
    return {
        "rows": rows, "own": cost.own, "database": cost.database, "wall": cost.wall, "queries": len(sent),
        "peak": peak_megabytes(), "before": before,
    }  # fmt: skip


def make(backends: Backends, members: int) -> dict[str, Any]:
    """Make the college. Its cost is only told."""
    from bench import people

    college, cost = timed(lambda: people.make(members), backends)
    return {"college": json.loads(college.text()), "wall": cost.wall}


# --- a month's bills ---


def bills(backends: Backends, period: str) -> dict[str, Any]:
    """The month's bills of the whole college, with their facts, notices and sealing; then once more, which makes none."""
    from hall.dues import actions
    from hall.ledger.acting import System
    from hall.ledger.sealing import seal_all
    from hall.organisations import queries as organisations

    def run() -> int:
        by = System("bench")
        made = actions.issue_bills(by=by, period=date.fromisoformat(period), organisation=organisations.college())
        seal_all()
        return made

    found = _cost(backends, run)
    found["again"] = run()
    return found


def bills_sql(backends: Backends, period: str) -> dict[str, Any]:
    """The same rows by one INSERT … SELECT, taken back."""

    def run() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO dues_bill (member_id, organisation_id, period, assessment_id, amount, status, issued_at, withdrawn_reason)"
                " SELECT m.id, m.organisation_id, %s, a.id, a.amount, 'open', %s, '' FROM members_member m"
                " JOIN dues_assessment a ON a.member_id = m.id AND NOT a.superseded WHERE m.state <> 'left'",
                [period, f"{period} 08:00:00+00"],
            )
            return cursor.rowcount

    return _cost(backends, run, undo=True)


# --- export ---


def _department() -> Any:
    from django.utils import timezone

    from hall.accounts.models import Grant
    from hall.accounts.queries import person

    account = Grant.objects.select_related("account").get(post="organisation_department").account
    return person(account, today=timezone.localdate())


def export(backends: Backends, form: str) -> dict[str, Any]:
    """The roster of everybody as the page sends it."""
    from hall.core.sheets import write_csv, write_xlsx
    from hall.members import queries
    from hall.members.queries import desk
    from hall.members.words import MembershipState

    def run() -> int:
        rows = queries.members_for(_department(), "members.export").exclude(state=MembershipState.LEFT)
        counted = _Counted(desk.roster_rows(rows.order_by("organisation__path", "pinyin", "id")))
        if form == "csv":
            for _part in write_csv(row for part in ([desk.roster_titles()], counted) for row in part):
                pass
        else:
            write_xlsx(desk.roster_titles(), counted, title="名册", watermark="bench")
        return counted.rows

    return _cost(backends, run)


class _Counted:
    """Rows one after the other, counted."""

    def __init__(self, source: Any):
        self.source, self.rows = source, 0

    def __iter__(self) -> Any:
        for row in self.source:
            self.rows += 1
            yield row


COLUMNS = (
    "m.name, m.campus_no, m.sex, m.ethnicity, m.birth_date, m.education, m.standing, o.short_name, m.joined_on, m.full_on,"
    " m.identity, m.job, m.party_post, m.state"
)


def export_sql(backends: Backends, form: str) -> dict[str, Any]:
    """The same columns by hand-written SQL straight into the writer; nothing is opened, masked or made inert."""

    def run() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {COLUMNS} FROM members_member m JOIN organisations_organisation o ON o.id = m.organisation_id"
                " WHERE m.state <> 'left' ORDER BY o.path, m.pinyin, m.id"
            )
            if form == "csv":
                writer = csv.writer(StringIO())
                return sum(bool(writer.writerow(row)) for row in cursor)
            return _book(cursor)

    return _cost(backends, run)


def _book(cursor: Any) -> int:
    import xlsxwriter

    book = xlsxwriter.Workbook(BytesIO(), {"constant_memory": True})
    sheet, line = book.add_worksheet(), 0
    for line, row in enumerate(cursor, start=1):
        for column, cell in enumerate(row):
            sheet.write_string(line, column, str(cell or ""))
    book.close()
    return line


# --- lists by hand ---


def list_sql(backends: Backends, organisation: int, times: int = 20) -> dict[str, Any]:
    """50 rows and their count by hand-written SQL, without a framework around it."""
    from bench.ceiling.views import by_hand

    by_hand(organisation)
    _pages, cost = timed(lambda: [by_hand(organisation) for _n in range(times)], backends)
    return {"own": cost.own / times, "database": None if cost.database is None else cost.database / times}


# --- papers and ledger ---


def receipts(backends: Backends, times: int = 50) -> dict[str, Any]:
    """Different receipts printed one after the other, after the first one has warmed the compiler."""
    from hall.papers import rendering
    from hall.papers.models import Paper

    first, *rows = Paper.objects.filter(kind="dues.receipt").select_related("organisation").order_by("pk")[: times + 1]
    size = len(rendering.pdf(first))
    return {**_cost(backends, lambda: sum(bool(rendering.pdf(row)) for row in rows)), "bytes": size}


def receipts_bare(backends: Backends, times: int = 50) -> dict[str, Any]:
    """The least a PDF of this compiler costs: one changing line of text in the same typeface, also PDF/A."""
    import typst
    from django.conf import settings

    from hall.papers import fonts

    faces = ", ".join(json.dumps(name) for name in fonts.families(fonts.BODY))
    source = Path(settings.HALL_HOME) / "bare.typ"
    source.write_text(
        f'#set page(paper: "a5")\n#set text(font: ({faces},), lang: "zh")\n收据 #sys.inputs.at("n")', "utf-8"
    )
    compiler = typst.Compiler(
        str(source), root=str(settings.HALL_HOME), font_paths=fonts.collection(), sys_inputs={"n": "0"}
    )

    def run(number: int) -> bool:
        return bool(compiler.compile(sys_inputs={"n": str(number)}, pdf_standards=["a-2b"]))

    run(0)
    return _cost(backends, lambda: sum(run(number) for number in range(1, times + 1)))


def verify(backends: Backends) -> dict[str, Any]:
    """The whole ledger recomputed inside the hall."""
    from hall.ledger.verifying import verify as verify_all

    report: dict[str, Any] = {}

    def run() -> int:
        report["ok"] = verify_all([]).ok
        from hall.ledger.models import Leaf

        return Leaf.objects.count()

    return {**_cost(backends, run), **report}


def verify_alone(backends: Backends) -> dict[str, Any]:
    """The same ledger, exported, checked by bin/verify-ledger, which shares no code with the hall."""
    from django.conf import settings
    from django.core.management import call_command

    from hall.ledger.models import Leaf

    export_file = Path(settings.HALL_HOME) / "ledger.jsonl"
    call_command("ledger", "export", str(export_file))
    before = os.times()
    ran = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "bin" / "verify-ledger"), str(export_file)],
        capture_output=True,
        text=True,
    )
    after = os.times()
    export_file.unlink()
    own = (after.children_user + after.children_system - before.children_user - before.children_system) * 1000
    return {
        "rows": Leaf.objects.count(),
        "own": own,
        "database": 0.0,
        "ok": ran.returncode == 0,
        "queries": 0,
        "peak": 0.0,
    }


def verify_hashes(backends: Backends) -> dict[str, Any]:
    """The least verification can cost: one SM3 for each entry's leaf, one for its particulars and one for the tree."""
    from hall.core.crypto import sm3
    from hall.ledger.models import Leaf

    count = Leaf.objects.count()
    text = b"x" * 300
    return _cost(backends, lambda: len([sm3(text) and sm3(text) and sm3(text[:65]) for _n in range(count)]))


# --- plans ---


def explain(backends: Backends, statements: list[str]) -> dict[str, Any]:
    """How the database means to run these statements, for a person to read."""
    plans = []
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql)
            plans.append([str(row[-1]) for row in cursor.fetchall()])
    return {"plans": plans}


# --- roster import ---


def imported(backends: Backends, rows: int) -> dict[str, Any]:
    """A workbook of so many people: read, checked, compared, then applied in one act."""
    from django.conf import settings
    from django.utils import timezone

    from bench import people
    from hall.members.actions import roster as actions
    from hall.organisations import queries as organisations

    book = Path(settings.HALL_HOME) / f"roster-{rows}.xlsx"
    if not book.exists():
        people.roster(book, rows, list(organisations.branches().values_list("name", flat=True)), timezone.localdate())
        return {"written": True}
    counts: dict[str, Any] = {}

    def run() -> int:
        by = _department()
        with book.open("rb") as file:
            preview = actions.read_roster(by=by, file=file, name=book.name)
        counts.update(preview.counts)
        return actions.apply_roster(by=by, preview=preview, good_only=True, doubtful="all").counts["enrolled"]

    return {**_cost(backends, run), "counts": counts}


def imported_sql(backends: Backends, rows: int) -> dict[str, Any]:
    """The same workbook read by the same reader and put in by executemany, unchecked and unsealed, taken back."""
    import uuid

    from django.conf import settings
    from python_calamine import CalamineWorkbook

    book = Path(settings.HALL_HOME) / f"roster-{rows}.xlsx"
    columns = (
        "id, organisation_id, name, name_key, pinyin, initials, campus_no, sex, ethnicity, birth_date, education, degree, native_place,"
        " standing, state, joined_on, full_on, identity, job, party_post, departure, version, phone, landline, address, id_no"
    )

    def run() -> int:
        table = CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).to_python()[1:]
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, id FROM organisations_organisation")
            places = dict(cursor.fetchall())
            new = uuid.uuid4 if connection.vendor == "postgresql" else lambda: uuid.uuid4().hex
            empty = b""
            cursor.executemany(
                f"INSERT INTO members_member ({columns}) VALUES ({', '.join(['%s'] * 26)})",
                [
                    (
                        new(), places[row[7]], row[0], row[0], "", "", f"Q{row[12]}", "1", row[3], row[4], "21", "", "", "probationary", "normal",
                        row[8], None, "student", "student", "", "", 1, empty, empty, empty, empty,
                    )
                    for row in table
                ],
            )  # fmt: skip
        return len(table)

    return _cost(backends, run, undo=True)
