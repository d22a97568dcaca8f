"""The wall's lines of the to-do list: personal tables whose rows belong to nobody, and names that fit nothing."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, register

from hall.core.checks import to_do
from hall.core.modules import Module, modules
from hall.core.wall import declared


@register("hall")
def check_wall(**kwargs: Any) -> list[CheckMessage]:
    """Every table with personal data has a row policy or says why not; what the manifests say of tables fits them."""
    permissions = {name for module in modules() for name in module.permissions}
    return [each for module in modules() for each in (*_without_way(module), *_unfit(module, permissions))]


def _without_way(module: Module) -> Iterator[CheckMessage]:
    for table in declared.walled():
        if table._meta.app_label == module.name and not declared.has_way(table):
            yield to_do(
                8,
                f"hall/{module.name}/models.py",
                f"no foreign key leads from {table.__name__}, which holds personal data, to an organisation or an account.",
                "Add one, or name the table in `shared` of module.py with the reason why everybody's pages may read it.",
            )


def _unfit(module: Module, permissions: set[str]) -> Iterator[CheckMessage]:
    tables = {table.__name__: table for table in apps.get_app_config(module.name).get_models()}
    personal = {name for name, table in tables.items() if declared.is_personal(table)}
    columns = {name: {field.name for field in table._meta.concrete_fields} for name, table in tables.items()}
    wrong = [
        *(each.table for each in module.kept if not set(each.changes) <= columns.get(each.table, set())),
        *(each.table for each in module.kept if each.table not in tables),
        *(name for name, reason in module.shared.items() if name not in personal or not reason.strip()),
        *(
            name
            for name, permission in module.overseen.items()
            if name not in personal or permission not in permissions
        ),
    ]
    for name in dict.fromkeys(wrong):
        yield to_do(
            8,
            f"hall/{module.name}/module.py",
            f"what `kept`, `shared` or `overseen` say of {name} fits no table, column, reason or permission.",
            "Put the line right.",
        )
