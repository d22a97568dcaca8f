"""Two people apply one preview at the same instant: one wins. Without the lock both would (the control)."""

import threading
from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet

from hall.core.findings import Refused
from hall.ledger.acting import System
from hall.members.actions.roster import apply_roster, applying, read_roster
from hall.members.models import Member, RosterPreview
from hall.members.tests import rosters
from hall.organisations.actions import found_organisation
from hall.organisations.words import Kind

BY = System("members.roster")


@pytest.fixture
def preview(transactional_db) -> RosterPreview:

    top = found_organisation(by=BY, name="中共海州学院委员会", kind=Kind.COMMITTEE, under=None, on=date(2024, 1, 1))
    branch = found_organisation(by=BY, name="机关第一党支部", kind=Kind.BRANCH, under=top, on=date(2024, 1, 1))
    file = rosters.as_xlsx(rosters.people(20, branches=(branch.name,)))
    return read_roster(by=BY, file=file, name="名册.xlsx")


def apply_twice_at_once(preview: RosterPreview) -> list[str]:
    together, outcomes = threading.Barrier(2), []

    def run() -> None:
        together.wait()
        try:
            apply_roster(by=BY, preview=preview, good_only=False)
            outcomes.append("applied")
        except Refused as refusal:
            outcomes.append(refusal.findings[0].rule)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_people_apply_one_preview_and_one_wins(preview):
    assert apply_twice_at_once(preview) == ["applied", "house"]
    assert Member.objects.count() == 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_pass_the_question_whether_it_was_applied(preview, monkeypatch):
    """The control: only the unique id of the rows then stops the second, far too late and with another answer."""
    meet = threading.Barrier(2)
    told = applying._told

    def slow(held: RosterPreview) -> list:
        meet.wait(timeout=10)
        return told(held)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_options: self)
    monkeypatch.setattr(applying, "_told", slow)
    assert apply_twice_at_once(preview) == ["applied", "roster-changed"]
