"""Which typefaces this machine has for printing, and which characters none of them holds (G01: never a box on paper).

Typst finds the files; the table of characters (`cmap`, formats 4 and 12) of a face is read here.
"""

import struct
import unicodedata
from functools import cache
from pathlib import Path

import typst
from django.conf import settings

BODY = (  # a college's licensed 仿宋 first, if it put it into HALL_HOME/fonts
    "FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC",
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
)  # fmt: skip
TITLE = (
    "FZXiaoBiaoSong-B05S",
    "方正小标宋简体",
    "FZXiaoBiaoSong-B05",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    *BODY,
)
NOT_PRINTED = ("Cc", "Cf", "Zs", "Zl", "Zp")
VARIATIONS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))  # choose a shape of the character before them


@cache
def collection() -> typst.Fonts:
    """The typefaces of the machine, scanned once per process. Typst's own Latin faces are included."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder) for folder in settings.FONT_FOLDERS])


def families(wanted: tuple[str, ...]) -> list[str]:
    """Those of the wanted families that are there, in the order wished."""
    there = {name.lower() for name in collection().families()}
    return list(dict.fromkeys(name for name in wanted if name.lower() in there))


def ready() -> bool:
    """Is there any typeface for Chinese?"""
    return bool(families(BODY))


def missing_glyphs(text: str) -> list[str]:
    """Characters of the text that no typeface here can print, each once, in the order they stand."""
    left = dict.fromkeys(ch for ch in text if unicodedata.category(ch) not in NOT_PRINTED and not _varies(ch))
    for path, index in _faces():
        if not left:
            break
        held = characters(path, index)
        left = {ch: None for ch in left if ord(ch) not in held}
    return list(left)


def _varies(ch: str) -> bool:
    return any(ord(ch) in each for each in VARIATIONS)


@cache
def _faces() -> tuple[tuple[Path, int], ...]:
    """Files to look into: the families used for text first, then whatever Typst would fall back to."""
    order = {name.lower(): place for place, name in enumerate(families(BODY))}
    found = {
        (face.path, face.index): order.get(face.family.lower(), len(order))
        for face in collection().fonts()
        if face.path
    }
    return tuple(
        (Path(path), index) for (path, index), _place in sorted(found.items(), key=lambda item: (item[1], item[0]))
    )


@cache
def characters(path: Path, index: int = 0) -> frozenset[int]:
    """Code points the face draws. An unreadable file draws none."""
    try:
        return frozenset(_characters(path.read_bytes(), index))
    except (OSError, struct.error, IndexError):
        return frozenset()


def _characters(data: bytes, index: int) -> set[int]:
    start = struct.unpack_from(">L", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, start + 4)[0]
    records = [struct.unpack_from(">4sLLL", data, start + 12 + 16 * number) for number in range(tables)]
    cmap = next((offset for tag, _sum, offset, _length in records if tag == b"cmap"), None)
    if cmap is None:
        return set()
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    places = {cmap + struct.unpack_from(">HHL", data, cmap + 4 + 8 * number)[2] for number in range(count)}
    return set().union(*(_subtable(data, place) for place in places))


def _subtable(data: bytes, place: int) -> set[int]:
    kind = struct.unpack_from(">H", data, place)[0]
    if kind == 12:
        return _groups(data, place)
    return _segments(data, place) if kind == 4 else set()


def _groups(data: bytes, place: int) -> set[int]:
    """Format 12: runs of code points beyond the BMP too."""
    found: set[int] = set()
    for number in range(struct.unpack_from(">L", data, place + 12)[0]):
        first, last, glyph = struct.unpack_from(">LLL", data, place + 16 + 12 * number)
        found.update(range(first if glyph else first + 1, min(last, 0x10FFFF) + 1))
    return found


def _segments(data: bytes, place: int) -> set[int]:
    """Format 4: segments of the BMP; glyph 0 means that the character is missing."""
    count = struct.unpack_from(">H", data, place + 6)[0] // 2
    ends, starts = place + 14, place + 16 + 2 * count
    deltas, offsets = starts + 2 * count, starts + 4 * count
    found: set[int] = set()
    for number in range(count):
        last, first, delta, offset = (
            struct.unpack_from(">H", data, at + 2 * number)[0] for at in (ends, starts, deltas, offsets)
        )
        if offset == 0:
            found.update(code for code in range(first, last + 1) if (code + delta) & 0xFFFF)
            continue
        row = offsets + 2 * number + offset
        found.update(
            code for code in range(first, last + 1) if struct.unpack_from(">H", data, row + 2 * (code - first))[0]
        )
    return found - {0xFFFF}
