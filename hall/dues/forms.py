"""Forms of dues: amounts and days as people type them, answered in one sentence if they are none."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hall.core.inputs import DayField, FilesField, MonthField, YuanField
from hall.core.pages import HallForm
from hall.dues.words import Payer, PaymentMethod


class TakingForm(HallForm):
    """Money for several bills: the day and the way. The amounts are those still owed."""

    paid_on = DayField(label=_("Paid on"))
    method = forms.ChoiceField(label=_("Way of paying"), choices=PaymentMethod.choices, initial=PaymentMethod.CASH)
    reason = forms.CharField(label=_("Reason, where the rules ask for one"), max_length=200, required=False)
    batch = forms.CharField(max_length=40, widget=forms.HiddenInput)


class PaymentForm(HallForm):
    """Money for one bill."""

    amount = YuanField(label=_("Amount (yuan)"))
    paid_on = DayField(label=_("Paid on"))
    method = forms.ChoiceField(label=_("Way of paying"), choices=PaymentMethod.choices, initial=PaymentMethod.CASH)
    payer_name = forms.CharField(
        label=_("Handed in by"), max_length=60, required=False,
        help_text=_("Only if a relative or another member brought it, with the branch's consent (DUE-22)."),
    )  # fmt: skip
    slip = FilesField(
        label=_("Bank slip"), required=False, accept=(".pdf", "image/jpeg", "image/png"),
        help_text=_("One scan or photo: PDF, JPG or PNG, up to 20 MB."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason, where the rules ask for one"), max_length=200, required=False)
    batch = forms.CharField(max_length=40, widget=forms.HiddenInput)


class RefundForm(HallForm):
    amount = YuanField(label=_("Amount (yuan)"))
    on = DayField(label=_("Refunded on"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ReasonForm(HallForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class AssessmentForm(HallForm):
    """What one member's dues rest on."""

    payer = forms.ChoiceField(label=_("Kind of payer"), choices=Payer.choices)
    base = YuanField(
        label=_("Base (yuan a month)"), required=False,
        help_text=_("Pay that counts less own deductions; pension of a retired member; for a farmer the amount the branch set; empty for students."),
    )  # fmt: skip
    starts_on = MonthField(label=_("From month"), help_text=_("For example 2026-01."))
    uncapped = forms.BooleanField(label=_("Pays beyond the cap of 1000 yuan by own wish"), required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Needed for a change inside the year (DUE-12).")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needs = cleaned.get("payer") not in (None, Payer.STUDENT)
        if needs and cleaned.get("base") is None and "base" not in self.errors:
            self.add_error("base", _("Enter the base in yuan, for example 5520.40."))
        cleaned["base"] = cleaned.get("base") or 0
        return cleaned


class SheetForm(HallForm):
    """A sheet of bases."""

    starts_on = MonthField(label=_("From month"), help_text=_("For example 2026-01."))
    file = forms.FileField(label=_("Workbook of bases"), help_text=_(".xlsx, .xls or .csv, up to 20 MB."))


class ApplyForm(HallForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Needed for the rows marked as doubtful.")
    )


class PublishForm(HallForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed if this replaces a paper already issued."),
    )
