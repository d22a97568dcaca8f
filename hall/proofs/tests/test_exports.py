"""What leaves the hall as a sheet is inert (assurance §5 row 29; B06): every text column, twelve beginnings, every export.

The exports are found by asking every route of the resolver, by GET and by its own form, in every format it offers.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from hall.core.checks import holds_text
from hall.core.sheets.delimited import DANGER
from hall.proofs.tests.college import CANARY, World, expected, marked_columns, register, targets
from hall.proofs.tests.filling import as_sent, filled, forms_read
from hall.proofs.tests.routes import ONLY, routes

LEADS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", " =")
SHEETS = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip")
ASKERS = ("lin", "sun", "he", "secadmin", "li")


@dataclass(frozen=True)
class Sent:
    route: str
    kind: str
    body: bytes


@pytest.fixture(scope="module")
def hostile(world: World) -> World:
    """Every marked text begins with one of the twelve, in turn; the canary stands behind it."""
    number = 0
    for model, columns in marked_columns():
        for row in model._default_manager.order_by("pk"):
            for column in columns:
                room = column.max_length or 999
                number += 1
                text = f"{LEADS[number % len(LEADS)]}{getattr(row, column.attname)}"
                if holds_text(column) and len(text) <= room and column.name not in ("username", "email", "name_key"):
                    setattr(row, column.attname, text)
            row.save()
    return world


def sent(world: World) -> Iterator[Sent]:
    """Every answer of every route that is a sheet."""
    rows = register(world)
    for route in routes():
        for name in ASKERS:
            actor = world.actors[name]
            for target in targets(world, rows, route, actor, several=True)[:3]:
                if expected(actor, route, target) == "open":
                    yield from _asked(world, route, name, target.address)


def _asked(world: World, route: Any, name: str, address: str) -> Iterator[Sent]:
    """By GET; and by the route's form, once for each kind of sheet it offers."""
    yield from _sheet(route, world.ask(name, "GET", address))
    with forms_read() as read:
        world.ask(name, "POST", address, {"nothing": ""})
    for form in read:
        for field, key in _kinds(form):
            said = {**filled(form, "核对"), form.add_prefix(field): key}
            yield from _sheet(route, world.ask(name, "POST", address, as_sent(said)))


def _kinds(form: Any) -> list[tuple[str, str]]:
    offered = [(name, str(key)) for name, field in form.fields.items() for key, _title in getattr(field, "choices", ())]
    return [(name, key) for name, key in offered if key in ("xlsx", "csv", "xls", "gbk", "gb18030")]


def _sheet(route: Any, answer: Any) -> Iterator[Sent]:
    kind = answer.headers.get("Content-Type", "").split(";")[0]
    if answer.status_code == 200 and kind in SHEETS:
        yield Sent(route.name, kind, answer.whole)


def cells(each: Sent) -> Iterator[tuple[str, Any]]:
    """Every cell as (type, value): f formula, s text, n number."""
    if each.kind == "text/csv":
        text = each.body.decode("utf-8-sig" if each.body.startswith(b"\xef\xbb\xbf") else "gb18030")
        for row in csv.reader(io.StringIO(text, newline="")):
            yield from (("csv", cell) for cell in row)
        return
    book = openpyxl.load_workbook(io.BytesIO(each.body))
    for sheet in book:
        for row in sheet.iter_rows():
            yield from ((cell.data_type, cell.value) for cell in row)


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def found(hostile: World) -> list[Sent]:
    return list({(each.route, each.body): each for each in sent(hostile)}.values())


def test_the_exports_are_found_and_hold_the_hostile_texts(found: list[Sent]) -> None:
    if ONLY:
        return
    assert {"members:export", "dues:template"} <= {each.route for each in found}
    assert len({each.route for each in found}) >= 4
    told = [str(value) for each in found if each.route == "members:export" for _kind, value in cells(each)]
    assert sum(bool(CANARY.search(text)) for text in told) > 20
    leads = {text.lstrip("'")[:1] for text in told if CANARY.search(text)}
    assert len(leads & {lead[0] for lead in LEADS}) >= 8, leads


def test_no_cell_is_a_formula(found: list[Sent]) -> None:
    """B06: in a workbook text is text; in CSV a dangerous beginning has its apostrophe, and a number stays a number."""
    for each in found:
        for kind, value in cells(each):
            assert kind != "f", (each.route, value)
            if kind == "csv" and DANGER.match(value) and not value.startswith("'"):
                assert is_number(value), (each.route, value)


def test_another_reader_finds_the_same_texts_and_the_archive_no_way_out(found: list[Sent]) -> None:
    for each in found:
        if each.body.startswith(b"PK"):
            book = CalamineWorkbook.from_filelike(io.BytesIO(each.body))
            seen = {
                str(cell)
                for name in book.sheet_names
                for row in book.get_sheet_by_name(name).iter_rows()
                for cell in row
            }
            texts_of_the_first = {value.replace("_x000D_", "\r") for kind, value in cells(each) if kind == "s"}
            assert texts_of_the_first <= seen
            with zipfile.ZipFile(io.BytesIO(each.body)) as archive:
                names = archive.namelist()
                texts = b"".join(archive.read(part) for part in names if part.startswith("xl/worksheets"))
            assert not [
                part for part in names if "externalLink" in part or "vba" in part.lower() or "connections" in part
            ]
            assert b"<f>" not in texts and b"<hyperlink " not in texts and b"ddeLink" not in texts


@pytest.mark.control
def test_control_a_formula_is_seen() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    target = io.BytesIO()
    book.save(target)
    assert ("f", "=1+1") in list(cells(Sent("", SHEETS[1], target.getvalue())))
    assert DANGER.match("＝1") and not is_number("＝1") and is_number("-5")
