"""The places outside: a folder, best on another machine, and addresses of mail. Files there are added, never changed."""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from hall.ledger import queries as ledger
from hall.notices import actions as notices
from hall.witness import rules
from hall.witness.words import Way

MOST = 1000  # newest files that are read back


class Overwritten(OSError):
    """A file of that name is there and says something else."""


@dataclass(frozen=True, slots=True)
class Place:
    way: Way
    name: str

    def take(self, head: ledger.Head) -> None:
        """Bring the checkpoint there. OSError or the mail server's error if it does not arrive."""
        if self.way == Way.FOLDER:
            keep(Path(self.name), head)
        else:
            write_to(self.name, head)


def places() -> list[Place]:
    """Where checkpoints go, as HALL_CHECKPOINT_DIR and HALL_CHECKPOINT_MAIL say."""
    folder = [Place(Way.FOLDER, str(settings.HALL_CHECKPOINT_DIR))] if settings.HALL_CHECKPOINT_DIR else []
    return [*folder, *(Place(Way.MAIL, address) for address in settings.HALL_CHECKPOINT_MAIL)]


def keep(folder: Path, head: ledger.Head) -> None:
    """Write the checkpoint as a file of its own: whole or not at all, and never over another. Safe to repeat."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / rules.file_name(head.size, head.root)
    part = folder / f".{target.name}.{uuid4().hex[:8]}"
    try:
        _write_through(part, rules.file_text(head.as_dict()))
        _put(part, target)
    except FileExistsError:
        if head_in(target) != head:
            raise Overwritten(_("%(name)s is there and holds another text.") % {"name": target.name}) from None
    finally:
        part.unlink(missing_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _put(part: Path, target: Path) -> None:
    """Give the file its name. FileExistsError if the name is taken, also where the folder knows no hard links."""
    try:
        os.link(part, target)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        if target.exists():
            raise FileExistsError(str(target)) from None
        part.rename(target)


def _write_through(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def write_to(address: str, head: ledger.Head) -> None:
    """A letter that holds the checkpoint and says what it is good for."""
    figures = {"size": head.size, "root": head.root.hex()[:16]}
    subject = _("Checkpoint of the ledger: %(size)s entries, root %(root)s") % figures
    text = _(
        "Please keep this letter. It shows later whether the ledger of the Dangwu Hall was rewritten or set back to an "
        "older state: the text below can be pasted into the page of the ledger, or given to bin/verify-ledger as a file."
    )
    notices.post_letter(address=address, subject=subject, text=f"{text}\n\n{rules.file_text(head.as_dict())}")


def kept() -> Iterator[tuple[str, ledger.Head | None]]:
    """(file name, checkpoint) of what lies in the folder, the largest first; None where a file is no checkpoint.

    OSError if the folder cannot be read; nothing if there is none yet.
    """
    folder = Path(settings.HALL_CHECKPOINT_DIR) if settings.HALL_CHECKPOINT_DIR else None
    if folder is None or not folder.exists():
        return
    for path in sorted(folder.glob("checkpoint-*.json"), reverse=True)[:MOST]:
        yield path.name, head_in(path)


def head_in(path: Path) -> ledger.Head | None:
    try:
        return ledger.read_head(path.read_text(encoding="utf-8"))
    except (ledger.NoCheckpoint, UnicodeDecodeError):
        return None
