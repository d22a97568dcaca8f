"""Tables of the notices: messages, the outbox, how people want to be told, works and the days jobs ran."""

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hall.core.fields import row_id
from hall.notices.rules import TITLE, Ways
from hall.notices.words import DUE, OPEN, Kind, Sending, WorkState


class Message(models.Model):
    """What a person is told in the inbox about one fact."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    fact = models.UUIDField()
    fact_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=4, choices=Kind)
    title = models.CharField(max_length=TITLE)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Message")
        indexes = [
            models.Index(fields=["account", "-id"], name="message_of_account"),
            models.Index(fields=["account"], condition=Q(read_at__isnull=True), name="message_unread"),
        ]
        constraints = [models.UniqueConstraint(fields=["fact", "account", "kind"], name="told_once")]

    def __str__(self):
        return self.title


class Outgoing(models.Model):
    """A row of the outbox: one message on its way by one channel. Claimed by a lease, sent at least once."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    subject = models.CharField(max_length=TITLE)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    digest = models.BooleanField()
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    state = models.CharField(max_length=8, choices=Sending, default=Sending.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Outgoing message")
        indexes = [models.Index(fields=["not_before"], condition=Q(state__in=DUE), name="outgoing_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=Sending.SENT, sent_at__isnull=False)
                | (~Q(state=Sending.SENT) & Q(sent_at__isnull=True)),
                name="sent_with_a_moment",
            )
        ]

    def __str__(self):
        return self.subject


class Preference(models.Model):
    """How one person wants to be told. No row: the house's defaults."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    mail = models.BooleanField(_("Send me mail"), default=True)
    digest = models.BooleanField(_("One mail a day"), default=True)
    digest_hour = models.PositiveSmallIntegerField(_("at the hour"), default=12, validators=[MaxValueValidator(23)])
    quiet_from = models.TimeField(_("Quiet from"), default=time(21, 0))
    quiet_to = models.TimeField(_("Quiet to"), default=time(7, 30))

    class Meta:
        verbose_name = _("Notice settings")
        constraints = [models.CheckConstraint(condition=Q(digest_hour__lte=23), name="an_hour_of_the_day")]

    @property
    def ways(self) -> Ways:
        return Ways(self.mail, self.digest, self.digest_hour, self.quiet_from, self.quiet_to)


class Work(models.Model):
    """Long work of a person or a scheduled job of the hall. A worker that is killed leaves a lease that ends."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    name = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    hat = models.BigIntegerField(null=True)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    not_before = models.DateTimeField()
    state = models.CharField(max_length=8, choices=WorkState, default=WorkState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Long work")
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state__in=OPEN), name="work_open"),
            models.Index(fields=["account", "-id"], name="work_of_account"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OPEN, finished_at__isnull=True)
                | (~Q(state__in=OPEN) & Q(finished_at__isnull=False)),
                name="ended_work_with_a_moment",
            )
        ]

    def __str__(self):
        return self.name


class JobRun(models.Model):
    """A scheduled job was taken up for that day. The constraint lets one of two workers win (H13)."""

    job = models.CharField(max_length=60)
    day = models.DateField()
    work = models.OneToOneField(Work, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Run of a job")
        constraints = [models.UniqueConstraint(fields=["job", "day"], name="job_once_a_day")]


class Worker(models.Model):
    """A worker process and when it last showed a sign of life."""

    name = models.CharField(max_length=120, unique=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Worker")
