"""A clamd of the tests: speaks INSTREAM over TCP or a Unix socket, and misbehaves on demand."""

import socket
import socketserver
import struct
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from hall.files.tests.samples import EICAR


class Line(socketserver.BaseRequestHandler):
    """One request: `zINSTREAM`, pieces with their length, an empty piece; then the answer of the server's mood."""

    def handle(self) -> None:
        server: Clamd = self.server  # type: ignore[assignment]
        if server.mood == "hang":
            server.over.wait(20)
            return
        if server.mood == "hang up":
            return
        if self._read(10) != b"zINSTREAM\0":
            self.request.sendall(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while size := struct.unpack("!I", self._read(4))[0]:
            data += self._read(size)
        server.seen.append(data)
        self._answer(server.mood, EICAR in data)

    def _answer(self, mood: str, infected: bool) -> None:
        verdict = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if infected else b"stream: OK\0"
        if mood == "drip":
            for byte in verdict * 100:
                self.request.sendall(bytes([byte]))
                time.sleep(0.05)
            return
        answers = {
            "": verdict,
            "error": b"INSTREAM size limit exceeded. ERROR\0",
            "nonsense": b"\xff\xfe<html>\0",
            "half": b"stream: O",
            "endless": b"x" * 100_000,
            "nasty name": b"stream: <script>\r\nX: y</script> FOUND\0",
            "other file": b"/etc/passwd: OK\0",
        }
        self.request.sendall(answers[mood])

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (piece := self.request.recv(size - len(data))):
            data += piece
        return data or b"\0\0\0\0"


class Clamd(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = daemon_threads = True
    block_on_close = False

    def __init__(self, *args):
        super().__init__(*args)
        self.mood, self.seen, self.over = "", [], threading.Event()

    def handle_error(self, request, client_address) -> None:
        """The hall hung up; that is its right."""


class UnixClamd(Clamd):
    address_family = socket.AF_UNIX


@contextmanager
def clamd(path: Path | None = None):
    """A scanner that runs; `.address` is what HALL_CLAMAV says."""
    server = UnixClamd(str(path), Line) if path else Clamd(("127.0.0.1", 0), Line)
    server.address = f"unix:{path}" if path else f"tcp://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
