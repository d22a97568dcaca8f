"""The routes of the hall as the resolver holds them, and what their parameters name."""

import inspect
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from hall.core.testing.routes import Thing

ONLY = tuple(filter(None, os.environ.get("HALL_PROOFS_MODULES", "").split(",")))
LONG = os.environ.get("HALL_PROOFS") == "long"


@dataclass(frozen=True)
class Route:
    """One address of the hall with the marks of its view."""

    name: str
    view: Any
    parameters: tuple[str, ...]
    kinds: tuple[str, ...]

    @property
    def module(self) -> str:
        return self.name.split(":")[0]

    @property
    def needs(self) -> str:
        return self.view.needs

    @property
    def stranger(self) -> bool:
        return self.view.stranger

    @property
    def only_post(self) -> bool:
        return "@require_POST" in inspect.getsource(inspect.unwrap(self.view))

    @property
    def thing(self) -> Thing | None:
        return told(self.module, "things", {}).get(self.name) or self._derived()

    def _derived(self) -> Thing | None:
        """A row whose table is named like the route, or the module's only table."""
        if len(self.parameters) != 1 or not self.needs:
            return None
        models = list(apps.get_app_config(self.module).get_models())
        short = self.name.split(":")[1]
        found = [m for m in models if m.__name__.lower() == short] or (models if len(models) == 1 else [])
        return Thing(found[0]._meta.label) if found else None


def told(module: str, name: str, otherwise: Any) -> Any:
    """What a module's tests/routes.py says of itself."""
    path = f"hall.{module}.tests.routes"
    if find_spec(f"hall.{module}.tests") is None or find_spec(path) is None:
        return otherwise
    return getattr(import_module(path), name, otherwise)


@cache
def all_routes() -> tuple[Route, ...]:
    return tuple(_walk(get_resolver().url_patterns, ""))


def routes() -> list[Route]:
    """The routes under proof: all, or those of the modules asked for."""
    return [route for route in all_routes() if not ONLY or route.module in ONLY]


def _walk(patterns: list[Any], space: str) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            converters = pattern.pattern.converters
            kinds = tuple(type(each).__name__ for each in converters.values())
            yield Route(f"{space}{pattern.name or pattern.pattern}", pattern.callback, tuple(converters), kinds)


def mentioned() -> set[str]:
    """Routes the modules' tables speak of."""
    return {
        name
        for module in settings.MODULES
        for table in ("things", "quiet", "says", "reads")
        for name in told(module, table, {})
    }
