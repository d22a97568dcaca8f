"""Kinds and states of organisations (domain-rules §8.2)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    COMMITTEE = "committee", _("Committee")
    FACULTY_COMMITTEE = "faculty_committee", _("Faculty committee")
    GENERAL_BRANCH = "general_branch", _("General branch")
    BRANCH = "branch", _("Branch")
    JOINT_BRANCH = "joint_branch", _("Joint branch")
    TEMPORARY_BRANCH = "temporary_branch", _("Temporary branch")
    GROUP = "group", _("Group")


BRANCHES = (Kind.BRANCH, Kind.JOINT_BRANCH)  # where a member's formal relation may stand (ORG-12, ORG-15)


class State(TextChoices):
    ACTIVE = "active", pgettext_lazy("organisation", "Active")
    MERGED = "merged", pgettext_lazy("organisation", "Merged")
    DISSOLVED = "dissolved", pgettext_lazy("organisation", "Dissolved")


class UnitKind(TextChoices):
    DEPARTMENT = "department", _("Department")
    CLASS = "class", pgettext_lazy("unit", "Class")
    POST = "post", pgettext_lazy("unit", "Post")


class Seat(TextChoices):
    SECRETARY = "secretary", _("Secretary")
    DEPUTY = "deputy", _("Deputy secretary")
    ORGANISATION = "organisation", _("Organisation member")
    PUBLICITY = "publicity", _("Publicity member")
    DISCIPLINE = "discipline", _("Discipline member")
    MEMBER = "member", _("Committee member")
