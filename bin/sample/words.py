"""How pressing an item is."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Weight(TextChoices):
    PLAIN = "plain", _("Plain")
    PRESSING = "pressing", _("Pressing")
