"""Two workers at once: one checkpoint leaves, one alarm rings (H13)."""

import threading
import time

import pytest
from django.db import connections

from hall.ledger import sealing
from hall.ledger.models import Entry
from hall.ledger.tests.logs import record
from hall.witness import actions, watch
from hall.witness.models import Alarm, Departure, Watch
from hall.witness.words import AlarmKind


@pytest.fixture
def busy_log(transactional_db, outside):
    record(5)
    sealing.seal_all()
    Watch.objects.get_or_create(id=1)


def at_once(do, hands=4):
    """Several workers do the same at the same instant; what went wrong in them."""
    gate, wrong = threading.Barrier(hands), []

    def work():
        try:
            gate.wait(10)
            do()
        except Exception as error:  # the thread's error is the test's finding
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _hand in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


@pytest.mark.race
def test_of_several_workers_one_sends_the_checkpoint(busy_log):
    assert at_once(watch.leave_when_due) == []
    assert Departure.objects.count() == 1


@pytest.mark.race
@pytest.mark.control
def test_control_without_the_claim_it_leaves_more_than_once(busy_log, monkeypatch):
    def unclaimed(now):
        held = Watch.objects.get(id=1)
        due = watch._is_due(held, now)
        time.sleep(0.3)
        return due

    monkeypatch.setattr(watch, "_claim", unclaimed)
    assert at_once(watch.leave_when_due) == []
    assert Departure.objects.count() > 1


@pytest.mark.race
def test_of_several_workers_one_rings(busy_log):
    assert at_once(lambda: actions.ring(AlarmKind.BEHIND, "", "differs")) == []
    assert (Alarm.objects.count(), Entry.objects.filter(name="witness.alarm.raised").count()) == (1, 1)


@pytest.mark.race
@pytest.mark.control
def test_control_without_the_lock_workers_stumble_over_each_other(busy_log, monkeypatch):
    """Each sees that nothing rang yet; all but one then find the place taken."""
    monkeypatch.setattr(actions, "_alone", lambda: None)
    monkeypatch.setattr(actions, "_changes", lambda kind, place, said: True)
    assert len(at_once(lambda: actions.ring(AlarmKind.BEHIND, "", "differs"))) == 3
