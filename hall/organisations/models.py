"""Tables of the organisations. The tree is a materialised path; what changed when stands in dated rows beside it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from treebeard.mp_tree import MP_Node

from hall.organisations.words import Kind, Seat, State, UnitKind


class Organisation(MP_Node):
    """A Party organisation. `path` begins with the path of everything above it, which is what scopes rest on."""

    name = models.CharField(_("full name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    code = models.CharField(_("code"), max_length=40, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    approval = models.CharField(_("approval document"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ACTIVE)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    contact = models.CharField(_("contact person"), max_length=60, blank=True)
    phone = models.CharField(_("office phone"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("Organisation")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="organisation_code_once"),
            models.CheckConstraint(
                condition=Q(state=State.ACTIVE, ended_on__isnull=True)
                | (~Q(state=State.ACTIVE) & Q(ended_on__isnull=False)),
                name="ended_with_a_date",
            ),
        ]
        indexes = [models.Index(fields=["name"], name="organisation_name")]

    def __str__(self):
        return self.short_name or self.name


class Placement(models.Model):
    """Where an organisation stood, under what name, from when to when (F1: dated changes)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="placements")
    under = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("Place in the tree")
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(ends_on__isnull=True), name="one_place_now"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="place_ends_after_start"
            ),
        ]


class Introduction(models.Model):
    """What an organisation says of itself to everybody signed in: a long text, kept as clean HTML (hall.core.richtext)."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="introduction")
    text = models.TextField(_("introduction"), max_length=60_000, blank=True)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Introduction")


class Unit(models.Model):
    """A unit of the college that is no Party organisation: department, class, post (F2)."""

    name = models.CharField(pgettext_lazy("unit", "name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind)
    code = models.CharField(_("code"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("Unit")
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="unit_once")]

    def __str__(self):
        return self.name


class Coverage(models.Model):
    """Which unit an organisation covers, from when to when. Kept apart from the tree on purpose (F2)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="coverages")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="coverages")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("Unit covered")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "unit"], condition=Q(ends_on__isnull=True), name="covered_once"
            )
        ]


class Term(models.Model):
    """A term of office of the organisation's committee, or of its secretary where there is none (F7)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="terms")
    starts_on = models.DateField(_("elected on"))
    ends_on = models.DateField(_("term ends on"))
    document = models.CharField(_("approval document"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("Term of office")
        ordering = ["-starts_on"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="term_ends_after_start")]


class Office(models.Model):
    """Who sits in a term's committee, by name as on the approval; the rights come from a post in `accounts`."""

    term = models.ForeignKey(Term, models.PROTECT, related_name="offices")
    seat = models.CharField(_("seat"), max_length=16, choices=Seat)
    holder = models.CharField(_("name"), max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("Seat in a committee")


class LocalSetting(models.Model):
    """What this organisation decided where the rules leave it open, from a day on, with the decision behind it (VER-03)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="settings")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    effective_from = models.DateField()
    decision = models.CharField(max_length=200)
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Local setting")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key", "effective_from"], name="one_value_a_day")
        ]
