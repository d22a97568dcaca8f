"""The form of an item. It reads what people type; whether it may be noted is for the rules to say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hall.accounts.queries import Person
from hall.core.inputs import DayField
from hall.core.pages import HallForm
from hall.sample import queries
from hall.sample.words import Weight


class ItemForm(HallForm):
    organisation = forms.ModelChoiceField(queryset=None, label=_("Organisation"), empty_label=None)
    text = forms.CharField(label=_("What is to be done"), max_length=120)
    due_on = DayField(label=_("Due on"))
    weight = forms.ChoiceField(label=_("How pressing"), choices=Weight.choices, initial=Weight.PLAIN)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = queries.places(viewer)
