"""Forms of the witness. They ask; they decide nothing."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hall.core.pages import HallForm
from hall.ledger import queries as ledger

LONGEST = 20_000  # bytes; a checkpoint has some five hundred


class CheckpointForm(HallForm):
    """An old checkpoint: its file, its text, or what of it is printed on a paper."""

    file = forms.FileField(
        label=gettext_lazy("File of a checkpoint"),
        required=False,
        help_text=gettext_lazy("checkpoint-….json, as it was kept in the folder or taken from this page."),
    )
    text = forms.CharField(
        label=gettext_lazy("or its text"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Paste the whole letter; what stands around the checkpoint does not matter."),
    )
    size = forms.CharField(
        label=gettext_lazy("or from a paper: number of entries"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    root = forms.CharField(
        label=gettext_lazy("and the root printed there"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Sixteen digits or more, as at the foot of the paper."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        paper = bool(said.get("size") or said.get("root"))
        if sum([bool(said.get("file")), bool(said.get("text")), paper]) != 1:
            raise forms.ValidationError(_("Give one checkpoint: a file, a text, or number and root from a paper."))
        if paper:
            return said | _printed(said)
        return said | {"head": _head(_text(said))}


def _text(said: dict[str, Any]) -> str:
    if not said.get("file"):
        return str(said["text"])
    if said["file"].size > LONGEST:
        raise forms.ValidationError(_("This file is too large for a checkpoint."))
    return bytes(said["file"].read()).decode("utf-8", "replace")


def _head(text: str) -> ledger.Head:
    try:
        return ledger.read_head(text)
    except ledger.NoCheckpoint as trouble:
        raise forms.ValidationError(str(trouble)) from None


def _printed(said: dict[str, Any]) -> dict[str, Any]:
    size, root = re.sub(r"[\s,，]", "", said.get("size", "")), re.sub(r"[\s….]", "", said.get("root", "")).lower()
    if not re.fullmatch(r"[0-9]{1,15}", size) or not re.fullmatch(r"[0-9a-f]{16,64}", root):
        raise forms.ValidationError(
            _(
                "From a paper both are needed: the number of entries, and at least sixteen digits (0–9, a–f) of the root."
            )
        )
    return {"size": int(size), "root": root, "head": None}


class ExplanationForm(HallForm):
    reason = forms.CharField(label=gettext_lazy("Why it rang"), max_length=500)
