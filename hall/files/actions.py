"""Writes of the files: looked through before the deed, kept within it, scanned later if need be, swept every day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from logging import getLogger
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from hall.core.fields import row_id
from hall.core.findings import Finding, Refused, refuse
from hall.files import queries, rules, scanner, store
from hall.files.cleaning.apart import clean_apart
from hall.files.cleaning.unfit import Clean, Unfit
from hall.files.models import Attachment, Shelf
from hall.files.words import FileState
from hall.ledger.acting import Act, Actor, System, acting

By = Actor | Act
log = getLogger("hall.files")
HOUSE: Any = "files"  # what the ledger names where there is no row
SUSPICIOUS = 50  # files without a row, from which on the sweeper asks itself whether it sees the right database
AT_ONCE = 20  # files a round of scanning


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept: name, kind and bytes as they will be. `scanned` is False while the scanner is silent."""

    name: str
    clean: Clean
    scanned: bool


def examine(*, by: By, uploads: Iterable[Any], model: str, organisation: Any) -> list[Examined]:
    """Look uploaded files through for rows of this table (`members.correction`). Writes nothing; call it before the act.

    Refused, all together, if one is of no kind kept there, unfit or infected, or if there is no room. Takes up to some
    seconds a file, which is why no act may be open meanwhile. An infected file becomes a fact and an alarm.
    """
    sent = [each for each in uploads if each]
    if not sent:
        return []
    declared = queries.declared(model)
    total = sum(each.size for each in sent)
    found = [*_count_findings(len(sent), declared.most), *_size_findings(total)]
    found += queries.room_findings(_account_of(by), organisation, total, queries.today())
    if found:
        raise Refused(found)
    _check_disk(total)
    return [_examined(each, declared.kinds, organisation, by) for each in sent]


def _count_findings(count: int, most: int) -> list[Finding]:
    if count <= most:
        return []
    return [Finding("house", _("At most %(most)d files can be added here.") % {"most": most})]


def _size_findings(total: int) -> list[Finding]:
    if total <= queries.upload_limit():
        return []
    limit = queries.upload_limit() // 1024 // 1024
    return [
        Finding("house", _("The files have more than %(limit)d MB together. Upload smaller ones.") % {"limit": limit})
    ]


def _check_disk(size: int) -> None:
    try:
        store.check_room(size)
    except store.Full:
        raise _disk_full() from None


def _disk_full() -> Refused:
    return refuse(_("The hall’s disk is full. Nothing was kept. Tell the system administrator, then try again."))


def _account_of(by: By) -> int | None:
    kind, _colon, pk = by.key.partition(":")
    return int(pk) if kind == "account" else None


def _examined(upload: Any, kinds: Sequence[str], organisation: Any, by: By) -> Examined:
    shown = rules.shown_name(upload.name or "") or _("file")
    upload.seek(0)
    data = upload.read(queries.upload_limit() + 1)
    scanned = _scanned(data, shown, organisation, by)
    try:
        clean = clean_apart(data)
    except Unfit as unfit:
        raise Refused([rules.unfit_finding(unfit.code, shown)]) from None
    if clean.kind not in kinds:
        raise refuse(_("“%(name)s”: this kind of file is not kept here. Save it as PDF.") % {"name": shown})
    return Examined(rules.clean_name(upload.name or "", clean.kind), clean, scanned)


def _scanned(data: bytes, shown: str, organisation: Any, by: By) -> bool:
    """Was it scanned and found clean? False without a verdict. Refused, with a fact and an alarm, if it is infected."""
    if not scanner.configured():
        return False
    try:
        verdict = scanner.scan(data)
    except scanner.Silent as silence:
        log.warning("the virus scanner is silent: %s", silence)
        return False
    if verdict.malware:
        with acting(System("files.scan"), "files.keep", within=organisation.pk) as act:
            act.record("files.malware.refused", organisation, malware=verdict.malware, by=by.label, size=len(data))
        text = _("“%(name)s” holds malware (%(malware)s) and was not kept. The system administrator is told.")
        raise refuse(text % {"name": shown, "malware": verdict.malware})
    return True


def keep(*, by: By, examined: Sequence[Examined], about: Any, organisation: Any) -> list[Attachment]:
    """Keep what was examined with this row of another module, inside the act that writes the row.

    Refused if there is no room any more. If the act comes to nothing, the bytes stay unreadable until the sweeper comes.
    """
    if not examined:
        return []
    with acting(by, "files.keep", within=organisation.pk) as act:
        size = sum(len(each.clean.data) for each in examined)
        for holder, limit, whose in queries.holders(_account_of(act), organisation, queries.today()):
            _take_room(holder, limit, size, whose)
        rows = [_row(act, each, about, organisation) for each in examined]
        for row, each in zip(rows, examined, strict=True):
            row.secret = _put(row, each.clean.data)
            row.save(force_insert=True)
        act.record_many("files.attachment.kept", [(row, _said(row)) for row in rows])
    return rows


def _take_room(holder: str, limit: int, size: int, whose: str) -> None:
    """Count the bytes in one statement that holds the limit itself, so that two at once cannot both pass it (B14)."""
    Shelf.objects.get_or_create(holder=holder)
    if not Shelf.objects.filter(holder=holder, used__lte=limit - size).update(used=F("used") + size):
        used = Shelf.objects.get(holder=holder).used
        raise Refused(rules.room_findings(used, size, limit, whose))


def _row(act: Act, each: Examined, about: Any, organisation: Any) -> Attachment:
    waits = scanner.configured() and not each.scanned
    return Attachment(
        id=row_id(), about_kind=about._meta.label_lower, about_id=str(about.pk), organisation=organisation,
        account_id=_account_of(act), name=each.name, kind=each.clean.kind, size=len(each.clean.data),
        fingerprint=queries.fingerprint(each.clean.data), removed=list(each.clean.removed), kept_at=act.at,
        state=FileState.WAITING if waits else FileState.KEPT, scanned_at=act.at if each.scanned else None,
    )  # fmt: skip


def _put(row: Attachment, data: bytes) -> str:
    try:
        return store.put(row.pk, data)
    except store.Full:
        raise _disk_full() from None


def _said(row: Attachment) -> dict[str, Any]:
    return {
        "about": [row.about_kind, row.about_id], "kind": str(row.kind), "size": row.size,
        "fingerprint": bytes(row.fingerprint).hex(), "removed": row.removed, "state": str(row.state),
    }  # fmt: skip


def scan_waiting() -> int:
    """Scan what no scanner has seen, what waits first, while the scanner answers; how many were decided.

    Files kept before there was a scanner can be opened meanwhile; files that wait for it cannot. Tells those who run the
    hall when it is silent for long.
    """
    if not scanner.configured():
        return 0
    done = 0
    for row in list(queries.unscanned()[:AT_ONCE]):
        try:
            verdict = scanner.scan(queries.content_of(row))
        except scanner.Silent as silence:
            log.warning("the virus scanner is silent: %s", silence)
            _tell_of_silence()
            break
        except store.Broken:
            _lost(row)
            continue
        _decide(row, verdict)
        done += 1
    return done


def _decide(row: Attachment, verdict: scanner.Verdict) -> None:
    """Give the file free, or take it out of the hall. Nothing if another worker was quicker."""
    with transaction.atomic():
        held = Attachment.objects.select_for_update().filter(pk=row.pk, scanned_at__isnull=True).first()
        if held is None:
            return
        with acting(System("files.scan"), "files.keep", within=row.organisation_id) as act:
            held.scanned_at = act.at
            if verdict.malware:
                held.state, held.secret = FileState.INFECTED, ""
                _give_room_back(held)
                act.record("files.malware.found", held, malware=verdict.malware)
                transaction.on_commit(lambda: store.drop(held.pk))
            else:
                held.state = FileState.KEPT
                act.record("files.attachment.cleared", held)
            held.save(update_fields=["state", "secret", "scanned_at"])


def _give_room_back(row: Attachment) -> None:
    held_by = [f"organisation:{row.organisation_id}", f"account:{row.account_id}"]
    Shelf.objects.filter(holder__in=held_by, used__gte=row.size).update(used=F("used") - row.size)


def _tell_of_silence() -> None:
    since = queries.silence_to_tell()
    if since is not None:
        with acting(System("files.scan"), "files.keep") as act:
            act.record("files.scanner.silent", HOUSE, since=since.isoformat())


def sweep(*, by: By, on: date) -> None:
    """Remove files without a row and uploads never finished; say which rows have lost their file. Safe to run again.

    What is younger than a day is left alone: its deed may be under way. If most files had no row, the database rather
    than the disk would be wrong: then nothing is removed, and those who run the hall are told.
    """
    removed = store.clear_incoming(queries.unfinished_before())
    unknown = queries.unknown_on_disk()
    if len(unknown) > SUSPICIOUS and len(unknown) * 2 > queries.count():
        with acting(by, "files.keep") as act:
            act.record("files.sweep.halted", HOUSE, count=len(unknown))
        return
    for pk in unknown:
        store.drop(pk)
    if removed + len(unknown):
        with acting(by, "files.keep") as act:
            act.record("files.leftovers.removed", HOUSE, count=removed + len(unknown))
    for row in queries.missing_on_disk():
        _lost(row)


def _lost(row: Attachment) -> None:
    """The disk no longer holds the file as it was kept: nothing else is given out, and those who run the hall are told."""
    with transaction.atomic():
        there = Attachment.objects.filter(pk=row.pk, state__in=(FileState.KEPT, FileState.WAITING))
        if there.update(state=FileState.LOST):
            with acting(System("files.sweep"), "files.keep", within=row.organisation_id) as act:
                act.record("files.attachment.missed", row)
