"""Words of dues: kinds of payers, states of a bill, ways of paying, reasons for a waiver."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Payer(TextChoices):
    """How a member earns, which decides the base and the rate (DUE-01 … DUE-06)."""

    WAGE = "wage", _("Wage earner")
    ANNUAL = "annual", _("Annual salary")
    SELF_EMPLOYED = "selfemployed", _("Self-employed")
    RETIRED = "retired", _("Retired")
    FARMER = "farmer", _("Farmer")
    STUDENT = "student", _("Student or without income")


class BillStatus(TextChoices):
    OPEN = "open", _("To be paid")
    SETTLED = "settled", _("Settled")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PaymentMethod(TextChoices):
    """Both settle into the committee's dues account (DUE-42). There is no deduction from wages (DUE-26)."""

    CASH = "cash", _("Cash")
    TRANSFER = "transfer", _("Bank transfer")


class WaiverReason(TextChoices):
    """Why dues are reduced or waived (DUE-07, DUE-29). Particulars stay in the branch's own papers."""

    HARDSHIP = "hardship", _("Hardship of the household")
    ILLNESS = "illness", _("Serious illness")
    DISASTER = "disaster", _("Disaster or accident")
    ABROAD = "abroad", _("Abroad with retained relation")
    OTHER = "other", _("Another reason, stated in the application")


class Rank(IntegerChoices):
    """Rank of the organisation that studies or approves a waiver; a higher number stands above a lower one."""

    GROUP = 0, _("Party group")
    BRANCH = 1, _("Branch")
    GENERAL_BRANCH = 2, _("General branch")
    COMMITTEE = 3, _("Faculty committee")
    COLLEGE = 4, _("College committee")
