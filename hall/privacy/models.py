"""Tables of the privacy desk: requests for erasure, and how many people's pages an account opened just now."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hall.core.fields import SealedText, row_id
from hall.privacy.words import Scope, State


class Erasure(models.Model):
    """A person asks that their data be erased; the organisation department answers with reasons (LAW-04)."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    member = models.ForeignKey("members.Member", models.PROTECT, null=True, related_name="+")
    wish = SealedText(level="L3", blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    scope = models.CharField(max_length=4, choices=Scope, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # kind → how many were erased; no values

    class Meta:
        verbose_name = _("Request for erasure")
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=[State.ASKED, State.AGREED]), name="one_open_erasure"
            ),
            models.CheckConstraint(condition=~Q(state=State.AGREED) | ~Q(scope=""), name="agreed_to_a_scope"),
        ]

    def __str__(self):
        return self.get_state_display()


class Pace(models.Model):
    """How many pages of single people an account opened since `since`. Counts only: not whose pages, not which."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)  # since when the person is asked again who they are

    class Meta:
        verbose_name = _("Pages opened in a short time")
