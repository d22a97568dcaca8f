"""What the ledger offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Kept, Module
from hall.ledger import sealing

module = Module(
    name="ledger",
    title=_("Sealed ledger"),
    inner=("ledger.erase",),
    facts={
        "ledger.act.refused": _("Refused"),
        "ledger.particulars.erased": _("Particulars erased"),
        "ledger.checkpoint.taken": _("Checkpoint taken out"),
    },
    permissions={
        "ledger.verify": _("Verify the ledger"),
        "ledger.erase": _("Erase particulars of the ledger"),
    },
    kept=(
        Kept("Entry"),
        Kept("Particulars", erased=True),
        Kept("Pending", erased=True),
        Kept("Leaf"),
        Kept("Node"),
        Kept("Checkpoint"),
    ),
    chores=(sealing.seal_all, sealing.checkpoint),
    not_personal=("Entry.name", "Entry.about_kind", "Entry.about_id", "Entry.by", "Particulars.text"),
)
