"""Forms of the papers: a verification code as it is printed, and the reason for withdrawing a paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hall.core.pages import HallForm
from hall.papers import rules


class CodeForm(HallForm):
    code = forms.CharField(
        label=_("Verification code"), max_length=40, help_text=_("Twelve letters and digits, printed at the foot of the paper."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_code(self) -> str:
        """The code without hyphens and spaces; said plainly if it cannot be one."""
        code = rules.clean_code(self.cleaned_data["code"])
        if len(code) != rules.CODE_LENGTH:
            raise forms.ValidationError(
                _("A code has twelve letters and digits, such as ABCD-EFGH-JKMN. Compare it with the paper.")
            )
        return code


class RevocationForm(HallForm):
    reason = forms.CharField(label=_("Reason for withdrawing"), max_length=200)
