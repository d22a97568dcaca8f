"""Forms of the roster import: the file, which column is which, and what to do with it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hall.core.pages import HallForm
from hall.core.sheets import column_letter
from hall.members.rules.roster import COLUMNS

LIMIT_MB = settings.HALL_UPLOAD_LIMIT // 1024 // 1024


class UploadForm(HallForm):
    file = forms.FileField(
        label=gettext_lazy("Roster"),
        help_text=gettext_lazy("An Excel workbook (.xlsx or .xls) or a CSV file, up to 20 MB and 20,000 people."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        allow_empty_file=True,
    )
    sheet = forms.CharField(
        label=gettext_lazy("Name of the sheet"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only if the workbook has several sheets with people; else the first one is read."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.HALL_UPLOAD_LIMIT:
            text = _("The file is larger than %(limit)d MB. Copy only the rows to be read into a new workbook.")
            raise forms.ValidationError(text % {"limit": LIMIT_MB})
        return file


class MappingForm(HallForm):
    """Which header of the file stands for which column of the form; sends only what was changed."""

    def __init__(self, *args: Any, header: Sequence[str], columns: dict[str, int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = [("", _("not in this file"))]
        choices += [(str(at), label or column_letter(at)) for at, label in enumerate(header)]
        for column in COLUMNS:
            initial = str(columns[column.key]) if column.key in columns else ""
            self.fields[column.key] = forms.ChoiceField(
                label=str(column.title), choices=choices, required=False, initial=initial
            )

    def mapping(self) -> dict[str, int | None]:
        """Column → index of its header, None for "not in this file": what differs from the columns found."""
        return {key: int(self.cleaned_data[key]) if self.cleaned_data[key] else None for key in self.changed_data}


class ApplyForm(HallForm):
    """The decision. The button pressed says which: all, or the good rows."""

    mode = forms.ChoiceField(choices=[("all", "all"), ("good", "good")])
    create_organisations = forms.BooleanField(required=False)
    under = forms.TypedChoiceField(
        label=gettext_lazy("New branches stand under"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, superiors: Sequence[tuple[int, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer("under", [("", "—"), *superiors])


class TakeBackForm(HallForm):
    reason = forms.CharField(label=gettext_lazy("Why is it taken back?"), max_length=200)
