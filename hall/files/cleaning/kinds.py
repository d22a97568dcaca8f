"""Telling files apart by how they begin. A kind that is not kept gets a code of its own, so the answer can say what to do."""

import re

from hall.files.cleaning.unfit import Unfit

KEPT = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"PK\x03\x04", "zip"),
    (b"ID3", "mp3"),
)
NOT_KEPT = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
    (b"{\\rtf", "old_office"),
    (b"PK\x05\x06", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"#!", "program"),
    (b"OggS", "media"),
    (b"fLaC", "media"),
    (b"\x1aE\xdf\xa3", "media"),
)
WEB = re.compile(
    rb"\A\s*(<\s*(!|\?|html|head|body|script|svg|iframe|xml|[a-z]+[\s/>])|mime-version:|<\0)", re.IGNORECASE
)
PHOTO = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")


def kind_of(data: bytes) -> str:
    """pdf · png · jpeg · zip · mp3 · wav · text. Unfit with the fitting advice for everything else."""
    head = data[:64]
    for start, kind in KEPT:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        if head[8:12] == b"WAVE":
            return "wav"
        raise Unfit("picture" if head[8:12] == b"WEBP" else "media")
    if head[4:8] == b"ftyp":
        raise Unfit("picture" if head[8:12] in PHOTO else "media")
    for start, code in NOT_KEPT:
        if head.startswith(start) and not _reads_as_text(start, data):
            raise Unfit(code)
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0 and head[1] != 0xFE:
        return "mp3"
    if WEB.match(data[:4096].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe")):
        raise Unfit("web")
    return "text"


def _reads_as_text(start: bytes, data: bytes) -> bool:
    """“BM”, “MZ” and “BZh” are letters too: a list that begins with them is a list."""
    return start.isalpha() and not any(byte < 9 for byte in data[:512])
