"""Back-ups: restored whole into an empty place, every harm found, and an alarm when they stop (assurance §5.25; H17, H18)."""

import random
import sqlite3
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as hall_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from hall.core.crypto import stream
from hall.ledger.acting import System
from hall.ledger.models import Entry
from hall.notices.models import Message
from hall.safekeeping import actions, queries, restoring, tables, taking
from hall.safekeeping.management.commands.restore import run
from hall.safekeeping.models import BackUp

PHRASE = "十二个字以上的备份口令请另外保管"
ID_NO = "11010519491231002X"


@pytest.fixture
def college(transactional_db, cast, monkeypatch, tmp_path):
    """The cast with a sealed number, a file, and the pass phrase in the environment."""
    monkeypatch.setenv("HALL_BACKUP_PASSPHRASE", PHRASE)
    member = cast.member("wu")
    member.id_no = ID_NO
    member.save()
    folder = Path(hall_settings.HALL_HOME) / "files"
    (folder / "党费票据.bin").write_bytes(bytes(range(256)) * 5000)
    yield cast
    (folder / "党费票据.bin").unlink()


@pytest.fixture
def empty_database():
    """The address of an empty PostgreSQL database; "" on SQLite."""
    if connection.vendor == "sqlite":
        yield ""
        return
    name, where = f"restored_{uuid.uuid4().hex[:10]}", taking.postgres_address()
    with psycopg.connect(**{**where, "dbname": "postgres"}, autocommit=True) as there:
        there.execute(f"CREATE DATABASE {name}")
    password = f":{where['password']}" if "password" in where else ""
    yield f"postgres://{where['user']}{password}@{where['host']}:{where['port']}/{name}"
    with psycopg.connect(**{**where, "dbname": "postgres"}, autocommit=True) as there:
        there.execute(f"DROP DATABASE {name} WITH (FORCE)")


def contents_of(home, database):
    if database:
        with tables.snapshot(conninfo=database) as cursor:
            return tables.postgres_contents(cursor)
    return tables.sqlite_contents(home / "hall.sqlite3")


def contents_now(tmp_path):
    if connection.vendor == "postgresql":
        with tables.snapshot(**taking.postgres_address()) as cursor:
            return tables.postgres_contents(cursor)
    tables.copy_sqlite(connection.settings_dict["NAME"], tmp_path / "now.sqlite3")
    return tables.sqlite_contents(tmp_path / "now.sqlite3")


@pytest.mark.parametrize("apart", [False, True])
def test_a_back_up_comes_back_whole_in_an_empty_place(college, tmp_path, capsys, empty_database, apart):
    before, file, home = contents_now(tmp_path), tmp_path / "hall.backup", tmp_path / "new"
    call_command("backup", str(file), *(["--keys-apart"] if apart else []))
    words = ["--keys", f"{file}.keys"] if apart else []
    call_command("restore", str(file), "--into", str(home), "--database", empty_database, *words)
    assert "账本" in capsys.readouterr().out
    assert contents_of(home, empty_database) == before
    assert sum(content.rows for content in before.values()) > 50
    assert (home / "files" / "党费票据.bin").read_bytes() == bytes(range(256)) * 5000
    read = f"from hall.members.models import Member; print(Member.objects.get(pk='{college.member('wu').pk}').id_no)"
    there = {"HALL_HOME": str(home), "HALL_DATABASE_URL": empty_database, "PATH": "/usr/bin:/bin"}
    code = f"import django; django.setup(); {read}"
    said = subprocess.run(
        [sys.executable, "-c", code], env={**there, "DJANGO_SETTINGS_MODULE": "hall.settings"},
        capture_output=True, text=True, check=True, cwd=hall_settings.BASE_DIR,
    )  # fmt: skip
    assert said.stdout.strip() == ID_NO
    assert BackUp.objects.get().rows == sum(content.rows for content in before.values())
    if empty_database:
        with psycopg.connect(empty_database) as restored:
            top = restored.execute("SELECT max(id) FROM organisations_organisation").fetchone()[0]
            following = "SELECT nextval(pg_get_serial_sequence('organisations_organisation', 'id'))"
            assert restored.execute(following).fetchone()[0] > top


def test_the_file_shows_nothing_without_the_pass_phrase(college, tmp_path):
    call_command("backup", str(tmp_path / "a"))
    content = (tmp_path / "a").read_bytes()
    for name in (college.member("wu").name, "organisations_organisation", "manifest"):
        assert name.encode() not in content
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_fifty_corruptions_are_all_found_and_leave_nothing_behind(college, tmp_path, monkeypatch):  # H17
    monkeypatch.setattr(stream, "COST", {"n": 2, "r": 8, "p": 1})  # the pass phrase is not what is tried here
    taking.take(tmp_path / "whole", PHRASE)
    whole, dice = (tmp_path / "whole").read_bytes(), random.Random(25)
    found = []
    for number in range(50):
        harmed, place = bytearray(whole), dice.choice([dice.randrange(len(whole)), dice.randrange(300)])
        if number % 3 == 0:
            harmed = harmed[:place]
        elif number % 3 == 1:
            harmed[place] ^= 1 << dice.randrange(8)
        else:
            harmed = [harmed + b"x", harmed[: len(harmed) // 2] + harmed[len(harmed) // 2 + 1 :]][number % 2]
        (tmp_path / "harmed").write_bytes(harmed)
        for look in (_read_back, _restored):
            with pytest.raises((stream.Damaged, stream.WrongPassphrase, restoring.NotRestored)) as trouble:
                look(tmp_path / "harmed", tmp_path / "new")
            found.append(type(trouble.value))
        assert not (tmp_path / "new").exists()
    assert len(found) == 100
    assert stream.WrongPassphrase not in found  # harm is never called a wrong pass phrase


def _read_back(file, _into):
    taking.read_back(file, PHRASE)


def _restored(file, into):
    restoring.restore(file, PHRASE, into, run=lambda *_words: "")


def test_pieces_cannot_be_swapped_between_two_back_ups(tmp_path):
    one, other = (tmp_path / name for name in ("one", "other"))
    for path in (one, other):
        with open(path, "wb") as file:
            sealer = stream.Sealer(file, PHRASE)
            sealer.write(b"x" * (3 * stream.PIECE))
            sealer.close()
    a, b = one.read_bytes(), other.read_bytes()
    start = a.index(b"}") + 1 + 32
    one.write_bytes(a[:start] + b[start:])
    with pytest.raises(stream.Damaged):
        taking.read_back(one, PHRASE)
    size = stream.PIECE + 16 + 4
    other.write_bytes(b[:start] + b[start + size : start + 2 * size] + b[start : start + size] + b[start + 2 * size :])
    with pytest.raises(stream.Damaged):
        taking.read_back(other, PHRASE)


def test_a_wrong_pass_phrase_is_said_in_words(college, tmp_path, monkeypatch):
    call_command("backup", str(tmp_path / "a"))
    monkeypatch.setenv("HALL_BACKUP_PASSPHRASE", "another pass phrase")
    with pytest.raises(CommandError, match="口令"):
        call_command("restore", str(tmp_path / "a"), "--check")
    monkeypatch.setenv("HALL_BACKUP_PASSPHRASE", "short")
    with pytest.raises(CommandError, match="12"):
        call_command("backup", str(tmp_path / "b"))


def test_only_an_empty_place_is_restored_into(college, tmp_path):
    call_command("backup", str(tmp_path / "a"))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "kept").write_text("mine")
    with pytest.raises(CommandError, match="不是空的"):
        call_command("restore", str(tmp_path / "a"), "--into", str(tmp_path / "new"))
    assert (tmp_path / "new" / "kept").read_text() == "mine"
    with pytest.raises(CommandError, match="已存在"):
        call_command("backup", str(tmp_path / "a"))


def test_without_its_keys_a_back_up_of_keys_apart_is_refused(college, tmp_path):
    call_command("backup", str(tmp_path / "a"), "--keys-apart")
    with pytest.raises(CommandError, match="--keys"):
        call_command("restore", str(tmp_path / "a"), "--into", str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


@pytest.mark.control
@pytest.mark.sqlite
def test_a_table_that_came_back_otherwise_is_named(college, tmp_path):
    taking.take(tmp_path / "a", PHRASE)
    manifest = restoring._unpacked(tmp_path / "a", PHRASE, _made(tmp_path / "new"))
    with sqlite3.connect(tmp_path / "new" / "database" / "hall.sqlite3") as there:
        there.execute("UPDATE members_member SET name = 'x' WHERE rowid = (SELECT min(rowid) FROM members_member)")
    with pytest.raises(restoring.NotRestored, match="members_member"):
        restoring._load(manifest, tmp_path / "new", "", run)


def _made(folder):
    folder.mkdir()
    return folder


# ---- the alarm ----


def made_before(hours):
    return actions.note_backup(
        by=System("tests"),
        name="a",
        size=1,
        rows=1,
        files=1,
        digest=b"",
        taken_at=timezone.now() - timedelta(hours=hours),
    )


def overdue():
    return Message.objects.filter(fact_name="safekeeping.backup.overdue")


def test_a_stopped_back_up_rings_after_26_hours_once_a_day(cast, client):  # H18
    made_before(25)
    assert (queries.backup_late(timezone.now()), actions.ring()) == (False, False)
    BackUp.objects.update(taken_at=timezone.now() - timedelta(hours=27))
    assert b"backup late" in client.get("/readyz").content
    assert [actions.ring(), actions.ring()] == [True, False]
    assert Entry.objects.filter(name="safekeeping.backup.overdue").count() == 1
    assert queries.operators([Entry.objects.latest("id")]) != {}
    made_before(1)
    assert actions.ring() is False
    assert b"backup ok" in client.get("/readyz").content


def test_the_one_who_runs_the_machine_is_told(cast):
    made_before(27)
    actions.ring()
    told = {person for people in queries.operators([Entry.objects.latest("id")]).values() for person in people}
    assert told
    assert set(overdue().values_list("account_id", flat=True)) == told


def test_a_hall_that_never_took_one_rings_too_and_the_demo_never(cast, settings):
    Entry.objects.update(at=timezone.now() - timedelta(hours=30))
    assert queries.backup_late(timezone.now())
    settings.HALL_DEMO = True
    assert not queries.backup_late(timezone.now())
