"""How far a work is, kept in a file of the home beside the database.

A work's own transaction may hold SQLite's only writer for minutes; a count written through a second connection would
wait for it, and one written through its own would not be seen. The file also is the process's sign of life.
"""

import os
import time
from pathlib import Path
from uuid import UUID

from django.conf import settings


def place(work_id: UUID) -> Path:
    return Path(settings.HALL_HOME) / "works" / str(work_id)


def write(work_id: UUID, done: int, total: int) -> None:
    """Say how far it is; a reader never sees half a line."""
    path = place(work_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(f"{done} {total}")
    fresh.replace(path)


def touch(work_id: UUID) -> None:
    """A sign of life."""
    path = place(work_id)
    if path.exists():
        os.utime(path)


def read(work_id: UUID) -> tuple[int, int] | None:
    """(done, total), or None if nothing was said on this machine."""
    try:
        done, total = place(work_id).read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return int(done), int(total)


def age(work_id: UUID) -> float | None:
    """Seconds since the last sign of life on this machine; None if there was none."""
    try:
        return time.time() - place(work_id).stat().st_mtime
    except FileNotFoundError:
        return None


def clear(work_id: UUID) -> None:
    place(work_id).unlink(missing_ok=True)
