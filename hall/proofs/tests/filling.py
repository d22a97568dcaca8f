"""A form filled in as a person would, read from the form itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

PASSWORD = "correct horse battery 党务大厅"


@contextmanager
def forms_read() -> Iterator[list[forms.BaseForm]]:
    """The forms that are bound to what is sent meanwhile."""
    found: list[forms.BaseForm] = []
    plain = forms.BaseForm.full_clean

    def watched(form: forms.BaseForm) -> None:
        if form.is_bound and not any(form is each for each in found):
            found.append(form)
        plain(form)

    with patch.object(forms.BaseForm, "full_clean", watched):
        yield found


def filled(form: forms.BaseForm, text: str) -> dict[str, Any]:
    """What one would send: its initial values, else something that fits the field."""
    said: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = _value(form, name, field, text)
        if value is not None:
            said[form.add_prefix(name)] = value
        if field.show_hidden_initial:
            shown = field.prepare_value(form.get_initial_for_field(field, name))
            said[form.add_initial_prefix(name)] = "" if shown is None else str(shown)
    return said


def _value(form: forms.BaseForm, name: str, field: forms.Field, text: str) -> Any:
    initial = form.get_initial_for_field(field, name)
    kind = type(field).__name__
    if initial not in (None, "", []) and not isinstance(field, forms.ChoiceField):
        shown = field.prepare_value(initial)
        return [str(each) for each in shown] if isinstance(shown, list | tuple) else str(shown)
    if isinstance(field, forms.FileField):
        return SimpleUploadedFile("名册.csv", f"姓名,工号,党员类别\n{text},,正式党员\n".encode())
    if isinstance(field, forms.ModelChoiceField):
        row = field.queryset.order_by("pk").last()
        return None if row is None else str(field.prepare_value(row))
    if isinstance(field, forms.ChoiceField) and not isinstance(
        field, forms.MultipleChoiceField | forms.ModelChoiceField
    ):
        keys = [str(key) for key, _title in field.choices]
        usual = next((key for key in keys if key), None) if field.required else ""
        return str(initial) if initial and str(initial) in keys else usual
    if isinstance(field, forms.MultipleChoiceField):
        return [str(key) for key, _title in field.choices][:1]
    if isinstance(field, forms.BooleanField):
        return None
    return _typed(name, kind, field, text)


def _typed(name: str, kind: str, field: forms.Field, text: str) -> str | None:
    if kind == "MonthField":
        return f"{timezone.localdate():%Y-%m}"
    if kind == "DayField" or isinstance(field, forms.DateField):
        return timezone.localdate().isoformat() if field.required else None
    if isinstance(field, forms.EmailField):
        return f"{text}@example.edu.cn"
    if isinstance(field, forms.TimeField):
        return "21:00"
    if isinstance(field, forms.IntegerField | forms.DecimalField) or "Money" in kind:
        return "1"
    if "password" in name or name == "again":
        return PASSWORD
    return text if field.required else None


def as_sent(said: dict[str, Any]) -> dict[str, Any]:
    """Files are read once: a fresh copy for each sending."""
    fresh = {}
    for name, value in said.items():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
            value = SimpleUploadedFile(value.name, value.read())
        fresh[name] = value
    return fresh


def sent_names(form: forms.BaseForm) -> set[str]:
    return {form.add_prefix(name) for name in form.fields} | {form.add_initial_prefix(name) for name in form.fields}
