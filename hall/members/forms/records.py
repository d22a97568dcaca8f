"""Forms of the member pages. They ask; the rules decide in the action."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hall.core.days import parse_day
from hall.core.inputs import FilesField
from hall.core.pages import HallForm
from hall.members.models import Member
from hall.members.queries import people
from hall.members.rules import CORRECTABLE, SEALED, educations, ethnicities
from hall.members.words import Away, Departure, Identity, Job, Sex, Standing

ACCEPTED = (".pdf", "image/jpeg", "image/png")
CLEARABLE = ("phone", "landline", "address")


class DayField(forms.Field):
    """A day as people write it: 2026-03-05, 20260305, 2026.3.5, 2026年3月5日."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "2026-03-05", "autocomplete": "off"})

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        try:
            return parse_day(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


def _choice(choices: Iterable[tuple[str, Any]], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=list(choices), **kwargs)


def _listed(pairs: Iterable[tuple[str, str]]) -> Any:
    return [("", "—"), *pairs]


class ReasonForm(HallForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, strip=True)


class RecordForm(HallForm):
    """Fields of a record. Numbers that identify or reach a person are never shown: left empty, they stay."""

    name = forms.CharField(
        label=gettext_lazy("Person’s name"),
        max_length=60,
        help_text=gettext_lazy("As on the identity card; “·” and rare characters are fine."),
    )
    standing = _choice(Standing.choices, label=gettext_lazy("Type"))
    joined_on = DayField(
        label=gettext_lazy("Joined the Party on"),
        required=False,
        help_text=gettext_lazy("The day of the members' meeting."),
    )
    full_on = DayField(label=gettext_lazy("Full member since"), required=False)
    party_post = forms.CharField(label=gettext_lazy("Post in the Party"), max_length=40, required=False)
    identity = _choice(Identity.choices, label=gettext_lazy("Identity"))
    job = _choice(Job.choices, label=gettext_lazy("Job"))
    campus_no = forms.CharField(label=gettext_lazy("Student or staff number"), max_length=30, required=False)
    sex = _choice(Sex.choices, label=gettext_lazy("Sex"))
    ethnicity = forms.ChoiceField(
        label=gettext_lazy("Nationality"), required=False, choices=_listed((n, n) for n in ethnicities())
    )
    birth_date = DayField(label=gettext_lazy("Date of birth"), required=False)
    native_place = forms.CharField(label=gettext_lazy("Native place"), max_length=60, required=False)
    education = forms.ChoiceField(
        label=gettext_lazy("Education"),
        required=False,
        choices=_listed((k, f"{v}（{k}）") for k, v in educations().items()),
    )
    degree = forms.CharField(label=gettext_lazy("Degree"), max_length=30, required=False)
    id_no = forms.CharField(label=gettext_lazy("ID number"), max_length=30, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    landline = forms.CharField(label=gettext_lazy("Landline"), max_length=30, required=False)
    address = forms.CharField(label=gettext_lazy("Home address"), max_length=200, required=False)


class EnrolForm(RecordForm):
    organisation = forms.TypedChoiceField(label=gettext_lazy("Branch"), coerce=int)
    on = DayField(label=gettext_lazy("Relation here since"))
    reason = forms.CharField(label=gettext_lazy("Reason, if a rule asks for one"), max_length=200, required=False)

    def __init__(self, *args: Any, branches: Sequence[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer("organisation", branches)
        self.order_fields(["name", "organisation", "standing", "on"])


class ChangeForm(RecordForm):
    """Sends only what this person changed; `version` is the state of the record they saw (G16)."""

    arrived_on = DayField(label=gettext_lazy("Relation here since"), required=False)
    dues_paid_to = DayField(label=gettext_lazy("Dues paid elsewhere to"), required=False)
    clear = forms.MultipleChoiceField(
        label=gettext_lazy("Erase these"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What is no longer needed should not be kept."),
    )
    on = DayField(
        label=gettext_lazy("In effect since"),
        required=False,
        help_text=gettext_lazy("Only if the change happened on a certain day; a mistake in typing has none."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Stands in the history of the record."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: Member, **kwargs: Any):
        self.member = member
        names = [name for name in (*RecordForm.base_fields, "arrived_on", "dues_paid_to") if name not in SEALED]
        initial = {name: getattr(member, name) for name in names}
        super().__init__(*args, initial={**initial, "version": member.version}, **kwargs)
        for name in names:
            self.fields[name].show_hidden_initial = True
        for name in SEALED:
            held = getattr(member, f"{name}_index", None) or name in ("landline", "address")
            self.fields[name].help_text = (
                _("Kept sealed. Leave empty to keep what is there.") if held else _("Not known yet.")
            )
        self.offer("clear", [(name, people.title_of(name)) for name in CLEARABLE])

    def changes(self) -> dict[str, Any]:
        """Field → new value, only what differs from what this person was shown."""
        own = {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if name in RecordForm.base_fields or name in ("arrived_on", "dues_paid_to")
        }
        sealed = {name: value for name, value in own.items() if name in SEALED and value}
        cleared = dict.fromkeys((name for name in self.cleaned_data["clear"] if name not in sealed), "")
        return {**{name: value for name, value in own.items() if name not in SEALED}, **cleared, **sealed}

    def renew(self, version: int) -> None:
        """Keep everything typed, but answer for the record as it is now."""
        typed = QueryDict(mutable=True)
        typed.update(self.data)
        typed["version"] = str(version)
        self.data = typed


class PlaceForm(HallForm):
    organisation = forms.TypedChoiceField(label=gettext_lazy("New branch"), coerce=int)
    on = DayField(label=gettext_lazy("Relation there since"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, branches: Sequence[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer("organisation", [("", "—"), *branches])


class DepartForm(HallForm):
    departure = _choice(
        [("", "—"), *((v, t) for v, t in Departure.choices if v != Departure.MERGED)],
        label=gettext_lazy("Way of leaving"),
    )
    on = DayField(label=gettext_lazy("Left on"), help_text=gettext_lazy("The day of the decision or of the receipt."))
    reason = forms.CharField(label=gettext_lazy("Decision or document"), max_length=200)


class StopForm(HallForm):
    since = DayField(
        label=gettext_lazy("Out of contact since"),
        help_text=gettext_lazy("The later of the last organisational life and the last dues."),
    )
    on = DayField(label=gettext_lazy("Decided on"))
    reason = forms.CharField(label=gettext_lazy("Who decided, after which attempts to reach them"), max_length=200)


class RestoreForm(HallForm):
    on = DayField(label=gettext_lazy("Decided on"))
    reason = forms.CharField(label=gettext_lazy("Decision that restores the membership"), max_length=200)


class LostForm(HallForm):
    since = DayField(
        label=gettext_lazy("Out of contact since"),
        help_text=gettext_lazy("The later of the last organisational life and the last dues."),
    )
    reason = forms.CharField(label=gettext_lazy("What was tried"), max_length=200)


class AbsenceForm(HallForm):
    kind = _choice(Away.choices, label=gettext_lazy("Kind"))
    starts_on = DayField(label=gettext_lazy("Away since"))
    expected_to = DayField(label=gettext_lazy("Expected back on"), required=False)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=80)
    host = forms.CharField(label=gettext_lazy("Host organisation"), max_length=120, required=False)
    host_contact = forms.CharField(label=gettext_lazy("Contact at the host"), max_length=80, required=False)
    reason = forms.CharField(label=gettext_lazy("Reason, if a rule asks for one"), max_length=200, required=False)


class ReturnForm(HallForm):
    on = DayField(label=gettext_lazy("Back on"))
    reason = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class RevealForm(HallForm):
    fields_wanted = forms.MultipleChoiceField(
        label=gettext_lazy("What do you need to see?"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(n, n) for n in SEALED],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("The person can read who looked, when and why."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer("fields_wanted", [(name, people.title_of(name)) for name in SEALED])


class LookupForm(HallForm):
    """By POST only: an ID number never stands in an address (ID-03)."""

    number = forms.CharField(
        label=gettext_lazy("ID number"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class CorrectionForm(HallForm):
    field = forms.ChoiceField(label=gettext_lazy("Which field is wrong?"))
    wanted = forms.CharField(label=gettext_lazy("What it should be"), max_length=200)
    why = forms.CharField(
        label=gettext_lazy("What shows it"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For example: the application form of 1 July 2019."),
    )
    proofs = FilesField(
        label=gettext_lazy("Proofs"), most=3, required=False, accept=(*ACCEPTED, ".docx", ".xlsx", ".txt", ".csv"),
        help_text=gettext_lazy("PDF, JPG, PNG, Word, Excel or text; up to 3 files, together up to 20 MB."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer("field", [("", "—"), *((name, people.title_of(name)) for name in CORRECTABLE)])


class AnswerForm(HallForm):
    accept = _choice(
        [("1", gettext_lazy("Correct it as asked")), ("0", gettext_lazy("Do not change it"))],
        label=gettext_lazy("Answer"),
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("Words to the person"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("If it is not changed, the reasons are needed."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason, if a rule asks for one"), max_length=200, required=False)


class ExportForm(HallForm):
    organisation = forms.TypedChoiceField(label=gettext_lazy("Organisation"), coerce=int)
    form = _choice([("xlsx", gettext_lazy("Excel workbook")), ("csv", gettext_lazy("CSV"))], label=gettext_lazy("Form"))
    reason = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=200,
        help_text=gettext_lazy("Stands in the ledger together with the number of people."),
    )

    def __init__(self, *args: Any, organisations: Sequence[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer("organisation", organisations)


class MergeForm(HallForm):
    keep = forms.ChoiceField(label=gettext_lazy("Which record stays?"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("How do you know that both are one person?"), max_length=200)

    def __init__(self, *args: Any, pair: Sequence[Member], **kwargs: Any):
        super().__init__(*args, **kwargs)
        titles = [_("%(name)s, %(branch)s") % {"name": each.name, "branch": each.organisation} for each in pair]
        self.offer("keep", [(str(each.pk), title) for each, title in zip(pair, titles, strict=True)])
