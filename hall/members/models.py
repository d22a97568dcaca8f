"""Tables of the members. What identifies or reaches a person is a sealed column; who reads it in clear is recorded."""

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hall.core.fields import BlindIndex, SealedText, row_id
from hall.members.rules import id_key, phone_key
from hall.members.words import MEMBERS, Away, Departure, Identity, Job, MembershipState, Sex, Standing


class Member(models.Model):
    """A person of the hall and their one formal relation (ORG-15). Never deleted: a state and a date instead."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("branch")
    )
    name = models.CharField(_("person’s name"), max_length=60)
    name_key = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=160)
    initials = models.CharField(max_length=30)
    campus_no = models.CharField(_("student or staff number"), max_length=30, blank=True)
    id_no = SealedText(_("ID number"), level="L3", blank=True)
    id_no_index = BlindIndex(of="id_no", normalise=id_key)
    phone = SealedText(_("phone"), level="L3", blank=True)
    phone_index = BlindIndex(of="phone", normalise=phone_key)
    landline = SealedText(_("landline"), level="L3", blank=True)
    address = SealedText(_("home address"), level="L3", blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, default=Sex.UNKNOWN)
    ethnicity = models.CharField(_("ethnicity"), max_length=20, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    education = models.CharField(_("education"), max_length=2, blank=True)
    degree = models.CharField(_("degree"), max_length=30, blank=True)
    native_place = models.CharField(_("native place"), max_length=60, blank=True)
    standing = models.CharField(_("type"), max_length=12, choices=Standing)
    state = models.CharField(
        _("membership state"), max_length=8, choices=MembershipState, default=MembershipState.NORMAL
    )
    joined_on = models.DateField(_("joined the Party on"), null=True, blank=True)
    full_on = models.DateField(_("full member since"), null=True, blank=True)
    identity = models.CharField(_("identity"), max_length=8, choices=Identity, default=Identity.OTHER)
    job = models.CharField(_("job"), max_length=14, choices=Job, default=Job.OTHER)
    party_post = models.CharField(_("post in the Party"), max_length=40, blank=True)
    arrived_on = models.DateField(_("relation here since"), null=True, blank=True)
    dues_paid_to = models.DateField(_("dues paid elsewhere to"), null=True, blank=True)
    departed_on = models.DateField(null=True, blank=True)
    departure = models.CharField(max_length=20, choices=Departure, blank=True)
    lost_since = models.DateField(_("out of contact since"), null=True, blank=True)
    stopped_on = models.DateField(_("membership stopped on"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_here")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("Member")
        indexes = [
            models.Index(fields=["organisation", "pinyin", "id"], name="member_of_branch"),
            models.Index(fields=["pinyin", "id"], name="member_order"),
            models.Index(fields=["name_key"], name="member_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["initials"], name="member_initials", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["pinyin"], name="member_pinyin", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["state", "standing"], name="member_state"),
            models.Index(fields=["organisation", "state", "departure"], name="member_counted"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["id_no_index"],
                condition=Q(id_no_index__isnull=False) & ~Q(departure=Departure.MERGED),
                name="id_number_once",
            ),
            models.UniqueConstraint(
                fields=["campus_no"],
                condition=~Q(campus_no="") & ~Q(departure=Departure.MERGED),
                name="campus_number_once",
            ),
            models.CheckConstraint(
                condition=Q(state=MembershipState.LEFT, departed_on__isnull=False)
                | (~Q(state=MembershipState.LEFT) & Q(departed_on__isnull=True)),
                name="left_with_a_date",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(departure=Departure.MERGED), name="merged_has_departed"
            ),
            models.CheckConstraint(
                condition=Q(full_on__isnull=True) | Q(standing=Standing.FULL), name="only_full_has_full_on"
            ),
            models.CheckConstraint(
                condition=Q(joined_on__isnull=True) | Q(full_on__isnull=True) | Q(full_on__gte=F("joined_on")),
                name="full_after_joined",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_member(self) -> bool:
        return self.standing in MEMBERS and self.state != MembershipState.LEFT


def column(name: str) -> models.Field:
    """A column of the record by its name. FieldDoesNotExist for a name that is none."""
    found = Member._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise FieldDoesNotExist(name)
    return found


class Absence(models.Model):
    """A member away while the relation stays: floating or abroad, with the host organisation (F5, FLT-01, FLT-02)."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="absences")
    kind = models.CharField(_("kind"), max_length=10, choices=Away)
    starts_on = models.DateField(_("away since"))
    ends_on = models.DateField(_("back on"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=80)
    host = models.CharField(_("host organisation"), max_length=120, blank=True)
    host_contact = models.CharField(_("contact at the host"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("Absence")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(ends_on__isnull=True), name="away_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="back_after_leaving"
            ),
        ]


class Look(models.Model):
    """Someone saw a sealed value in clear: who, what, why, when. The person can read it (F126)."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="looks")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by = models.CharField(max_length=160)
    fields = models.JSONField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    words: str  # the fields in words; given by queries.people.looks_at

    class Meta:
        verbose_name = _("Look at personal data")
        indexes = [models.Index(fields=["member", "-at"], name="look_at_member")]


class Correction(models.Model):
    """A member asks for a correction of what is recorded about them; someone with the right answers it (LAW-04)."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        DONE = "done", _("Corrected")
        DECLINED = "declined", _("Not changed")

    member = models.ForeignKey(Member, models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=30)
    wanted = SealedText(level="L3")
    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    why = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("Request for correction")


class RosterPreview(models.Model):
    """A roster read and compared, nothing written yet: the sheet, the row states and the state of the members it was compared with."""

    class State(models.TextChoices):
        READ = "read", _("Waiting for a decision")
        APPLIED = "applied", _("Applied")
        ROLLED_BACK = "rolled_back", _("Rolled back")
        DROPPED = "dropped", _("Dropped")

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    table = SealedText(
        level="L3", blank=True
    )  # JSON: the person's own sheet, for the error workbook and another reading
    mapping = models.JSONField(default=dict)  # column → index of the header, as it was read
    notes = models.JSONField(default=list)  # sentences on the sheet as a whole
    proposals = models.JSONField(
        default=list
    )  # [{"name", "kind", "under", "under_name", "rows"}]: organisations the hall lacks
    counts = models.JSONField(default=dict)  # rows, each row state, confirmed; after applying what was done
    fingerprint = models.CharField(max_length=64)  # of the members it was compared with
    state = models.CharField(max_length=12, choices=State, default=State.READ)
    read_at = models.DateTimeField()
    work = models.UUIDField(null=True)  # the long work that applies it
    applied_at = models.DateTimeField(null=True)
    good_only = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Roster preview")
        indexes = [models.Index(fields=["organisation", "-read_at"], name="roster_of_organisation")]

    def __str__(self):
        return self.file_name


class RosterRow(models.Model):
    """One row of a previewed roster: what it would do, and what speaks against it. A new member takes over the row's id."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Same")
        DOUBTFUL = "doubtful", _("Doubtful")
        WRONG = "wrong", _("Wrong")

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    preview = models.ForeignKey(RosterPreview, models.CASCADE, related_name="rows")
    number = models.IntegerField()  # row of the person's own sheet, from 1
    state = models.CharField(max_length=8, choices=State)
    member = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    values = SealedText(level="L3")  # JSON: the cleaned values
    before = SealedText(level="L3", blank=True)  # JSON: what the row replaces, for the page and the roll-back
    problems = models.JSONField(default=list)  # [{"column", "rule", "text", "wrong"}]
    proposal = models.PositiveSmallIntegerField(null=True)  # the proposed organisation it stands in
    confirmed = models.BooleanField(default=False)  # a person looked at the doubt and let it pass
    applied = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Roster row")
        constraints = [models.UniqueConstraint(fields=["preview", "number"], name="row_once")]
