"""What is kept how long, and what of it is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import QuerySet

from hall.core.modules import Keeping, modules


@dataclass(frozen=True, slots=True)
class Kept:
    """A table of a manifest with its time of keeping."""

    model: Any
    keeping: Keeping

    @property
    def name(self) -> str:
        return str(self.model._meta.label)

    @property
    def days(self) -> int:
        """Days of keeping; for logs of the hall at least what the college set (never under 180, H28)."""
        return max(self.keeping.days, settings.HALL_LOG_DAYS) if self.keeping.log else self.keeping.days


def kept() -> Iterator[Kept]:
    """Every declared time of keeping, downstairs first."""
    for module in modules():
        for each in module.keeping:
            yield Kept(apps.get_model(module.name, each.table), each)


def due(each: Kept, on: date) -> QuerySet[Any]:
    """Rows whose time has ended by that day."""
    column = each.model._meta.get_field(each.keeping.since)
    ended = on - timedelta(days=each.days)
    is_moment = isinstance(column, models.DateTimeField)
    wanted = {f"{each.keeping.since}__date__lt" if is_moment else f"{each.keeping.since}__lt": ended}
    return each.model._base_manager.filter(**each.keeping.where, **wanted).order_by("pk")


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the retention table."""

    name: str
    what: str
    days: int
    by: str
    count: int


def due_lines(on: date) -> list[Due]:
    """The table: what is kept, how long, who lets go of it, and how many rows are due."""
    return [
        Due(each.name, str(each.keeping.what), each.days, each.keeping.by, due(each, on).count()) for each in kept()
    ]
