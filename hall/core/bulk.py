"""Many new rows at once, at a third of the cost of bulk_create: one prepared INSERT, one tuple a row.

For mass operations whose rows are plain: no database defaults, no expressions as values, no inheritance. Sealed columns
and blind indexes are filled as by save(); constraints hold; nothing is read back.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections, models, router


def insert_many[M: models.Model](rows: Sequence[M]) -> None:
    """Insert rows of one model. IntegrityError as usual; inside a transaction it is all or nothing."""
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    fields = model._meta.local_concrete_fields
    readers = [_reader(field, connection) for field in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    sql = " ".join(["INSERT INTO", quote(model._meta.db_table), f"({columns})", "VALUES", f"({values})"])
    with connection.cursor() as cursor:
        cursor.executemany(sql, [[read(row) for read in readers] for row in rows])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _reader(field: Any, connection: Any) -> Callable[[models.Model], Any]:
    """What goes into the column. Only fields that have a say before saving are asked."""
    prepare, name = field.get_db_prep_save, field.attname
    if type(field).pre_save is models.Field.pre_save:
        return lambda row: prepare(getattr(row, name), connection)
    return lambda row: prepare(field.pre_save(row, True), connection)
