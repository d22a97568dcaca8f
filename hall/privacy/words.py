"""Words of the privacy desk."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    ASKED = "asked", _("Waiting for an answer")
    AGREED = "agreed", _("To be carried out")
    DECLINED = "declined", _("Not erased")
    DONE = "done", _("Erased")


OPEN = (State.ASKED, State.AGREED)


class Scope(TextChoices):
    FREE = "free", _("What nobody is bound to keep")
    ALL = "all", _("Everything: the duty to keep it has ended or was never there")


LEVELS = {"L1": _("Public"), "L2": _("Internal"), "L3": _("Sensitive"), "L4": _("Restricted")}
ERASURES = {
    "free": _("On request at any time"),
    "left": _("On request once the relation has ended"),
    "duty": _("When the duty to keep it has ended"),
    "stays": _("Not by request"),
}
