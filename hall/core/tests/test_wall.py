"""The second wall on PostgreSQL: what each role may do, what the running hall is refused, and who reads what.

assurance §5 rows 3, 8, 12 and §7 “Database roles”; D18, T01, T13, T32.
"""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from hall.core.wall import checks, declared, standing, statements
from hall.ledger import sealing
from hall.ledger.acting import System, acting
from hall.members.models import Member

WHERE = {"NAME": "dbname", "HOST": "host", "PORT": "port"}


def speak(role: str, sql: str) -> list[tuple]:
    """One statement of this role over a connection of its own."""
    address: dict[str, Any] = {
        theirs: connection.settings_dict[ours] for ours, theirs in WHERE.items() if connection.settings_dict[ours]
    }
    with psycopg.connect(**address, user=role) as there:
        cursor = there.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


pytestmark = [pytest.mark.postgres, pytest.mark.authz]


# ---- what PostgreSQL holds is what is declared ----


def test_rights_and_policies_are_the_declared_ones(db: None, wall_built: None) -> None:
    """Every table × every role, asked of PostgreSQL itself (§7)."""
    assert standing.differences() == []


@pytest.mark.control
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("GRANT UPDATE ON ledger_entry TO hall_app", "hall_app on ledger_entry"),
        ("GRANT UPDATE (digest) ON papers_paper TO hall_app", "hall_app on papers_paper"),
        ("GRANT SELECT ON members_member TO hall_audit", "hall_audit on members_member"),
        ("REVOKE SELECT ON members_member FROM hall_backup", "hall_backup on members_member"),
        ("GRANT TRUNCATE ON ledger_leaf TO PUBLIC", "hall_app on ledger_leaf"),
        ("CREATE TABLE stray (id int)", "stray is a table that no model declares."),
        ("DROP POLICY hall_wall ON members_member", "The row policy of members_member"),
        ("ALTER TABLE members_member DISABLE ROW LEVEL SECURITY", "The row policy of members_member"),
        ("CREATE POLICY more ON members_member USING (true)", "The row policy of members_member"),
        ("ALTER ROLE hall_app BYPASSRLS", "hall_app may more"),
        ("GRANT pg_read_all_data TO hall_app", "hall_app may more"),
        ("GRANT CREATE ON SCHEMA public TO hall_app", "hall_app may more"),
        ("ALTER TABLE dues_bill OWNER TO hall_app", "hall_app may more"),
    ],
)
def test_control_a_change_by_hand_is_named(change: str, said: str, db: None, wall_built: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(change)
    assert any(each.startswith(said) for each in standing.differences())


def test_building_it_again_changes_nothing(db: None, wall_built: None) -> None:
    call_command("wall", apply=True)
    assert standing.differences() == []


def test_every_personal_table_has_a_policy_or_a_reason() -> None:
    personal = {table for table in declared.tables() if declared.is_personal(table)}
    assert personal - set(declared.walled()) == {
        table for table in personal if table.__name__ in declared.module_of(table).shared
    }
    assert checks.check_wall() == []


def test_a_personal_table_that_belongs_to_nobody_is_on_the_to_do_list(monkeypatch: Any) -> None:
    told = {module.name: module for module in checks.modules()}
    told["accounts"] = dataclasses.replace(told["accounts"], shared={}, overseen={"Grant": "accounts.none"})
    for place in (checks, declared):
        monkeypatch.setattr(place, "modules", lambda: tuple(told.values()))
    found = [str(each.msg) for each in checks.check_wall()]
    assert any("no foreign key leads from Session" in text for text in found)
    assert any("say of Grant" in text for text in found)


# ---- what the roles are refused ----


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_entry SET name = 'x'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry CASCADE",
        "UPDATE ledger_particulars SET text = '{}'",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_leaf SET hash = ''",
        "DELETE FROM ledger_node",
        "UPDATE papers_paper SET snapshot = '{}'",
        "UPDATE papers_paper SET digest = ''",
        "DELETE FROM papers_paper",
        "UPDATE dues_payment SET amount = 1",
        "DELETE FROM dues_payment",
        "DELETE FROM dues_refund",
        "DELETE FROM members_look",
        "DELETE FROM safekeeping_backup",
        "UPDATE django_migrations SET name = 'x'",
        "ALTER TABLE ledger_entry ADD COLUMN x int",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "ALTER TABLE accounts_grant DISABLE TRIGGER accounts_grant_apart",
        "ALTER TABLE members_member DISABLE ROW LEVEL SECURITY",
        "DROP POLICY hall_wall ON members_member",
        "DROP TABLE members_member CASCADE",
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE members_member (id int)",
        "CREATE OR REPLACE FUNCTION hall_house() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "SET ROLE hall_migrate",
        "SET ROLE hall_backup",
        "SET SESSION AUTHORIZATION postgres",
        "SET session_replication_role = replica",
        "ALTER ROLE hall_app BYPASSRLS",
        "CREATE ROLE mine",
        "SELECT * FROM pg_authid",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY members_member TO PROGRAM 'cat'",
        "SET row_security = off; SELECT * FROM members_member",
    ],
)
def test_the_running_hall_is_refused(sql: str, wall_built: None, db: None) -> None:
    """D18, T01, T32: the application's role changes no ledger, paper or money, and cannot take the wall down."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        speak(declared.APP, sql)


def test_the_refused_have_what_they_need(wall_built: None, db: None) -> None:
    """Not everything is refused: reading, adding, and erasing particulars (T12)."""
    assert speak(declared.APP, "SELECT count(*) FROM ledger_entry")
    assert speak(declared.APP, "DELETE FROM ledger_particulars WHERE false RETURNING entry_id") == []
    assert speak(declared.APP, "SELECT id FROM papers_paper WHERE false FOR UPDATE") == []


@pytest.mark.parametrize("role", [declared.AUDIT, declared.BACKUP])
def test_who_reads_the_log_or_takes_backups_changes_nothing(role: str, wall_built: None, db: None) -> None:
    for sql in ("UPDATE ledger_entry SET name = ''", "DELETE FROM dues_bill", "CREATE TABLE mine (id int)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            speak(role, sql)


def test_the_auditor_reads_the_log_and_nothing_else(wall_built: None, db: None) -> None:
    for table in declared.rights():
        question = f'SELECT * FROM "{table}" LIMIT 1'
        if table.startswith("ledger_"):
            speak(declared.AUDIT, question)
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                speak(declared.AUDIT, question)


@pytest.fixture
def as_role(transactional_db: None, wall_built: None) -> Iterator[Any]:
    """`as_role(name)`: from now on the hall's own connection is that role's."""
    kept = connection.settings_dict["USER"]

    def become(role: str) -> None:
        connection.close()
        connection.settings_dict["USER"] = role
        connection.walled = None

    yield become
    become(kept)


def test_the_auditor_verifies_the_ledger(as_role: Any, capsys: Any) -> None:
    with acting(System("wall"), "ledger.verify") as act:
        act.record("ledger.particulars.erased", "a thing", reason="test")
    sealing.seal_all()
    as_role(declared.AUDIT)
    call_command("ledger", "verify")
    with pytest.raises(CommandError):
        call_command("wall", apply=True)


def test_a_back_up_is_taken_by_its_own_role_and_is_whole(
    as_role: Any, cast: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    """Every row is in it, personal ones too; the hall's own role could not take it."""
    monkeypatch.setenv("HALL_BACKUP_PASSPHRASE", "a long enough pass phrase of the wall")
    count = Member.objects.count()
    as_role(declared.BACKUP)
    call_command("backup", str(tmp_path / "whole"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM members_member")
        assert cursor.fetchone() == (count,)
    assert count > 5
    as_role(declared.APP)
    with pytest.raises(CommandError, match="dues_assessment"):
        call_command("backup", str(tmp_path / "part"))


@pytest.fixture
def empty_database(db: None, wall_built: None) -> Iterator[str]:
    """The address of a new database that hall_migrate owns, without the name of who speaks: `%s` stands for it."""
    where, name = connection.settings_dict, f"{connection.settings_dict['NAME']}_new"
    address = psycopg.conninfo.make_conninfo(dbname="postgres", **postgres())
    with psycopg.connect(address, autocommit=True) as there:
        there.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
        there.execute(f'CREATE DATABASE "{name}" OWNER {declared.MIGRATE}'.encode())
        yield f"postgres://%s@{where['HOST']}:{where['PORT'] or 5432}/{name}"
        there.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def postgres() -> dict[str, Any]:
    kept = connection.settings_dict
    found = {"host": kept["HOST"], "port": kept["PORT"], "user": kept["USER"], "password": kept["PASSWORD"]}
    return {name: value for name, value in found.items() if value}


def command(address: str, *words: str) -> subprocess.CompletedProcess:
    """A command of the hall in a process of its own, on that database."""
    env = {**os.environ, "HALL_TEST_DATABASE": address, "DJANGO_SETTINGS_MODULE": "hall.settings_for_tests"}
    words = (sys.executable, "manage.py", *words)
    return subprocess.run(words, cwd=django_settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)


def test_the_owner_migrates_and_builds_and_the_hall_itself_cannot(empty_database: str) -> None:
    """Deploying on a new database: only hall_migrate gets anywhere, and what it leaves is the declared wall."""
    owner, hall = empty_database % declared.MIGRATE, empty_database % declared.APP
    assert command(hall, "migrate", "--verbosity", "0").returncode != 0
    made = command(owner, "migrate", "--verbosity", "0")
    assert made.returncode == 0, made.stderr[-2000:]
    assert command(hall, "wall", "--apply").returncode != 0
    built = command(owner, "wall", "--apply")
    assert built.returncode == 0, built.stdout + built.stderr
    assert command(hall, "wall", "--check").returncode == 0


def test_the_statements_name_every_table_and_can_be_read() -> None:
    text = "\n".join(statements.wall())
    assert all(f'"{table._meta.db_table}"' in text for table in declared.tables())
