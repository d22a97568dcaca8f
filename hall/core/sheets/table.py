"""What a read sheet is made of: cells as text with their kind, rows by the number people see, and one refusal."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

DAMAGED = _("The file is damaged or incomplete. Open it in Excel or WPS, save it again as .xlsx and upload that file.")
ENCRYPTED = _(
    "The workbook is protected with a password. Remove the password in Excel or WPS, save it and upload it again."
)
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
TEXT_LIMIT = 32_767  # characters Excel itself allows in a cell


class Unreadable(Exception):
    """The file is no table we read. Carries one sentence (may be lazily translated): what is wrong and what to do."""

    def __init__(self, sentence):
        self.sentence = sentence
        super().__init__(sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    FORMULA = "formula"
    ERROR = "error"


class Cell(NamedTuple):
    """A cell's value as text, untrimmed, and what the sheet says it is. A formula's text is its last stored result."""

    text: str
    kind: Kind = Kind.TEXT


EMPTY = Cell("")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with content; `number` is what people see beside it, `filled` the columns filled from a merged cell."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False
    filled: tuple[int, ...] = ()

    @property
    def formulas(self) -> tuple[int, ...]:
        return tuple(i for i, cell in enumerate(self.cells) if cell.kind is Kind.FORMULA)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as read: header, rows below it and what had to be assumed.

    header      one label per column from column A on; "" where the header is blank
    header_row  the number of the (last) header row; `above` holds the title rows before and with it
    others      further sheets that have the header too
    date1904    serial numbers count from 1904 (see serial_date)
    notes       sentences on merged cells, hidden rows, formulas and the like
    """

    name: str
    format: str
    sheet: str
    header: tuple[str, ...]
    header_row: int
    rows: tuple[Row, ...]
    above: tuple[Row, ...] = ()
    others: tuple[str, ...] = ()
    date1904: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to say about a row: `row` as people count, `column` an index into the header (None: the whole row).

    wrong  True: red, the row cannot go in; False: amber, a person should look
    """

    row: int
    column: int | None
    text: str
    wrong: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read at most, `above` rows of titles not counted. `quiet` stops without complaint: for a first look."""

    rows: int = 20_000
    above: int = 0
    cells: int = 800_000
    columns: int = 256
    blanks: int = 1_000_000
    text: int = 40_000_000
    merges: int = 200_000
    quiet: bool = False


class Full(Exception):
    """A quiet limit is reached: enough was read."""


@dataclass(slots=True)
class RawSheet:
    """Cells by row and column from 0, as the file has them; merged ranges are (row, column, last row, last column)."""

    limits: Limits
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    cells: int = 0
    text: int = 0

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Add a cell. Unreadable when the sheet outgrows its limits, with the place where it did."""
        cells = self.rows.get(row)
        if cells is None:
            self._room_for_row(row)
            cells = self.rows[row] = {}
        cells[column] = cell
        length = len(cell.text)
        self.cells += 1
        self.text += length
        if column >= self.limits.columns or length > TEXT_LIMIT:
            raise Unreadable(too_much(row, column))

    def _room_for_row(self, row: int) -> None:
        if self.cells > self.limits.cells or self.text > self.limits.text:
            raise Unreadable(too_much(row, 0))
        if len(self.rows) < self.limits.rows + self.limits.above:
            return
        if self.limits.quiet:
            raise Full
        raise Unreadable(too_many_rows(self.limits.rows, row))

    def merge(self, row: int, column: int, last_row: int, last_column: int) -> None:
        self.merges.append((row, column, last_row, last_column))
        if len(self.merges) > self.limits.merges:
            raise Unreadable(too_much(row, column))


class Book:
    """An opened file: its sheets' names, and `sheet(index, limits)` to read one."""

    format = ""
    date1904 = False
    external = False

    def __init__(self):
        self.names: list[str] = []

    def sheet(self, index: int, limits: Limits) -> RawSheet:
        raise NotImplementedError


def too_many_rows(limit: int, row: int):
    text = _("The sheet has more than %(limit)d rows (row %(row)d is one too many). Split it into several files.")
    return text % {"limit": limit, "row": row + 1}


def too_much(row: int, column: int):
    text = _(
        "The sheet is too large (at cell %(cell)s). Copy only the rows to be read into a new workbook and upload that."
    )
    return text % {"cell": f"{column_letter(column)}{row + 1}"}


def column_letter(index: int) -> str:
    """The letters over a column, counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def safe_text(text: str) -> str:
    """Control characters and halves of characters become U+FFFD, so that they are flagged and never stored."""
    return UNSAFE.sub("\ufffd", text) if UNSAFE.search(text) else text


def number_text(value: float) -> str:
    """A number as a person would type it: 12, 3333.3, 110105194912310000; never with an exponent below 1e21."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)


def serial_date(serial: float, date1904: bool = False) -> str | None:
    """An Excel serial number as YYYY-MM-DD, with HH:MM:SS where it has a time of day.

    None where no such day exists: negative, beyond 9999, and 60 in the 1900 system (Excel's 29 February 1900).
    A number below 1 in the 1900 system is a time of day only.
    """
    seconds = round(serial * 86_400) if 0 <= serial < 2_958_466 else -1
    days, rest = divmod(seconds, 86_400)
    if seconds < 0 or (days == 60 and not date1904):
        return None
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    if days == 0 and not date1904:
        return clock
    start = date(1904, 1, 1) if date1904 else date(1899, 12, 30 if days > 60 else 31)
    try:
        day = start + timedelta(days=days)
    except OverflowError:
        return None
    return f"{day.isoformat()} {clock}" if rest else day.isoformat()


def rows_of(raw: RawSheet) -> list[int]:
    """The numbers of the rows that have any visible text."""
    return sorted(row for row, cells in raw.rows.items() if any(cell.text.strip() for cell in cells.values()))


BUILT_IN_DATES = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


def is_date_format(number: int, code: str | None) -> bool:
    """Whether a number format shows a date or time: Excel's own numbers, or y, m, d, h, s outside quotes."""
    if code is None:
        return number in BUILT_IN_DATES
    plain = LITERALS.sub("", code.split(";")[0]).lower()
    return (
        "general" not in plain
        and any(letter in plain for letter in "ymdhse年月日")
        and not re.search(r"[0#]\.?e[+-]", plain)
    )


def number_cell(value: float, as_date: bool, date1904: bool, formula: bool = False) -> Cell:
    """The cell of a stored number: a date where its format shows one and the day exists."""
    day = serial_date(value, date1904) if as_date else None
    kind = Kind.FORMULA if formula else Kind.DATE if day else Kind.NUMBER
    return Cell(day or number_text(value), kind)
