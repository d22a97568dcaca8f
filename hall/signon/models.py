"""Who of the campus is which account. An identity is issuer and subject; names, mail and numbers are none."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Identity(models.Model):
    """A person as one issuer names them, bound to one account. In force at once when the number fitted; else by two persons."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("account"))
    issuer = models.CharField(max_length=300)
    subject = models.CharField(_("name at the campus"), max_length=255)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Identity at the campus")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once"),
            models.UniqueConstraint(fields=["account", "issuer"], name="one_identity_an_issuer"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")), name="two_persons_bind"
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True) | Q(in_force_at__isnull=True) | Q(approved_by__isnull=False),
                name="proposed_is_approved",
            ),
        ]

    def __str__(self):
        return self.subject


class Spent(models.Model):
    """A ticket, code or logout token that was used, as a digest: it counts once, in whichever process."""

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("Used ticket")
