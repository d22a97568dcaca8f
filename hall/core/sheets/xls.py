"""Workbooks in .xls (BIFF8 of 1997 and BIFF5 of 1995): records read one after another; values only, formulas marked."""

import struct
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from hall.core.sheets.ole import Container
from hall.core.sheets.table import (
    DAMAGED,
    ENCRYPTED,
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
BOF, EOF, CONTINUE, FILEPASS, CODEPAGE, DATEMODE, FORMAT, FORMAT5, XF = (
    0x809,
    0x0A,
    0x3C,
    0x2F,
    0x42,
    0x22,
    0x41E,
    0x1E,
    0xE0,
)
BOUNDSHEET, SST, SUPBOOK, ROW, MERGED = 0x85, 0xFC, 0x1AE, 0x208, 0xE5
NUMBER, LABEL, BOOLERR, FORMULA, STRING, RK, RSTRING, LABELSST, MULRK = (
    0x203,
    0x204,
    0x205,
    0x06,
    0x207,
    0x27E,
    0xD6,
    0xFD,
    0xBD,
)
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
BROKEN = (struct.error, IndexError, ValueError, LookupError, OverflowError)


class XlsBook(Book):
    """An .xls workbook. Unreadable on opening: encrypted, damaged, or an Office file of another kind."""

    format = "xls"

    def __init__(self, data: bytes):
        super().__init__()
        container = Container(data)
        if "EncryptedPackage" in container:
            raise Unreadable(ENCRYPTED)
        name = next((name for name in ("Workbook", "Book") if name in container), None)
        if name is None:
            raise Unreadable(NOT_A_WORKBOOK)
        self._data = container.stream(name)
        self._strings: list[str] = []
        self._dates: list[bool] = []
        self._starts: list[int] = []
        self._encoding = "gb18030"
        try:
            self._read_globals()
        except BROKEN as error:
            raise Unreadable(DAMAGED) from error

    def sheet(self, index: int, limits: Limits) -> RawSheet:
        raw = RawSheet(limits)
        try:
            self._read_sheet(raw, self._starts[index])
        except Full:
            return raw
        except BROKEN as error:
            raise Unreadable(DAMAGED) from error
        return raw

    def _records(self, start: int) -> Iterator[tuple[int, bytes]]:
        """The records of one substream, its end excluded; an embedded chart's are passed over."""
        depth = 0
        while True:
            kind, size = struct.unpack_from("<HH", self._data, start)
            body = self._data[start + 4 : start + 4 + size]
            if len(body) < size:
                raise Unreadable(DAMAGED)
            start += 4 + size
            depth += (kind == BOF) - (kind == EOF)
            if depth <= 0:
                return
            if depth == 1:
                yield kind, body

    def _read_globals(self) -> None:
        self.wide = struct.unpack_from("<H", self._data, 4)[0] >= 0x600
        formats: dict[int, str] = {}
        styles: list[int] = []
        shared: list[bytes] = []
        last = 0
        for kind, body in self._records(0):
            if kind == FILEPASS:
                raise Unreadable(ENCRYPTED)
            if kind == SST or (kind == CONTINUE and last == SST):
                shared.append(body)
                last = SST
                continue
            last = kind
            self._read_global(kind, body, formats, styles)
        self._strings = shared_strings(shared) if shared else []
        self._dates = [is_date_format(number, formats.get(number)) for number in styles]

    def _read_global(self, kind: int, body: bytes, formats: dict[int, str], styles: list[int]) -> None:
        if kind == CODEPAGE:
            self._encoding = {936: "gb18030", 950: "cp950", 932: "cp932"}.get(
                struct.unpack_from("<H", body)[0], "gb18030"
            )
        elif kind == DATEMODE:
            self.date1904 = body[:2] == b"\x01\x00"
        elif kind in (FORMAT, FORMAT5):
            formats[struct.unpack_from("<H", body)[0]] = self._text(body, 2, 2 if self.wide else 1)
        elif kind == XF:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == SUPBOOK and len(body) > 4:
            self.external = True
        elif kind == BOUNDSHEET and body[5] == 0 and len(self.names) < 100:
            self._starts.append(struct.unpack_from("<I", body)[0])
            self.names.append(self._text(body, 6, 1))

    def _text(self, body: bytes, offset: int, width: int = 2) -> str:
        """A string inside one record; its length stands in `width` bytes before it."""
        count = struct.unpack_from("<H" if width == 2 else "<B", body, offset)[0]
        offset += width
        if not self.wide:
            return safe_text(body[offset : offset + count].decode(self._encoding, "replace"))
        double = body[offset] & 1 if count else 0
        text = body[offset + 1 : offset + 1 + (count << double)]
        return safe_text(text.decode("utf-16-le" if double else "latin-1", "replace"))

    def _read_sheet(self, raw: RawSheet, start: int) -> None:
        waiting: tuple[int, int] | None = None
        for kind, body in self._records(start):
            if kind == STRING and waiting:
                raw.put(waiting[0], waiting[1], Cell(self._text(body, 0), Kind.FORMULA))
            elif kind == FORMULA:
                row, column = waiting = struct.unpack_from("<HH", body)
                raw.put(row, column, self._formula(body))
            elif kind == ROW:
                if struct.unpack_from("<I", body, 12)[0] & 0x20:
                    raw.hidden.add(struct.unpack_from("<H", body)[0])
            elif kind == MERGED:
                for at in range(2, 2 + 8 * struct.unpack_from("<H", body)[0], 8):
                    row, last_row, column, last_column = struct.unpack_from("<4H", body, at)
                    raw.merge(row, column, last_row, last_column)
            elif kind == MULRK:
                self._read_many(raw, body)
            elif kind in (LABELSST, NUMBER, RK, LABEL, RSTRING, BOOLERR):
                row, column = struct.unpack_from("<HH", body)
                raw.put(row, column, self._cell(kind, body))

    def _read_many(self, raw: RawSheet, body: bytes) -> None:
        row, column = struct.unpack_from("<HH", body)
        for at in range(4, len(body) - 2, 6):
            style, packed = struct.unpack_from("<HI", body, at)
            raw.put(row, column + (at - 4) // 6, self._number(unpacked(packed), style))

    def _cell(self, kind: int, body: bytes) -> Cell:
        style = struct.unpack_from("<H", body, 4)[0]
        if kind == LABELSST:
            return Cell(self._strings[struct.unpack_from("<I", body, 6)[0]])
        if kind == NUMBER:
            return self._number(struct.unpack_from("<d", body, 6)[0], style)
        if kind == RK:
            return self._number(unpacked(struct.unpack_from("<I", body, 6)[0]), style)
        if kind == BOOLERR:
            return truth(body[6], error=body[7] == 1)
        return Cell(self._text(body, 6))

    def _formula(self, body: bytes) -> Cell:
        result = body[6:14]
        if result[6:8] != b"\xff\xff":
            return self._number(struct.unpack("<d", result)[0], struct.unpack_from("<H", body, 4)[0], formula=True)
        text = truth(result[2], error=result[0] == 2).text if result[0] in (1, 2) else ""
        return Cell(text, Kind.FORMULA)

    def _number(self, value: float, style: int, *, formula: bool = False) -> Cell:
        if not abs(value) < 1e308:
            raise Unreadable(DAMAGED)
        return number_cell(value, style < len(self._dates) and self._dates[style], self.date1904, formula)


def truth(value: int, *, error: bool) -> Cell:
    if error:
        return Cell(ERRORS.get(value, "#N/A"), Kind.ERROR)
    return Cell("TRUE" if value else "FALSE", Kind.BOOL)


def unpacked(packed: int) -> float:
    """A number in Excel's four-byte form: whole or the upper half of a double, perhaps in hundredths."""
    if packed & 2:
        value = float((packed >> 2) - (0x40000000 if packed & 0x80000000 else 0))
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def shared_strings(parts: list[bytes]) -> list[str]:
    """The strings of the shared table, which may break off in one record and go on in the next."""
    count = struct.unpack_from("<I", parts[0], 4)[0]
    if count > sum(len(part) for part in parts) // 3:
        raise Unreadable(DAMAGED)
    reader = Pieces(parts, 8)
    strings = [reader.string() for _number in range(count)]
    if sum(len(text) for text in strings) > 40_000_000:
        raise Unreadable(too_much(0, 0))
    return strings


class Pieces:
    """Reads across record borders."""

    def __init__(self, parts: list[bytes], position: int):
        self._parts, self._part, self._at = parts, 0, position

    def _step(self) -> bytes:
        """The record to read from; the next one when this is used up."""
        while self._at >= len(self._parts[self._part]):
            self._part, self._at = self._part + 1, 0
        return self._parts[self._part]

    def take(self, count: int) -> bytes:
        taken = b""
        while len(taken) < count:
            part = self._step()
            piece = part[self._at : self._at + count - len(taken)]
            self._at += len(piece)
            taken += piece
        return taken

    def skip(self, count: int) -> None:
        while count > 0:
            part = self._step()
            step = min(count, len(part) - self._at)
            self._at += step
            count -= step

    def string(self) -> str:
        count, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self.take(4))[0] if flags & 4 else 0
        text = self._characters(count, flags & 1)
        self.skip(4 * runs + extra)
        return safe_text(text)

    def _characters(self, count: int, double: int) -> str:
        text = bytearray()
        while count:
            if self._at >= len(self._parts[self._part]):
                double = self._step()[0] & 1
                self._at += 1
            part = self._parts[self._part]
            piece = part[self._at : self._at + (count << double)]
            done = len(piece) >> double
            if not done:
                raise Unreadable(DAMAGED)
            self._at += done << double
            text += piece[: done << double] if double else piece.decode("latin-1").encode("utf-16-le")
            count -= done
        return text.decode("utf-16-le", "replace")
