"""The container of old Office files (.xls and encrypted .xlsx): a small file system, walked with every step counted."""

import struct

from hall.core.sheets.table import DAMAGED, Unreadable

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
END = 0xFFFFFFFA  # this and above: end of chain, free, or table sectors
ROOT, STREAM = 5, 2


class Container:
    """The streams of a container by name. Unreadable when a chain leads outside the file or runs in a circle."""

    def __init__(self, data: bytes):
        self._data = data
        try:
            self._open()
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            raise Unreadable(DAMAGED) from error

    def _open(self) -> None:
        shift, mini_shift = struct.unpack_from("<HH", self._data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Unreadable(DAMAGED)
        self._size = 1 << shift
        directory, self._cutoff, mini_fat = struct.unpack_from("<I4xII", self._data, 48)
        self._fat = self._numbers(self._fat_sectors())
        self._streams: dict[str, tuple[int, int]] = {}
        self._root = (END, 0)
        self._read_directory(self._chain(directory))
        self._mini_fat = self._numbers(self._chain_sectors(mini_fat)) if mini_fat < END else ()

    def __contains__(self, name: str) -> bool:
        return name in self._streams

    def stream(self, name: str) -> bytes:
        """The stream's bytes. Unreadable if its sectors are not all there."""
        first, size = self._streams[name]
        if size > len(self._data):
            raise Unreadable(DAMAGED)
        body = self._mini_chain(first, size) if size < self._cutoff else self._chain(first, size)
        if len(body) < size:
            raise Unreadable(DAMAGED)
        return body[:size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise Unreadable(DAMAGED)
        return self._data[start : start + self._size]

    def _fat_sectors(self) -> list[int]:
        first, count = struct.unpack_from("<II", self._data, 68)
        sectors = [n for n in struct.unpack_from("<109I", self._data, 76) if n < END]
        seen = 0
        while first < END and seen < count:
            *numbers, first = struct.unpack(f"<{self._size // 4}I", self._sector(first))
            sectors += [n for n in numbers if n < END]
            seen += 1
            if seen * self._size > len(self._data):
                raise Unreadable(DAMAGED)
        return sectors

    def _numbers(self, sectors: list[int]) -> tuple[int, ...]:
        if len(sectors) * self._size > len(self._data):
            raise Unreadable(DAMAGED)
        table = b"".join(self._sector(number) for number in sectors)
        return struct.unpack_from(f"<{len(table) // 4}I", table)

    def _chain_sectors(self, number: int) -> list[int]:
        sectors: list[int] = []
        while number < END:
            sectors.append(number)
            if len(sectors) > len(self._fat) or number >= len(self._fat):
                raise Unreadable(DAMAGED)
            number = self._fat[number]
        return sectors

    def _chain(self, number: int, size: int | None = None) -> bytes:
        sectors = self._chain_sectors(number)
        if size is not None:
            sectors = sectors[: -(-size // self._size)]
        return b"".join(self._sector(sector) for sector in sectors)

    def _mini_chain(self, number: int, size: int) -> bytes:
        store = self._chain(self._root[0]) if self._root[0] < END else b""
        body = bytearray()
        while number < END and len(body) < size:
            piece = store[number * 64 : number * 64 + 64]
            if not piece:
                raise Unreadable(DAMAGED)
            body += piece
            number = self._mini_fat[number] if number < len(self._mini_fat) else END
        return bytes(body)

    def _read_directory(self, directory: bytes) -> None:
        for offset in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, offset + 64)
            first, size = struct.unpack_from("<II", directory, offset + 116)
            name = directory[offset : offset + min(max(length - 2, 0), 62)].decode("utf-16-le", "replace")
            if kind == ROOT:
                self._root = (first, size)
            elif kind == STREAM:
                self._streams.setdefault(name, (first, size))
