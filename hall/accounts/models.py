"""Accounts and the posts they hold. There is no superuser: every right is a grant with a beginning and an end."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from hall.accounts.words import posts


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

    objects = Accounts()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("Account")

    def __str__(self):
        return self.name


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
