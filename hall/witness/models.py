"""Tables of the witness. Rows are only added; an alarm is ended or explained, never taken away."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hall.core.fields import row_id
from hall.witness.words import AlarmKind, Way


class Verification(models.Model):
    """One verification of the whole ledger and what it found. `account` None: the hall's own, by night."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    pending = models.IntegerField()
    erased = models.BigIntegerField()
    checkpoints = models.IntegerField()
    outside = models.IntegerField()  # checkpoints kept elsewhere it was compared with
    problems = models.BigIntegerField()
    findings = models.JSONField(default=list)  # the first fifty, each with its neighbours

    class Meta:
        verbose_name = _("Verification of the ledger")
        indexes = [models.Index(fields=["-at"], name="verification_newest")]

    @property
    def ok(self) -> bool:
        return self.problems == 0


class Departure(models.Model):
    """A checkpoint that left for one place, or did not reach it (`error`)."""

    at = models.DateTimeField()
    way = models.CharField(max_length=6, choices=Way)
    place = models.CharField(max_length=200)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("Checkpoint sent out")
        indexes = [models.Index(fields=["way", "place", "-id"], name="departure_newest")]


class Alarm(models.Model):
    """Something that must not be so. One is open for each kind and place until it ends or somebody explains it."""

    kind = models.CharField(max_length=8, choices=AlarmKind)
    place = models.CharField(max_length=200, blank=True)
    said = models.TextField()
    raised_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    explained_at = models.DateTimeField(null=True)
    explanation = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("Alarm of the ledger")
        constraints = [
            models.UniqueConstraint(fields=["kind", "place"], condition=Q(ended_at__isnull=True), name="one_open_alarm")
        ]


class Watch(models.Model):
    """The one row of the watch: the latest moment it saw, when it last looked outside, when the next checkpoint leaves."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seen_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    leaves_at = models.DateTimeField(null=True)
    left_size = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("Watch over the ledger")
