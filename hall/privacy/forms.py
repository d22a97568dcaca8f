"""Forms of the privacy desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hall.core.pages import HallForm
from hall.privacy.words import Scope


class WishForm(HallForm):
    wish = forms.CharField(
        label=_("What is to be erased?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example: my home address; or: everything, I withdrew my application."),
    )


NOTHING = "none"


class AnswerErasureForm(HallForm):
    scope = forms.ChoiceField(
        label=_("Answer to the request"),
        widget=forms.RadioSelect,
        choices=[*Scope.choices, (NOTHING, _("Nothing is erased"))],
    )
    answer = forms.CharField(
        label=_("Reasons, in words to the person"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Name what must stay and on what basis. No personal values here."),
    )
    basis = forms.CharField(label=_("Reason, if a rule asks for one"), max_length=200, required=False)

    def clean_scope(self) -> str:
        """The scope agreed to; "" for nothing."""
        return "" if self.cleaned_data["scope"] == NOTHING else self.cleaned_data["scope"]
