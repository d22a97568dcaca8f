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


class Difference(TextChoices):
    """Why a line of the month is not as last month (ux 12): only these need a look."""

    JOINED = "joined", _("New on the list")
    PROBATION = "probation", _("Probation began")
    ARRIVED = "arrived", _("Transferred in")
    RETIRED = "retired", _("Retired")
    STANDING = "standing", _("Kind of payer changed")
    AMOUNT = "amount", _("Amount changed")
    LEFT = "left", _("Left")
    MISSING = "missing", _("No bill yet")


PAYER_NAMES = {  # what sheets of the personnel office call the kinds of payers
    "在职": Payer.WAGE, "在职职工": Payer.WAGE, "在职教工": Payer.WAGE, "按月工资": Payer.WAGE, "工资": Payer.WAGE,
    "月薪": Payer.WAGE, "月薪制": Payer.WAGE, "教师": Payer.WAGE, "职工": Payer.WAGE, "年薪": Payer.ANNUAL,
    "年薪制": Payer.ANNUAL, "个体": Payer.SELF_EMPLOYED, "个体经营": Payer.SELF_EMPLOYED, "自主经营": Payer.SELF_EMPLOYED,
    "自由职业": Payer.SELF_EMPLOYED, "离退休": Payer.RETIRED, "退休": Payer.RETIRED, "离休": Payer.RETIRED,
    "农民": Payer.FARMER, "学生": Payer.STUDENT, "下岗失业": Payer.STUDENT, "无收入": Payer.STUDENT,
}  # fmt: skip
