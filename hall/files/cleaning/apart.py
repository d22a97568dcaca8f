"""Cleaning in a process of its own, with a ceiling on memory, time and files. It inherits no key and no setting."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from hall.files.cleaning.unfit import Clean, Unfit

BASE = Path(__file__).resolve().parents[3]
SPACE = 896 * 1024 * 1024  # bytes of addresses, the libraries' own included
MEMORY = 448 * 1024 * 1024  # bytes of data; with the libraries no more than 512 MB stand in memory
SECONDS = 9  # of work
PATIENCE = 30  # seconds until the answer, on a machine that is busy
SEATS = BoundedSemaphore(2)  # files looked at side by side by one web process


def clean_apart(data: bytes) -> Clean:
    """As `clean`, but whatever the file does to its reader, this process goes on. Unfit("heavy") if it took too much.

    Unfit("busy") if others' files took all seats for too long.
    """
    if not SEATS.acquire(timeout=PATIENCE):
        raise Unfit("busy")
    try:
        return _cleaned(data)
    finally:
        SEATS.release()


def _cleaned(data: bytes) -> Clean:
    words = [sys.executable, "-m", "hall.files.cleaning.apart"]
    clean_air = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(BASE), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            words, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=clean_air, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unfit("heavy") from None
    head, _line, body = ran.stdout.partition(b"\n")
    if ran.returncode != 0 or not head:
        raise Unfit("heavy" if ran.returncode in (-signal.SIGXCPU, -signal.SIGKILL) else "damaged")
    said = json.loads(head)
    if "unfit" in said:
        raise Unfit(said["unfit"])
    return Clean(said["kind"], body, tuple(said["removed"]))


def confine_memory() -> None:
    """From here on this process gets no more memory than a file may cost."""
    resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def _confine() -> None:
    confine_memory()
    for what, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))


def _main() -> None:
    _confine()
    from hall.files.cleaning import clean

    try:
        found = clean(sys.stdin.buffer.read())
        answer = json.dumps({"kind": found.kind, "removed": found.removed}).encode() + b"\n" + found.data
    except Unfit as refusal:
        answer = json.dumps({"unfit": refusal.code}).encode() + b"\n"
    except MemoryError:
        answer = b'{"unfit": "heavy"}\n'
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main()
