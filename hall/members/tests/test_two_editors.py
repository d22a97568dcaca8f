"""Two editors of one record at the same instant: one is kept, the other sees the difference (G16, assurance §5 row 42)."""

import os
import threading

import pytest
from django.db import connection
from django.db.models import QuerySet

from hall.core.findings import Refused
from hall.members import actions, rules
from hall.members.actions import records
from hall.members.models import Correction, Member

ROUNDS = 500 if os.environ.get("HALL_PROOFS") == "long" else 12
EDITS = ({"degree": "硕士"}, {"party_post": "组织委员"})


@pytest.fixture
def editors(transactional_db):
    from hall.conftest import make_cast

    return make_cast()


def edit_at_once(cast, wanted) -> list[Refused | None]:
    """Both save what they see at the same moment; what each was told, in the order of the edits."""
    row = Member.objects.get(pk=cast.member("wu").pk)
    together, told = threading.Barrier(2), [None, None]
    people = (cast.lin, cast.chen)

    def run(number: int) -> None:
        together.wait()
        try:
            actions.change_member(by=people[number], member=row, changes=wanted[number], version=row.version)
        except Refused as refusal:
            told[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_no_edit_is_lost_and_the_second_sees_the_difference(editors):
    """G16: whoever is second is refused with what the first wrote; of nothing that was kept anything is missing."""
    for number in range(ROUNDS):
        before = Member.objects.get(pk=editors.member("wu").pk)
        wanted = ({"degree": f"学位{number}"}, {"party_post": f"委员{number}"})
        told = edit_at_once(editors, wanted)
        (second,) = [refusal for refusal in told if refusal]
        first = told.index(None)
        after = Member.objects.get(pk=before.pk)
        ((name, value),) = wanted[first].items()
        assert getattr(after, name) == value and after.version == before.version + 1
        assert any(value in str(finding.text) for finding in second.findings)


@pytest.mark.race
@pytest.mark.control
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_edit_would_be_lost(editors, monkeypatch):
    """The control: both pass the question of the version, and the second row written covers the first."""
    meet = threading.Barrier(2)
    known = records._known_only

    def slow(changes):
        meet.wait(timeout=10)
        return known(changes)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_options: self)
    monkeypatch.setattr(records, "_known_only", slow)
    assert edit_at_once(editors, EDITS) == [None, None]
    row = Member.objects.get(pk=editors.member("wu").pk)
    assert (row.degree, row.party_post).count("") == 1


def answer_at_once(cast) -> list[Refused | None]:
    """Lin accepts and Chen declines one request at the same moment; what each was told."""
    asked = actions.ask_correction(by=cast.wu, member=cast.member("wu"), field="degree", wanted="硕士", why="学位证书")
    together, told = threading.Barrier(2), [None, None]
    deeds = ((cast.lin, {"accept": True}), (cast.chen, {"accept": False, "answer": "证书与档案不符"}))

    def run(number: int) -> None:
        who, said = deeds[number]
        together.wait()
        try:
            actions.answer_correction(by=who, correction=asked, **said)
        except Refused as refusal:
            told[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_accepted_and_declined_at_the_same_time_one_wins_and_the_other_sees_it(editors):
    """G17: one answer is kept, whole; the other is refused with a sentence and changes nothing."""
    told = answer_at_once(editors)
    assert [each is None for each in told].count(True) == 1
    row, degree = Correction.objects.get(), Member.objects.get(pk=editors.member("wu").pk).degree
    kept = (Correction.State.DONE, "硕士") if told[0] is None else (Correction.State.DECLINED, "")
    assert (row.state, degree) == kept


@pytest.mark.race
@pytest.mark.control
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_be_accepted_and_declined(editors, monkeypatch):
    """The control: both find the request open, and two answers stand on the ledger."""
    meet = threading.Barrier(2)
    findings = rules.correction_findings

    def slow(**said):
        meet.wait(timeout=10)
        return findings(**said)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_options: self)
    monkeypatch.setattr(rules, "correction_findings", slow)
    assert answer_at_once(editors) == [None, None]


def test_a_setting_decided_meanwhile_is_shown_before_it_is_covered(cast):
    """G16: two administrators decide one policy; the second is told what the first decided, and may then insist."""
    one, two = cast.browser("secadmin"), cast.browser("secadmin")
    address = "/accounts/administration/policies/accounts.session_hours/"
    seen = [browser.get(address).context["form"].initial["seen"] for browser in (one, two)]
    assert one.post(address, {"value": 8, "decision": "甲号文", "seen": "made up"}).status_code == 422
    assert one.post(address, {"value": 8, "decision": "甲号文", "seen": seen[0]}).status_code == 302
    late = two.post(address, {"value": 10, "decision": "乙号文", "seen": seen[1]})
    assert late.status_code == 422 and "甲号文" in late.content.decode()
    again = {"value": 10, "decision": "乙号文", "seen": late.context["form"].data["seen"]}
    assert two.post(address, again).status_code == 302
