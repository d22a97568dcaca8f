"""Sealing: every committed entry gets one leaf, no two sealers work at once, and nobody who writes waits for them."""

import threading

import pytest
from django.db import connection, connections, transaction

from hall.ledger import sealing
from hall.ledger.models import Checkpoint, Entry, Leaf, Node, Pending, SealLock
from hall.ledger.tests.logs import record, small_log
from hall.ledger.verifying import verify


@pytest.mark.django_db
def test_entries_are_sealed_in_order_of_their_ids_without_a_gap():
    ids = record(25)
    assert [sealing.seal_pending(10) for _ in range(4)] == [10, 10, 5, 0]
    assert list(Leaf.objects.order_by("number").values_list("number", "entry_id")) == list(enumerate(sorted(ids)))
    assert Pending.objects.count() == 0
    assert Node.objects.count() == sum(25 >> level for level in range(1, 6))


@pytest.mark.django_db
def test_batches_of_any_size_make_the_same_tree():
    record(33)
    sealing.seal_all()
    at_once = list(Node.objects.order_by("level", "number").values_list("level", "number", "hash"))
    entries = [leaf.entry for leaf in Leaf.objects.order_by("number")]
    Leaf.objects.all().delete()
    Node.objects.all().delete()
    for start in range(0, 33, 4):
        sealing._append(entries[start : start + 4])
    assert list(Node.objects.order_by("level", "number").values_list("level", "number", "hash")) == at_once


@pytest.mark.django_db
def test_a_checkpoint_is_signed_when_the_log_grew_and_only_then():
    assert sealing.checkpoint() is None
    record(3)
    assert sealing.checkpoint() is None  # nothing sealed yet
    sealing.seal_all()
    assert sealing.checkpoint().size == 3
    assert sealing.checkpoint() is None
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db
def test_what_is_rolled_back_is_never_sealed():
    with transaction.atomic():
        record(2)
        transaction.set_rollback(True)
    assert (Entry.objects.count(), sealing.seal_pending()) == (0, 0)


@pytest.mark.django_db
def test_erasing_leaves_the_log_whole():  # T12
    small_log()
    report = verify()
    assert (report.ok, report.size, report.erased, report.uncovered, report.pending) == (True, 62, 1, 0, 0)


WRITERS, ACTS = 8, 12


def _in_thread(deed, failures):
    def run():
        try:
            deed()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    return threading.Thread(target=run)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_writers_and_two_sealers_lose_nothing_while_the_log_is_verified():
    failures, done = [], threading.Event()

    def write():
        for _ in range(ACTS):
            record(3)

    def seal():
        while not done.is_set():
            sealing.seal_pending(5)

    def look():
        while not done.is_set():
            sealing.checkpoint()
            verdicts.append(verify().problems)

    verdicts: list = []
    writers = [_in_thread(write, failures) for _ in range(WRITERS)]
    sealers = [_in_thread(seal, failures) for _ in range(2)] + [_in_thread(look, failures)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join(60)
    done.set()
    for thread in sealers:
        thread.join(60)
    sealing.seal_all()
    sealing.checkpoint()
    assert failures == []
    assert [each for each in verdicts if each] == []  # verifying meanwhile raises no false alarm
    assert verdicts
    total = WRITERS * ACTS * 3
    assert list(Leaf.objects.order_by("number").values_list("number", flat=True)) == list(range(total))
    assert (Entry.objects.count(), verify().ok) == (total, True)


@pytest.mark.race
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writers_do_not_wait_for_a_sealer_that_stands_still():
    record(5)
    SealLock.objects.get_or_create(id=1)  # as after the first sealing ever
    failures = []

    def write():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        record(3)

    with transaction.atomic():
        assert sealing.seal_pending() == 5  # inside the open transaction: its locks are held
        writers = [_in_thread(write, failures) for _ in range(WRITERS)]
        for thread in writers:
            thread.start()
        for thread in writers:
            thread.join(20)
        other = []
        second = _in_thread(lambda: other.append(sealing.seal_pending()), failures)
        second.start()
        second.join(20)
    assert (failures, other) == ([], [0])  # the second sealer steps aside at once
    assert sealing.seal_all() == WRITERS * 3


@pytest.mark.race
@pytest.mark.control
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_sealers_meet_on_the_same_leaf(monkeypatch):
    record(5)
    SealLock.objects.get_or_create(id=1)
    monkeypatch.setattr(
        sealing.SealLock.objects, "select_for_update", lambda **_: SealLock.objects.all(), raising=False
    )
    failures = []
    with transaction.atomic():
        assert sealing.seal_pending() == 5

        def second():
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            sealing.seal_pending()

        thread = _in_thread(second, failures)
        thread.start()
        thread.join(20)
    assert len(failures) == 1
