"""Forms of signing on by the campus."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hall.core.pages import HallForm
from hall.signon import queries

MOST = 2000  # lines


class BindingForm(HallForm):
    """A list of who is who: one line each, account and name at the campus."""

    door = forms.ChoiceField(label=_("Door"))
    lines = forms.CharField(
        label=_("List"), max_length=200_000, widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("One line each: account, a space or tab, name at the campus. Paste it from a table if you like."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer("door", [(door.name, door.title) for door in queries.doors().values()])

    def clean_lines(self) -> list[tuple[str, str]]:
        rows = [line.split(None, 1) for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        if len(rows) > MOST:
            raise forms.ValidationError(_("At most 2000 lines at a time."))
        for number, row in enumerate(rows, start=1):
            if len(row) != 2 or len(row[1].strip()) > 255:
                raise forms.ValidationError(
                    _("Line %(number)d: write the account, a space, and the name at the campus."),
                    params={"number": number},
                )
        return [(name, subject.strip()) for name, subject in rows]


class ReasonForm(HallForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)
