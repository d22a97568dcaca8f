"""Files for the sheet tests: ordinary ones by the usual libraries, hostile ones as raw zips."""

import io
import zipfile

import openpyxl
import xlwt

from hall.core.sheets import Column

NAME = Column("name", "姓名", required=True)
ID = Column("id", "公民身份号码", ("身份证号", "身份证号码"), required=True)
JOINED = Column("joined", "加入党组织日期", ("入党日期", "入党时间"))
PHONE = Column("phone", "联系电话", ("手机", "手机号码"))
COLUMNS = (NAME, ID, JOINED, PHONE)
HEADER = ("姓名", "公民身份号码", "加入党组织日期", "联系电话")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def xlsx(*rows, change=None) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file


def xls(*rows, change=None) -> io.BytesIO:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名册")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    if change:
        change(book, sheet)
    file = io.BytesIO()
    book.save(file)
    return file


def raw_xlsx(sheet: str | bytes, strings: str | bytes = "", more: dict[str, bytes] | None = None) -> io.BytesIO:
    """A workbook of one sheet from raw XML; `strings` is the whole shared-strings part."""
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings:
        parts["xl/sharedStrings.xml"] = strings
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | (more or {})).items():
            archive.writestr(name, content)
    return file


def sheet_xml(body: str, dimension: str = "A1:D2") -> str:
    return f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>{body}</sheetData></worksheet>'


def inline_row(number: int, *texts: str) -> str:
    cells = "".join(
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in enumerate(texts)
    )
    return f'<row r="{number}">{cells}</row>'


HEADER_ROW = inline_row(1, *HEADER)
