"""The zip around a workbook, opened with suspicion: directory first, then only the asked parts, a little at a time."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from hall.core.sheets.table import DAMAGED, ENCRYPTED, Unreadable

ENTRIES = 2_000
UNPACKED = 64 * 1024 * 1024  # bytes all XML parts may unpack to; 20,000 rows of 40 columns need about 36 MB
WITH_PICTURES = 256 * 1024 * 1024
RATIO = 200
SMALL = 4 * 1024 * 1024
CHUNK = 64 * 1024
BOMB = _(
    "The workbook unpacks to far more than its size. Copy only the rows to be read into a new workbook and upload that."
)
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    KeyError,
)


class Archive:
    """The parts of a zip by lower-case name. Unreadable: damaged, encrypted, doubled names, a bomb by its directory.

    Nothing is unpacked until `part` is called, and never more than the directory declares: a directory that lies
    ends in a wrong checksum.
    """

    def __init__(self, data: bytes):
        if data.count(b"PK\x01\x02") > ENTRIES:
            raise Unreadable(BOMB)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise Unreadable(DAMAGED) from error
        self.infos = self._zip.infolist()
        infos = [info for info in self.infos if not info.is_dir()]
        self._parts = {part_name(info.filename): info for info in infos}
        if len(self._parts) != len(infos):
            raise Unreadable(DAMAGED)
        check_directory(infos)

    def __contains__(self, name: str) -> bool:
        return part_name(name) in self._parts

    @property
    def names(self) -> list[str]:
        return list(self._parts)

    def part(self, name: str) -> Iterator[bytes]:
        """The part's bytes in small pieces, its checksum compared at the end. Unreadable if missing or broken."""
        info = self._parts.get(part_name(name))
        if info is None:
            raise Unreadable(DAMAGED)
        try:
            with self._zip.open(info) as stream:
                while piece := stream.read(CHUNK):
                    yield piece
        except BROKEN as error:
            raise Unreadable(DAMAGED) from error


def part_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def check_directory(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse what the directory itself gives away."""
    if any(info.flag_bits & 1 for info in infos):
        raise Unreadable(ENCRYPTED)
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        raise Unreadable(DAMAGED)
    xml = sum(info.file_size for info in infos if part_name(info.filename).endswith((".xml", ".rels")))
    if xml > UNPACKED or sum(info.file_size for info in infos) > WITH_PICTURES:
        raise Unreadable(BOMB)
    if any(info.file_size > SMALL and info.file_size > RATIO * max(info.compress_size, 1) for info in infos):
        raise Unreadable(BOMB)
