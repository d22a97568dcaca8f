"""Deeds on the ledger itself: erasing particulars, and taking a checkpoint out of the building."""

from django.utils.translation import gettext as _

from hall.core.findings import refuse
from hall.ledger import sealing
from hall.ledger.acting import Act, Actor, acting
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
