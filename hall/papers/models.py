"""Tables of the papers. A paper is never edited: a mistake is answered by another paper that names it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hall.core.fields import SealedText, row_id
from hall.papers.rules import number_text


class Counter(models.Model):
    """Last number taken per kind, organisation and year. Locked while numbers are taken, so there are no gaps and no doubles."""

    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    year = models.SmallIntegerField()
    taken = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("Number counter")
        constraints = [models.UniqueConstraint(fields=["kind", "organisation", "year"], name="one_counter")]


class Paper(models.Model):
    """One issued paper with a copy of all it says."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    year = models.SmallIntegerField()
    serial = models.IntegerField()
    code = models.CharField(max_length=16, unique=True)
    issued_at = models.DateTimeField()
    issued_on = models.DateField()
    concerns = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60, blank=True)
    template_version = models.SmallIntegerField()
    snapshot = SealedText(level="L3")
    digest = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=80, null=True)  # SM2 over the digest; none on papers of before
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    replace_reason = models.CharField(max_length=200, blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("Paper")
        constraints = [models.UniqueConstraint(fields=["kind", "organisation", "year", "serial"], name="number_once")]
        indexes = [models.Index(fields=["organisation", "kind", "issued_on"], name="paper_listed")]

    def __str__(self):
        return self.number

    @property
    def number(self) -> str:
        """As printed: 2026-00001."""
        return number_text(self.year, self.serial)
