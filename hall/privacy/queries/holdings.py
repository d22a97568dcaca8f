"""What the hall holds about one person, found through the manifests: a module written next month is inside."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from hall.core.modules import Module, Personal, modules
from hall.privacy.rules import masked
from hall.privacy.words import ERASURES, LEVELS

MEMBER, ACCOUNT = "members.Member", "accounts.Account"
SHOWN = 3  # values of a table with many rows that the page shows; the copy holds all
PLAIN = (models.DateField, models.IntegerField, models.BooleanField)


@dataclass(frozen=True, slots=True)
class Subject:
    """The person meant: their account, and their records (a joined one is theirs too)."""

    account: int | None
    members: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table with personal columns and the way from a row to its person. `target` is "" where rows are many people's."""

    module: Module
    model: Any
    path: str
    target: str
    columns: tuple[Personal, ...]

    @property
    def name(self) -> str:
        return self.model._meta.label

    @property
    def title(self) -> str:
        return str(self.model._meta.verbose_name)


@cache
def tables() -> tuple[Table, ...]:
    """Every table that a manifest says holds personal data, downstairs first."""
    return tuple(table for module in modules() for table in _tables_of(module))


def _tables_of(module: Module) -> Iterator[Table]:
    by_name: dict[str, list[Personal]] = {}
    for each in module.privacy:
        by_name.setdefault(each.field.split(".")[0], []).append(each)
    for name, columns in by_name.items():
        model = apps.get_model(module.name, name)
        path = way_to_person(module, model)
        yield Table(module, model, path or "", target_of(model, path) if path else "", tuple(columns))


def way_to_person(module: Module, model: Any) -> str | None:
    """Path from a row to its member or account: as declared, else a column `member` or `account`. None: nobody said."""
    if model._meta.label in (MEMBER, ACCOUNT):
        return "pk"
    if (declared := module.whose.get(model.__name__)) is not None:
        return declared
    for name, label in (("member", MEMBER), ("account", ACCOUNT)):
        found = {field.name: field for field in model._meta.concrete_fields}.get(name)
        if found is not None and found.is_relation and found.related_model._meta.label == label:
            return name
    return None


def target_of(model: Any, path: str) -> str:
    """Whether the path ends at a member or at an account. A bare column of account ids ends at an account."""
    if path == "pk":
        return str(model._meta.label)
    for part in path.split("__"):
        column = model._meta.get_field(part)
        model = column.related_model if column.is_relation else None
    return ACCOUNT if model is None else str(model._meta.label)


def rows_of(table: Table, subject: Subject) -> QuerySet[Any]:
    """The rows of this table about this person, in order of their keys."""
    if table.target == MEMBER and subject.members:
        return table.model._base_manager.filter(**{f"{table.path}__in": subject.members}).order_by("pk")
    if table.target == ACCOUNT and subject.account is not None:
        return table.model._base_manager.filter(**{table.path: subject.account}).order_by("pk")
    return table.model._base_manager.none()


def column_of(table: Table, each: Personal) -> Any:
    return table.model._meta.get_field(each.field.partition(".")[2])


def title_of(table: Table, each: Personal) -> str:
    """The column in words; where it has no words of its own, what it is for."""
    column = column_of(table, each)
    named = column._verbose_name or (column.is_relation and column.related_model._meta.verbose_name)
    title = str(named or each.purpose)
    return title[:1].upper() + title[1:]


def text_of(row: Any, column: Any) -> str:
    """A value as people read it: the word of a code, a day, text; "" for nothing and for what is no text at all."""
    if isinstance(column, models.BinaryField) and not hasattr(column, "level"):
        return ""
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")() or "")
    value = getattr(row, column.name if column.is_relation else column.attname)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True, slots=True)
class Field:
    """One column as the page explains it to its person. `anchor` is the place “why” links to."""

    anchor: str
    title: str
    purpose: str
    basis: str
    level: str
    kept: str
    erasure: str
    values: list[str]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """The columns of one table; `count` rows are about the person, None where rows are many people's."""

    module: str
    title: str
    fields: list[Field]
    count: int | None


def sections(subject: Subject) -> list[Section]:
    """Every declared column of every module, with this person's own values, secrets and sensitive ones masked."""
    first = sorted(tables(), key=lambda table: (table.name != MEMBER, table.module.name != "members"))
    return [_section(table, subject) for table in first]


def _section(table: Table, subject: Subject) -> Section:
    rows = list(rows_of(table, subject)) if table.target else []
    fields = [_field(table, each, rows) for each in table.columns]
    return Section(str(table.module.title), table.title, fields, len(rows) if table.target else None)


def _field(table: Table, each: Personal, rows: list[Any]) -> Field:
    column = column_of(table, each)
    shown = rows[-SHOWN:] if each.level != "L4" else rows[:1]
    values = [_shown(row, column, each.level) for row in shown]
    kept = [value for value in dict.fromkeys(values) if value]
    return Field(
        anchor=f"{table.name}.{column.name}", title=title_of(table, each), purpose=str(each.purpose),
        basis=str(each.basis), level=str(LEVELS[each.level]), kept=str(each.retention),
        erasure=str(ERASURES[each.erasure]), values=kept, more=max(0, len(rows) - len(shown)),
    )  # fmt: skip


def _shown(row: Any, column: Any, level: str) -> str:
    sealed = hasattr(column, "level")
    return masked(text_of(row, column), level if sealed or level == "L4" else "L2")


def everything(subject: Subject) -> dict[str, Any]:
    """The copy: module → table → rows with their personal columns, days, figures and states. Secrets are left out."""
    found: dict[str, Any] = {}
    for table in tables():
        rows = [_copied(table, row) for row in rows_of(table, subject).iterator()] if table.target else []
        if rows:
            found.setdefault(table.module.name, {})[table.model.__name__] = rows
    return found


def _copied(table: Table, row: Any) -> dict[str, str]:
    return {column.name: text_of(row, column) for column in _copied_columns(table)}


def _copied_columns(table: Table) -> list[Any]:
    declared = {each.field.partition(".")[2]: each for each in table.columns}
    found = []
    for column in table.model._meta.concrete_fields:
        each = declared.get(column.name)
        plain = isinstance(column, PLAIN) or bool(column.choices)
        derived = isinstance(column, models.BinaryField) and not hasattr(column, "level")
        if (each.level != "L4" and not derived) if each else (plain and not column.is_relation):
            found.append(column)
    return found


def meanings() -> dict[str, dict[str, str]]:
    """Column → purpose, basis, class and time of keeping, in words; goes into the copy."""
    return {
        f"{table.module.name}.{each.field}": {
            "purpose": str(each.purpose), "basis": str(each.basis), "class": each.level, "kept": str(each.retention),
        }
        for table in tables()
        for each in table.columns
    }  # fmt: skip


def rows_about(subject: Subject, names: Iterable[str] = ()) -> list[Any]:
    """All rows about the person, or those of these tables only ("members.Member")."""
    wanted = set(names)
    return [row for table in tables() if not wanted or table.name in wanted for row in rows_of(table, subject)]
