"""Kinds and states of organisations (domain-rules §8.2)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
    ACTIVE = "active", _("Active")
    MERGED = "merged", _("Merged")
    DISSOLVED = "dissolved", _("Dissolved")


class UnitKind(TextChoices):
    DEPARTMENT = "department", _("Department")
    CLASS = "class", _("Class")
    POST = "post", _("Post")


class Seat(TextChoices):
    SECRETARY = "secretary", _("Secretary")
    DEPUTY = "deputy", _("Deputy secretary")
    ORGANISATION = "organisation", _("Organisation member")
    PUBLICITY = "publicity", _("Publicity member")
    DISCIPLINE = "discipline", _("Discipline member")
    MEMBER = "member", _("Committee member")
