"""Accounts and the posts they hold. There is no superuser: every right is a grant with a beginning and an end."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from hall.accounts.words import posts
from hall.core.fields import SealedText, row_id


class Accounts(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.get(username=username)


class Account(AbstractBaseUser):
    """Someone who can sign in. The name is shown beside what they do; who they are as a member stands in `members`."""

    username = models.CharField(_("account"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("mail"), blank=True)
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    password_set_at = models.DateTimeField(null=True)

    objects = Accounts()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("Account")

    def __str__(self):
        return self.name

    @property
    def may_sign_in(self) -> bool:
        """Open, and approved where the college approves accounts."""
        return self.is_active and self.approved_at is not None


class Grant(models.Model):
    """A post held by an account in an organisation, from–to. `acts_for` marks a delegation, `without` its limits."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    post = models.CharField(_("post"), max_length=40)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    acts_for = models.ForeignKey("self", models.PROTECT, null=True, related_name="delegations")
    without = models.JSONField(default=list)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    granted_at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("Grant of a post")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="grant_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(acts_for__isnull=True) | Q(ends_on__isnull=False), name="delegation_has_an_end"
            ),
            models.UniqueConstraint(
                fields=["account", "post", "organisation"],
                condition=Q(ends_on__isnull=True, withdrawn_on__isnull=True),
                name="post_once",
            ),
        ]

    def __str__(self):
        return f"{self.title} · {self.organisation}"

    @property
    def title(self) -> str:
        post = str(posts()[self.post])
        return _("acting %(post)s") % {"post": post} if self.acts_for_id else post

    @cached_property
    def permissions(self) -> frozenset[str]:
        return posts()[self.post].may - frozenset(self.without)


class Session(AbstractBaseSession):
    """A browser that is signed in, or a stranger's. Kept in the database alone: ended here, it is ended in every process.

    `ticket` is a digest of what the campus calls this session; by it the campus may end it.
    """

    account_id = models.BigIntegerField(null=True, db_index=True)
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=120, blank=True)
    ticket = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("Session")
        indexes = [models.Index(fields=["ticket"], name="session_of_ticket", condition=~Q(ticket=""))]


class SignInCount(models.Model):
    """Failed sign-ins counted under one key (a digest: account, known device or address), and until when it must wait."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Failed sign-ins")


class FormerPassword(models.Model):
    """Hash of a password the account had, so that the profile `dengbao` can refuse it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("Former password")


class Factor(models.Model):
    """The second factor of an account: the secret it shares with an authenticator app. In force once confirmed."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    account = models.OneToOneField(Account, models.CASCADE, related_name="factor")
    secret = SealedText(level="L4")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("Second factor")


class Passkey(models.Model):
    """A passkey of an account (WebAuthn): the public half of a key that never leaves the person's device."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="passkeys")
    name = models.CharField(_("name of the device"), max_length=60)
    credential = models.CharField(max_length=1400, unique=True)
    public_key = models.TextField()
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Passkey")

    def __str__(self):
        return self.name


class RecoveryCode(models.Model):
    """Digest of a code that stands in for the second factor once."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Recovery code")
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="recovery_code_once")]


class Agreement(models.Model):
    """What two administrators must want together: emergency rights, taking away a lost factor or a forgotten password."""

    class Kind(models.TextChoices):
        EMERGENCY = "emergency", _("Emergency access")
        LOST_FACTOR = "lost_factor", _("Lost second factor")
        PASSWORD = "password", _("Forgotten password")

    kind = models.CharField(max_length=12, choices=Kind)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    about = models.ForeignKey(Account, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Agreement of two administrators")
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")), name="two_persons_agree"
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True, ends_at__isnull=True)
                | Q(agreed_by__isnull=False, agreed_at__isnull=False, ends_at__isnull=False),
                name="agreed_with_an_end",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.about}"
