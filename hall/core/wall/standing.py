"""What PostgreSQL really holds, compared with what is declared: rights of every role, policies, and what a role is."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from hall.core.wall import declared, statements
from hall.core.wall.declared import APP, AUDIT, BACKUP, MIGRATE, Rights

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
RIGHTS = """
SELECT c.relname, r.rolname,
  ARRAY(SELECT v FROM unnest(%s::text[]) v WHERE has_table_privilege(r.oid, c.oid, v)),
  ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND has_column_privilege(r.oid, c.oid, a.attnum, 'UPDATE'))
FROM pg_class c CROSS JOIN pg_roles r
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace = 'public'::regnamespace AND r.rolname = ANY (%s)
"""
POLICIES = """
SELECT c.relname, p.polname, obj_description(p.oid, 'pg_policy'), c.relrowsecurity
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace
"""
ROLES = """
SELECT r.rolname, r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication, r.rolbypassrls,
  EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid),
  EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relnamespace = 'public'::regnamespace),
  has_schema_privilege(r.oid, 'public', 'CREATE'), has_database_privilege(r.oid, current_database(), 'TEMPORARY')
FROM pg_roles r WHERE r.rolname = ANY (%s)
"""


def differences() -> list[str]:
    """What is not as declared, one line each; empty if the wall stands."""
    return [*_wrong_roles(), *_wrong_rights(), *_wrong_policies()]


def _asked(sql: str, *params: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        return cursor.fetchall()


def _wrong_roles() -> Iterator[str]:
    found = {name: rest for name, *rest in _asked(ROLES, [*declared.ROLES, MIGRATE])}
    yield from (f"There is no role {name}." for name in (*declared.ROLES, MIGRATE) if name not in found)
    for name in declared.ROLES:
        if name in found:
            powers, passes, member, owns, creates, temporary = found[name]
            if powers or member or owns or creates or temporary or passes != (name == BACKUP):
                yield f"{name} may more than it should: it owns tables, is a member of a role, creates, or has a power."


def _wrong_rights() -> Iterator[str]:
    said = declared.rights()
    for table, role, verbs, columns in _asked(RIGHTS, list(VERBS), [APP, AUDIT, BACKUP]):
        wanted = said.get(table, {}).get(role, Rights())
        change = set() if "UPDATE" in verbs else set(columns)
        if table not in said:
            yield f"{table} is a table that no model declares."
        if set(verbs) != wanted.verbs or change != wanted.columns:
            yield f"{role} on {table}: {_words(verbs, change)}; declared is {_words(wanted.verbs, wanted.columns)}."


def _words(verbs: Any, columns: Any) -> str:
    return f"{', '.join(sorted(verbs)) or 'nothing'}{' · UPDATE of ' + ', '.join(sorted(columns)) if columns else ''}"


def _wrong_policies() -> Iterator[str]:
    wanted = {table._meta.db_table: statements.mark(statements.policy(table)) for table in declared.walled()}
    found = {table: (name, said, on) for table, name, said, on in _asked(POLICIES)}
    for table in sorted({*wanted, *found}):
        if found.get(table) != (statements.POLICY, wanted.get(table), True):
            yield f"The row policy of {table} is not the declared one."
