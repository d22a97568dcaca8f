"""Words of the witness: what an alarm is about, and where checkpoints go."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AlarmKind(TextChoices):
    ALTERED = "altered", _("The ledger was altered")
    BEHIND = "behind", _("The ledger does not continue a checkpoint kept outside")
    STUCK = "stuck", _("A checkpoint could not leave")
    OVERDUE = "overdue", _("No verification for too long")
    CLOCK = "clock", _("The server's clock was set back")


GRAVE = (AlarmKind.ALTERED, AlarmKind.BEHIND)  # everybody sees these at the head of every page


class Way(TextChoices):
    FOLDER = "folder", _("Folder")
    MAIL = "mail", _("Mail")
