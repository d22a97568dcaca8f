"""How the children run: the hall as it is, or with one guard taken away (FAULTS_WITHOUT). Never part of the hall."""

import os
import threading
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

WITHOUT = os.environ.get("FAULTS_WITHOUT", "")


def take_away() -> None:
    """Short leases, so that a killed worker's work is taken up within seconds; and the guard that is to be missed."""
    from hall.notices import running, worker

    running.LEASE, running.BEAT, worker.PAUSE = timedelta(seconds=4), 1.0, 0.5
    if WITHOUT:
        {"reference": _reference, "numbers": _numbers, "early": _early, "sealing": _sealing}[WITHOUT]()


def _reference() -> None:
    from hall.dues.actions import paying

    paying._reference_findings = lambda wanted: []


def _numbers() -> None:
    from hall.papers import actions
    from hall.papers.models import Counter

    def unlocked(kind: str, organisation: Any, year: int, count: int) -> int:
        Counter.objects.get_or_create(kind=kind, organisation=organisation, year=year)
        counter = Counter.objects.get(kind=kind, organisation=organisation, year=year)
        time.sleep(0.05)
        Counter.objects.filter(pk=counter.pk).update(taken=counter.taken + count)
        return counter.taken

    actions._take = unlocked


def _early() -> None:
    from django.db import connection

    from hall.dues.views import bill

    real = bill.actions.record_payment

    def later(**said: Any) -> None:
        time.sleep(1.5)
        try:
            real(**said)
        finally:
            connection.close()

    def early(**said: Any) -> SimpleNamespace:
        threading.Thread(target=later, kwargs=said, daemon=True).start()
        return SimpleNamespace(receipt=SimpleNamespace(number="2026-00000"))

    bill.actions = SimpleNamespace(**{**vars(bill.actions), "record_payment": early})


def _sealing() -> None:
    from django.db import transaction

    from hall.ledger import module, sealing
    from hall.ledger.models import Entry, Pending

    def unlocked(limit: int = sealing.BATCH) -> int:
        with transaction.atomic():
            entries = list(Entry.objects.filter(pending__isnull=False).order_by("id")[:limit])
            if entries:
                time.sleep(0.2)
                sealing._append(entries)
                Pending.objects.filter(entry__in=[entry.pk for entry in entries]).delete()
        return len(entries)

    sealing.seal_pending = unlocked
    assert sealing.seal_all in module.module.chores
