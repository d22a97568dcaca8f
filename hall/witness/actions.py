"""Deeds of the witness: verifying, comparing, sending checkpoints out, alarms. The watch calls some of them by itself."""

from collections.abc import Callable
from datetime import date
from logging import getLogger
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from hall.core.findings import refuse
from hall.ledger import actions as ledger_actions
from hall.ledger import queries as ledger
from hall.ledger.acting import Act, Actor, System, acting
from hall.notices import actions as notices
from hall.notices.models import Work
from hall.witness import queries, rules
from hall.witness.models import Alarm, Departure, Verification, Watch
from hall.witness.places import Place, places
from hall.witness.words import GRAVE, AlarmKind, Way

By = Actor | Act
SIGNER = System("witness.watch")
SHOWN = 50  # problems kept with their neighbours
log = getLogger("hall.witness")

# ---- verifying ----


def begin_verification(*, by: By) -> Work:
    """Begin to verify everything; a worker does it. Refused while the person's last one still runs."""
    with acting(by, "witness.verify") as act:
        if queries.running(act.by):  # type: ignore[arg-type]
            raise refuse(_("Your verification is still running."))
        work = notices.start_work(by=act, name="witness.verify")
    return work


def verify_work(by: By, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """The long work behind “verify now”. Also compares with the checkpoints in the folder. Safe to run again."""
    made = verify(by=by, progress=progress)
    address = reverse("witness:verification", args=[made.pk])
    return {"text": sentence(made), "title": _("See the result"), "url": address}


def verify_nightly(*, by: By, on: date) -> None:
    """The job of every night."""
    verify(by=by, progress=lambda done, total: None)


def verify(*, by: By, progress: Callable[[int, int], None]) -> Verification:
    """Recompute the whole log and keep what was found; an alarm if it was altered, its end if it is whole again."""
    ledger_actions.seal_waiting()
    heads, unread = _outside()
    report = ledger.verify(heads, progress)
    for name in unread:
        report.add(f"file {name}", _("This file in the folder of checkpoints holds no checkpoint any more."), "stray")
    with acting(by, "witness.verify") as act:
        made = Verification.objects.create(
            account_id=getattr(act.by, "account_id", None), at=act.at, size=report.size, root=report.root,
            pending=report.pending, erased=report.erased, checkpoints=report.checkpoints, outside=len(heads),
            problems=report.count, findings=[_finding(each) for each in report.problems[:SHOWN]],
        )  # fmt: skip
        fact = "witness.ledger.verified" if made.ok else "witness.ledger.found_altered"
        act.record(fact, made, size=made.size, root=made.root, problems=made.problems, outside=made.outside)
        _settle(act, AlarmKind.OVERDUE, "", "")
        _settle(act, AlarmKind.ALTERED, "", "" if made.ok else sentence(made))
    cache.delete(queries.ALERTS)
    return made


def _outside() -> tuple[list[ledger.Head], list[str]]:
    try:
        return queries.heads_outside(), queries.garbled()
    except OSError as error:
        log.warning("the folder of checkpoints cannot be read: %s", type(error).__name__)
        return [], []


def _finding(problem: Any) -> dict[str, Any]:
    around = ledger.neighbours(problem.index) if problem.index is not None else []
    return {"place": problem.place, "text": str(problem.text), "index": problem.index, "around": around}


def sentence(row: Verification) -> str:
    """The result in one sentence."""
    if row.ok:
        return _("%(size)s entries without a gap, no alteration found.") % {"size": f"{row.size:,}"}
    figures = {"count": row.problems, "size": f"{row.size:,}"}
    return _("The ledger was altered: %(count)s places in %(size)s entries do not fit.") % figures


# ---- what people ask for ----


def compare(*, by: By, head: ledger.Head | None, size: int = 0, root: str = "") -> list[Any]:
    """Compare an old checkpoint, or what of it stands on paper, with the log of today; the differences."""
    with acting(by, "witness.verify") as act:
        found = ledger.differences(head) if head else ledger.printed_differences(size, root)
        count, shown = head.size if head else size, head.root.hex() if head else root
        about: Any = f"checkpoint:{count}"[:40]
        act.record("witness.checkpoint.compared", about, size=count, root=shown, found=[each.kind for each in found])
    return found


def take_data(*, by: By) -> None:
    """Say that the log, without particulars, goes out to be verified elsewhere."""
    with acting(by, "witness.verify") as act:
        about: Any = "ledger"
        act.record("witness.data.taken", about, size=ledger.log_size())


def take_checkpoint(*, by: By) -> ledger.Head:
    """Seal, sign, and hand the checkpoint to the person. Refused while nothing was recorded or the log is altered."""
    with acting(by, "witness.verify") as act:
        try:
            head = ledger_actions.take_checkpoint(by=act)
        except ledger_actions.LedgerAltered as altered:
            raise refuse(str(altered)) from None
        if head is None:
            raise refuse(_("The ledger is empty; there is nothing to sign yet."))
    return head


def explain(*, by: By, alarm: Alarm, reason: str) -> None:
    """End an alarm by saying why it rang. Checkpoints signed before then are explained with it, if it was about one."""
    with acting(by, "witness.verify") as act:
        row = Alarm.objects.select_for_update().get(pk=alarm.pk)
        if row.ended_at is not None:
            raise refuse(_("This alarm has ended already."))
        if not reason.strip():
            raise refuse(_("Say in a sentence why the alarm rang; it stays in the ledger."))
        row.ended_at = row.explained_at = act.at
        row.explanation = reason.strip()[:500]
        row.save(update_fields=["ended_at", "explained_at", "explanation"])
        act.record("witness.alarm.explained", row, kind=row.kind, place=row.place, reason=row.explanation)
    cache.delete(queries.ALERTS)


# ---- sending out, and alarms ----


def send_out(*, by: By, letters: bool) -> list[Departure]:
    """Seal, sign and bring the checkpoint to every place. One that fails rings, and the others are reached all the same."""
    try:
        head = ledger_actions.take_checkpoint(by=by)
    except ledger_actions.LedgerAltered as altered:
        ring(AlarmKind.ALTERED, "", str(altered))
        return []
    if head is None:
        return []
    tried = [(place, _tried(place, head)) for place in places() if letters or place.way == Way.FOLDER]
    with acting(by, "witness.operate") as act:
        made = [
            Departure.objects.create(
                at=act.at, way=place.way, place=place.name[:200], size=head.size, root=head.root, error=error
            )
            for place, error in tried
        ]
        for row in made:
            name = "witness.checkpoint.stuck" if row.error else "witness.checkpoint.left"
            act.record(name, row, size=row.size, place=row.place, root=head.root.hex(), error=row.error)
            _settle(act, AlarmKind.STUCK, row.place, row.error)
        if any(row.error for row in made):
            Watch.objects.filter(id=1).update(leaves_at=act.at + rules.AGAIN)
    return made


def _tried(place: Place, head: ledger.Head) -> str:
    """ "" or what went wrong. Whatever a mail server or a mounted folder may raise is an answer here."""
    try:
        place.take(head)
    except Exception as error:
        log.warning("checkpoint %s did not reach its %s: %s", head.size, place.way, type(error).__name__)
        return f"{type(error).__name__}: {error}"[:200]
    return ""


def ring(kind: AlarmKind, place: str, said: str) -> None:
    """Raise the alarm, or end it where nothing is said; nothing is recorded where nothing changes.

    A grave one ends only when somebody explains it: putting things back must not make it silent.
    """
    if not _changes(kind, place, said):
        return
    with transaction.atomic():
        _alone()
        if _changes(kind, place, said):
            with acting(SIGNER, "witness.operate") as act:
                _settle(act, kind, place, said)
    cache.delete(queries.ALERTS)


def _changes(kind: AlarmKind, place: str, said: str) -> bool:
    known = queries.open_alarms().filter(kind=kind, place=place).exists()
    return known != bool(said) and not (known and kind in GRAVE)


def _alone() -> None:
    """One worker at a time rings."""
    Watch.objects.get_or_create(id=1)
    Watch.objects.select_for_update().get(id=1)


def _settle(act: Act, kind: AlarmKind, place: str, said: str) -> None:
    """One open alarm for each kind and place: raised while something is said, ended when nothing is."""
    row = Alarm.objects.select_for_update().filter(kind=kind, place=place, ended_at__isnull=True).first()
    if said and row is None:
        row = Alarm.objects.create(kind=kind, place=place, said=said, raised_at=act.at)
        act.record("witness.alarm.raised", row, kind=kind, title=str(kind.label), place=place, said=said)
    elif row is not None and not said and kind not in GRAVE:
        row.ended_at = act.at
        row.save(update_fields=["ended_at"])
        act.record("witness.alarm.ended", row, kind=kind, title=str(kind.label), place=place)
