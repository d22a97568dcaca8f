"""Reads of the ledger: the history of one row, and what one person did."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from hall.core.modules import fact_titles
from hall.core.viewer import Viewer
from hall.ledger import exporting, sealing
from hall.ledger.acting import about_of
from hall.ledger.comparing import differences as differences
from hall.ledger.comparing import neighbours as neighbours
from hall.ledger.comparing import printed_differences as printed_differences
from hall.ledger.heads import Head as Head
from hall.ledger.heads import NoCheckpoint as NoCheckpoint
from hall.ledger.heads import head_of
from hall.ledger.heads import read_head as read_head
from hall.ledger.models import Checkpoint, Entry, Leaf, Pending
from hall.ledger.models import moment_text as moment_text
from hall.ledger.verifying import Report as Report
from hall.ledger.verifying import verify as verify

IN_SEQUENCE = (F("leaf__number").desc(nulls_first=True), "-id")  # as sealed, whatever the clock said (T33)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a history. `particulars` is empty once they were erased."""

    name: str
    title: Any
    at: datetime
    on: date | None
    by: str
    about: str
    particulars: dict[str, Any]

    @property
    def template(self) -> str:
        return f"{self.name.split('.')[0]}/history/{self.name}.html"

    @property
    def late(self) -> bool:
        """Entered on a later day than it happened (two dates, SM-01)."""
        return self.on is not None and timezone.localdate(self.at) > self.on


def history_of(row: Model, limit: int = 200) -> list[Told]:
    """What was done to this row, oldest first. The caller has already shown that the viewer may see the row."""
    kind, pk = about_of(row)
    entries = (
        Entry.objects.filter(about_kind=kind, about_id=pk).select_related("particulars").order_by(*IN_SEQUENCE)[:limit]
    )
    return tell(reversed(entries))


def history_of_all(rows: Iterable[Model], limit: int = 200) -> list[Told]:
    """What was done to any of these rows, of whatever kinds, oldest first. One query."""
    wanted: dict[str, list[str]] = {}
    for kind, pk in map(about_of, rows):
        wanted.setdefault(kind, []).append(pk)
    about = Q(pk__in=[])
    for kind, keys in wanted.items():
        about |= Q(about_kind=kind, about_id__in=keys)
    entries = Entry.objects.filter(about).select_related("particulars").order_by(*IN_SEQUENCE)[:limit]
    return tell(reversed(entries))


def deeds_of(key: str, limit: int = 50) -> list[Told]:
    """What this person did, newest first (已办)."""
    return tell(Entry.objects.filter(by=key).select_related("particulars").order_by("-id")[:limit])


def entries_about(rows: Iterable[Model], names: Iterable[str]) -> QuerySet[Entry]:
    """Entries of these names about these rows (all of one kind), newest first."""
    pairs = [about_of(row) for row in rows]
    kind = pairs[0][0] if pairs else ""
    return (
        Entry.objects.filter(about_kind=kind, about_id__in=[pk for _kind, pk in pairs], name__in=list(names))
        .select_related("particulars")
        .order_by("-id")
    )


def entries_saying(words: Iterable[str]) -> QuerySet[Entry]:
    """Entries whose particulars hold one of these texts. Reads the whole log: for rare deeds."""
    said = Q(pk__in=[])
    for each in words:
        said |= Q(particulars__text__contains=json.dumps(each, ensure_ascii=False)[1:-1])
    return Entry.objects.filter(said)


def entries_of(rows: Iterable[Model], keys: Iterable[str] = ()) -> QuerySet[Entry]:
    """Entries about these rows, of whatever kinds, and those signed by these keys ("account:17")."""
    wanted = Q(by__in=list(keys))
    kinds: dict[str, list[str]] = {}
    for kind, pk in map(about_of, rows):
        kinds.setdefault(kind, []).append(pk)
    for kind, pks in kinds.items():
        wanted |= Q(about_kind=kind, about_id__in=pks)
    return Entry.objects.filter(wanted)


def with_particulars(besides: str) -> QuerySet[Entry]:
    """Entries that still say something in detail, but for what the signer `besides` said of erasing. Oldest first."""
    said = Entry.objects.filter(particulars__isnull=False)
    return said.exclude(name="ledger.particulars.erased", by=besides).order_by("id")


def last_of(name: str) -> datetime | None:
    """When this fact was last recorded; None if never."""
    return Entry.objects.filter(name=name).order_by("-id").values_list("at", flat=True).first()


def exports_of(places: Iterable[int], since: datetime, limit: int = 200) -> list[Told]:
    """What left the hall out of these organisations since that moment, newest first: facts that end in “.exported”."""
    rows = Entry.objects.filter(name__endswith=".exported", organisation__in=list(places), at__gte=since)
    return tell(rows.select_related("particulars").order_by("-id")[:limit])


def entries_for(viewer: Viewer) -> QuerySet[Entry]:
    """Every entry for whoever verifies the ledger, without particulars; nothing for anybody else. Newest first."""
    rows = Entry.objects.order_by("-id")
    return rows if viewer.holds("ledger.verify") else rows.none()


def tell(entries: Iterable[Entry]) -> list[Told]:
    """Entries as lines of a history, with their particulars read."""
    titles = fact_titles()
    lines = []
    for entry in entries:
        kept = getattr(entry, "particulars", None)
        content = json.loads(kept.text) if kept else {}
        by = content.pop("_by", entry.by)
        lines.append(
            Told(
                entry.name,
                titles.get(entry.name, entry.name),
                entry.at,
                entry.on,
                by,
                f"{entry.about_kind}:{entry.about_id}",
                content,
            )
        )
    return lines


def latest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def latest_head() -> Head | None:
    """The newest signed tree head; None while nothing was signed."""
    row = latest_checkpoint()
    return head_of(row) if row else None


def log_size() -> int:
    """How many entries are sealed."""
    return sealing.log_size()


def sealed_since(size: int, without: str) -> bool:
    """Was anything sealed from that leaf on, but for what signers wrote whose key begins with `without`?"""
    return Leaf.objects.filter(number__gte=size).exclude(entry__by__startswith=without).exists()


def export() -> Iterator[str]:
    """The sealed log without particulars, line by line, for bin/verify-ledger."""
    return exporting.lines(particulars=False)


def waiting() -> int:
    """Entries not yet sealed."""
    return Pending.objects.count()


def began_at() -> datetime | None:
    """When the hall's first fact was recorded; None in an empty hall."""
    return Entry.objects.order_by("id").values_list("at", flat=True).first()


def oldest_waiting() -> datetime | None:
    """When the oldest entry was made that is not yet sealed; None if all are."""
    return Entry.objects.filter(pending__isnull=False).order_by("id").values_list("at", flat=True).first()


def last_deed(viewer: Viewer) -> UUID | None:
    """Id of this person's newest entry: it changes with everything they do, so figures kept for them can hang on it.

    Asked once a request.
    """
    if "ledger.last_deed" not in viewer.asked:
        newest = Entry.objects.filter(by=viewer.key).order_by("-id").values_list("id", flat=True)
        viewer.asked["ledger.last_deed"] = newest.first()
    return viewer.asked["ledger.last_deed"]
