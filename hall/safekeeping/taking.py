"""Taking a back-up: database, files and keys into one sealed file, which is read back before it counts.

Inside the seal stands a tar stream: the database (one SQLite file, or a COPY a table), `files/`, `keys/`, and last the
manifest with counts and hashes. With the keys apart they go into a second sealed file beside it, to be kept elsewhere.
"""

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from hall.core.crypto import running_sm3
from hall.core.crypto.stream import Opener, Sealer
from hall.ledger import clock
from hall.safekeeping import tables

MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """What went into a back-up."""

    size: int
    rows: int
    files: int
    digest: bytes


def take(target: Path, passphrase: str, *, keys_apart: bool = False) -> Taken:
    """Write the back-up `target`, complete or not at all, and read it back. FileExistsError if it is there already.

    OSError if the disk is full; nothing is left behind then. With `keys_apart` the keys go into `target`.keys.
    """
    apart = target.with_name(f"{target.name}.keys")
    for path in [target, apart] if keys_apart else [target]:
        if path.exists():
            raise FileExistsError(17, "", str(path))
    if keys_apart:
        with _whole(apart) as file:
            _write(file, passphrase, _folder("keys"), {"part": "keys"})
        read_back(apart, passphrase)
    with tempfile.TemporaryDirectory(dir=settings.HALL_HOME, prefix="back-up-") as work, _whole(target) as file:
        said, members = _database(Path(work))
        members += _folder("files") + ([] if keys_apart else _folder("keys"))
        manifest = _write(file, passphrase, members, {**said, "keys_apart": keys_apart})
    read_back(target, passphrase)
    rows = sum(content["rows"] for content in manifest["tables"].values())
    return Taken(target.stat().st_size, rows, len(manifest["members"]), digest_of(target))


def _database(work: Path) -> tuple[dict[str, Any], list[tuple[str, Path]]]:
    """What the manifest says of the database, and the files that hold it."""
    said: dict[str, Any] = {"engine": connection.vendor, "migrations": applied()}
    if connection.vendor == "sqlite":
        tables.copy_sqlite(connection.settings_dict["NAME"], work / "hall.sqlite3")
        contents = tables.sqlite_contents(work / "hall.sqlite3")
    else:
        with tables.snapshot(**postgres_address()) as cursor:
            contents = tables.postgres_contents(cursor, work)
            said["sequences"] = tables.sequences(cursor)
    said["tables"] = {name: asdict(content) for name, content in contents.items()}
    return said, [(f"database/{path.name}", path) for path in sorted(work.iterdir())]


def applied() -> list[list[str]]:
    """Migrations of this database."""
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def postgres_address() -> dict[str, Any]:
    """Where the hall's PostgreSQL is, as psycopg wants it."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    kept = connection.settings_dict
    return {theirs: kept[ours] for ours, theirs in names.items() if kept.get(ours)}


def _folder(name: str) -> list[tuple[str, Path]]:
    root = Path(os.environ.get("HALL_HOME") or settings.HALL_HOME) / name
    return [(path.relative_to(root.parent).as_posix(), path) for path in sorted(root.rglob("*")) if path.is_file()]


def _write(file: BinaryIO, passphrase: str, members: list[tuple[str, Path]], said: dict[str, Any]) -> dict[str, Any]:
    digests: dict[str, str] = {}
    sealer: Any = Sealer(file, passphrase)
    with tarfile.open(fileobj=sealer, mode="w|") as tar:
        for name, path in members:
            if digest := _added(tar, name, path):
                digests[name] = digest
        manifest = {"format": FORMAT, "at": clock.now().isoformat(), "members": digests, **said}
        text = json.dumps(manifest, ensure_ascii=False).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    sealer.close()
    return manifest


def _added(tar: tarfile.TarFile, name: str, path: Path) -> str:
    """Put the file into the archive; its digest, "" for an uploaded file that was removed since it was listed."""
    try:
        digest = digest_of(path).hex()
        tar.add(path, arcname=name, recursive=False)
    except FileNotFoundError:
        if not name.startswith("files/"):
            raise
        return ""
    return digest


def read_back(path: Path, passphrase: str) -> None:
    """Open every piece once. Damaged if one does not."""
    with open(path, "rb") as file:
        opener = Opener(file, passphrase)
        while opener.read(1 << 20):
            pass
        opener.finish()


def digest_of(path: Path) -> bytes:
    digest = running_sm3()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.finalize()


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is complete and on the disk."""
    part = target.with_name(f"{target.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
