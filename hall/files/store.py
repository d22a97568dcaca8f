"""Files on the disk: sealed, under names of the hall's own. Written beside, brought to the disk, then given their name."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

from hall.core.crypto.stream import Damaged, Opener, Sealer, WrongPassphrase

RESERVE = 256 * 1024 * 1024  # bytes that stay free on the disk for the database
ENDING = ".sealed"


class Full(Exception):
    """There is no room on the disk; nothing was left there."""


class Broken(Exception):
    """The file is gone, was altered or belongs to another row."""


def place_of(pk: UUID) -> Path:
    """Where the file of this row stands, or would stand."""
    return Path(settings.MEDIA_ROOT) / pk.hex[-2:] / f"{pk.hex}{ENDING}"


def incoming() -> Path:
    """The folder for what is being written; no back-up takes it, and the sweeper empties it."""
    folder = Path(settings.HALL_HOME) / "incoming"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def check_room(size: int) -> None:
    """Full unless so many bytes fit and the reserve stays free."""
    if shutil.disk_usage(settings.HALL_HOME).free < 2 * size + RESERVE:
        raise Full


def put(pk: UUID, data: bytes) -> str:
    """Write the file of this row whole or not at all; the secret that opens it. Full if the disk is."""
    secret, part, target = secrets.token_bytes(32), incoming() / f"{pk.hex}.part", place_of(pk)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            sealer = Sealer(file, secret)
            sealer.write(data)
            sealer.close()
            file.flush()
            os.fsync(file.fileno())
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.replace(target)
        _to_disk(target.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Full from None
        raise
    finally:
        part.unlink(missing_ok=True)
    return secret.hex()


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def get(pk: UUID, secret: str) -> bytes:
    """The bytes of the file, every piece proven. Broken otherwise."""
    try:
        with open(place_of(pk), "rb") as file:
            opener = Opener(file, bytes.fromhex(secret))
            data = opener.read()
            opener.finish()
            return data
    except (OSError, Damaged, WrongPassphrase, ValueError) as error:
        raise Broken(str(error)) from None


def drop(pk: UUID) -> None:
    place_of(pk).unlink(missing_ok=True)


def is_there(pk: UUID) -> bool:
    return place_of(pk).is_file()


def on_disk(before: float) -> Iterator[tuple[UUID, Path]]:
    """The files under names of ours that were last changed before this moment (seconds)."""
    for path in Path(settings.MEDIA_ROOT).glob(f"??/*{ENDING}"):
        try:
            pk = UUID(path.name.removesuffix(ENDING))
            if path.stat().st_mtime < before:
                yield pk, path
        except (ValueError, FileNotFoundError):
            continue


def clear_incoming(before: float) -> int:
    """Remove what was begun before this moment and never finished; how many."""
    found = 0
    for path in incoming().iterdir():
        try:
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()
                found += 1
        except FileNotFoundError:
            continue
    return found
