"""Printing: the same bytes for the same paper, embedded typefaces, PDF/A, and no character lost in silence."""

import struct
from io import BytesIO

import pikepdf
import pytest

from hall.papers import fonts, queries, rendering
from hall.papers.models import Paper


def printed(paper):
    return rendering.pdf(Paper.objects.get(pk=paper.pk))


@pytest.fixture
def with_fonts():
    assert fonts.ready(), "These tests print; install a Chinese typeface: bin/fonts"


@pytest.mark.usefixtures("with_fonts")
def test_the_same_paper_is_the_same_bytes_every_time(issue):
    paper, other = issue(amount="200.00"), issue(amount="200.00")
    first = printed(paper)
    assert first.startswith(b"%PDF-")
    printed(other)
    assert printed(paper) == first != printed(other)
    rendering._compiler.cache_clear()
    assert printed(paper) == first


@pytest.mark.usefixtures("with_fonts")
def test_the_print_is_a4_pdf_a_2b_with_every_typeface_inside(issue):
    with pikepdf.open(BytesIO(printed(issue(name="单雄信", about="二〇二六年三月党费𠮷")))) as made:
        assert len(made.pages) == 1
        assert [round(float(side)) for side in made.pages[0].MediaBox] == [0, 0, 595, 842]
        with made.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("2", "B")
        assert made.Root.OutputIntents
        assert made.Root.MarkInfo.Marked
        faces = [face for page in made.pages for face in page.Resources.Font.values()]
        assert faces
        for face in faces:
            description = face.DescendantFonts[0].FontDescriptor
            assert "/FontFile3" in description or "/FontFile2" in description
            assert "+" in str(face.BaseFont), "a subset, not the whole face"


@pytest.mark.usefixtures("with_fonts")
def test_the_print_says_number_code_and_place_of_the_seal(issue):
    paper = issue()
    content = queries.content_of(paper)
    seen = rendering.printed(paper, content)
    assert (seen["number"], seen["code"], seen["title"]) == ("2026-00001", content["code"], "样张")
    assert seen["check_url"].endswith(f"/papers/check/{content['code']}/")
    assert "吴" not in seen["check_url"]
    assert seen["qr"].startswith("<svg")
    assert seen["digest"] == bytes(paper.digest).hex()


@pytest.mark.usefixtures("with_fonts")
def test_a_paper_of_many_lines_runs_over_pages(issue):
    with pikepdf.open(BytesIO(printed(issue(about="某事。" * 2000)))) as made:
        assert len(made.pages) > 2


@pytest.mark.usefixtures("with_fonts")
def test_markup_in_the_copy_stays_text(issue):
    assert printed(issue(name="#panic() $x$ *a* <b> @c \\ \" ' ` ~ _u_")).startswith(b"%PDF-")


MISSING = "\U00031350"  # of a block that no installed typeface draws


@pytest.mark.usefixtures("with_fonts")
def test_a_character_without_a_glyph_is_named_and_nothing_is_printed(issue, cast):
    assert fonts.missing_glyphs(f"张{MISSING}三{MISSING} \n\ufe0f") == [MISSING]
    with pytest.raises(rendering.MissingGlyphs) as refusal:
        printed(issue(name=f"张{MISSING}"))
    assert refusal.value.characters == [MISSING]


@pytest.mark.usefixtures("with_fonts")
@pytest.mark.parametrize(
    "text", ["党费收据¥1,234.50", "阿卜杜拉·买买提", "𠮷田明", "二〇二六年①Ⅷ", "林岚（女）“公章”……——", "é ü ñ ABC xyz"]
)
def test_what_offices_write_is_there(text):
    assert fonts.missing_glyphs(text) == []


def test_without_any_typeface_nothing_is_printed(issue, monkeypatch):
    monkeypatch.setattr(fonts, "families", lambda wanted: [])
    with pytest.raises(rendering.NoFont):
        printed(issue())


def test_an_older_version_keeps_its_own_template(sample):
    assert rendering.template_of(sample, 1).name == "sample.typ"
    assert rendering.template_of(sample, 0).name == "sample.v0.typ"


def face(*subtables, collection=False):
    """The bytes of a file that holds nothing but a table of characters."""
    head = struct.pack(">HH", 0, len(subtables))
    records, body, place = b"", b"", 4 + 8 * len(subtables)
    for each in subtables:
        records += struct.pack(">HHL", 3, 10, place + len(body))
        body += each
    start = 16 if collection else 0
    table = head + records + body
    directory = struct.pack(">LHHHH", 0x00010000, 1, 0, 0, 0) + struct.pack(
        ">4sLLL", b"cmap", 0, start + 28, len(table)
    )
    return (b"ttcf" + struct.pack(">LLL", 0x00010000, 1, start) if collection else b"") + directory + table


FORMAT_12 = (
    struct.pack(">HHLLL", 12, 0, 40, 0, 2)
    + struct.pack(">LLL", 0x5F20, 0x5F22, 5)
    + struct.pack(">LLL", 0x20BB7, 0x20BB8, 0)
)
FORMAT_4 = struct.pack(">HHHHHHH", 4, 0, 0, 4, 0, 0, 0) + struct.pack(">HH", 0x42, 0xFFFF) + struct.pack(">H", 0) + struct.pack(
    ">HHHHHH", 0x40, 0xFFFF, (1 - 0x40) & 0xFFFF, 1, 0, 0
)  # fmt: skip
BY_ROW = struct.pack(">HHHHHHH", 4, 0, 0, 4, 0, 0, 0) + struct.pack(">HH", 0x42, 0xFFFF) + struct.pack(">H", 0) + struct.pack(
    ">HHHHHH", 0x40, 0xFFFF, 0, 1, 4, 0
) + struct.pack(">HHH", 7, 0, 9)  # fmt: skip


@pytest.mark.parametrize(
    "data, held",
    [
        (face(FORMAT_12), {0x5F20, 0x5F21, 0x5F22, 0x20BB8}),
        (face(FORMAT_12, collection=True), {0x5F20, 0x5F21, 0x5F22, 0x20BB8}),
        (face(FORMAT_4), {0x40, 0x41, 0x42}),
        (face(BY_ROW), {0x40, 0x42}),
        (face(FORMAT_4, FORMAT_12), {0x40, 0x41, 0x42, 0x5F20, 0x5F21, 0x5F22, 0x20BB8}),
        (face(), set()),
        (b"", set()),
        (b"nonsense that is no typeface at all", set()),
    ],
)  # fmt: skip
def test_the_table_of_characters_is_read_and_glyph_0_is_none(tmp_path, data, held):
    path = tmp_path / "face.otf"
    path.write_bytes(data)
    assert fonts.characters(path) == held
