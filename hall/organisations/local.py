"""Local settings: what the modules declare in their rulebooks, checked and typed (VER-03)."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hall.core import rulebook
from hall.core.findings import Finding


@dataclass(frozen=True, slots=True)
class Declared:
    """A setting as its rulebook declares it. type: integer · decimal · boolean · choice.

    `needs` is the permission of who decides it; organisations show only what is theirs to decide.
    """

    key: str
    zh: str
    en: str
    type: str
    default: Any
    rule: str
    source: str
    effective_from: date
    least: Any = None
    most: Any = None
    choices: tuple[str, ...] = ()
    needs: str = "organisations.decide"

    @property
    def title(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.en

    def text(self, value: Any) -> str:
        """The value as people read it."""
        if self.type == "boolean":
            return _("yes") if value else _("no")
        return str(value)

    def findings(self, value: Any) -> list[Finding]:
        """What speaks against this value."""
        kinds = {"integer": int, "boolean": bool, "choice": str, "decimal": str}
        fits = isinstance(value, kinds[self.type]) and not (self.type == "integer" and isinstance(value, bool))
        if not fits or (self.choices and value not in self.choices):
            return [Finding(self.rule, _("%(title)s: this value does not fit.") % {"title": self.title})]
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            return [
                Finding(
                    self.rule,
                    _("%(title)s: between %(least)s and %(most)s.")
                    % {"title": self.title, "least": self.least, "most": self.most or "…"},
                )
            ]
        return []


@cache
def declared() -> dict[str, Declared]:
    """Every local setting by "module.key", read from each `[settings.…]` of the modules' rulebooks."""
    found = {}
    for module in settings.MODULES:
        for path in sorted((Path(__file__).parent.parent / module).glob("*.toml")):
            for name, entry in rulebook.read(path).get("settings", {}).items():
                key = f"{module}.{name}"
                found[key] = Declared(key=key, **{**entry, "choices": tuple(entry.get("choices", ()))})
    return found
