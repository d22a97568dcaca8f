"""Files for the tests: ordinary ones by the usual libraries, hostile ones as raw bytes."""

import io
import struct
import wave
import zipfile
import zlib
from functools import cache

import pikepdf
from PIL import Image

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument"
DOCX_MAIN = f"{TYPE}.wordprocessingml.document.main+xml"
XLSX_MAIN = f"{TYPE}.spreadsheetml.sheet.main+xml"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), *, exif: bool = False, mode: str = "RGB") -> bytes:
    out, image = io.BytesIO(), Image.new(mode, size, 60)
    told = {}
    if exif:
        tags = Image.Exif()
        tags[0x0112], tags[0x010F], tags[0x8769] = 6, "<script>alert(1)</script>", {0x9286: b"secret comment"}
        tags[0x8825] = {1: "N", 2: (28.0, 1.0, 12.0), 3: "E", 4: (120.0, 40.0, 1.0)}
        told["exif"] = tags
    image.save(out, kind, **told)
    return out.getvalue()


def pdf(change=None, **saving) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(200, 200))
        if change:
            change(made)
        made.save(out, **saving)
    return out.getvalue()


def zipped(parts: dict[str, bytes | str], *, infos: dict[str, zipfile.ZipInfo] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr((infos or {}).get(name, name), content)
    return out.getvalue()


def types(main: str, part: str) -> str:
    return f'<?xml version="1.0"?><Types><Override PartName="/{part}" ContentType="{main}"/></Types>'


def docx_parts(text: str = "<w:p><w:r><w:t>证明</w:t></w:r></w:p>") -> dict[str, bytes | str]:
    return {
        "[Content_Types].xml": types(DOCX_MAIN, "word/document.xml"),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", "")),
        "word/document.xml": f'<w:document xmlns:w="w"><w:body>{text}</w:body></w:document>',
    }


def relations(*rows: tuple[str, str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="r{at}" Type="{REL}/{kind}" Target="{target}"{f" TargetMode={chr(34)}{mode}{chr(34)}" if mode else ""}/>'
        for at, (kind, target, mode) in enumerate(rows)
    )
    return f"<Relationships>{listed}</Relationships>"


def docx(text: str = "<w:p><w:r><w:t>证明</w:t></w:r></w:p>", **more: bytes | str) -> bytes:
    return zipped(docx_parts(text) | more)


def xlsx(sheet: str = "<sheetData/>", **more: bytes | str) -> bytes:
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": types(XLSX_MAIN, "xl/workbook.xml"),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", "")),
        "xl/workbook.xml": f'<workbook xmlns:r="{REL}"><sheets><sheet name="a" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml", "")),
        "xl/worksheets/sheet1.xml": f"<worksheet>{sheet}</worksheet>",
    }
    return zipped(parts | more)


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 8)
    return out.getvalue()


def mp3(frames: int = 8) -> bytes:
    """Frames of MPEG 1, layer III, 128 kbit/s, 44.1 kHz; silence."""
    return (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


@cache
def ordinary() -> dict[str, bytes]:
    """One good file of each kind."""
    return {
        "pdf": pdf(),
        "png": picture("PNG"),
        "jpeg": picture("JPEG"),
        "docx": docx(),
        "xlsx": xlsx(),
        "text": "姓名,工号\n吴建国,T1001\n".encode(),
        "wav": wav(),
        "mp3": mp3(),
    }
