"""The virus scanner: clamd by INSTREAM over a Unix or TCP socket (HALL_CLAMAV). It is asked, never trusted to answer."""

import re
import socket
import struct
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

PIECE = 64 * 1024
CONNECT = 3.0  # seconds
PATIENCE = 30.0  # seconds for one file from first to last byte
LONGEST = 4096  # bytes of an answer
ANSWER = re.compile(r"stream: (?:(OK)|(.{1,200}) FOUND)", re.DOTALL)
UNSEEN = re.compile(r"[^\w.:+()/\- ]")


class Silent(Exception):
    """The scanner is not there, takes too long, or answers what is no verdict."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner says. `malware` is its name for it, "" for a clean file."""

    malware: str = ""


def configured() -> bool:
    return bool(settings.HALL_CLAMAV)


def scan(data: bytes) -> Verdict:
    """Ask about these bytes. Silent unless a verdict came within the time."""
    deadline = time.monotonic() + PATIENCE
    try:
        with _connected() as line:
            _send(line, data, deadline)
            return _read(line, deadline)
    except OSError as error:
        raise Silent(str(error)) from None


def _connected() -> socket.socket:
    parts = urlsplit(settings.HALL_CLAMAV)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT)
        line.connect(parts.path)
        return line
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=CONNECT)


def _send(line: socket.socket, data: bytes, deadline: float) -> None:
    line.sendall(b"zINSTREAM\0")
    for start in range(0, len(data), PIECE):
        _patience(line, deadline)
        piece = data[start : start + PIECE]
        line.sendall(struct.pack("!I", len(piece)) + piece)
    line.sendall(struct.pack("!I", 0))


def _read(line: socket.socket, deadline: float) -> Verdict:
    answer = b""
    while b"\0" not in answer:
        _patience(line, deadline)
        piece = line.recv(LONGEST)
        answer += piece
        if not piece or len(answer) > LONGEST:
            raise Silent("the answer is cut off or too long")
    found = ANSWER.fullmatch(answer.partition(b"\0")[0].decode("utf-8", "replace").strip())
    if found is None:
        raise Silent("the answer is no verdict")
    return Verdict(UNSEEN.sub("", found[2])[:80] or "?" if found[2] else "")


def _patience(line: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Silent("the scanner takes too long")
    line.settimeout(left)
