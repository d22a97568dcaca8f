"""Words of ballots: the kinds of vote whose majorities differ."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Majority(TextChoices):
    """Which majority a vote needs; the values are the rule ids of domain-rules.md."""

    DECISION = "VOTE-1", _("Decision of the members' meeting")
    ADMISSION = "VOTE-2", _("Admission, conversion, extension or cancellation")
    ELECTION = "VOTE-3", _("Election")
    BRANCH_COMMITTEE = "VOTE-4", _("Decision of the branch committee")
    COMMITTEE_APPROVAL = "VOTE-5", _("Committee approving an admission")
