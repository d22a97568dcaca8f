"""Erasure (T12, assurance §5 row 9): asked, answered with reasons by the clock, carried out, and nothing readable left."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from hall.accounts.models import Account
from hall.conftest import Cast
from hall.core.days import official
from hall.core.findings import Refused
from hall.ledger import sealing
from hall.ledger.acting import System
from hall.ledger.models import Entry, Particulars
from hall.ledger.verifying import verify
from hall.members import actions as members
from hall.members.models import Member
from hall.notices.models import Message, Outgoing
from hall.privacy import actions, queries
from hall.privacy.models import Erasure
from hall.privacy.tests.dumping import traces
from hall.privacy.words import Scope, State

ROOT = Path(__file__).resolve().parents[3]
CANARY = {
    "name": "仉督雯",
    "campus_no": "S20269917",
    "id_no": "330102200403077725",
    "phone": "13777888991",
    "address": "文三路九百九十九号",
    "native_place": "浙江缙云壶镇",
}
WORDS = [*CANARY.values(), "zdwen@example.edu.cn", "zdwen", "137****8991", "2004-03-07"]


@pytest.fixture
def applicant(cast: Cast) -> Member:
    """An applicant with an account, a whole record, a correction, a look, messages and a mail: then withdrawn."""
    row = members.enrol(
        by=cast.sun, organisation=cast.students, standing="applicant", identity="student", on=date(2026, 1, 5), **CANARY
    )
    account = Account.objects.create(
        username="zdwen",
        name=CANARY["name"],
        email="zdwen@example.edu.cn",
        opened_at=timezone.now(),
        approved_at=timezone.now(),
    )
    row.account = account
    row.save()
    own = cast_person(account)
    members.ask_correction(by=own, member=row, field="native_place", wanted="浙江缙云壶镇镇", why=f"{CANARY['name']}说")
    members.reveal(by=cast.sun, member=row, fields=["phone"], reason=f"联系{CANARY['name']}")
    Message.objects.create(
        account=cast.accounts["sun"], fact=Entry.objects.first().pk, fact_name="x", kind="read",
        title=f"{CANARY['name']}的申请", text=f"电话 {CANARY['phone']}", created_at=timezone.now(),
    )  # fmt: skip
    Outgoing.objects.create(
        account=cast.accounts["sun"], channel="mail", subject=f"{CANARY['name']}", text=CANARY["campus_no"], digest=False,
        created_at=timezone.now(), not_before=timezone.now(),
    )  # fmt: skip
    return row


def cast_person(account: Account):
    from hall.accounts.queries import person

    return person(Account.objects.get(pk=account.pk), today=timezone.localdate())


def asked_by(row: Member) -> Erasure:
    return actions.ask_erasure(by=cast_person(row.account), wish=f"全部删除，{CANARY['name']}")


def leave(cast: Cast, row: Member) -> None:
    members.depart(
        by=cast.sun,
        member=Member.objects.get(pk=row.pk),
        departure="withdrew",
        on=timezone.localdate(),
        reason="撤回申请",
    )


def test_nothing_of_an_erased_person_can_be_read_in_any_table_and_both_verifiers_call_the_log_whole(
    cast, applicant, tmp_path
):  # T12
    leave(cast, applicant)
    row = asked_by(applicant)
    assert traces(WORDS), "the canary is there before"
    sealing.seal_all()
    sealing.checkpoint()
    actions.answer_erasure(by=cast.sun, erasure=row, scope=Scope.ALL, answer="撤回申请，无保存义务。")
    done = actions.carry_out(by=cast.sun, erasure=row)
    assert traces(WORDS) == []
    sealing.seal_all()
    report = verify()
    assert (report.ok, report.erased > 5, [p.text for p in report.problems]) == (True, True, [])
    assert independent(tmp_path) == 0
    assert (done.state, done.wish) == (State.DONE, "")
    said = Particulars.objects.get(entry__name="privacy.erasure.carried_out").text
    assert json.loads(said)["counts"]["members.Member"] == 1
    assert not any(word in said for word in WORDS)


def independent(folder: Path) -> int:
    """The stand-alone verifier over an export of the log."""
    from hall.ledger.exporting import lines

    log = folder / "log.jsonl"
    log.write_text("".join(f"{line}\n" for line in lines()), "utf-8")
    return subprocess.run(
        [sys.executable, str(ROOT / "bin" / "verify-ledger"), str(log)], capture_output=True
    ).returncode


def test_what_nobody_must_keep_goes_and_the_member_stays(cast, facts):  # T12, LAW-04
    wu = cast.member("wu")
    wu.address, wu.landline, wu.phone = "北山路一号院", "", "13800000001"
    wu.save()
    row = actions.ask_erasure(by=cast.wu, wish="家庭住址")
    actions.answer_erasure(by=cast.sun, erasure=row, scope=Scope.FREE, answer="住址已删，党员信息依规保存。")
    actions.carry_out(by=cast.sun, erasure=row)
    kept = Member.objects.get(pk=wu.pk)
    assert (kept.name, kept.address, kept.phone, kept.account.email) == ("吴建国", "", "13800000001", "")
    assert kept.account.is_active
    assert facts()[-1] == "privacy.erasure.carried_out"
    assert verify().ok


def test_the_record_of_a_member_here_is_kept_by_duty(cast):  # LAW-04
    row = actions.ask_erasure(by=cast.wu, wish="全部")
    with pytest.raises(Refused, match="依规必须保存"):
        actions.answer_erasure(by=cast.sun, erasure=row, scope=Scope.ALL, answer="同意", basis="本人要求")
    assert Erasure.objects.get().state == State.ASKED


def test_a_former_official_and_a_former_member_go_only_on_a_named_basis(cast):  # LAW-04
    qian = cast.member("qian")
    row = actions.ask_erasure(by=cast.qian, wish="全部")
    members.depart(by=cast.sun, member=qian, departure="transferred", on=timezone.localdate(), reason="转出")
    with pytest.raises(Refused) as refused:
        actions.answer_erasure(by=cast.sun, erasure=row, scope=Scope.ALL, answer="同意")
    assert [finding.must for finding in refused.value.findings] == [False, False]
    actions.answer_erasure(by=cast.sun, erasure=row, scope=Scope.ALL, answer="同意", basis="档案已移交")


def test_nobody_answers_their_own_request_or_one_twice_or_without_reasons(cast):  # PERM-02, LAW-04
    own = actions.ask_erasure(by=cast.sun, wish="邮箱")
    with pytest.raises(Refused, match="本人的申请"):
        actions.answer_erasure(by=cast.sun, erasure=own, scope="", answer="不同意")
    row = actions.ask_erasure(by=cast.wu, wish="邮箱")
    with pytest.raises(Refused, match="理由"):
        actions.answer_erasure(by=cast.sun, erasure=row, scope="", answer=" ")
    actions.answer_erasure(by=cast.sun, erasure=row, scope="", answer="依规保存")
    with pytest.raises(Refused, match="已经答复"):
        actions.answer_erasure(by=cast.sun, erasure=row, scope="", answer="依规保存")
    with pytest.raises(Refused, match="已同意"):
        actions.carry_out(by=cast.sun, erasure=row)


def test_only_the_organisation_department_decides(cast):
    row = actions.ask_erasure(by=cast.wu, wish="邮箱")
    for person in (cast.lin, cast.zheng, cast.sysadmin, cast.wu):
        with pytest.raises(Refused):
            actions.answer_erasure(by=person, erasure=row, scope="", answer="不同意")
        with pytest.raises(Refused):
            actions.carry_out(by=person, erasure=row)


def test_the_answer_is_due_in_fifteen_working_days_and_the_alarm_says_when_it_is_late(cast, facts):  # LAW-04, §4.4
    row = actions.ask_erasure(by=cast.wu, wish="邮箱")
    late = row.due_on + timedelta(days=1)
    worked = sum(
        official().is_working(row.due_on - timedelta(days=n)) for n in range((row.due_on - timezone.localdate()).days)
    )
    assert worked == 15
    assert actions.ring(by=System("privacy.ring"), on=row.due_on) == 0
    assert actions.ring(by=System("privacy.ring"), on=late) == 1
    assert facts()[-1] == "privacy.erasure.overdue"
    assert Message.objects.filter(account=cast.accounts["sun"], fact_name="privacy.erasure.overdue").exists()
    task = next(task for task in queries.tasks_for(cast.sun) if task.key.endswith(str(row.pk)))
    assert (task.kind, task.due) == ("todo", row.due_on)
    assert queries.tasks_for(cast.wu) == []


def test_a_namesakes_history_is_left_alone(cast, applicant):  # T12
    other = members.enrol(
        by=cast.sun, organisation=cast.other_branch, name=CANARY["name"], standing="applicant", on=date(2026, 2, 1),
    )  # fmt: skip
    leave(cast, applicant)
    row = asked_by(applicant)
    actions.answer_erasure(by=cast.sun, erasure=row, scope=Scope.ALL, answer="撤回申请")
    actions.carry_out(by=cast.sun, erasure=row)
    assert Member.objects.get(pk=other.pk).name == CANARY["name"]
    assert Particulars.objects.filter(entry__about_id=str(other.pk)).exists()
    assert traces([CANARY["campus_no"], CANARY["phone"], "zdwen"]) == []


def test_without_erasing_the_ledger_the_traces_stay(cast, applicant, monkeypatch):  # T12, control
    monkeypatch.setattr("hall.ledger.actions.erase_many", lambda **_each: 0)
    leave(cast, applicant)
    row = asked_by(applicant)
    actions.answer_erasure(by=cast.sun, erasure=row, scope=Scope.ALL, answer="撤回申请")
    actions.carry_out(by=cast.sun, erasure=row)
    assert any(trace.startswith("ledger_particulars") for trace in traces(WORDS))
