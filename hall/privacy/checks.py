"""What the manifests owe the privacy desk: a way from every table to its person, and times of keeping that may stand."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import FieldDoesNotExist

from hall.core.checks import manifests, to_do
from hall.core.modules import ERASURE, Module
from hall.privacy.queries.copies import is_anonymous
from hall.privacy.queries.holdings import tables, way_to_person
from hall.privacy.rules import LOG_DAYS


@register("hall")
def check_owners(**kwargs: Any) -> list[CheckMessage]:
    """Every table with personal columns says whose its rows are; every column says when it goes."""
    found = []
    for table in tables():
        if way_to_person(table.module, table.model) is None:
            what = f"nobody said whose the rows of {table.model.__name__} are."
            hint = 'Add it to `whose`: the path to its member or account, or "" where rows are many people\'s.'
            found.append(to_do(21, f"hall/{table.module.name}/module.py", what, hint))
        for each in table.columns:
            if each.erasure not in ERASURE:
                what = f"{each.field} goes by no known rule ({each.erasure})."
                found.append(
                    to_do(21, f"hall/{table.module.name}/module.py", what, f"Write one of {', '.join(ERASURE)}.")
                )
    return found


@register("hall")
def check_keeping(**kwargs: Any) -> list[CheckMessage]:
    """Times of keeping name a column that is there; a network log is kept 180 days at least (LAW-20, H28)."""
    return [message for module, _folder in manifests() for message in _kept(module)]


def _kept(module: Module) -> list[CheckMessage]:
    from django.apps import apps

    found: list[CheckMessage] = []
    for each in module.keeping:
        where = f"hall/{module.name}/module.py"
        try:
            apps.get_model(module.name, each.table)._meta.get_field(each.since)
        except (LookupError, FieldDoesNotExist):
            found.append(to_do(22, where, f"{each.table}.{each.since} does not exist.", "Put `keeping` right."))
        if each.log and each.days < LOG_DAYS:
            found.append(
                Error(
                    f"{where}: the log {each.table} would be kept {each.days} days; six months is the least.",
                    id="hall.E122",
                )
            )
    return found


@register(Tags.database)
def check_test_site(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A test site holds no data of real people. Asked by `migrate`, so at every start (T14)."""
    if not (databases and settings.HALL_TEST_SITE) or settings.HALL_DEMO or is_anonymous():
        return []
    hint = "Run `manage.py anonymise --copy` on this copy, then start again."
    return [Error("This test site holds data of real people.", hint=hint, id="hall.E123")]
