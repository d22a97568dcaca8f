"""Form fields that take what people really type: days, months, amounts (ux #22–#24)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from hall.core.days import parse_day, parse_month
from hall.core.money import parse_yuan, yuan_plain


class DayField(forms.CharField):
    """A day: 2026-03-05, 20260305, 2026.3.5, 2026年3月5日. Answers a date, None if empty."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"max_length": 20, **kwargs})
        self.widget.attrs.setdefault("inputmode", "numeric")
        self.widget.attrs.setdefault("placeholder", "2026-03-05")

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def clean(self, value: Any) -> date | None:
        return _read(parse_day, super().clean(value))


class MonthField(DayField):
    """A month: 2026-03, 202603, 2026年3月. Answers the first of the month."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.widget.attrs["placeholder"] = "2026-03"

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value

    def clean(self, value: Any) -> date | None:
        return _read(parse_month, forms.CharField.clean(self, value))


class YuanField(forms.CharField):
    """An amount in yuan as typed: 1,234.50, １２３４.５, ¥12. Answers fen."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"max_length": 30, **kwargs})
        self.widget.attrs.setdefault("inputmode", "decimal")

    def prepare_value(self, value: Any) -> Any:
        return yuan_plain(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        return _read(parse_yuan, super().clean(value))


class FilesInput(forms.FileInput):
    """A choice of several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to `most` files. Answers a list, empty if none was chosen; what they are is found out by the action."""

    def __init__(self, *, most: int = 1, accept: Sequence[str] = (), **kwargs: Any):
        attrs = {"accept": ",".join(accept)} | ({"multiple": True} if most > 1 else {})
        super().__init__(widget=FilesInput(attrs=attrs), allow_empty_file=True, **kwargs)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if len(sent) > self.most:
            raise forms.ValidationError(_("At most %(most)d files can be added here.") % {"most": self.most})
        if not sent and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(each, initial) for each in sent]


def _read(parse: Any, text: str) -> Any:
    if not text:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error
