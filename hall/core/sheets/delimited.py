"""Tables in .csv: UTF-8 with or without BOM, GB18030 or UTF-16; comma, semicolon or tab."""

import csv
import io
import re

from django.utils.translation import gettext_lazy as _

from hall.core.sheets.table import DAMAGED, Book, Cell, Full, Kind, Limits, RawSheet, Unreadable, safe_text

ENCODING = _(
    "The text's encoding is not known. Save the file in Excel or WPS as .xlsx, or as CSV UTF-8, and upload it again."
)
QUOTES = _(
    "A quotation mark near line %(line)d is not closed. Save the table as .xlsx in Excel or WPS and upload that file."
)
DANGER = re.compile(r"\A'*+(?:\s*+[=+\-@＝＋－＠]|[\t\r\n])")
AS_TEXT = re.compile(r'="([^"]*)"\Z')


class CsvBook(Book):
    """A delimited text as a workbook of one sheet. Unreadable: unknown encoding, binary, an unclosed quotation mark."""

    format = "csv"

    def __init__(self, data: bytes):
        super().__init__()
        self.names = [""]
        self._text = decoded(data)
        self._separator = separator(self._text)

    def sheet(self, index: int, limits: Limits) -> RawSheet:
        raw = RawSheet(limits)
        lines = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._separator, strict=True)
        try:
            for row, values in enumerate(lines):
                for column, value in enumerate(values):
                    if value:
                        raw.put(row, column, text_cell(value))
        except Full:
            return raw
        except csv.Error as error:
            raise Unreadable(QUOTES % {"line": lines.line_num}) from error
        return raw


def decoded(data: bytes) -> str:
    """The text of a file, its byte order mark removed."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif b"\x00" in data:
        raise Unreadable(ENCODING)
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding == "utf-8-sig" and error.reason == "unexpected end of data" and error.start > 64:
                raise Unreadable(DAMAGED) from error
    raise Unreadable(ENCODING)


def separator(text: str) -> str:
    """The separator that cuts the first lines into most columns; a comma if none does."""
    head = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    return max(",;\t", key=lambda mark: max((line.count(mark) for line in head), default=0))


def text_cell(value: str) -> Cell:
    """A field as a cell. Marks for "this is text" ('=1, ="00123") come off; what else begins with = is a formula."""
    value = safe_text(value)
    if literal := AS_TEXT.match(value):
        return Cell(literal[1])
    if value[0] == "'" and DANGER.match(value):
        return Cell(value[1:])
    return Cell(value, Kind.FORMULA) if value[0] == "=" else Cell(value)
