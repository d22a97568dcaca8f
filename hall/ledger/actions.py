"""Deeds on the ledger itself: erasing particulars, and taking a checkpoint out of the building."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from hall.core.findings import refuse
from hall.ledger import sealing
from hall.ledger.acting import BATCH, Act, Actor, acting
from hall.ledger.heads import Head, head_of
from hall.ledger.models import Entry, Particulars
from hall.ledger.sealing import LedgerAltered as LedgerAltered


def erase(*, by: Actor | Act, entry: Entry, reason: str) -> None:
    """Erase what an entry says in detail, salt included; that it was done, by whom and why becomes a fact.

    The entry and the log stay whole and verify. Cannot be undone. Refused without a reason, or if nothing is left.
    """
    with acting(by, "ledger.erase", within=entry.organisation) as act:
        if not reason.strip():
            raise refuse(_("Give the reason for erasing; it stays in the ledger."))
        if not Particulars.objects.filter(entry=entry).delete()[0]:
            raise refuse(_("The particulars of this entry were erased before."))
        act.record("ledger.particulars.erased", entry, reason=reason)


def erase_many(*, by: Actor | Act, entries: Iterable[Entry], reason: str) -> int:
    """Erase the particulars of these entries with their salts, as `erase`; how many still had any. May be none."""
    with acting(by, "ledger.erase") as act:
        if not reason.strip():
            raise refuse(_("Give the reason for erasing; it stays in the ledger."))
        known = {entry.pk: entry for entry in entries}
        gone = list(Particulars.objects.filter(entry__in=list(known)).values_list("entry", flat=True))
        for start in range(0, len(gone), BATCH):
            Particulars.objects.filter(entry__in=gone[start : start + BATCH]).delete()
        act.record_many("ledger.particulars.erased", [(known[pk], {"reason": reason}) for pk in gone])
    return len(gone)


def take_checkpoint(*, by: Actor | Act) -> Head | None:
    """Seal what waits, sign the head, and record that a copy goes out. None while the ledger is empty.

    LedgerAltered, with nothing signed, if the log does not continue its last signed head.
    """
    sealing.seal_all()
    made = sealing.checkpoint() or sealing.last_checkpoint()
    if made is None:
        return None
    with acting(by, "ledger.verify") as act:
        act.record("ledger.checkpoint.taken", made, size=made.size, root=bytes(made.root).hex())
    return head_of(made)


def seal_waiting() -> int:
    """Seal what waits, as the worker does every few seconds; how many."""
    return sealing.seal_all()
