"""What a file is, by its content; what is taken out of it; and a sentence for each one that is not kept."""

import io
import struct
import zipfile

import pikepdf
import pytest
from django.utils import translation
from PIL import Image

from hall.files import rules
from hall.files.cleaning import WAYS, Unfit, clean
from hall.files.cleaning.apart import clean_apart
from hall.files.tests import samples
from hall.files.words import FileKind

ORDINARY = samples.ordinary()


@pytest.mark.parametrize("kind", ORDINARY)
def test_an_ordinary_file_of_each_kind_is_told_by_its_content_and_kept(kind):
    found = clean(ORDINARY[kind])
    assert (found.kind, found.removed) == (kind, ())
    if kind not in ("png", "jpeg"):
        assert found.data == ORDINARY[kind]


def test_every_kind_has_its_word_ending_and_type():
    assert set(rules.SUFFIXES) == set(rules.TYPES) == set(FileKind) == {*ORDINARY}
    assert set(WAYS) >= {"pdf", "png", "jpeg", "zip", "text", "wav", "mp3"}


def unfit(data: bytes) -> str:
    with pytest.raises(Unfit) as refusal:
        clean(data)
    return refusal.value.code


OTHERS = {
    b"": "empty",
    b"\0" * 400: "empty",
    b"<!DOCTYPE html><script>alert(1)</script>": "web",
    b"\xef\xbb\xbf  <html>": "web",
    b'<?xml version="1.0"?><svg onload="alert(1)"/>': "web",
    b"<svg xmlns='x'><script/></svg>": "web",
    b"MIME-Version: 1.0\r\n": "web",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600): "old_office",
    b"{\\rtf1 x}": "old_office",
    b"Rar!\x1a\x07\x01\0": "archive",
    b"7z\xbc\xaf\x27\x1c": "archive",
    b"\x1f\x8b\x08\0": "archive",
    b"PK\x05\x06" + bytes(18): "archive",
    b"GIF89a" + bytes(20): "picture",
    b"RIFF\x10\0\0\0WEBPVP8 ": "picture",
    b"\0\0\0\x18ftypheic": "picture",
    b"\0\0\0\x18ftypisom": "media",
    b"OggS" + bytes(30): "media",
    b"MZ\x90\0\x03\0": "program",
    b"\x7fELF\x02\x01": "program",
    b"#!/bin/sh\nrm -rf x": "program",
    bytes(range(256)) * 4: "unknown",
    b"\xff\xfb\x90\x00" + bytes(30): "damaged",
    b"%PDF-1.7 nothing": "damaged",
    b"\x89PNG\r\n\x1a\nnothing": "damaged",
    b"\xff\xd8\xff\xe0nothing": "damaged",
    b"PK\x03\x04nothing": "damaged",
    b"RIFF\x24\0\0\0WAVEfmt ": "damaged",
}


@pytest.mark.parametrize("data", OTHERS, ids=lambda data: repr(data[:12]))
def test_what_is_no_kind_of_ours_is_refused_with_the_fitting_advice(data):
    """B10, B18: a wrong, renamed or truncated file; the name is never asked."""
    assert unfit(data) == OTHERS[data]


@pytest.mark.parametrize("code", rules.UNFIT)
def test_every_refusal_is_one_or_two_sentences_that_say_what_to_do(code):
    with translation.override("zh-hans"):
        text = rules.unfit_finding(code, "证明.pdf").text
    assert text.startswith("“证明.pdf”：") and text.endswith("。") and "请" in text, text


@pytest.mark.parametrize("kind", ["pdf", "png", "jpeg", "docx", "xlsx", "wav", "mp3"])
def test_a_truncated_file_is_refused_or_still_whole(kind):
    """B10."""
    whole = ORDINARY[kind]
    codes = set()
    for cut in range(20, len(whole) - 1, max(1, len(whole) // 40)):
        try:
            clean(whole[:cut])
        except Unfit as refusal:
            codes.add(refusal.code)
    assert codes <= {"damaged", "unknown", "empty", "archive"} and "damaged" in codes


# ---- pictures ----


def test_a_photo_loses_place_device_and_comment_and_stands_upright():
    """B36: hostile metadata is not shown as text; it is not there any more."""
    photo = samples.picture(exif=True, size=(40, 30))
    assert b"<script>" in photo and b"secret comment" in photo
    found = clean(photo)
    assert found.removed == ("metadata",)
    assert b"<script>" not in found.data and b"secret" not in found.data and b"Exif" not in found.data
    with Image.open(io.BytesIO(found.data)) as kept:
        assert (
            kept.size == (30, 40)
            and not kept.getexif()
            and set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        )


def test_text_chunks_of_a_png_and_what_follows_its_end_are_left_behind():
    out = io.BytesIO()
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Comment", "<img src=x onerror=alert(1)>", zip=True)
    Image.new("RGBA", (9, 9)).save(out, "PNG", pnginfo=told)
    found = clean(out.getvalue() + b"<script>alert(2)</script>" + ORDINARY["docx"])
    assert found.removed == ("metadata",) and b"tEXt" not in found.data and b"zTXt" not in found.data
    assert b"script" not in found.data and b"PK\x03\x04" not in found.data and found.data.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_is_kept(mode):
    with Image.open(io.BytesIO(clean(samples.picture("PNG", mode=mode)).data)) as kept:
        assert kept.size == (40, 30)


def test_a_flood_of_pixels_is_refused_by_what_it_declares():
    assert unfit(samples.png_header(50_000, 50_000)) == "pixels"
    assert unfit(samples.png_header(40_001, 1_000)) == "pixels"


# ---- PDF ----


def _action(kind: str, **more):
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def _link(made, act, subtype="/Link"):
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name(subtype), Rect=[0, 0, 9, 9], A=act)
    made.pages[0].obj["/Annots"] = pikepdf.Array([note])


def _root(key):
    def change(made, value):
        made.Root[key] = value

    return change


HOSTILE_PDF = {
    "script on opening": (lambda p: _root("/OpenAction")(p, _action("JavaScript", JS="app.alert(1)")), {"script"}),
    "launch on opening": (lambda p: _root("/OpenAction")(p, _action("Launch", F="calc.exe")), {"launch"}),
    "script behind a link": (lambda p: _link(p, _action("JavaScript", JS="x()")), {"script"}),
    "launch behind a link": (lambda p: _link(p, _action("Launch", F="cmd.exe")), {"launch"}),
    "form sent away": (lambda p: _link(p, _action("SubmitForm", F="http://127.0.0.1:9/")), {"action"}),
    "file elsewhere": (lambda p: _link(p, _action("GoToR", F=r"\\host\share\x.pdf", D=[0])), {"launch"}),
    "javascript address": (lambda p: _link(p, _action("URI", URI="javascript:alert(1)")), {"launch"}),
    "file address": (lambda p: _link(p, _action("URI", URI="file:///etc/passwd")), {"launch"}),
    "actions of the page": (lambda p: p.pages[0].obj.__setitem__("/AA", pikepdf.Dictionary(O=_action("Named"))), {"action"}),
    "names of scripts": (lambda p: _root("/Names")(p, pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[]))), {"script"}),
    "an attached file": (lambda p: p.attachments.__setitem__("virus.exe", b"MZ" + bytes(50)), {"attached"}),
    "a film": (lambda p: _link(p, _action("Rendition"), "/Screen"), {"media"}),
    "a form with a script": (lambda p: _root("/AcroForm")(p, pikepdf.Dictionary(XFA=p.make_stream(b"<xdp/>"))), {"script"}),
    "a chain of actions": (lambda p: _link(p, _action("URI", URI="https://example.edu.cn/", Next=_action("JavaScript", JS="x"))), {"script"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE_PDF)
@pytest.mark.parametrize("packed", [False, True])
def test_what_acts_by_itself_is_taken_out_of_a_pdf_and_said(kind, packed):
    """B17."""
    change, removed = HOSTILE_PDF[kind]
    way = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    found = clean(samples.pdf(change, object_stream_mode=way))
    assert removed <= set(found.removed)
    with pikepdf.open(io.BytesIO(found.data)) as kept:
        text = b"".join(repr(each).encode() for each in kept.objects)
        for word in (
            b"/JavaScript",
            b"/JS",
            b"/Launch",
            b"/SubmitForm",
            b"/GoToR",
            b"/AA",
            b"/XFA",
            b"/EF",
            b"javascript:",
            b"file:",
        ):
            assert word not in text, word
    assert clean(found.data).removed == ()


def test_a_pdf_with_ordinary_links_and_an_opening_page_stays_byte_for_byte():
    """So that an electronic seal on a bank slip still holds."""

    def change(made):
        _link(made, _action("URI", URI="https://www.example.edu.cn/"))
        made.Root["/OpenAction"] = pikepdf.Array([made.pages[0].obj, pikepdf.Name("/Fit")])

    data = samples.pdf(change)
    assert clean(data).data == data


def test_of_a_signed_pdf_it_is_said_that_the_signature_no_longer_fits():
    def change(made):
        made.Root["/AcroForm"] = pikepdf.Dictionary(Fields=[], V=pikepdf.Dictionary(ByteRange=[0, 1, 2, 3]))
        made.Root["/OpenAction"] = _action("JavaScript", JS="x")

    assert set(clean(samples.pdf(change)).removed) >= {"script", "signature"}


def test_what_hangs_behind_the_end_of_a_pdf_is_dropped():
    found = clean(ORDINARY["pdf"] + ORDINARY["docx"] + b"x" * 2000)
    assert found.kind == "pdf" and found.removed == ("tail",) and b"PK\x03\x04" not in found.data


def test_a_locked_pdf_is_refused_and_one_that_only_restricts_is_opened():
    assert unfit(samples.pdf(encryption=pikepdf.Encryption(user="a", owner="b"))) == "locked"
    assert clean(samples.pdf(encryption=pikepdf.Encryption(user="", owner="b"))).kind == "pdf"


# ---- office ----

HOSTILE_DOCX = {
    "vbaProject.bin": ({"word/vbaProject.bin": b"x"}, "macros"),
    "an ActiveX control": ({"word/activeX/activeX1.xml": "<x/>"}, "macros"),
    "an OLE object": ({"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}, "embedded"),
    "a program": ({"word/media/a.exe": b"MZ"}, "embedded"),
    "a script": ({"word/media/a.js": "x"}, "embedded"),
    "a page": ({"word/afchunk.htm": "<script/>"}, "outside"),
    "a template elsewhere": ({"word/_rels/settings.xml.rels": samples.relations(("attachedTemplate", "http://127.0.0.1:9/", "External"))}, "outside"),
    "a picture elsewhere": ({"word/_rels/document.xml.rels": samples.relations(("image", "http://127.0.0.1:9/", "External"))}, "outside"),
    "a link to a file": ({"word/_rels/document.xml.rels": samples.relations(("hyperlink", "file:///c:/x", "External"))}, "outside"),
    "a link to a share": ({"word/_rels/document.xml.rels": samples.relations(("hyperlink", r"\\host\x", "external"))}, "outside"),
    "a DDE field": ({"word/document.xml": '<w:d xmlns:w="w"><w:instrText>DDEA</w:instrText><w:instrText>UTO c:\\cmd</w:instrText></w:d>'}, "outside"),
    "an included text": ({"word/header1.xml": '<w:d xmlns:w="w"><w:fldSimple w:instr="INCLUDETEXT http://127.0.0.1:9/"/></w:d>'}, "outside"),
    "an external entity": ({"word/document.xml": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]><x>&e;</x>'}, "doctype"),
    "a billion laughs": ({"word/styles.xml": "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><x>&b;</x>"}, "doctype"),
    "broken XML": ({"word/document.xml": "<x>"}, "damaged"),
    "an absolute name": ({"/etc/x.xml": "<x/>"}, "names"),
    "a name that climbs": ({"word/../../x.xml": "<x/>"}, "names"),
    "a name with backslashes": ({"word\\..\\x.xml": "<x/>"}, "names"),
    "a Windows name": ({"C:/x.xml": "<x/>"}, "names"),
    "a bomb": ({"word/media/a.emf": bytes(300 * 1024 * 1024)}, "bomb"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE_DOCX)
def test_a_document_that_acts_fetches_or_leads_out_is_refused(kind):
    """B11, B12, B17."""
    more, code = HOSTILE_DOCX[kind]
    assert unfit(samples.docx(**more)) == code


def test_a_document_with_links_to_the_web_is_kept():
    rels = samples.relations(
        ("hyperlink", "https://www.example.edu.cn/", "External"), ("hyperlink", "mailto:a@b.cn", "External")
    )
    assert clean(samples.docx(**{"word/_rels/document.xml.rels": rels})).kind == "docx"


@pytest.mark.parametrize(
    "more, code",
    [
        ({"xl/vbaProject.bin": b"x"}, "macros"),
        ({"xl/macrosheets/sheet1.xml": "<x/>"}, "macros"),
        ({"xl/externalLinks/externalLink1.xml": "<x/>"}, "outside"),
        ({"xl/connections.xml": "<x/>"}, "outside"),
        ({"[Content_Types].xml": samples.types(samples.XLSX_MAIN.replace("sheet.main", "sheet.macroEnabled.main"), "xl/workbook.xml")}, "macros"),
        ({"[Content_Types].xml": samples.types("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xl/workbook.xml")}, "macros"),
    ],
)  # fmt: skip
def test_a_workbook_with_macros_or_outside_data_is_refused(more, code):
    """B17."""
    assert unfit(samples.xlsx(**more)) == code


def test_a_symlink_inside_the_zip_is_refused():
    """B12."""
    link = zipfile.ZipInfo("word/link.xml")
    link.external_attr = 0o120777 << 16
    data = samples.zipped(samples.docx_parts() | {"word/link.xml": "/etc/passwd"}, infos={"word/link.xml": link})
    assert unfit(data) == "names"


def test_a_nul_in_a_name_inside_the_zip_is_refused():
    """B12."""
    data = samples.docx(**{"word/aXb.xml": "<x/>"}).replace(b"word/aXb.xml", b"word/a\0b.xml")
    assert unfit(data) == "names"


def test_any_other_zip_is_refused():
    assert unfit(samples.zipped({"a.txt": "x"})) == "archive"
    assert unfit(samples.zipped({"OFD.xml": "<x/>"})) == "ofd"
    assert unfit(samples.zipped({"content.xml": "<x/>", "mimetype": "x"})) == "archive"


def test_a_workbook_that_declares_every_cell_is_kept_without_being_filled():
    """B09: kept as a file; only the import reads cells, under its own limits."""
    sheet = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    assert clean(samples.xlsx(sheet)).kind == "xlsx"


# ---- text and sound ----


def test_gb18030_and_utf16_become_utf8():
    assert clean("姓名,工号\n吴建国,𬭎\n".encode("gb18030")).data.decode("utf-8-sig") == "姓名,工号\n吴建国,𬭎\n"
    assert clean("姓名".encode("utf-16")).data.decode("utf-8-sig") == "姓名"
    assert clean(b"BM list of names\nMZ\n").kind == "text"


def test_of_a_recording_only_the_sound_is_kept():
    """B36."""
    tag = b"ID3\x04\0\0\0\0\0\x20" + b"<script>alert(1)</script>".ljust(32)
    found = clean(tag + samples.mp3() + b"TAG" + b"<b>".ljust(125))
    assert found.removed == ("metadata",) and found.data == samples.mp3()
    loud = samples.wav() + b"LIST" + struct.pack("<I", 26) + b"<script>alert(1)</script>\0"
    found = clean(loud)
    assert found.removed == ("metadata",) and found.data == samples.wav()


# ---- apart ----


@pytest.mark.parametrize("kind", ORDINARY)
def test_the_process_apart_gives_the_same_answer(kind):
    assert clean_apart(ORDINARY[kind]) == clean(ORDINARY[kind])


def test_the_process_apart_refuses_with_the_same_code():
    with pytest.raises(Unfit, match="web"):
        clean_apart(b"<html>")


def test_a_file_that_ends_its_reader_is_refused_and_this_process_goes_on(monkeypatch):
    """A decoder that dies (here: one that has no memory at all) is an unfit file, no error of the hall."""
    from hall.files.cleaning import apart

    monkeypatch.setattr(apart, "PATIENCE", 0.001)
    with pytest.raises(Unfit, match="heavy"):
        clean_apart(ORDINARY["pdf"])
    monkeypatch.setattr(apart, "PATIENCE", 30)
    monkeypatch.setattr(apart.sys, "executable", "/bin/false")
    with pytest.raises(Unfit, match="damaged"):
        clean_apart(ORDINARY["pdf"])


def test_no_more_files_are_looked_at_side_by_side_than_there_are_seats(monkeypatch):
    """Many uploads at once cost their senders time, not the machine its memory."""
    from hall.files.cleaning import apart

    monkeypatch.setattr(apart, "PATIENCE", 0.05)
    for _seat in range(2):
        apart.SEATS.acquire()
    try:
        with pytest.raises(Unfit, match="busy"):
            clean_apart(ORDINARY["text"])
    finally:
        for _seat in range(2):
            apart.SEATS.release()
