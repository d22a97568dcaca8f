"""Restoring: a back-up into an empty place, proven table by table and file by file before anybody may use it."""

import json
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from hall.core.crypto.stream import Damaged, Opener
from hall.safekeeping import tables
from hall.safekeeping.taking import MANIFEST, digest_of

WORK = ".restore"
type Run = Callable[..., str]  # run(home, database, *words): a command of the restored hall; "" or what went wrong


class NotRestored(Exception):
    """The place is not empty, something is missing, or what was restored is not what the back-up says."""


def restore(
    file: Path, passphrase: str, into: Path, *, run: Run, keys: Path | None = None, database: str = ""
) -> dict[str, Any]:
    """Restore into the empty folder `into` (and, for PostgreSQL, the empty database of that address); the manifest.

    Counts and hashes of every table and file and the whole ledger are verified. NotRestored, Damaged or
    WrongPassphrase otherwise, and the folder is gone again.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise NotRestored(_("The folder %(name)s is not empty. Restore into a new one.") % {"name": into})
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        manifest = _unpacked(file, passphrase, into)
        _fetch_keys(manifest, keys, passphrase, into)
        _load(manifest, into, database, run)
        _done(run(into, database, "ledger", "verify"))
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise
    shutil.rmtree(into / WORK, ignore_errors=True)
    return manifest


def _unpacked(file: Path, passphrase: str, into: Path) -> dict[str, Any]:
    """All members, each compared with its digest in the manifest."""
    with open(file, "rb") as sealed:
        opener: Any = Opener(sealed, passphrase)
        try:
            with tarfile.open(fileobj=opener, mode="r|") as tar:
                for member in tar:
                    if member.isfile():  # links, devices and folders of an archive are never wanted
                        tar.extract(member, into, filter="data")
                        (into / member.name).chmod(0o600)
        except (tarfile.TarError, UnicodeDecodeError) as error:
            raise Damaged(str(error)) from None
        opener.finish()
    manifest = json.loads((into / MANIFEST).read_text("utf-8"))
    (into / MANIFEST).unlink()
    for name, digest in manifest["members"].items():
        if not (into / name).is_file() or digest_of(into / name).hex() != digest:
            raise NotRestored(_("The file %(name)s is not the one that was backed up.") % {"name": name})
    return manifest


def _fetch_keys(manifest: dict[str, Any], keys: Path | None, passphrase: str, into: Path) -> None:
    if manifest["keys_apart"] and keys is None:
        raise NotRestored(_("The keys of this back-up are kept apart. Name their file with --keys."))
    if keys is not None:
        shutil.rmtree(into / "keys", ignore_errors=True)
        _unpacked(keys, passphrase, into)
    for name in ("files", "static", "fonts", "incoming"):
        (into / name).mkdir(exist_ok=True)
    for name in ("keys", "files", "incoming"):
        (into / name).chmod(0o700)


def _done(trouble: str) -> None:
    if trouble:
        raise NotRestored(trouble)


def _load(manifest: dict[str, Any], into: Path, database: str, run: Run) -> None:
    if (manifest["engine"] == "postgresql") != bool(database):
        raise NotRestored(
            _("This back-up is of %(engine)s: with PostgreSQL name an empty database by --database, with SQLite none.")
            % {"engine": manifest["engine"]}
        )
    if not database:
        (into / "database" / "hall.sqlite3").rename(into / "hall.sqlite3")
        (into / "database").rmdir()
        _compare(manifest, tables.sqlite_contents(into / "hall.sqlite3"))
        return
    (into / "database").rename(into / WORK)
    with psycopg.connect(database) as there:
        if tables.postgres_tables(there.cursor()):
            raise NotRestored(_("The database is not empty. Restore into a new one."))
    _done(run(into, database, "migrate", "--verbosity", "0"))
    with tables.snapshot(conninfo=database) as cursor:
        _same_migrations(manifest, cursor)
        tables.load_postgres(cursor, into / WORK, manifest["sequences"])
    with tables.snapshot(conninfo=database) as cursor:
        _compare(manifest, tables.postgres_contents(cursor))


def _same_migrations(manifest: dict[str, Any], cursor: psycopg.Cursor) -> None:
    there = sorted([app, name] for app, name in cursor.execute("SELECT app, name FROM django_migrations").fetchall())
    if there != manifest["migrations"]:
        raise NotRestored(
            _("This back-up is of another version of the hall. Restore it with that version, then update.")
        )


def _compare(manifest: dict[str, Any], found: dict[str, tables.Content]) -> None:
    there = {name: asdict(content) for name, content in found.items()}
    wrong = sorted(name for name in {*manifest["tables"], *there} if manifest["tables"].get(name) != there.get(name))
    if wrong:
        raise NotRestored(_("These tables are not as they were backed up: %(names)s") % {"names": ", ".join(wrong)})
