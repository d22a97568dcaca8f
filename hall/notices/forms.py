"""Forms of the notices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hall.core.pages import HallForm
from hall.notices.models import Preference

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


class WaysForm(HallForm):
    mail = forms.BooleanField(label=_("Send me mail as well"), required=False)
    digest = forms.BooleanField(
        label=_("Gather mail into one a day"),
        required=False,
        help_text=_("What cannot wait comes at once all the same, but never in the quiet hours."),
    )
    digest_hour = forms.TypedChoiceField(label=_("The daily mail comes at"), choices=HOURS, coerce=int)
    quiet_from = forms.TimeField(label=_("Quiet from"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    quiet_to = forms.TimeField(label=_("Quiet until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


def ways_form(preference: Preference, data: object = None) -> WaysForm:
    """The form, filled with what the person chose before."""
    names = ("mail", "digest", "digest_hour", "quiet_from", "quiet_to")
    return WaysForm(data, initial={name: getattr(preference, name) for name in names})
