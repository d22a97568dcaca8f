"""Tables on their way out: exports, templates, a person's own sheet with its errors. Nothing in them can run (B06)."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hall.core.sheets.delimited import DANGER
from hall.core.sheets.match import Column
from hall.core.sheets.table import TEXT_LIMIT, Cell, Kind, Problem, Table, column_letter, safe_text

RED, AMBER, GREY = (
    {"bg_color": "#FDE2E2", "font_color": "#9B0D22", "border": 1, "border_color": "#9B0D22"},
    {"bg_color": "#FFE8B3"},
    "#646A73",
)
HEADER = {
    "bold": True,
    "bg_color": "#F2F3F5",
    "border": 1,
    "border_color": "#8F959E",
    "text_wrap": True,
    "valign": "vcenter",
}
COMMENTS = 2_000  # more would make the workbook slow to open; the words stand in the last column anyway
TEMPLATE_ROWS = 2_000
WIDEST = 60
LARGEST = 10**15  # beyond it a spreadsheet drops digits; such a number leaves as text


def inert(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: with an apostrophe before a dangerous beginning (B06)."""
    return f"'{text}" if DANGER.match(text) else text


def plain(value: Any) -> str:
    """A value as CSV text; numbers stay numbers, also negative ones, and only text is made inert."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return inert(safe_text(str(value)))


def write_csv(
    rows: Iterable[Sequence[Any]], *, encoding: str = "utf-8", unmappable: list[str] | None = None
) -> Iterator[bytes]:
    """Rows as CSV in small pieces, UTF-8 with BOM; or "gb18030" or "gbk" for old systems.

    Characters the encoding lacks become "?" and are added to `unmappable`, each once, while the pieces are drawn.
    """
    if encoding == "utf-8":
        yield b"\xef\xbb\xbf"
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    for number, row in enumerate(rows, 1):
        writer.writerow([plain(value) for value in row])
        if number % 500 == 0:
            yield encoded(lines, encoding, unmappable)
    yield encoded(lines, encoding, unmappable)


def encoded(lines: io.StringIO, encoding: str, unmappable: list[str] | None) -> bytes:
    text = lines.getvalue()
    lines.seek(0)
    lines.truncate()
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        lost = [character for character in dict.fromkeys(text) if not character.encode(encoding, "ignore")]
        if unmappable is not None:
            unmappable += [character for character in lost if character not in unmappable]
        return text.encode(encoding, "replace")


class Paper:
    """An XlsxWriter workbook whose cells never become formulas. Rows come in order; they are not kept in memory."""

    def __init__(self, target: BinaryIO):
        from xlsxwriter import Workbook

        self.book = Workbook(
            target, {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
        )
        self._formats: dict[tuple, Any] = {}

    def format(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(properties)
        return self._formats[key]

    def sheet(self, title: str, widths: Sequence[float], freeze: int = 1):
        sheet = self.book.add_worksheet(title[:31])
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        if freeze:
            sheet.freeze_panes(freeze, 0)
        return sheet

    def put(self, sheet, row: int, column: int, value: Any, **look) -> None:
        """Write a value as what it is; text is always text, and marked so where a spreadsheet might think otherwise."""
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.format(**look))
        elif isinstance(value, (int, float, Decimal)) and -LARGEST < value < LARGEST:
            sheet.write_number(row, column, value, self.format(**look))
        elif isinstance(value, date):
            self._put_day(sheet, row, column, value, look)
        elif value not in (None, ""):
            text = safe_text(str(value))[:TEXT_LIMIT]
            marked = {"quote_prefix": True} if DANGER.match(text) else {}
            sheet.write_string(row, column, text, self.format(**look, **marked))
        elif look:
            sheet.write_blank(row, column, None, self.format(**look))

    def _put_day(self, sheet, row: int, column: int, value: date, look: Mapping[str, Any]) -> None:
        if isinstance(value, datetime):
            value = value.replace(tzinfo=None)
            sheet.write_datetime(row, column, value, self.format(num_format="yyyy-mm-dd hh:mm", **look))
        else:
            sheet.write_datetime(row, column, value, self.format(num_format="yyyy-mm-dd", **look))


def text_width(text: str) -> int:
    """How many narrow characters wide a text is; a Chinese one counts two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def widths_of(header: Sequence[str], sample: Iterable[Sequence[str]]) -> list[float]:
    rows = [header, *sample]
    longest = [max((text_width(str(row[i])) for row in rows if i < len(row)), default=0) for i in range(len(header))]
    return [min(max(width + 2, 8), WIDEST) for width in longest]


def write_xlsx(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "", watermark: str = "", footnote: str = ""
) -> BinaryIO:
    """Rows as a workbook, ready to be sent; unpacked, only one row is in memory at a time.

    watermark  who took it out and when: head and foot of each printed page, and a sheet of its own
    footnote   a line under the last row
    """
    target = io.BytesIO()
    paper = Paper(target)
    iterator = iter(rows)
    first = list(islice(iterator, 50))
    sheet = paper.sheet(title or _("Export"), widths_of(columns, first))
    for column, label in enumerate(columns):
        paper.put(sheet, 0, column, str(label), **HEADER)
    at = 0
    for at, row in enumerate(chain(first, iterator), 1):
        for column, value in enumerate(row):
            paper.put(sheet, at, column, value)
    if footnote:
        paper.put(sheet, at + 2, 0, footnote, font_color=GREY)
    if watermark:
        sign(paper, sheet, watermark)
    paper.book.close()
    target.seek(0)
    return target


def sign(paper: Paper, sheet, watermark: str) -> None:
    marked = "&C" + " · ".join(watermark.splitlines()).replace("&", "&&")[:200]
    sheet.set_header(marked)
    sheet.set_footer(marked)
    notes = paper.sheet(_("About this export"), [80], freeze=0)
    for row, line in enumerate(watermark.splitlines()):
        paper.put(notes, row, 0, line)


def marked_workbook(table: Table, problems: Iterable[Problem], title_column: str = "") -> bytes:
    """The person's own sheet back: same rows in the same places, wrong cells red with a comment, doubtful ones amber.

    The last column says in words what is wrong with each row. Values only, no formula; numbers stay numbers as read.
    """
    target = io.BytesIO()
    paper = Paper(target)
    said: dict[int, list[Problem]] = {}
    for problem in problems:
        said.setdefault(problem.row, []).append(problem)
    widths = widths_of(table.header, (row.texts for row in table.rows[:200]))
    sheet = paper.sheet(
        table.sheet or pgettext("sheet of a workbook", "Rows"), [*widths, WIDEST], freeze=table.header_row
    )
    last = len(table.header)
    comments = 0
    for row in sorted((*table.above, *table.rows), key=lambda row: row.number):
        heads = row.number <= table.header_row
        found = said.get(row.number, [])
        for column, cell in enumerate(row.cells):
            put_cell(
                paper,
                sheet,
                row.number - 1,
                column,
                cell,
                HEADER if row.number == table.header_row else look_of(found, column),
            )
        if row.number == table.header_row:
            paper.put(sheet, row.number - 1, last, title_column or _("Problem"), **HEADER)
        elif found and not heads:
            paper.put(sheet, row.number - 1, last, in_words(found, table), text_wrap=True, font_color=RED["font_color"])
            comments += comment(sheet, row.number - 1, found, COMMENTS - comments)
    paper.book.close()
    return target.getvalue()


def look_of(problems: Sequence[Problem], column: int) -> dict:
    here = [problem for problem in problems if problem.column == column]
    if not here:
        return {}
    return RED if any(problem.wrong for problem in here) else AMBER


def put_cell(paper: Paper, sheet, row: int, column: int, cell: Cell, look: Mapping[str, Any]) -> None:
    value: Any = cell.text
    if cell.kind is Kind.NUMBER:
        sheet.write_number(row, column, float(cell.text), paper.format(**look))
        return
    if cell.kind is Kind.DATE and len(cell.text) == 10 and cell.text > "1900-03-01":
        value = date.fromisoformat(cell.text)
    elif cell.kind is Kind.BOOL:
        value = cell.text == "TRUE"
    paper.put(sheet, row, column, value, **look)


def in_words(problems: Sequence[Problem], table: Table) -> str:
    """One sentence a line, each with its column's name."""
    lines = []
    for problem in problems:
        label = column_label(table, problem.column)
        lines.append(
            _("%(column)s: %(text)s") % {"column": label, "text": problem.text} if label else str(problem.text)
        )
    return "\n".join(dict.fromkeys(lines))


def column_label(table: Table, column: int | None) -> str:
    if column is None or column >= len(table.header):
        return ""
    return table.header[column] or column_letter(column)


def comment(sheet, row: int, problems: Sequence[Problem], room: int) -> int:
    """Comments at the row's wrong cells; how many were written."""
    cells: dict[int, list[str]] = {}
    for problem in problems:
        if problem.wrong and problem.column is not None:
            cells.setdefault(problem.column, []).append(str(problem.text))
    for column, texts in list(cells.items())[: max(room, 0)]:
        sheet.write_comment(row, column, "\n".join(texts)[:1_000], {"x_scale": 1.5})
    return min(len(cells), max(room, 0))


def template_workbook(
    columns: Sequence[Column],
    sample: Mapping[str, str],
    lists: Mapping[str, Sequence[str]],
    notes: Sequence[str] = (),
) -> bytes:
    """A workbook to fill in: protected header, cells as text (so that numbers keep their zeros and digits), drop-downs.

    sample  key → example; shown beside each column on the notes sheet, so that it can never be imported as a person
    lists   key → the choices of a drop-down
    """
    target = io.BytesIO()
    paper = Paper(target)
    titles = [title_of(column) for column in columns]
    examples = [str(sample.get(column.key, "")) for column in columns]
    sheet = paper.sheet(pgettext("sheet of a workbook", "Rows"), [])
    open_cell = paper.format(num_format="@", locked=False)
    for column, width in enumerate(widths_of(titles, [examples])):
        sheet.set_column(column, column, width, open_cell)
        paper.put(sheet, 0, column, titles[column], **HEADER, locked=True)
    sheet.protect(
        "", {"format_columns": True, "insert_rows": True, "delete_rows": True, "sort": True, "autofilter": True}
    )
    explain(paper, columns, examples, lists, notes)
    offer_choices(paper, sheet, columns, lists)
    paper.book.close()
    return target.getvalue()


def title_of(column: Column) -> str:
    return _("%(title)s (required)") % {"title": column.title} if column.required else str(column.title)


def explain(
    paper: Paper,
    columns: Sequence[Column],
    examples: Sequence[str],
    lists: Mapping[str, Sequence[str]],
    notes: Sequence[str],
) -> None:
    sheet = paper.sheet(_("How to fill it in"), [24, 10, 30, 70])
    for at, label in enumerate((_("Column"), _("Required"), _("Example"), _("Note"))):
        paper.put(sheet, 0, at, label, **HEADER)
    for row, column in enumerate(columns, 1):
        choices = "、".join(str(choice) for choice in lists.get(column.key, ())[:30])
        note = " ".join(part for part in (str(column.note), choices) if part)
        for at, text in enumerate((str(column.title), _("yes") if column.required else "", examples[row - 1], note)):
            paper.put(sheet, row, at, text, text_wrap=True)
    for row, note in enumerate(notes, len(columns) + 2):
        paper.put(sheet, row, 0, str(note))


def offer_choices(paper: Paper, sheet, columns: Sequence[Column], lists: Mapping[str, Sequence[str]]) -> None:
    """Drop-downs that point at a hidden sheet: a list in the cell itself may have 255 characters only."""
    offered = [
        (at, [str(choice) for choice in lists[column.key]])
        for at, column in enumerate(columns)
        if lists.get(column.key)
    ]
    if not offered:
        return
    choices = paper.book.add_worksheet(_("Choices"))
    choices.hide()
    for row in range(max(len(texts) for _at, texts in offered)):
        for place, (_at, texts) in enumerate(offered):
            if row < len(texts):
                paper.put(choices, row, place, texts[row])
    for place, (at, texts) in enumerate(offered):
        letter = column_letter(place)
        source = f"='{choices.name}'!${letter}$1:${letter}${len(texts)}"
        sheet.data_validation(1, at, TEMPLATE_ROWS, at, {"validate": "list", "source": source, "error_type": "warning"})
