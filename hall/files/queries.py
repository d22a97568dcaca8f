"""Reads of the files: who may open which, what hangs on a row, how much room is left, what the disk says."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from hall.accounts import queries as accounts
from hall.core import crypto
from hall.core.findings import Finding
from hall.core.modules import Attachments, attachments
from hall.core.viewer import Viewer
from hall.files import rules, store
from hall.files.models import Attachment, Shelf
from hall.files.words import FileState
from hall.ledger import clock
from hall.ledger.queries import entries_about
from hall.organisations import queries as organisations

SILENCE = timedelta(hours=1)  # of the scanner, after which those who run the hall are told
AGAIN = timedelta(hours=24)
UNFINISHED = timedelta(hours=24)  # what is younger may belong to a deed under way
BATCH = 500


def attachment_for(viewer: Viewer, pk: UUID) -> Attachment:
    """The file, or 404: the module whose row it hangs on is asked anew, whoever had the address before (A02, A03)."""
    found = Attachment.objects.filter(pk=pk).first()
    rule = attachments().get(found.about_kind) if found else None
    if found is None or rule is None or not rule.may_see(viewer, found.about_id):
        raise Http404
    return found


def content_of(row: Attachment) -> bytes:
    """The bytes as they were kept. store.Broken if the disk holds them no longer, or holds others."""
    data = store.get(row.pk, row.secret)
    if fingerprint(data) != bytes(row.fingerprint):
        raise store.Broken("fingerprint")
    return data


def fingerprint(data: bytes) -> bytes:
    """What tells these bytes from others; without the hall's key it tells nothing."""
    return crypto.mac("files|content", data)


def files_of(row: Any) -> list[Attachment]:
    """What hangs on this row, oldest first."""
    return files_of_all([row]).get(str(row.pk), [])


def files_of_all(rows: Iterable[Any]) -> dict[str, list[Attachment]]:
    """Row id as text → what hangs on it, for rows of one table. One query; no permission is asked, the row's page did."""
    rows = list(rows)
    found: dict[str, list[Attachment]] = {}
    if rows:
        kind, ids = rows[0]._meta.label_lower, [str(row.pk) for row in rows]
        for each in Attachment.objects.filter(about_kind=kind, about_id__in=ids).order_by("pk"):
            found.setdefault(each.about_id, []).append(each)
    return found


def declared(model: str) -> Attachments:
    """What the module of this table allows to hang on its rows. KeyError if nothing."""
    return attachments()[model]


def holders(account: int | None, organisation: Any, today: Any) -> list[tuple[str, int, str]]:
    """Whose room a file takes: holder, limit in bytes, and the word for it. Always in this order."""
    of_place = organisations.setting("files.organisation_megabytes", organisation, today) * 1024 * 1024
    found = [(f"organisation:{organisation.pk}", of_place, "organisation")]
    if account is not None:
        of_person = organisations.of_the_college("files.person_megabytes", today) * 1024 * 1024
        found.insert(0, (f"account:{account}", of_person, "person"))
    return found


def room_findings(account: int | None, organisation: Any, wanted: int, today: Any) -> list[Finding]:
    """What speaks against keeping so many bytes more (B14). The limit is asked again when they are kept."""
    limits = holders(account, organisation, today)
    used = dict(Shelf.objects.filter(holder__in=[each[0] for each in limits]).values_list("holder", "used"))
    return [
        finding
        for holder, limit, whose in limits
        for finding in rules.room_findings(used.get(holder, 0), wanted, limit, whose)
    ]


def unscanned() -> QuerySet[Attachment]:
    """Files that no scanner has seen: first those nobody may open before, oldest first."""
    rows = Attachment.objects.filter(scanned_at__isnull=True, state__in=(FileState.WAITING, FileState.KEPT))
    return rows.order_by("-state", "pk")


def count() -> int:
    return Attachment.objects.filter(state__in=(FileState.KEPT, FileState.WAITING)).count()


def unfinished_before() -> float:
    """The moment (seconds, by the machine's clock as the disk has it) before which every deed has ended."""
    return (timezone.now() - UNFINISHED).timestamp()


def unknown_on_disk() -> list[UUID]:
    """Files without a row, those of deeds under way left out."""
    there = [pk for pk, _path in store.on_disk(unfinished_before())]
    known: set[UUID] = set()
    for start in range(0, len(there), BATCH):
        rows = Attachment.objects.filter(pk__in=there[start : start + BATCH]).exclude(state=FileState.INFECTED)
        known |= set(rows.values_list("pk", flat=True))
    return [pk for pk in there if pk not in known]


def missing_on_disk() -> list[Attachment]:
    """Rows whose file is gone."""
    rows = Attachment.objects.filter(state__in=(FileState.KEPT, FileState.WAITING)).only("organisation", "state")
    return [row for row in rows.iterator(chunk_size=BATCH) if not store.is_there(row.pk)]


def silence_to_tell() -> datetime | None:
    """Since when files wait for the scanner, if that is long and was not said within a day; else None."""
    moment = clock.now()
    rows = Attachment.objects.filter(state=FileState.WAITING).order_by("pk")
    first = rows.values_list("kept_at", flat=True).first()
    if first is None or moment - first < SILENCE:
        return None
    house: Any = "files"
    said = entries_about([house], ["files.scanner.silent"]).values_list("at", flat=True).first()
    return None if said and moment - said < AGAIN else first


def uploaders(facts: list[Any]) -> dict[UUID, list[int]]:
    """Whose file it was."""
    return {fact.id: [fact.about.account_id] if fact.about.account_id else [] for fact in facts}


def operators(facts: list[Any]) -> dict[UUID, list[int]]:
    """Who is told: those who look after the machine of the college."""
    college = organisations.college()
    people = accounts.holders("notices.operate", [college.pk], timezone.localdate()) if college else {}
    return {fact.id: people.get(college.pk, []) if college else [] for fact in facts}


def upload_limit() -> int:
    """Bytes of all files of one form together."""
    return settings.HALL_UPLOAD_LIMIT


def today() -> Any:
    return timezone.localdate(clock.now())
