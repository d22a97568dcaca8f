"""Tables of safekeeping: the back-ups that were taken, when the alarm last rang, and what browsers refused."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from hall.core.fields import row_id


class BackUp(models.Model):
    """A back-up that was written, read back and found whole."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    taken_at = models.DateTimeField(db_index=True)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    rows = models.BigIntegerField()
    files = models.IntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("Back-up")


class Watch(models.Model):
    """The one row that decides which of several workers rings."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    rung_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Watch over back-ups")


class Refusal(models.Model):
    """How often browsers refused something on a page on a day. Counts only: no person, no address, no text."""

    day = models.DateField()
    page = models.CharField(max_length=80)  # name of the route
    directive = models.CharField(max_length=40)
    what = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("Refused by browsers")
        constraints = [models.UniqueConstraint(fields=["day", "page", "directive", "what"], name="refusal_once_a_day")]
