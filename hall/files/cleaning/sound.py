"""Recordings: only the sound is kept, so that nothing told beside it can be shown or run by a player."""

import struct

from hall.files.cleaning.unfit import Clean, Unfit

RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  # MPEG 1, 2, 2.5
ONE = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s, layer III
TWO = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
FRAMES = 3  # frames in a row that make it a recording


def clean_wav(data: bytes) -> Clean:
    """A RIFF file with its format and its samples alone."""
    chunks: dict[bytes, bytes] = {}
    at, others = 12, 0
    while at + 8 <= len(data):
        name, size = struct.unpack("<4sI", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if name in (b"fmt ", b"data") and name not in chunks:
            chunks[name] = body
        else:
            others += 1
        at += 8 + size + size % 2
    if len(chunks.get(b"fmt ", b"")) < 16 or not chunks.get(b"data"):
        raise Unfit("damaged")
    inner = b"WAVE" + b"".join(_chunk(name, chunks[name]) for name in (b"fmt ", b"data"))
    return Clean("wav", _chunk(b"RIFF", inner), ("metadata",) if others else ())


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def clean_mp3(data: bytes) -> Clean:
    """The frames from the first on, as long as one follows the other; tags before and behind are left out."""
    at = start = _after_tags(data)
    count = 0
    while size := _frame(data, at):
        at, count = at + size, count + 1
    if count < FRAMES:
        raise Unfit("damaged")
    at = min(at, len(data))
    return Clean("mp3", data[start:at], ("metadata",) if start or at < len(data) else ())


def _after_tags(data: bytes) -> int:
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + 10:
        size = 0
        for byte in data[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size
    return at


def _frame(data: bytes, at: int) -> int:
    """Bytes of the layer III frame that begins here; 0 if none does."""
    head = int.from_bytes(data[at : at + 4], "big")
    version, layer, rate, speed = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or rate in (0, 15) or speed == 3:
        return 0
    kilobits = (ONE if version == 3 else TWO)[rate]
    size = (144 if version == 3 else 72) * kilobits * 1000 // RATES[version][speed] + (head >> 9 & 1)
    return size
