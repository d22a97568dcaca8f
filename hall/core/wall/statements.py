"""The wall as SQL. What stands of an older wall is taken away first, so that the statements may be run again."""
# ruff: noqa: S608 - every name in these texts comes out of the models

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from hall.core.wall import declared
from hall.core.wall.declared import APP, AUDIT, BACKUP, MIGRATE, ROLES, Table

POLICY = "hall_wall"
PLAIN = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
KINDS = {"UUIDField": "uuid", "BigAutoField": "bigint", "CharField": "varchar"}
FUNCTIONS = {
    "hall_part(n integer) RETURNS text": "split_part(current_setting('hall.reach', true), ';', n)",
    "hall_account() RETURNS bigint": "nullif(hall_part(1), '')::bigint",
    "hall_may(name text) RETURNS boolean": "hall_part(3) = '*' OR name = ANY (string_to_array(hall_part(3), ','))",
    "hall_house() RETURNS boolean": "hall_part(1) = '0'",
    "hall_everywhere(room text) RETURNS boolean": "hall_part(2) = '*' AND hall_may(room)",
    "hall_places(room text) RETURNS bigint[]": (
        "CASE WHEN hall_may(room) AND hall_part(2) <> '*' THEN string_to_array(hall_part(2), ',')::bigint[]"
        " ELSE '{}' END"
    ),
}


def roles() -> list[str]:
    """The four roles. Run once by whoever runs the database server; passwords are set there too."""
    made = {
        APP: "NOINHERIT NOBYPASSRLS",
        MIGRATE: "INHERIT NOBYPASSRLS",  # so that owning the database is owning its schema
        AUDIT: "NOINHERIT NOBYPASSRLS",
        BACKUP: "NOINHERIT BYPASSRLS",
    }
    return [
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN"
        f" CREATE ROLE {name} {PLAIN} {passing}; END IF; END $$"
        for name, passing in made.items()
    ]


def wall() -> list[str]:
    """Rights, functions and policies. Run by the owner of the tables after every migration, in one transaction."""
    return ["SET CONSTRAINTS ALL IMMEDIATE", *_taken_away(), *_rights(), *_functions(), *_lists(), *_policies()]


def _taken_away() -> Iterator[str]:
    """Policies, functions and rights of the wall that stood, whatever tables it knew."""
    yield (
        "DO $$ DECLARE each record; BEGIN"
        f" FOR each IN SELECT tablename FROM pg_policies WHERE schemaname = 'public' AND policyname = '{POLICY}' LOOP"
        f" EXECUTE format('DROP POLICY {POLICY} ON %I', each.tablename);"
        " EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', each.tablename); END LOOP;"
        " FOR each IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'hall\\_%' LOOP EXECUTE format('DROP FUNCTION %s', each.name); END LOOP;"
        " EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$"
    )
    everybody = ", ".join((*ROLES, "PUBLIC"))
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everybody}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {everybody}"


def _rights() -> Iterator[str]:
    yield f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)}"
    yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {BACKUP}"
    for table, roles in declared.rights().items():
        for role, right in roles.items():
            if right.verbs:
                yield f"GRANT {', '.join(sorted(right.verbs))} ON {_quoted(table)} TO {role}"
            if right.columns:
                columns = ", ".join(map(_quoted, sorted(right.columns)))
                yield f"GRANT UPDATE ({columns}) ON {_quoted(table)} TO {role}"


def _functions() -> Iterator[str]:
    for head, body in FUNCTIONS.items():
        yield f"CREATE FUNCTION {head} LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT {body} $$"


def _lists() -> Iterator[str]:
    """Functions that list keys past the policies, so that no policy asks another: what is one's own, and what is lent.

    Lent is a row that a row in reach names: a member who moved on still stands in the old branch's bills.
    """
    for table in _parents():
        yield from _list(f"hall_own_{table._meta.db_table}()", table, [_owned(table)])
    for table in declared.walled():
        parts = [text for other, key in declared.lenders(table) for text in _lent_by(table, other, key)]
        if parts:
            yield from _list(f"hall_lent_{table._meta.db_table}()", table, parts)


def _list(name: str, table: Table, parts: list[str]) -> Iterator[str]:
    yield (
        f"CREATE FUNCTION {name} RETURNS {_kind(table)}[] LANGUAGE sql STABLE SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $$ SELECT array_agg(id) FROM ({' UNION '.join(parts)}) listed(id) $$"
    )
    yield f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION {name} TO {APP}"


def _parents() -> list[Table]:
    """Tables on which walled ones hang that may be one's own."""
    keys = (key for table in declared.walled() for key in declared.parent_keys(table))
    return list(dict.fromkeys(key.related_model for key in keys if _own(key.related_model)))


def _owned(table: Table) -> str:
    return f"SELECT {_pk(table)} FROM {_name(table)} WHERE {' OR '.join(_own(table))}"


def _lent_by(table: Table, other: Table, key: Any) -> Iterator[str]:
    """Rows of `table` under another organisation that a row of `other` names, which is in reach or one's own."""
    there = declared.place_keys(table)[0]
    for place in declared.place_keys(other):
        yield (
            f"SELECT {_column(other, key)} FROM {_name(other)} JOIN {_name(table)} ON {_pk(table)} = {_column(other, key)}"
            f" WHERE {_within(other, place)} AND {_column(table, there)} IS DISTINCT FROM {_column(other, place)}"
        )
    if own := _own(other):
        yield f"SELECT {_column(other, key)} FROM {_name(other)} WHERE {' OR '.join(own)}"


def _policies() -> Iterator[str]:
    for table in declared.walled():
        rule = policy(table)
        yield f"ALTER TABLE {_name(table)} ENABLE ROW LEVEL SECURITY"
        yield f"CREATE POLICY {POLICY} ON {_name(table)} USING ({rule})"
        yield f"COMMENT ON POLICY {POLICY} ON {_name(table)} IS '{mark(rule)}'"


def mark(rule: str) -> str:
    """By which `wall --check` knows the policy again."""
    return sha256(rule.encode()).hexdigest()[:20]


def policy(table: Table) -> str:
    """The condition under which a row of the table may be seen, changed and added."""
    module = table._meta.app_label
    whole = f"(SELECT hall_everywhere('{module}'))" if declared.has_place(table) else "(SELECT hall_house())"
    found = [whole, *_conditions(table)]
    if permission := declared.module_of(table).overseen.get(table.__name__):
        found.append(f"(SELECT hall_may('{permission}'))")
    if declared.lenders(table):
        found.append(_listed(table, table._meta.pk, "lent", table))
    return " OR ".join(found)


def _conditions(table: Table, *seen: Table) -> list[str]:
    """In reach, one's own, or hanging on a row that is. Of a table that is overseen: one's own alone."""
    mine = [_is_mine(table, key) for key in declared.account_keys(table)]
    above = [key for key in declared.parent_keys(table) if key.related_model not in seen]
    owned = [_listed(table, key, "own", key.related_model) for key in above if key.related_model in _parents()]
    if mine and table.__name__ in declared.module_of(table).overseen:
        return [*mine, *owned]
    if places := declared.place_keys(table):
        return [*(_within(table, place) for place in places), *mine, *owned]
    return mine + [_hanging(table, key, *seen) for key in above if declared.has_way(key.related_model, table, *seen)]


def _hanging(table: Table, key: Any, *seen: Table) -> str:
    """The row above may be seen. Its own policy decides, or where it has none, its way."""
    above = key.related_model
    rule = "" if declared.is_walled(above) else f" AND ({' OR '.join(_conditions(above, table, *seen))})"
    return f"EXISTS (SELECT 1 FROM {_name(above)} WHERE {_pk(above)} = {_column(table, key)}{rule})"


def _within(table: Table, place: Any) -> str:
    return f"{_column(table, place)} = ANY ((SELECT hall_places('{table._meta.app_label}'))::bigint[])"


def _listed(table: Table, field: Any, what: str, above: Table) -> str:
    return f"{_column(table, field)} = ANY ((SELECT hall_{what}_{above._meta.db_table}())::{_kind(above)}[])"


def _own(table: Table, *seen: Table) -> list[str]:
    """The row is about the person who asks, by its own column or by those of the rows above."""
    found = [_is_mine(table, key) for key in declared.account_keys(table)]
    for key in declared.parent_keys(table):
        above = key.related_model
        if above not in seen and (rule := _own(above, table, *seen)):
            found.append(
                f"{_column(table, key)} IN (SELECT {_pk(above)} FROM {_name(above)} WHERE {' OR '.join(rule)})"
            )
    return found


def _is_mine(table: Table, key: Any) -> str:
    return f"{_column(table, key)} = (SELECT hall_account())"


def _name(table: Table) -> str:
    return _quoted(table._meta.db_table)


def _pk(table: Table) -> str:
    return _column(table, table._meta.pk)


def _column(table: Table, field: Any) -> str:
    return f"{_name(table)}.{_quoted(field.column)}"


def _kind(table: Table) -> str:
    return KINDS[table._meta.pk.get_internal_type()]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
