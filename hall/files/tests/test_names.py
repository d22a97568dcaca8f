"""Names of files: kept as typed, but for what would deceive or lead elsewhere (B12, B18)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.files.rules import LONGEST, SUFFIXES, UNSEEN, clean_name, shown_name
from hall.files.words import FileKind

NAMES = [
    ("证明.pdf", "pdf", "证明.pdf"),
    ("證 明 (1).PDF", "pdf", "證 明 (1).pdf"),
    ("a.pdf.html", "pdf", "a.pdf"),  # B18
    ("a.html", "pdf", "a.pdf"),
    ("photo.exe.jpg", "jpeg", "photo.exe.jpg"),
    ("IMG_0001.JPEG", "jpeg", "IMG_0001.jpeg"),
    ("photo.png", "jpeg", "photo.jpg"),
    ("证明\u202efdp.exe", "pdf", "证明fdp.pdf"),  # U+202E turns what follows round
    ("a\u2066b\u200bc\ufeff.pdf", "pdf", "abc.pdf"),
    ("../../etc/passwd", "text", "passwd.txt"),
    ("..\\..\\windows\\win.ini", "text", "win.txt"),
    ("C:\\照片\\一.jpg", "jpeg", "一.jpg"),
    ("a\0b\r\nSet-Cookie: x.pdf", "pdf", "abSet-Cookie_ x.pdf"),  # B29
    ('x"; filename="evil.exe', "pdf", "x_; filename=_evil.pdf"),
    ("CON.pdf", "pdf", "_CON.pdf"),
    ("lpt1", "png", "_lpt1.png"),
    ("...", "pdf", "文件.pdf"),
    ("", "pdf", "文件.pdf"),
    (".htaccess", "text", "htaccess.txt"),
    ("金\uf90a.pdf", "pdf", "金\uf90a.pdf"),  # G04: nothing is normalised
    ("2026.3 会议.docx", "docx", "2026.3 会议.docx"),
    ("list.csv", "text", "list.csv"),
    ("长" * 300 + ".pdf", "pdf", "长" * 196 + ".pdf"),
    ("\ud800x.pdf", "pdf", "x.pdf"),
    ("\u00a0\u3000会议\u00a0记录\u3000.pdf", "pdf", "会议 记录.pdf"),
    ("𠮷𬭎.pdf", "pdf", "𠮷𬭎.pdf"),
]


@pytest.mark.parametrize("typed, kind, kept", NAMES)
def test_the_name_is_kept_as_typed_but_for_what_deceives(typed, kind, kept):
    assert clean_name(typed, kind) == kept


@given(st.text(max_size=400), st.sampled_from([str(kind) for kind in FileKind]))
def test_whatever_was_typed_the_name_is_short_plain_and_ends_as_it_should(typed, kind):
    name = clean_name(typed, kind)
    assert 0 < len(name) <= LONGEST and name.endswith(SUFFIXES[FileKind(kind)])
    assert not set(name) & set('/\\<>:"|?*\r\n\0\u202e\u2066')
    assert not UNSEEN.search(name)
    assert name.strip() == name
    assert name.encode("utf-8") and clean_name(name, kind) == name and shown_name(name) == name
