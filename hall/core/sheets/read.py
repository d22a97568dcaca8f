"""Reading a table somebody uploaded: told apart by content, header found by its names, doubts noted in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hall.core.sheets import ole
from hall.core.sheets.delimited import CsvBook
from hall.core.sheets.match import Column, titles_found
from hall.core.sheets.table import (
    EMPTY,
    Book,
    Cell,
    Kind,
    Limits,
    RawSheet,
    Row,
    Table,
    Unreadable,
    rows_of,
    too_many_rows,
    too_much,
)
from hall.core.sheets.xls import XlsBook
from hall.core.sheets.xlsx import XlsxBook

LIMIT_BYTES = 20 * 1024 * 1024
HEAD = 40  # rows in which the header is looked for
TOO_BIG = gettext_lazy(
    "The file is larger than %(limit)d MB. Copy only the rows to be read into a new workbook and upload that."
)
NOTHING = gettext_lazy("The file is empty. Choose the workbook again; perhaps it was not saved.")
NO_ROWS = gettext_lazy("There are no rows in the workbook. Fill it in, save it and upload it again.")
WEB_PAGE = gettext_lazy(
    "The file is a web page with the name of a workbook. Save it as .xlsx in Excel or WPS and upload that file."
)
OTHER = gettext_lazy(
    "This is neither a workbook nor a CSV file. Save the table as .xlsx in Excel or WPS and upload that file."
)
NO_HEADER = gettext_lazy(
    "No row with the column names was found (looked for %(names)s in the first %(head)d rows). "
    "Use the template or correct the column names."
)
NO_SHEET = gettext_lazy("The workbook has no sheet named “%(name)s”. Choose the sheet again.")
OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"GIF8", b"{\\rtf")


def read_table(
    file: BinaryIO,
    name: str,
    *,
    columns: Sequence[Column] = (),
    sheet: str | None = None,
    limit_rows: int = 20_000,
    limit_bytes: int = LIMIT_BYTES,
) -> Table:
    """Read the sheet that has the header (or the named one): .xlsx, .xls or .csv, told by content and not by name.

    `columns` are the names to find the header by; without them the first filled row is the header. Values only:
    formulas give their stored result, nothing outside the file is touched. Memory stays bounded whatever the file
    declares. Unreadable, with a sentence, for all that is no such table or is too large.
    """
    data = read_bytes(file, limit_bytes)
    book = open_book(data)
    candidates = ranked(book, columns, sheet)
    chosen, at = candidates[0]
    raw = book.sheet(chosen, Limits(rows=limit_rows, above=HEAD))
    return assembled(raw, at, book, name, chosen, tuple(book.names[index] for index, _at in candidates[1:]), limit_rows)


def read_bytes(file: BinaryIO, limit: int) -> bytes:
    file.seek(0)
    data = file.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(TOO_BIG % {"limit": limit // 1024 // 1024})
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(NOTHING)
    return data


def open_book(data: bytes) -> Book:
    start = data[:2048].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return XlsxBook(data)
    if data.startswith(ole.MAGIC):
        return XlsBook(data)
    if start.startswith(b"<") or start[:13].lower() == b"mime-version:" or b"<\0h\0t\0m\0l" in start.lower():
        raise Unreadable(WEB_PAGE)
    if start.startswith(OTHER_KINDS):
        raise Unreadable(OTHER)
    return CsvBook(data)


def ranked(book: Book, columns: Sequence[Column], sheet: str | None) -> list[tuple[int, int]]:
    """Sheets that have the header, best first, each with the header's row. Unreadable if there is none."""
    if sheet is not None and sheet not in book.names:
        raise Unreadable(NO_SHEET % {"name": sheet})
    found = []
    filled = False
    for index, title in enumerate(book.names):
        head = book.sheet(index, Limits(rows=HEAD, quiet=True))
        rows = rows_of(head)
        filled = filled or bool(rows)
        score, at = best_row(head, rows, columns)
        if score:
            found.append((title != sheet, -score, index, at))
    if not found or (sheet is not None and found and min(found)[0]):
        raise Unreadable(no_header(columns) if filled else NO_ROWS)
    return [(index, at) for *_rank, index, at in sorted(found)]


def no_header(columns: Sequence[Column]):
    if not columns:
        return NO_ROWS
    known = [column for column in columns if column.required] or columns
    return NO_HEADER % {"names": "、".join(str(column.title) for column in known[:4]), "head": HEAD}


def best_row(head: RawSheet, rows: Sequence[int], columns: Sequence[Column]) -> tuple[int, int]:
    """The row that names most columns and how many; without columns the first filled row."""
    if not columns:
        return (1, rows[0]) if rows else (0, 0)
    scores = [(titles_found([cell.text for cell in head.rows[row].values()], columns), -row) for row in rows]
    score, at = max(scores, default=(0, 0))
    return (score, -at) if score >= min(2, len(columns)) else (0, 0)


@dataclass(frozen=True, slots=True)
class Heading:
    """The header's rows, several where cells are merged downwards, and its labels from column A on."""

    top: int
    bottom: int
    labels: tuple[str, ...]


def heading(raw: RawSheet, at: int) -> Heading:
    across = [merge for merge in raw.merges if merge[0] <= at <= merge[2] and merge[2] - merge[0] < 4]
    top = min((merge[0] for merge in across), default=at)
    bottom = max((merge[2] for merge in across), default=at)
    levels = [dict(raw.rows.get(row, {})) for row in range(top, bottom + 1)]
    if bottom > top:
        spread(raw, levels, top, bottom)
    width = max((column for level in levels for column in level), default=0) + 1
    return Heading(top, bottom, tuple(label(levels, column) for column in range(width)))


def spread(raw: RawSheet, levels: list[dict[int, Cell]], top: int, bottom: int) -> None:
    """Group titles above several columns stand over each of them."""
    for row, column, last_row, last_column in raw.merges:
        if top <= row and last_row <= bottom and last_column < raw.limits.columns:
            for index in range(column + 1, last_column + 1):
                levels[row - top].setdefault(index, levels[row - top].get(column, EMPTY))


def label(levels: list[dict[int, Cell]], column: int) -> str:
    parts = ["".join(level.get(column, EMPTY).text.split()) for level in levels]
    return "/".join(dict.fromkeys(part for part in parts if part))


def assembled(
    raw: RawSheet, at: int, book: Book, name: str, index: int, others: tuple[str, ...], limit_rows: int
) -> Table:
    head = heading(raw, at)
    filled = fill_down(raw, head.bottom)
    numbers = rows_of(raw)
    below = [row for row in numbers if row > head.bottom]
    if len(below) > limit_rows:
        raise Unreadable(too_many_rows(limit_rows, below[limit_rows]))
    width = max([len(head.labels), *(max(raw.rows[row]) + 1 for row in below)])
    rows = tuple(row_of(raw, row, width, filled.get(row, ())) for row in below)
    above = tuple(row_of(raw, row, width) for row in numbers if row <= head.bottom)
    header = head.labels + ("",) * (width - len(head.labels))
    notes = tuple(remarks(rows, header, head, above, book, others))
    return Table(
        name, book.format, book.names[index], header, head.bottom + 1, rows, above, others, book.date1904, notes
    )


def row_of(raw: RawSheet, row: int, width: int, filled: Sequence[int] = ()) -> Row:
    cells = raw.rows[row]
    return Row(row + 1, tuple(cells.get(column, EMPTY) for column in range(width)), row in raw.hidden, tuple(filled))


def fill_down(raw: RawSheet, bottom: int) -> dict[int, list[int]]:
    """Give each filled row under a merged cell that cell's value: row → the columns filled."""
    filled: dict[int, list[int]] = {}
    last = max(raw.rows, default=0)
    steps = 0
    for top, column, last_row, _last_column in raw.merges:
        cell = raw.rows.get(top, {}).get(column, EMPTY)
        if top <= bottom or not cell.text:
            continue
        for row in range(top + 1, min(last_row, last) + 1):
            steps += 1
            if steps > raw.limits.merges:
                raise Unreadable(too_much(row, column))
            if has_content(raw, row) and not raw.rows[row].get(column, EMPTY).text:
                raw.rows[row][column] = cell
                filled.setdefault(row, []).append(column)
    return filled


def has_content(raw: RawSheet, row: int) -> bool:
    return any(cell.text for cell in raw.rows.get(row, {}).values())


def remarks(
    rows: Sequence[Row], header: Sequence[str], head: Heading, above: Sequence[Row], book: Book, others: Sequence[str]
):
    """What had to be assumed, in sentences."""
    titles = [row for row in above if row.number <= head.top]
    if titles:
        yield _("%(count)d lines above the column names were left out.") % {"count": len(titles)}
    if filled := sum(len(row.filled) for row in rows):
        yield _("Merged cells: their value was taken for each row they cover (%(count)d cells).") % {"count": filled}
    if hidden := sum(row.hidden for row in rows):
        yield _("%(count)d hidden rows were read too.") % {"count": hidden}
    if formulas := sum(any(cell.kind is Kind.FORMULA for cell in row.cells) for row in rows):
        yield _("%(count)d rows contain formulas; only their last result was read. Please check these rows.") % {
            "count": formulas
        }
    if book.external:
        yield _("The workbook refers to other files; they were not opened.")
    seen = [text for text in header if text]
    if doubles := [text for text in dict.fromkeys(seen) if seen.count(text) > 1]:
        yield _("Column names that stand twice: %(names)s.") % {"names": "、".join(doubles)}
    if others:
        yield _("Other sheets have these columns too: %(names)s.") % {"names": "、".join(others)}
