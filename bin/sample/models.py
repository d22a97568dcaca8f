"""The one table: an item of an organisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from hall.sample.words import Weight


class Item(models.Model):
    """Something to be done by a day. Rows are added by `actions.note_item` only."""

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    text = models.CharField(_("what is to be done"), max_length=120)
    weight = models.CharField(_("how pressing"), max_length=10, choices=Weight, default=Weight.PLAIN)
    due_on = models.DateField(_("due on"))
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Item")
        ordering = ["due_on", "pk"]

    def __str__(self):
        return self.text
