"""Tables of dues. Amounts are whole fen. Payments and refunds are only added; a bill is settled or withdrawn, no more."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hall.core.fields import SealedText, row_id
from hall.dues.words import BillStatus, Payer, PaymentMethod


class Assessment(models.Model):
    """What a member owes a month from `starts_on` on, by which table. The base is sealed: the cashier sees the amount (F47)."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from month"))
    payer = models.CharField(_("kind of payer"), max_length=12, choices=Payer)
    base = SealedText(_("base"), level="L3", blank=True)
    amount = models.BigIntegerField(_("monthly amount"))
    uncapped = models.BooleanField(_("beyond the cap by own wish"), default=False)
    table = models.CharField(max_length=20)
    rule = models.CharField(max_length=20)
    source = models.CharField(max_length=60)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    assessed_at = models.DateTimeField()
    superseded = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Assessment")
        indexes = [models.Index(fields=["member", "starts_on"], name="assessment_of_member")]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "starts_on"], condition=Q(superseded=False), name="one_assessment_a_month"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="assessment_not_negative"),
        ]

    @property
    def base_fen(self) -> int:
        """The base in fen, opened."""
        return int(self.base or 0)


class Bill(models.Model):
    """One member's dues of one month."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    period = models.DateField(_("month"))
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="bills")
    amount = models.BigIntegerField(_("amount"))
    status = models.CharField(_("state"), max_length=10, choices=BillStatus, default=BillStatus.OPEN)
    issued_at = models.DateTimeField()
    settled_on = models.DateField(null=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("Bill")
        indexes = [
            models.Index(fields=["organisation", "period", "status"], name="bill_of_month"),
            models.Index(fields=["period", "status"], name="bill_by_period"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "period"], condition=~Q(status=BillStatus.WITHDRAWN), name="one_bill_a_month"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="bill_not_negative"),
            models.CheckConstraint(condition=Q(period__day=1), name="bill_from_the_first"),
            models.CheckConstraint(
                condition=~Q(status=BillStatus.SETTLED) | Q(settled_on__isnull=False), name="settled_with_a_date"
            ),
        ]

    def __str__(self):
        return f"{self.period:%Y-%m}"


class Payment(models.Model):
    """Money taken for a bill, with its receipt. The reference (the form's or the bank's) is unique: a retry books nothing."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="payments")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))
    paid_on = models.DateField(_("paid on"))
    method = models.CharField(_("way of paying"), max_length=10, choices=PaymentMethod)
    reference = models.CharField(_("reference"), max_length=80, unique=True)
    payer_name = models.CharField(_("handed in by"), max_length=60, blank=True)
    collector = models.CharField(_("taken by"), max_length=120)
    receipt = models.OneToOneField("papers.Paper", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Payment")
        indexes = [models.Index(fields=["organisation", "paid_on"], name="payment_by_day")]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive")]


class Refund(models.Model):
    """Money given back. Adds a row and a paper; the payment stays as it was."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))
    refunded_on = models.DateField(_("refunded on"))
    reason = models.CharField(_("reason"), max_length=200)
    paper = models.OneToOneField("papers.Paper", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Refund")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive")]


class BasePreview(models.Model):
    """A sheet of bases read and compared, nothing assessed yet (as the roster's preview)."""

    class State(models.TextChoices):
        READ = "read", _("Waiting for a decision")
        APPLIED = "applied", _("Applied")

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    starts_on = models.DateField()
    file_name = models.CharField(max_length=200)
    rows = SealedText(level="L3")  # JSON: number, member, payer, base, amount, state, problems
    counts = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.READ)
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Preview of bases")


class Publication(models.Model):
    """The collection of a month, issued as a paper. A later one of the same month replaces and names the one before."""

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    period = models.DateField(_("month"))
    paper = models.OneToOneField("papers.Paper", models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Published collection")
        indexes = [models.Index(fields=["organisation", "period", "-id"], name="publication_of_month")]
        constraints = [models.CheckConstraint(condition=Q(period__day=1), name="publication_from_the_first")]
