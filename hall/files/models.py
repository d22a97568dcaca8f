"""Tables of the files: what is kept for whom, and how much room is taken. The bytes stand sealed in the home."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hall.core.fields import SealedText, row_id
from hall.files import rules
from hall.files.words import FileKind, FileState


class Attachment(models.Model):
    """One kept file. It hangs on a row of another module, whose rule says who may see it.

    `secret` opens the file and is itself sealed under the hall's keys: to renew a key writes rows, never files.
    """

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    about_kind = models.CharField(max_length=60)
    about_id = models.CharField(max_length=40)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = SealedText(_("file name"), level="L3")
    kind = models.CharField(max_length=8, choices=FileKind)
    size = models.BigIntegerField()
    fingerprint = models.BinaryField(max_length=32)  # HMAC-SM3 of the bytes as kept
    removed = models.JSONField(default=list)  # codes of what was taken out (rules.REMOVED)
    secret = SealedText(level="L4", blank=True)
    state = models.CharField(max_length=8, choices=FileState, default=FileState.KEPT)
    kept_at = models.DateTimeField()
    scanned_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Attachment")
        indexes = [
            models.Index(fields=["about_kind", "about_id"], name="attachment_of"),
            models.Index(fields=["id"], condition=Q(scanned_at__isnull=True), name="attachment_unscanned"),
        ]
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="attachment_not_empty")]

    @property
    def removed_words(self) -> list[str]:
        """What was taken out of it, in words."""
        return rules.removed_words(self.removed)


class Shelf(models.Model):
    """How many bytes are kept for one holder: "account:17" or "organisation:3"."""

    holder = models.CharField(max_length=40, unique=True)
    used = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("Room for files")
        constraints = [models.CheckConstraint(condition=Q(used__gte=0), name="shelf_not_negative")]
