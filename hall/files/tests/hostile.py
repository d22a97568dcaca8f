"""Hostile files, made from a seed: bombs by hand, and ordinary files flipped, cut, spliced, joined and altered inside.

`sent_through` hands them to both doors of the hall (cleaning, and the reader of workbooks) in one fresh process, which
answers what became of them, the most memory it ever held and the longest time one took.
"""

import io
import json
import re
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from hall.files.cleaning.apart import confine_memory
from hall.files.tests import samples

CANARY = "http://127.0.0.1:9"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'haha'>" + "".join(
    f"<!ENTITY {chr(at)} '{f'&{chr(at - 1)};' * 10}'>" for at in range(ord("b"), ord("k"))
)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(*chunks: bytes) -> bytes:
    whole = samples.picture("PNG")
    return whole[:33] + b"".join(chunks) + whole[33:]


def pdf_of(*objects: bytes, root: int = 1, more: bytes = b"") -> bytes:
    """A PDF from raw objects, numbered from 1, with a correct table."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, more, table)
    return bytes(out)


def flate(body: bytes, extra: bytes = b"") -> bytes:
    packed = zlib.compress(body, 9)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n" % (len(packed), extra) + packed + b"\nendstream"


def pdf_packed(size: int) -> bytes:
    """A PDF whose page stands in a packed stream of objects that unpacks to so many bytes."""
    body = b"3 0 " + PAGE + b" " * size
    parts = [CATALOG, PAGES, flate(body, b"/Type /ObjStm /N 1 /First 4")]
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, part in zip((1, 2, 4), parts, strict=True):
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = len(out)
    rows = [(0, 0, 65535), (1, places[1], 0), (1, places[2], 0), (2, 4, 0), (1, places[4], 0), (1, table, 0)]
    packed = b"".join(struct.pack(">BIH", *row) for row in rows)
    out += b"5 0 obj\n" + flate(packed, b"/Type /XRef /W [1 4 2] /Size 6 /Root 1 0 R") + b"\nendobj\n"
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


CATALOG, PAGES = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"


def link_zip() -> bytes:
    info = zipfile.ZipInfo("word/link.xml")
    info.external_attr = 0o120777 << 16
    return samples.zipped(samples.docx_parts() | {"word/link.xml": "/etc/passwd"}, infos={"word/link.xml": info})


def nested(levels: int) -> bytes:
    data = b"0" * 1_000_000
    for _level in range(levels):
        data = samples.zipped({f"{at}.zip": data for at in range(10)})
    return data


def xxe(url: str) -> str:
    return f'<!DOCTYPE x [<!ENTITY e SYSTEM "{url}/xxe"><!ENTITY % p SYSTEM "{url}/pe">%p;]><x>&e;</x>'


def bombs(url: str = CANARY) -> dict[str, Callable[[], bytes]]:
    """Name → how it is made. Each meets what the catalogue names (B09–B12, B17)."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{"长" * 32_000}</t></si></sst>'
    cells = "".join(f'<row r="{at}">' + '<c t="s"><v>0</v></c>' * 4 + "</row>" for at in range(2, 19_000))
    every = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    outside = samples.relations(
        ("image", f"{url}/pixel.png", "External"), ("attachedTemplate", f"{url}/t.dotm", "External")
    )
    return {
        "zip bomb": lambda: samples.docx(**{"word/media/a.emf": bytes(200_000_000)}),
        "zip in zip in zip": lambda: nested(4),
        "thousands of parts": lambda: samples.docx(**{f"word/{at}.xml": "<x/>" for at in range(5_000)}),
        "pixel flood": lambda: samples.png_header(50_000, 50_000),
        "as many pixels as pass": lambda: samples.picture("PNG", (8_000, 5_000), mode="RGBA"),
        "as many pixels as pass, lying on its side": lambda: samples.picture("JPEG", (8_000, 5_000), exif=True),
        "text bomb in a picture": lambda: png_with(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 9))),
        "profile bomb in a picture": lambda: png_with(chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(200_000_000), 9))),
        "every cell declared": lambda: samples.xlsx(every),
        "shared strings": lambda: samples.xlsx(f"<sheetData>{cells}</sheetData>", **{"xl/sharedStrings.xml": strings}),
        "styled blanks": lambda: samples.xlsx("<sheetData>" + ('<row>' + "<c s='1'/>" * 400 + "</row>") * 9_000 + "</sheetData>"),
        "billion laughs in docx": lambda: samples.docx(**{"word/document.xml": LAUGHS + "]><x>&j;</x>"}),
        "billion laughs in xlsx": lambda: samples.xlsx(**{"xl/workbook.xml": LAUGHS + "]><x>&j;</x>"}),
        "outside entity in docx": lambda: samples.docx(**{"word/document.xml": xxe(url)}),
        "outside entity in xlsx": lambda: samples.xlsx(**{"xl/sharedStrings.xml": xxe(url), "xl/workbook.xml": xxe(url)}),
        "outside entity in the types": lambda: samples.docx(**{"[Content_Types].xml": xxe(url)}),
        "content elsewhere": lambda: samples.docx(**{"word/_rels/document.xml.rels": outside}),
        "workbook elsewhere": lambda: samples.xlsx(**{"xl/externalLinks/_rels/e.xml.rels": outside}),
        "symlink": link_zip,
        **{
            f"name {name!r}": lambda name=name: samples.docx(**{name: "<x/>"})
            for name in ("/etc/x.xml", "../../x.xml", "..\\x.xml", "C:\\x.xml", "C:x.xml", "word//x.xml", "./x.xml")
        },
        "name with NUL": lambda: samples.docx(**{"word/aXb.xml": "<x/>"}).replace(b"word/aXb.xml", b"word/a\0b.xml"),
        "a million deep": lambda: samples.docx("<a>" * 1_000_000 + "</a>" * 1_000_000),
        "a hundred thousand attributes": lambda: samples.docx("<a " + " ".join(f'b{at}=""' for at in range(100_000)) + "/>"),
        "a hundred thousand types": lambda: samples.docx(**{"[Content_Types].xml": "<T>" + "<O/>" * 100_000 + "</T>"}),
        "PDF: a packed stream of objects": lambda: pdf_packed(900_000_000),
        "PDF: a smaller packed stream": lambda: pdf_packed(50_000_000),
        "PDF: nested without end": lambda: pdf_of(CATALOG, PAGES, PAGE, b"[" * 200_000),
        "PDF: pages in a circle": lambda: pdf_of(CATALOG, b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"),
        "PDF: tables in a circle": lambda: pdf_of(CATALOG, PAGES, PAGE, more=b"/Prev 9"),
        "PDF: a million pages declared": lambda: pdf_of(CATALOG, b"<< /Type /Pages /Count 1000000 /Kids [3 0 R] >>", PAGE),
        "PDF: a file elsewhere": lambda: pdf_of(CATALOG, PAGES, PAGE, b"<< /Length 0 /F (%s) >>\nstream\n\nendstream" % url.encode()),
        "PDF: many objects": lambda: pdf_of(CATALOG, PAGES, PAGE, *[b"<< /A [1 2 3] /S /URI /URI (http://x/) >>"] * 60_000),
        "one endless line": lambda: b"a" * 20_000_000,
        "a million columns": lambda: b"," * 1_000_000 + b"\n1\n",
        "quotation marks": lambda: b'"' * 2_000_001,
        "WAV of all sizes": lambda: samples.wav().replace(b"data", b"junk\xff\xff\xff\x7fdata"),
        "MP3 with an endless tag": lambda: b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + samples.mp3(),
        "MP3 of tags": lambda: b"ID3\x04\0\0\0\0\0\0" * 1_000_000,
        "PDF, picture and zip in one": lambda: samples.pdf() + samples.picture("PNG") + samples.docx(),
        "zip behind a picture": lambda: samples.picture("JPEG") + samples.docx(),
        "page behind a picture": lambda: b"\xff\xd8\xff\xe0<script>fetch('%s')</script>" % url.encode(),
    }  # fmt: skip


def bases() -> list[tuple[str, bytes]]:
    """What is altered: one of each kind, plain and with what the kinds allow."""
    from hall.core.tests.sheet_files import HEADER, xls, xlsx

    rows = [HEADER, *((f"张三{at}", f"1101051949123100{at:02}", "2024-03-01", at) for at in range(30))]
    made = samples.ordinary()
    return [
        *made.items(),
        ("photo", samples.picture("JPEG", (64, 48), exif=True)),
        ("picture", samples.picture("PNG", (64, 48), mode="P")),
        ("packed pdf", samples.pdf(lambda p: p.attachments.__setitem__("a.txt", b"x" * 99))),
        ("raw pdf", pdf_of(CATALOG, PAGES, PAGE, b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>", flate(b"q Q" * 50))),
        ("roster", xlsx(*rows).getvalue()),
        ("old roster", xls(*rows).getvalue()),
        ("list", "姓名,身份证号\n张三,1\n".encode("gb18030") * 20),
        ("zip", samples.zipped({"a.txt": "x" * 500, "b/c.csv": "1,2"})),
    ]


def flipped(dice: Random, data: bytes, others: list[bytes]) -> bytes:
    harmed = bytearray(data)
    for _time in range(dice.randint(1, 20)):
        harmed[dice.randrange(len(harmed))] ^= 1 << dice.randrange(8)
    return bytes(harmed)


def cut(dice: Random, data: bytes, others: list[bytes]) -> bytes:
    return data[: dice.randrange(1, len(data))]


def spliced(dice: Random, data: bytes, others: list[bytes]) -> bytes:
    other = dice.choice(others)
    return data[: dice.randrange(len(data))] + other[dice.randrange(len(other)) :]


def joined(dice: Random, data: bytes, others: list[bytes]) -> bytes:
    other = dice.choice(others)
    at = dice.randrange(len(data))
    return dice.choice([data + other, data[:at] + other + data[at:], data[:8] + other])


def grown(dice: Random, data: bytes, others: list[bytes]) -> bytes:
    start = dice.randrange(len(data))
    return data[:start] + data[start : start + 400] * dice.randint(2, 400) + data[start:]


def counted(dice: Random, data: bytes, others: list[bytes]) -> bytes:
    """A number in the file becomes another: lengths, places and counts are what readers trust."""
    harmed, at = bytearray(data), dice.randrange(max(1, len(data) - 4))
    value = dice.choice([0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000])
    harmed[at : at + 4] = struct.pack(dice.choice("<>") + "I", value)
    return bytes(harmed)


def altered_inside(dice: Random, data: bytes, others: list[bytes]) -> bytes:
    """Inside a zip, with sums that fit again; elsewhere the printable parts."""
    if not data.startswith(b"PK\x03\x04"):
        harmed = bytearray(data)
        for _time in range(dice.randint(1, 8)):
            harmed[dice.randrange(len(harmed))] = dice.choice(b"<>/[]()&;%\"'=\0\xff 09RAZ")
        return bytes(harmed)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError):
        return data
    name = dice.choice(sorted(parts))
    body = bytearray(parts[name] or b"<x/>")
    for _time in range(dice.randint(1, 8)):
        body[dice.randrange(len(body))] = dice.choice(b'<>/"=AZ09 rtc&!')
    return samples.zipped(parts | {name: bytes(body)})


WAYS = (flipped, cut, spliced, joined, grown, counted, altered_inside)


def mutations(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """So many altered files; the same ones for the same seed."""
    made = bases()
    others = [data for _name, data in made]
    for number in range(count):
        dice = Random(f"{seed}|{number}")
        name, data = dice.choice(made)
        way = dice.choice(WAYS)
        data = way(dice, data, others)
        if dice.random() < 0.3:
            data = dice.choice(WAYS)(dice, data or b"x", others)
        yield f"{number} {name} {way.__name__}", data[: 21 * 1024 * 1024] or b"x"


# ---- both doors, in a process of their own ----


def _forbid_connections(tried: list[str]) -> None:
    import socket

    def connect(self: Any, address: Any) -> None:
        tried.append(repr(address))
        raise OSError("no connection leaves this process")

    def ask(*said: Any, **more: Any) -> None:
        tried.append(repr(said))
        raise OSError("no name is looked up")

    socket.socket.connect = socket.socket.connect_ex = connect  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = ask  # type: ignore[assignment]


def _doors() -> list[tuple[str, Callable[[bytes], str]]]:
    from hall.core.sheets import Unreadable, read_table
    from hall.core.tests.sheet_files import COLUMNS
    from hall.files.cleaning import Unfit, clean

    def cleaning(data: bytes) -> str:
        try:
            return f"kept {clean(data).kind}"
        except Unfit as refusal:
            return refusal.code

    def reading(data: bytes) -> str:
        try:
            return f"read {read_table(io.BytesIO(data), 'x', columns=COLUMNS).format}"
        except Unreadable:
            return "refused"

    return [("cleaning", cleaning), ("reading", reading)]


def main() -> dict[str, Any]:
    """Read names and files from standard input, each with its length before it; what became of them."""
    from django.conf import settings

    settings.configure(USE_I18N=False)
    tried: list[str] = []
    _forbid_connections(tried)
    said: dict[str, Counter[str]] = {"cleaning": Counter(), "reading": Counter()}
    errors, slowest, doors, count = [], ("", 0.0), _doors(), 0
    source = sys.stdin.buffer
    confine_memory()
    while head := source.read(8):
        long_name, long_data = struct.unpack(">II", head)
        name, data, count = source.read(long_name).decode(), source.read(long_data), count + 1
        for door, ask in doors:
            began = time.process_time()
            try:
                said[door][ask(data)] += 1
            except BaseException as error:
                errors.append(f"{door}: {name}: {error!r}"[:300])
            slowest = max(slowest, (f"{door}: {name}", time.process_time() - began), key=lambda each: each[1])
    memory = _peak_mb()
    return {
        "files": count, "errors": errors, "connections": tried, "memory_mb": memory, "slowest": slowest, "said": said,
    }  # fmt: skip


def _peak_mb() -> int:
    """The most this process ever held. Not `ru_maxrss`: it keeps what the process held that started this one."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) // 1024


def sent_through(files: Iterator[tuple[str, bytes]]) -> dict[str, Any]:
    """Hand these to both doors in one fresh process; its answer. AssertionError if the process itself came to an end."""
    words = [sys.executable, "-m", "hall.files.tests.hostile"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdin and child.stdout and child.stderr
        last = ""
        with suppress(BrokenPipeError):
            for last, data in files:
                child.stdin.write(struct.pack(">II", len(last.encode()), len(data)) + last.encode() + data)
            child.stdin.close()
        answer, complaint = child.stdout.read(), child.stderr.read()
    assert child.returncode == 0, f"after {last}: {child.returncode} {complaint.decode()[-800:]}"
    return json.loads(answer)


def everything(count: int, seed: int, url: str = CANARY) -> Iterator[tuple[str, bytes]]:
    """All bombs, then so many altered files."""
    yield from ((name, make()) for name, make in bombs(url).items())
    yield from mutations(count, seed)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
