"""Forms of the organisations. Days are typed, never filled in: the software does not invent when something happened."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hall.core.inputs import DayField
from hall.core.pages import HallForm
from hall.core.richtext import RichField
from hall.organisations import queries
from hall.organisations.local import Declared
from hall.organisations.models import Organisation
from hall.organisations.rules import BELOW
from hall.organisations.words import Kind, Seat, State, UnitKind

SEATS = 11  # rows of the form: a college committee without a standing committee has no more (ORG-24)


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Only where a rule says “normally” and this case differs.")
    )  # fmt: skip


def document_field() -> forms.CharField:
    return forms.CharField(
        label=_("Approval document"), max_length=120, required=False, help_text=_("Number or title of the decision.")
    )


class FoundationForm(HallForm):
    """A new organisation below another; the kinds offered are those that may stand there (ORG-08)."""

    name = forms.CharField(label=_("Full name"), max_length=120, help_text=_("As on the seal."))
    short_name = forms.CharField(label=_("Short name"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind"))
    code = forms.CharField(label=_("Code"), max_length=40, required=False)
    on = DayField(label=_("Founded on"))
    approval = document_field()
    contact = forms.CharField(label=_("Contact person"), max_length=60, required=False)
    phone = forms.CharField(label=_("Office phone"), max_length=30, required=False)

    def __init__(self, *args: Any, under: Organisation, **kwargs: Any):
        super().__init__(*args, **kwargs)
        may_stand = BELOW[Kind(under.kind)]
        self.offer("kind", [(kind.value, kind.label) for kind in Kind if kind in may_stand])


class IntroductionForm(HallForm):
    """The text as it is typed, and the version it began with."""

    text = RichField(
        label=_("Introduction"),
        required=False,
        help_text=_(
            "A blank line begins a paragraph, “# ” a heading, “- ” or “1. ” a list; **important**, [words](https://…) a link."
        ),
    )
    version = forms.IntegerField(min_value=0, max_value=10**9, widget=forms.HiddenInput)


class NameForm(HallForm):
    name = forms.CharField(label=_("New full name"), max_length=120, help_text=_("As on the seal."))
    short_name = forms.CharField(label=_("New short name"), max_length=40, required=False)
    on = DayField(label=_("In force from"))
    document = document_field()


class PlaceForm(HallForm):
    """Another place in the tree: only where this kind may stand, and not below itself."""

    under: Any = forms.ModelChoiceField(label=_("Stands under"), queryset=None, empty_label=_("Please choose"))
    on = DayField(label=_("In force from"))
    document = document_field()

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kinds = [kind.value for kind, may_stand in BELOW.items() if Kind(organisation.kind) in may_stand]
        places = queries.organisations().filter(kind__in=kinds, state=State.ACTIVE)
        under: Any = self.fields["under"]
        under.queryset = places.exclude(path__startswith=organisation.path)


class EndingForm(HallForm):
    merged = forms.TypedChoiceField(
        label=_("How it ends"), choices=[("0", _("Dissolved")), ("1", _("Merged into another"))],
        coerce=lambda value: value == "1", widget=forms.RadioSelect,
    )  # fmt: skip
    on = DayField(label=_("Last day"))
    document = document_field()


class TermForm(HallForm):
    """An elected committee: its days, and who sits in which seat. Rows without a name are left out."""

    starts_on = DayField(label=_("Elected on"))
    ends_on = DayField(label=_("Term ends on"))
    document = document_field()
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        first = [Seat.SECRETARY, Seat.DEPUTY, Seat.ORGANISATION, Seat.PUBLICITY, Seat.DISCIPLINE]
        for number in range(SEATS):
            offered = first[number] if number < len(first) else Seat.MEMBER
            label = {"number": number + 1}
            self.fields[f"seat-{number}"] = forms.ChoiceField(
                label=_("Seat %(number)s") % label, choices=Seat.choices, initial=offered.value, required=False
            )
            self.fields[f"holder-{number}"] = forms.CharField(
                label=_("Name in seat %(number)s") % label, max_length=60, required=False
            )

    @property
    def heads(self) -> list[forms.BoundField]:
        return [self[name] for name in ("starts_on", "ends_on", "document", "reason")]

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"seat-{number}"], self[f"holder-{number}"]) for number in range(SEATS)]

    def deed(self) -> dict[str, Any]:
        """What `actions.begin_term` takes."""
        said = self.cleaned_data
        named = [
            (said[f"seat-{n}"] or Seat.MEMBER, said[f"holder-{n}"].strip())
            for n in range(SEATS)
            if said[f"holder-{n}"].strip()
        ]
        return {"seats": [(Seat(seat), holder) for seat, holder in named]} | {
            name: said[name] for name in ("starts_on", "ends_on", "document", "reason")
        }


class UnitForm(HallForm):
    unit_kind = forms.ChoiceField(label=_("Kind of unit"), choices=UnitKind.choices)
    unit_name = forms.CharField(label=_("Name of the unit"), max_length=120)
    on = DayField(label=_("Covered from"))


class DayForm(HallForm):
    on = DayField(label=_("Last day"))


class AsOfForm(HallForm):
    """Which day's tree, and what is looked for in it."""

    on = DayField(label=_("As of"), required=False)
    q = forms.CharField(label=_("Search"), max_length=60, required=False)

    def day(self, today: date) -> date:
        return (self.cleaned_data.get("on") if self.is_valid() else None) or today


class SettingForm(HallForm):
    """A value of the type its rulebook declares, from a day on, with the decision behind it (VER-03)."""

    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, setting: Declared, state: str, **kwargs: Any):
        super().__init__(*args, initial={"seen": state}, **kwargs)
        self.fields["value"] = _value_field(setting)
        self.fields["effective_from"] = DayField(label=_("In force from"))
        self.fields["decision"] = forms.CharField(
            label=_("Decision"), max_length=200, help_text=_("Which meeting or document decided it.")
        )


def _value_field(setting: Declared) -> forms.Field:
    label = setting.title
    if setting.type == "boolean":
        choices = [("1", _("yes")), ("0", _("no"))]
        return forms.TypedChoiceField(
            label=label, choices=choices, coerce=lambda value: value == "1", widget=forms.RadioSelect
        )
    if setting.choices:
        return forms.ChoiceField(label=label, choices=[(each, each) for each in setting.choices])
    if setting.type == "integer":
        return forms.IntegerField(label=label, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    return forms.CharField(label=label, max_length=30)
