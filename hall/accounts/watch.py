"""The night watch: rights that no deed gave. It changes nothing and tells the security administrator and the auditor."""

from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from hall.accounts import queries
from hall.accounts.models import Account
from hall.ledger.acting import System, acting

FLAGS = ("is_superuser", "is_staff", "is_admin")


def foreign_flags() -> list[str]:
    """Columns of the account table that other systems would read as rights."""
    table = Account._meta.db_table
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return []
        columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
    return sorted(columns & set(FLAGS))


def watch(*, by: System, on: date) -> int:
    """One alarm for each flag column and each post without a deed behind it; how many there were (A19)."""
    alarms = [_("The table of accounts has the column %(name)s.") % {"name": name} for name in foreign_flags()]
    for grant in queries.unsigned_grants(on):
        said = {"name": grant.account.username, "post": grant.post, "number": grant.pk}
        alarms.append(_("%(name)s holds the post %(post)s (no. %(number)s) that no deed gave.") % said)
    if alarms:
        with acting(by, "accounts.grant") as act:
            for text in alarms:
                about: Any = "accounts.watch"
                act.record("accounts.alarm.raised", about, text=text)
    return len(alarms)
