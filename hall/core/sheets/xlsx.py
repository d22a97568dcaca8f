"""Workbooks in .xlsx: read part by part as a stream, so that what has been checked is exactly what is read.

No second reader sees the bytes. (python-calamine is faster by a second, but ends the whole process on a sheet whose two
cells stand at A1 and XFD1048576.) Values only: a formula gives its stored result and is marked; nothing outside the
file is fetched, and a document type, and with it every entity, is refused.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from hall.core.sheets.archive import Archive
from hall.core.sheets.table import (
    DAMAGED,
    TEXT_LIMIT,
    Book,
    Cell,
    Full,
    Kind,
    Limits,
    RawSheet,
    Unreadable,
    is_date_format,
    number_cell,
    safe_text,
    too_much,
)

NOT_A_WORKBOOK = _(
    "This is not a workbook but another kind of file. Save the table as .xlsx in Excel or WPS and upload that file."
)
OTHER_WORKBOOK = _(
    "This kind of workbook (.xlsb, .ods) is not read here. Save it as .xlsx in Excel or WPS and upload that file."
)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LONGEST_TOKEN = 4 * 1024 * 1024
ARRAYS = 200
LAST_ROW = 1_048_576
DIGITS = "0123456789"


class XlsxBook(Book):
    """An .xlsx workbook. Unreadable on opening: no workbook inside, damaged, encrypted or a bomb."""

    format = "xlsx"

    def __init__(self, data: bytes):
        super().__init__()
        self._archive = Archive(data)
        self._main = main_part(self._archive)
        self._parts: list[str] = []
        self._read_workbook()
        self._strings: list[str] | None = None
        self._dates: list[bool] = []

    def sheet(self, index: int, limits: Limits) -> RawSheet:
        if self._strings is None:
            self._strings = self._optional("sharedStrings.xml", strings_of, [])
            self._dates = self._optional("styles.xml", date_styles, [])
        reader = SheetReader(RawSheet(limits), self._strings, self._dates, self.date1904)
        try:
            stream(self._archive.part(self._parts[index]), reader.start, reader.end, reader.characters)
        except Full:
            return reader.raw
        reader.mark_arrays()
        return reader.raw

    def _optional(self, kind: str, read: Callable, without):
        part = self._related.get(kind[:-4].lower())
        return read(self._archive.part(part)) if part and part in self._archive else without

    def _read_workbook(self) -> None:
        relations = relations_of(self._archive, self._main)
        self._related = dict(relations.values())
        for name, attributes in elements(self._archive.part(self._main), ("workbookPr", "sheet", "externalReference")):
            if name == "workbookPr":
                self.date1904 = attributes.get("date1904", "0") in ("1", "true")
            elif name == "externalReference":
                self.external = True
            else:
                self._add_sheet(attributes, relations)

    def _add_sheet(self, attributes: dict[str, str], relations: dict[str, tuple[str, str]]) -> None:
        id_ = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        kind, target = relations.get(id_, ("", ""))
        if kind == "worksheet" and target in self._archive and len(self.names) < 100:
            self.names.append(safe_text(attributes.get("name", "")))
            self._parts.append(target)


def main_part(archive: Archive) -> str:
    """The workbook part's name. Unreadable with the fitting advice when the zip holds something else."""
    if "_rels/.rels" in archive:
        for kind, target in relations_of(archive, "").values():
            if kind == "officedocument" and target in archive and target.endswith(".xml") and target.startswith("xl"):
                return target
    if "xl/workbook.xml" in archive:
        return "xl/workbook.xml"
    raise Unreadable(OTHER_WORKBOOK if "xl/workbook.bin" in archive or "content.xml" in archive else NOT_A_WORKBOOK)


def relations_of(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Relation id → (kind, part name) of a part; what lies outside the file is left out."""
    folder, _slash, file = part.rpartition("/")
    found: dict[str, tuple[str, str]] = {}
    name = f"{folder}/_rels/{file}.rels"
    if name not in archive:
        return found
    for _name, attributes in elements(archive.part(name), ("Relationship",)):
        if attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target if target.startswith("/") else f"{folder}/{target}"
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2].lower(), tidy_path(path))
    return found


def tidy_path(path: str) -> str:
    steps: list[str] = []
    for step in path.replace("\\", "/").lower().split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def stream(
    pieces: Iterable[bytes], start: Callable, end: Callable | None = None, characters: Callable | None = None
) -> None:
    """Feed XML to the handlers, as UTF-8 whatever it says. Unreadable: malformed, a document type, an endless token."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = refuse_doctype
    fed = 0
    try:
        for piece in pieces:
            parser.Parse(piece)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                raise Unreadable(DAMAGED)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, IndexError, OverflowError) as error:
        raise Unreadable(DAMAGED) from error


def refuse_doctype(*_args) -> None:
    raise Unreadable(DAMAGED)


def local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def elements(pieces: Iterable[bytes], wanted: tuple[str, ...]) -> list[tuple[str, dict[str, str]]]:
    """The wanted elements of a small part, with their attributes."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) in wanted:
            found.append((local(name), attributes))
            if len(found) > 10_000:
                raise Unreadable(DAMAGED)

    stream(pieces, start)
    return found


def strings_of(pieces: Iterable[bytes]) -> list[str]:
    """The shared strings; runs of rich text joined, pronunciation guides left out."""
    strings: list[str] = []
    parts: list[str] = []
    inside = {"t": 0, "rPh": 0}

    def start(name: str, _attributes: dict[str, str]) -> None:
        name = local(name)
        if name in inside:
            inside[name] += 1
        elif name == "si":
            parts.clear()

    def end(name: str) -> None:
        name = local(name)
        if name in inside:
            inside[name] -= 1
        elif name == "si":
            strings.append(unescaped("".join(parts)))

    def characters(text: str) -> None:
        if inside["t"] and not inside["rPh"]:
            parts.append(text)
            if len(parts) > TEXT_LIMIT:
                raise Unreadable(DAMAGED)

    stream(pieces, start, end, characters)
    return strings


def unescaped(text: str) -> str:
    """Excel's _x000D_ notation undone; halves of a character written that way are joined."""
    if "_x" in text:
        text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return safe_text(text)


def date_styles(pieces: Iterable[bytes]) -> list[bool]:
    """For every cell style, whether it shows a date."""
    codes: dict[int, str] = {}
    dates: list[bool] = []
    inside = {"cellXfs": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "cellXfs":
            inside[name] = 1
        elif name == "numFmt" and "numFmtId" in attributes:
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "xf" and inside["cellXfs"]:
            number = int(attributes.get("numFmtId", "0"))
            dates.append(is_date_format(number, codes.get(number)))

    def end(name: str) -> None:
        if local(name) == "cellXfs":
            inside["cellXfs"] = 0

    stream(pieces, start, end)
    return dates


@cache
def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or len(letters) > 3:
            raise ValueError(letters)
        number = number * 26 + ord(letter) - 64
    if not number:
        raise ValueError(letters)
    return number - 1


def place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip(DIGITS)
    return int(reference[len(letters) :]) - 1, column_number(letters)


def area(reference: str) -> tuple[int, int, int, int]:
    first, _colon, last = reference.replace("$", "").partition(":")
    return (*place(first), *place(last or first))


class SheetReader:
    """Handlers for one worksheet's XML; fills a RawSheet and keeps nothing else."""

    def __init__(self, raw: RawSheet, strings: list[str], dates: list[bool], date1904: bool):
        self.raw, self._strings, self._dates, self._date1904 = raw, strings, dates, date1904
        self._row = self._column = -1
        self._row_text = "0"
        self._blanks = 0
        self._arrays: list[tuple[int, int, int, int]] = []
        self._taking = self._formula = False
        self._guide = 0
        self._type, self._style = "n", 0
        self._text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._taking = not self._guide
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._start_formula(attributes)
        elif name == "rPh":
            self._guide += 1
        elif name == "mergeCell":
            self.raw.merge(*area(attributes.get("ref", "")))

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if not 0 <= self._row < LAST_ROW:
            raise Unreadable(DAMAGED)
        self._row_text = str(self._row + 1)
        if attributes.get("hidden") in ("1", "true"):
            self.raw.hidden.add(self._row)
        self._count_blank()

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if self._row < 0:
            raise Unreadable(DAMAGED)
        if reference:
            if not reference.endswith(self._row_text):
                raise Unreadable(DAMAGED)
            self._column = column_number(reference[: -len(self._row_text)])
        else:
            self._column += 1
        self._type = attributes.get("t", "n")
        self._style = int(attributes.get("s", 0))
        self._formula = self._taking = False
        self._text = []

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self._formula = True
        if attributes.get("t") in ("array", "dataTable") and "ref" in attributes:
            self._arrays.append(area(attributes["ref"]))
            if len(self._arrays) > ARRAYS:
                raise Unreadable(too_much(self._row, self._column))

    def characters(self, text: str) -> None:
        if self._taking:
            self._text.append(text)
            if len(self._text) > TEXT_LIMIT:
                raise Unreadable(DAMAGED)

    def end(self, name: str) -> None:
        if ":" in name:
            name = local(name)
        if name in ("v", "t"):
            self._taking = False
        elif name == "c":
            self._end_cell()
        elif name == "rPh":
            self._guide -= 1

    def _end_cell(self) -> None:
        if self._text or self._formula:
            self.raw.put(self._row, self._column, self._cell("".join(self._text)))
        else:
            self._count_blank()

    def _count_blank(self) -> None:
        self._blanks += 1
        if self._blanks > self.raw.limits.blanks:
            raise Full if self.raw.limits.quiet else Unreadable(too_much(self._row, max(self._column, 0)))

    def _cell(self, text: str) -> Cell:
        if self._type == "s":
            return Cell(self._strings[int(text)], self._kind(Kind.TEXT)) if text else Cell("", self._kind(Kind.TEXT))
        if self._type == "n":
            return self._number(text)
        if self._type == "b":
            return Cell("TRUE" if text.strip() in ("1", "true") else "FALSE", self._kind(Kind.BOOL))
        if self._type == "d":
            return Cell(safe_text(text.removesuffix("T00:00:00").replace("T", " ")), self._kind(Kind.DATE))
        return Cell(unescaped(text), self._kind(Kind.ERROR if self._type == "e" else Kind.TEXT))

    def _number(self, text: str) -> Cell:
        if not text:
            return Cell("", Kind.FORMULA)
        value = float(text)
        if not abs(value) < 1e308:
            raise Unreadable(DAMAGED)
        as_date = self._style < len(self._dates) and self._dates[self._style]
        return number_cell(value, as_date, self._date1904, self._formula)

    def _kind(self, kind: Kind) -> Kind:
        return Kind.FORMULA if self._formula else kind

    def mark_arrays(self) -> None:
        """Cells that an array formula of another cell fills are formulas too."""
        for row, column, last_row, last_column in self._arrays:
            for number, cells in self.raw.rows.items():
                if row <= number <= last_row:
                    for index, cell in cells.items():
                        if column <= index <= last_column:
                            cells[index] = Cell(cell.text, Kind.FORMULA)
