"""Hostile files: each is refused with one sentence, in little memory, and never by any other error."""

import io
import random
import struct
import subprocess
import sys
import zipfile

import pytest
from django.utils import translation

from hall.core.sheets import Kind, Unreadable, read_table, write_csv
from hall.core.sheets.ole import MAGIC
from hall.core.tests.sheet_files import COLUMNS, HEADER, HEADER_ROW, MAIN, inline_row, raw_xlsx, sheet_xml, xls, xlsx

GOOD = [HEADER, *((f"张三{at}", f"1101051949123100{at:02}", "2024-03-01", at) for at in range(30))]
BUILDERS = {
    "xlsx": lambda: xlsx(*GOOD),
    "xls": lambda: xls(*GOOD),
    "csv": lambda: io.BytesIO(b"".join(write_csv(GOOD))),
}
MEMORY = 300 * 1024  # KiB a whole reading process may take


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def read(file):
    return read_table(file, "roster.xlsx", columns=COLUMNS)


def zipped(**parts) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file


def container(stream: str) -> io.BytesIO:
    """An old Office container that holds one empty stream of that name."""
    head = MAGIC + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0) + struct.pack(
        "<108I", *[0xFFFFFFFF] * 108
    )
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    return io.BytesIO(head + fat + entry("Root Entry", 5) + entry(stream, 2) + bytes(256))


def entry(name: str, kind: int) -> bytes:
    raw = name.encode("utf-16-le")
    body = raw.ljust(64, b"\0") + struct.pack("<HB", len(raw) + 2, kind)
    return body.ljust(116, b"\0") + struct.pack("<II", 0xFFFFFFFE, 0) + bytes(4)


REFUSED = {
    "an empty file": (io.BytesIO(), "file is empty"),
    "only blanks": (io.BytesIO(b"\xef\xbb\xbf \r\n"), "file is empty"),
    "an empty sheet": (xlsx(), "no rows in the workbook"),
    "an empty old sheet": (xls(), "no rows in the workbook"),
    "an encrypted workbook": (container("EncryptedPackage"), "protected with a password"),
    "an old document": (container("WordDocument"), "not a workbook"),
    "a renamed web page": (io.BytesIO("<html><table><tr><td>姓名".encode()), "is a web page"),
    "a renamed web page with a mark": (io.BytesIO(b"\xef\xbb\xbf\r\n<!DOCTYPE html>"), "is a web page"),
    "a web archive": (io.BytesIO(b"MIME-Version: 1.0\r\n"), "is a web page"),
    "a spreadsheet of 2003": (io.BytesIO(b'<?xml version="1.0"?><Workbook>'), "is a web page"),
    "a document": (zipped(word__document_dot_xml="<x/>"), "not a workbook"),
    "a binary workbook": (zipped(xl__workbook_dot_bin="x"), "is not read here"),
    "an open document": (zipped(content_dot_xml="<x/>", mimetype="x"), "is not read here"),
    "any zip": (zipped(photo_dot_jpg="x"), "not a workbook"),
    "an empty zip": (zipped(), "not a workbook"),
    "a PDF": (io.BytesIO(b"%PDF-1.7 x"), "neither a workbook"),
    "a picture": (io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0"), "neither a workbook"),
    "bytes": (io.BytesIO(bytes(range(256)) * 9), "encoding is not known"),
    "unknown encoding": (
        io.BytesIO("姓名,身份证号\n张三,\xff".encode("latin-1", "replace") + b"\xff\xff"),
        "encoding is not known",
    ),
    "an unclosed quotation mark": (io.BytesIO('姓名,身份证号\n"张三,1\n'.encode()), "near line 2"),
    "a document type": (
        raw_xlsx('<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>' + sheet_xml(HEADER_ROW)),
        "damaged",
    ),
    "entities": (
        raw_xlsx('<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>' + sheet_xml(inline_row(1, "&c;"))),
        "damaged",
    ),
    "a cell of another row": (raw_xlsx(sheet_xml('<row r="1"><c r="A2"><v>1</v></c></row>')), "damaged"),
    "a row beyond the last": (raw_xlsx(sheet_xml('<row r="1048577"><c r="A1048577"><v>1</v></c></row>')), "damaged"),
    "a missing shared string": (raw_xlsx(sheet_xml('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')), "damaged"),
    "no number": (raw_xlsx(sheet_xml('<row r="1"><c r="A1"><v>1e999</v></c></row>')), "damaged"),
    "a far column": (raw_xlsx(sheet_xml(HEADER_ROW + '<row r="2"><c r="XFD2"><v>1</v></c></row>')), "at cell XFD2"),
    "an endless cell": (raw_xlsx(sheet_xml(HEADER_ROW + inline_row(2, "x" * 40_000))), "at cell A2"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_the_file_is_refused_with_a_sentence(kind):
    file, sentence = REFUSED[kind]
    with pytest.raises(Unreadable, match=sentence):
        read(file)


def test_an_encrypted_old_workbook_is_refused():
    data = bytearray(xls(*GOOD).getvalue())
    at = data.index(b"\x42\x00\x02\x00")
    data[at : at + 2] = b"\x2f\x00"
    with pytest.raises(Unreadable, match="password"):
        read(io.BytesIO(data))


def test_a_file_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(Unreadable, match="larger than 1 MB"):
        read_table(io.BytesIO(b"x" * (1024 * 1024 + 1)), "x", limit_bytes=1024 * 1024)


def test_a_million_declared_rows_do_not_matter_when_few_are_filled():
    body = HEADER_ROW + inline_row(2, "张三", "1", "", "") + inline_row(1_048_576, "李四", "2", "", "")
    table = read(raw_xlsx(sheet_xml(body, "A1:XFD1048576")))
    assert [row.number for row in table.rows] == [2, 1_048_576]


def test_a_directory_with_two_entries_of_one_name_is_refused():
    file = raw_xlsx(sheet_xml(HEADER_ROW))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml(""))
    with pytest.raises(Unreadable):
        read(file)


def test_thousands_of_entries_are_refused():
    with pytest.raises(Unreadable, match="unpacks to far more"):
        read(zipped(**{f"x{at}": "" for at in range(2_001)}))


def test_a_directory_that_lies_about_the_size_is_found_out():
    file = raw_xlsx(sheet_xml(HEADER_ROW + inline_row(2, "张三", "1" * 3000, "", "")))
    assert read(file).rows
    with zipfile.ZipFile(file) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = file.getvalue().replace(struct.pack("<I", size), struct.pack("<I", 900))
    with pytest.raises(Unreadable, match="damaged"):
        read(io.BytesIO(lying))


def test_control_characters_and_half_characters_become_the_replacement_character():
    body = (
        HEADER_ROW
        + '<row r="2"><c r="A2" t="inlineStr"><is><t>张_x0000__xD842_三</t></is></c><c r="B2"><v>1</v></c></row>'
    )
    assert read(raw_xlsx(sheet_xml(body))).rows[0].texts[0] == "张\ufffd\ufffd三"
    joined = (
        HEADER_ROW + '<row r="2"><c r="A2" t="inlineStr"><is><t>_xD842__xDFB7_</t></is></c><c r="B2"><v>1</v></c></row>'
    )
    assert read(raw_xlsx(sheet_xml(joined))).rows[0].texts[0] == "𠮷"


def bomb(kind: str) -> io.BytesIO:
    if kind == "a zip bomb":
        return raw_xlsx(sheet_xml(HEADER_ROW + "<row/>" * 30_000_000))
    if kind == "styled blanks":
        return raw_xlsx(
            sheet_xml(HEADER_ROW + "".join(f'<row r="{at}">' + "<c/>" * 400 + "</row>" for at in range(2, 30_000)))
        )
    if kind == "a million rows":
        return raw_xlsx(
            sheet_xml(HEADER_ROW + "".join(f'<row r="{at}"><c><v>{at}</v></c></row>' for at in range(2, 1_000_000)))
        )
    if kind == "wide rows":
        cells = "<c><v>1</v></c>" * 250
        return raw_xlsx(sheet_xml(HEADER_ROW + "".join(f'<row r="{at}">{cells}</row>' for at in range(2, 12_000))))
    if kind == "one endless attribute":
        return raw_xlsx(sheet_xml(f'<row r="{"1" * 50_000_000}"/>'))
    if kind == "shared strings":
        rows = "".join(f'<row r="{at}">' + '<c t="s"><v>0</v></c>' * 4 + "</row>" for at in range(2, 19_000))
        return raw_xlsx(sheet_xml(HEADER_ROW + rows), f'<sst xmlns="{MAIN}"><si><t>{"长" * 32_000}</t></si></sst>')
    if kind == "one endless shared string":
        return raw_xlsx(sheet_xml(HEADER_ROW), f'<sst xmlns="{MAIN}"><si>{"<t>x</t>" * 3_000_000}</si></sst>')
    merges = "".join(f'<mergeCell ref="A3:A{1_000_000 - at}"/>' for at in range(5_000))
    rows = "".join(inline_row(at, "x", "1") for at in range(2, 15_000))
    return raw_xlsx(
        sheet_xml(HEADER_ROW + rows).replace("</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>")
    )


BOMBS = [
    "a zip bomb",
    "styled blanks",
    "a million rows",
    "wide rows",
    "one endless attribute",
    "shared strings",
    "one endless shared string",
    "merged cells",
]
READ_ALONE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from django.conf import settings
settings.configure(USE_I18N=False)
from hall.core.sheets import Unreadable, read_table
from hall.core.tests.sheet_files import COLUMNS
from hall.core.sheets import archive
if sys.argv[2] == "without":
    archive.RATIO = archive.UNPACKED = 10**12
try:
    answer = len(read_table(open(sys.argv[1], "rb"), "x", columns=COLUMNS).rows)
except Unreadable as error:
    answer = error
print(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0], answer)
"""


@pytest.mark.parametrize("kind", BOMBS)
@pytest.mark.parametrize("directory_check", ["with", "without"])
def test_a_bomb_is_refused_in_little_memory(kind, directory_check, tmp_path):
    """Also when its directory gives nothing away: then the stream itself is stopped."""
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(bomb(kind).getvalue())
    run = subprocess.run(
        [sys.executable, "-c", READ_ALONE, str(path), directory_check], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    memory, _space, answer = run.stdout.partition(" ")
    assert int(memory) < MEMORY
    assert not answer.strip().isdigit(), answer


@pytest.mark.parametrize("kind", BUILDERS)
def test_a_truncated_file_is_read_or_refused_and_nothing_else(kind):
    whole = BUILDERS[kind]().getvalue()
    refused = 0
    for cut in random.Random(7).sample(range(len(whole)), 120):
        try:
            assert len(read(io.BytesIO(whole[:cut])).rows) <= len(GOOD)
        except Unreadable:
            refused += 1
    assert refused > (100 if kind != "csv" else 1)


@pytest.mark.parametrize("kind", BUILDERS)
def test_a_mutated_file_is_read_or_refused_and_nothing_else(kind):
    whole = BUILDERS[kind]().getvalue()
    for seed in range(200):
        chance = random.Random(seed)
        data = bytearray(whole)
        for _time in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        read_or_refuse(bytes(data))


def test_mutated_xml_inside_a_whole_zip_is_read_or_refused_and_nothing_else():
    whole = sheet_xml(
        HEADER_ROW + "".join(inline_row(at, f"张三{at}", "1", "2024-01-01", "2") for at in range(2, 20))
    ).encode()
    for seed in range(200):
        chance = random.Random(seed)
        data = bytearray(whole)
        for _time in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.choice(b'<>/"=AZ09 rtc&')
        read_or_refuse(raw_xlsx(bytes(data)).getvalue())


def read_or_refuse(data: bytes) -> None:
    try:
        table = read(io.BytesIO(data))
    except Unreadable:
        return
    assert all(cell.kind in Kind for row in table.rows for cell in row.cells)
