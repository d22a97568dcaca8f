"""Keys: one more, everything sealed anew under it, killed in between as often as one likes (assurance §5.36, T21).

HALL_LONG=1 turns the 2,000 rows of every day into 100,000.
"""

import os
import random
import signal
import time
import warnings
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, models
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hall import home
from hall.core import crypto, failpoints
from hall.core.bulk import insert_many
from hall.core.fields import BlindIndex, SealedText, blind, row_id
from hall.ledger.models import Entry
from hall.members.models import Member
from hall.safekeeping import rotation

ROWS = 100_000 if os.environ.get("HALL_LONG") == "1" else 2_000
KILLS = 20


class Locker(models.Model):
    """A table nobody told the rotation of."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    number = models.IntegerField()
    id_no = SealedText(level="L3", null=True)
    note = SealedText(level="L3", blank=True, default="")
    id_no_index = BlindIndex(of="id_no", unique=True)

    class Meta:
        app_label = "core"
        db_table = "test_sealed_locker"


@pytest.fixture
def keys(tmp_path, monkeypatch):
    monkeypatch.setenv("HALL_HOME", str(tmp_path))
    home.prepare()
    crypto.forget_keys()
    yield tmp_path / "keys"
    monkeypatch.undo()
    crypto.forget_keys()


@pytest.fixture
def lockers(keys, transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(Locker)
    insert_many([_locker(number) for number in range(ROWS)])
    yield Locker
    with connection.schema_editor() as editor:
        editor.delete_model(Locker)


def _locker(number):
    return Locker(
        number=number, id_no=None if number % 7 == 0 else f"1101051949{number:08d}", note="古丽" * (number % 3)
    )


def unreadable_rows():
    wrong = 0
    for row in Locker.objects.order_by("number"):
        try:
            wrong += (row.id_no, row.note) != (_locker(row.number).id_no, _locker(row.number).note)
        except crypto.Unreadable:
            wrong += 1
    return wrong


def starts():
    return rotation.census()["core.Locker"]


PATIENCE = max(10, ROWS // 1000)  # seconds a child may take


def killed_on(point, times, folder):
    """A process of its own rotates and ends by SIGKILL at the failpoint; whether it was killed there.

    A fork of a process with threads may come to life holding a lock of theirs and stand still: such a child is put away
    and another is sent.
    """
    connections.close_all()
    for _attempt in range(8):
        child = _rotating(point, times, folder)
        status = _ended(child)
        if status is not None and os.WIFSIGNALED(status):
            return True
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return False


def _rotating(point, times, folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            _rotate_until_killed(point, times, folder)
        finally:
            os._exit(3)  # never back into the test run
    return child


def _rotate_until_killed(point, times, folder):
    failpoints.settings.HALL_HOME = folder
    rotation.failpoint = failpoints._strike
    rotation.BATCH = max(7, ROWS // 60)
    (folder / "faults").mkdir(exist_ok=True)
    (folder / "faults" / point).write_text(f"kill {times}")
    for _progress in rotation.rotate():
        pass


def _ended(child):
    """The child's wait status; None if it has not ended in that time."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        gone, status = os.waitpid(child, os.WNOHANG)
        if gone:
            return status
        time.sleep(0.02)
    return None


@pytest.mark.fault
def test_a_rotation_killed_twenty_times_leaves_every_value_readable(lockers, keys):
    call_command("keys", "add", verbosity=0)
    dice, kills, seed = random.Random(4711), 0, keys.parent
    for number in range(KILLS):
        kills += killed_on(("keys.batch", "keys.committed")[number % 2], dice.randint(1, 4), seed)
        if number % 5 == 0:
            assert unreadable_rows() == 0
    assert kills == KILLS
    assert set(starts()) == {"sm4 fields-1", "sm4 fields-2"}  # it was really broken off between
    call_command("keys", "rotate", verbosity=0)
    assert (unreadable_rows(), set(starts())) == (0, {"sm4 fields-2"})
    assert Locker.objects.get(id_no_index=blind(Locker, "id_no", _locker(8).id_no)).number == 8


def test_the_old_key_is_not_needed_after_the_rotation(lockers, keys):
    call_command("keys", "add", verbosity=0)
    call_command("keys", "rotate", verbosity=0)
    (keys / "fields-1").rename(keys / "gone")
    crypto.forget_keys()
    assert unreadable_rows() == 0


@pytest.mark.control
def test_without_its_key_nothing_is_readable(lockers, keys):
    (keys / "fields-1").write_bytes(b"w" * 32)
    crypto.forget_keys()
    assert unreadable_rows() > ROWS // 2


def test_a_second_run_has_nothing_to_do_and_records_nothing(lockers, keys, capsys):
    call_command("keys", "add")
    call_command("keys", "rotate", "--limit", "300")
    assert "sm4 fields-1" in starts()
    call_command("keys", "rotate")
    said = Entry.objects.filter(name__startswith="safekeeping.key.").order_by("id").values_list("name", flat=True)
    assert list(said) == ["safekeeping.key.added", "safekeeping.key.rotated", "safekeeping.key.rotated"]
    before = starts()
    call_command("keys", "rotate")
    assert (Entry.objects.filter(name="safekeeping.key.rotated").count(), starts()) == (2, before)


def test_the_other_cipher_comes_the_same_way(lockers, keys, settings):  # T21
    settings.HALL_CIPHER = "aes"
    assert unreadable_rows() == 0
    call_command("keys", "rotate", verbosity=0)
    assert (unreadable_rows(), set(starts())) == (0, {"aes fields-1"})
    settings.HALL_CIPHER = "sm4"
    assert unreadable_rows() == 0


def test_a_value_saved_meanwhile_stays_as_it_was_saved(lockers, keys):
    crypto.add_key("fields")
    row = Locker.objects.get(number=1)
    held = rotation._old_rows(Locker, [Locker._meta.get_field("id_no")], None, 50)
    row.id_no = "changed meanwhile"
    row.save()
    rotation._reseal(Locker, Locker._meta.get_field("id_no"), held, rotation.Progress())
    assert Locker.objects.get(number=1).id_no == "changed meanwhile"


def test_what_does_not_open_is_named_and_left_alone(lockers, keys, capsys):
    crypto.add_key("fields")
    one, other = Locker.objects.get(number=1), Locker.objects.get(number=2)
    with connection.cursor() as cursor:  # T18: an envelope moved to another row
        sql = "UPDATE test_sealed_locker SET id_no = (SELECT id_no FROM test_sealed_locker WHERE number = 2) WHERE number = 1"
        cursor.execute(sql)
    with pytest.raises(CommandError, match="1"):
        call_command("keys", "rotate")
    assert "core.Locker" in capsys.readouterr().out
    with pytest.raises(crypto.Unreadable):
        _ = Locker.objects.get(pk=one.pk).id_no
    assert Locker.objects.get(pk=other.pk).id_no == _locker(2).id_no


def test_the_tables_of_the_house_are_found_by_themselves(db):
    found = {model: {column.name for column in columns} for model, columns in rotation.sealed_models()}
    assert {"id_no", "phone"} <= found[Member]
    assert {f"{model._meta.label}" for model in found} >= {"members.Member", "papers.Paper", "dues.Assessment"}


def test_the_status_names_keys_and_counts(lockers, keys, capsys):
    call_command("keys", "status")
    said = capsys.readouterr().out
    assert "fields-1" in said
    assert "signing-1" in said
    assert "core.Locker sm4 fields-1: " in said


@hypothesis_settings(max_examples=30, deadline=None)
@given(st.binary(max_size=40), st.sampled_from(["sm4", "aes"]))
def test_an_envelope_is_of_one_cipher_whatever_it_holds(plain, cipher):
    from django.test import override_settings

    with override_settings(HALL_CIPHER=cipher):
        envelope = crypto.seal(plain, b"x")
    assert rotation.title(envelope).startswith(cipher)
    assert crypto.unseal(envelope, b"x") == plain


def test_a_fault_order_is_looked_for_only_when_armed():
    assert failpoints.failpoint is failpoints._nothing
    assert Path(failpoints.__file__).read_text().count("HALL_FAULTS") >= 2
