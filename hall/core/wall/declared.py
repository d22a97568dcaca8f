"""What the wall rests on: which role may do what with which table, and by which columns a row belongs to whom.

All of it is derived. An ordinary table may be read and written by the running hall; `kept` in a manifest takes away what
must not happen. A table with a personal column has a row policy: its way leads through its foreign keys to an
organisation, to an account, or to a row that has one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model

from hall.core.modules import Kept, Module, modules

type Table = type[Model]
APP, MIGRATE, AUDIT, BACKUP = "hall_app", "hall_migrate", "hall_audit", "hall_backup"
ROLES = (APP, AUDIT, BACKUP)  # hall_migrate owns the tables: nothing is granted to it
EVERYTHING = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
LOG = "ledger"
BACKUP_NOTES = ("ledger_entry", "ledger_particulars", "ledger_pending", "safekeeping_backup")  # that it was taken
PLACE = "organisations.organisation"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role may do with a table, and the columns it may change where it may not change all."""

    verbs: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()


def tables() -> Iterator[Table]:
    """Every table of the house, downstairs first."""
    for module in modules():
        yield from apps.get_app_config(module.name).get_models(include_auto_created=True)


def module_of(table: Table) -> Module:
    return next(module for module in modules() if module.name == table._meta.app_label)


@cache
def rights() -> dict[str, dict[str, Rights]]:
    """Table → role → rights. Tables that are no module's (Django's own) may be read."""
    said = {name: {APP: Rights(frozenset({"SELECT"}))} for name in others()}
    said |= {table._meta.db_table: {APP: _rights_of(table)} for table in tables()}
    for name, roles in said.items():
        note = {"INSERT"} if name in BACKUP_NOTES else set()
        roles[BACKUP] = Rights(frozenset({"SELECT", *note}))
        roles[AUDIT] = Rights(frozenset({"SELECT"})) if name.startswith(f"{LOG}_") else Rights()
    return said


def others() -> list[str]:
    """Tables of Django's own applications, and the list of migrations."""
    foreign = (each for each in apps.get_app_configs() if not each.name.startswith("hall."))
    found = {model._meta.db_table for each in foreign for model in each.get_models(include_auto_created=True)}
    return sorted({*found, "django_migrations"})


def kept_as(table: Table) -> Kept | None:
    """How the table is kept, if the running hall may only add to it."""
    return next((each for each in module_of(table).kept if each.table == table.__name__), None)


def _rights_of(table: Table) -> Rights:
    kept = kept_as(table)
    if kept is None:
        return Rights(EVERYTHING)
    columns = {str(field.column) for field in table._meta.local_concrete_fields if field.name in kept.changes}
    return Rights(frozenset({"SELECT", "INSERT", *(("DELETE",) if kept.erased else ())}), frozenset(columns))


# ---- whose is a row? ----


def is_personal(table: Table) -> bool:
    return any(each.field.split(".")[0] == table.__name__ for each in module_of(table).privacy)


def is_walled(table: Table) -> bool:
    """Has it a row policy?"""
    return is_ours(table) and is_personal(table) and table.__name__ not in module_of(table).shared


def is_ours(table: Table) -> bool:
    return table._meta.app_label in settings.MODULES


def walled() -> list[Table]:
    return [table for table in tables() if is_walled(table)]


def keys_to(table: Table, wanted: str) -> list[Any]:
    """Foreign keys of the table to that table ("app.model")."""
    return [key for key in _keys(table) if key.related_model._meta.label_lower == wanted.lower()]


def place_keys(table: Table) -> list[Field]:
    return keys_to(table, PLACE)


def account_keys(table: Table) -> list[Field]:
    return keys_to(table, settings.AUTH_USER_MODEL)


def parent_keys(table: Table) -> list[Any]:
    """Keys to other rows of the house that may say whose the row is."""
    ends = {PLACE, settings.AUTH_USER_MODEL.lower()}
    keys = (key for key in _keys(table) if key.related_model is not table and is_ours(key.related_model))
    return [key for key in keys if key.related_model._meta.label_lower not in ends]


def _keys(table: Table) -> list[Any]:
    return [field for field in table._meta.concrete_fields if field.is_relation]


def has_place(table: Table, *seen: Table) -> bool:
    """Does a way lead from the table to an organisation?"""
    above = (key.related_model for key in parent_keys(table) if key.related_model not in seen)
    return bool(place_keys(table)) or any(has_place(each, table, *seen) for each in above)


def has_way(table: Table, *seen: Table) -> bool:
    """Does a way lead to an organisation or an account at all?"""
    above = (key.related_model for key in parent_keys(table) if key.related_model not in seen)
    return bool(place_keys(table) or account_keys(table)) or any(has_way(each, table, *seen) for each in above)


def way_in_words(table: Table) -> str:
    """By which columns a row belongs to whom, for the generated page."""
    if not is_walled(table):
        return module_of(table).shared.get(table.__name__, "")
    keys = [
        *place_keys(table),
        *account_keys(table),
        *(key for key in parent_keys(table) if has_way(key.related_model)),
    ]
    seen = module_of(table).overseen.get(table.__name__)
    return ", ".join([*(f"`{key.name}`" for key in keys), *([f"● `{seen}`"] if seen else [])])


def lenders(table: Table) -> list[tuple[Table, Any]]:
    """Walled tables with a place of their own whose rows name rows of this one: (table, key)."""
    if not place_keys(table):
        return []
    return [
        (other, key)
        for other in walled()
        if other is not table and place_keys(other)
        for key in parent_keys(other)
        if key.related_model is table
    ]
