"""What safekeeping offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Kept, Module, Notice
from hall.safekeeping import actions, queries

module = Module(
    name="safekeeping",
    title=_("Safekeeping"),
    needs=("organisations", "accounts"),
    permissions={"safekeeping.operate": _("Renew keys and take back-ups (by command only)")},
    inner=("safekeeping.operate",),
    facts={
        "safekeeping.key.added": _("Key added"),
        "safekeeping.key.rotated": _("Sealed values written under the newest key"),
        "safekeeping.backup.taken": _("Back-up taken"),
        "safekeeping.backup.restored": _("Back-up restored as a drill"),
        "safekeeping.backup.overdue": _("Back-up overdue"),
    },
    notices=(Notice("safekeeping.backup.overdue", queries.operators, "safekeeping/notices/overdue", digest=False),),
    kept=(Kept("BackUp"),),
    conditions=queries.conditions,
    chores=(actions.ring,),
    not_personal=("BackUp.name", "Refusal.page", "Refusal.directive", "Refusal.what"),
)
