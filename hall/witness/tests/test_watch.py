"""Checkpoints that leave, and alarms that ring: T03, T07, T33 and row 46 (stop it, and somebody is told)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from hall.accounts import queries as accounts
from hall.ledger import clock, sealing
from hall.ledger import queries as ledger
from hall.ledger.models import Checkpoint, Entry, Leaf
from hall.ledger.tests.logs import record
from hall.ledger.tests.test_each_kind import cut
from hall.notices.models import Message
from hall.witness import actions, places, queries, rules, watch
from hall.witness.models import Alarm, Departure, Verification, Watch

pytestmark = pytest.mark.django_db


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def open_kinds():
    return sorted(queries.open_alarms().values_list("kind", flat=True))


def told(cast, name):
    return list(
        Message.objects.filter(account=cast.accounts[name], fact_name="witness.alarm.raised").values_list("title")
    )


def quietly_restored(back):
    """T07: the tables as they were at that size; what lies outside is not within reach."""
    Checkpoint.objects.filter(size__gt=back).delete()
    Departure.objects.filter(size__gt=back).delete()
    cut(back)


# ---- leaving ----


def test_a_checkpoint_lies_in_the_folder_and_is_recorded(log, outside):
    assert watch.leave_when_due()
    row = Departure.objects.get()
    assert (files(outside), row.error) == ([rules.file_name(row.size, bytes(row.root))], "")
    assert [head.size for head in queries.heads_outside()] == [row.size]
    assert Entry.objects.filter(name="witness.checkpoint.left").count() == 1
    assert str(outside) in log.browser("audadmin").get("/witness/").content.decode()


def test_what_the_watch_itself_recorded_moves_no_further_checkpoint(log, outside):
    assert watch.leave_when_due()
    sealing.seal_all()
    later = timezone.now() + timedelta(hours=2)
    with clock.played(later):
        assert not watch.leave_when_due()
        record(1)
        sealing.seal_all()
        assert watch.leave_when_due()


def test_many_entries_do_not_wait_for_the_hour(log, outside, settings):
    """T03: exposed is what was sealed since; the college sets how long."""
    settings.HALL_CHECKPOINT_ENTRIES = 10
    assert watch.leave_when_due()
    record(9 - 2)
    sealing.seal_all()
    assert not watch.leave_when_due()
    record(10)
    sealing.seal_all()
    assert watch.leave_when_due()


def test_the_daily_one_goes_by_mail_too_and_the_letter_can_be_pasted(log, outside, settings):
    settings.HALL_CHECKPOINT_MAIL = ["jiwei@example.edu.cn", "archive@example.edu.cn"]
    watch.leave_daily(by=actions.SIGNER, on=timezone.localdate())
    assert [letter.to for letter in mail.outbox] == [["jiwei@example.edu.cn"], ["archive@example.edu.cn"]]
    assert ledger.differences(ledger.read_head(mail.outbox[0].body)) == []
    assert Departure.objects.filter(error="").count() == 3


def test_a_file_is_never_written_over(log, outside):
    watch.leave_when_due()
    (name,) = files(outside)
    head = ledger.latest_head()
    places.keep(outside, head)  # the same again: nothing happens
    (outside / name).write_text("{}")
    with pytest.raises(places.Overwritten):
        places.keep(outside, head)
    assert ((outside / name).read_text(), files(outside)) == ("{}", [name])


def test_a_place_that_fails_rings_and_the_others_are_reached(log, outside, settings, monkeypatch):
    """Row 46."""
    settings.HALL_CHECKPOINT_MAIL = ["archive@example.edu.cn"]
    outside.write_text("a file where the folder should be")
    watch.leave_daily(by=actions.SIGNER, on=timezone.localdate())
    assert (len(mail.outbox), open_kinds()) == (1, ["stuck"])
    assert all(told(log, name) for name in ("audadmin", "secadmin", "sysadmin"))
    watch.leave_daily(by=actions.SIGNER, on=timezone.localdate())
    assert Alarm.objects.count() == 1  # rung once
    outside.unlink()
    watch.leave_daily(by=actions.SIGNER, on=timezone.localdate())
    assert (open_kinds(), Entry.objects.filter(name="witness.alarm.ended").count()) == ([], 1)


def test_nothing_is_sent_from_an_altered_log(log, outside):
    sealing.checkpoint()
    Checkpoint.objects.update(root=b"x" * 32)
    record(1)
    assert watch.leave_when_due()
    assert (open_kinds(), Departure.objects.count()) == (["altered"], 0)


# ---- an old state put back ----


def test_an_old_state_put_back_rings_when_the_worker_starts(log, outside):
    """T07: the head is older than a checkpoint outside. Everybody sees it; page 23 says what differs."""
    sealing.checkpoint()
    back = ledger.log_size()
    record(10)
    watch.leave_when_due()
    watch.look_outside()
    assert open_kinds() == []  # the control: nothing was put back yet
    quietly_restored(back)
    watch.look_outside(at_once=True)
    assert open_kinds() == ["behind"]
    assert "账本曾有" in log.browser("audadmin").get("/witness/").content.decode()
    assert accounts.Account.objects.filter(pk=log.accounts["audadmin"].pk).exists() and told(log, "audadmin")
    made = actions.verify(by=actions.SIGNER, progress=lambda done, total: None)
    assert (made.ok, made.findings[0]["place"].startswith("outside checkpoint")) == (False, True)


def test_a_chain_that_grew_over_the_old_state_still_rings(log, outside):
    """T07 and T06: work went on after the quiet restore; the sizes fit again, the root does not."""
    back = ledger.log_size()
    record(5)
    watch.leave_when_due()
    quietly_restored(back)
    record(30)
    sealing.seal_all()
    watch.look_outside(at_once=True)
    assert open_kinds() == ["behind"]


def test_a_restore_on_purpose_is_explained_and_then_silent(log, outside):
    back = ledger.log_size()
    record(5)
    watch.leave_when_due()
    quietly_restored(back)
    watch.look_outside()
    alarm = queries.open_alarms().get()
    page = f"/witness/alarms/{alarm.pk}/explanation/"
    browser = log.browser("audadmin")
    assert browser.post(page, {"reason": " "}).status_code == 422
    assert browser.post(page, {"reason": "磁盘损坏，9 月 1 日经批准恢复到前一天的备份"}).status_code == 302
    watch.look_outside(at_once=True)
    assert (open_kinds(), Entry.objects.filter(name="witness.alarm.explained").count()) == ([], 1)
    assert actions.verify(by=actions.SIGNER, progress=lambda done, total: None).ok
    assert browser.get(page).status_code == 404


def test_a_grave_alarm_does_not_fall_silent_by_itself(log, outside):
    back = ledger.log_size()
    record(5)
    watch.leave_when_due()
    quietly_restored(back)
    watch.look_outside()
    for path in outside.iterdir():
        path.unlink()  # … and somebody takes the proof away
    watch.look_outside(at_once=True)
    assert open_kinds() == ["behind"]


def test_a_file_outside_that_was_altered_or_taken_away_rings(log, outside):
    watch.leave_when_due()
    (path,) = outside.iterdir()
    text = path.read_text()
    path.write_text("nothing")
    watch.look_outside()
    assert open_kinds() == ["behind"]
    path.write_text(text)
    path.unlink()
    watch.look_outside(at_once=True)
    assert open_kinds() == ["behind", "stuck"]


# ---- the verification that does not come, the clock ----


def test_no_verification_for_two_nights_rings_and_the_next_one_ends_it(log, outside):
    """Row 46: the verifier was stopped."""
    with clock.played(timezone.now() + timedelta(hours=49)):
        watch.look_outside(at_once=True)
    assert open_kinds() == []
    with clock.played(timezone.now() + timedelta(hours=51)):
        watch.look_outside(at_once=True)
    assert open_kinds() == ["overdue"]
    actions.verify_nightly(by=actions.SIGNER, on=timezone.localdate())
    assert (open_kinds(), Verification.objects.get().ok) == ([], True)


def test_a_clock_set_back_is_recorded_and_the_record_stays_in_sequence(log, monkeypatch):
    """T33."""
    now = timezone.now()
    watch.watch_clock()
    with clock.played(now - timedelta(hours=3)):
        for _each in range(3):
            watch.watch_clock()
        record(1, name="后")
        sealing.seal_all()
    (event,) = Entry.objects.filter(name="witness.alarm.raised")
    assert (open_kinds(), event.at < now) == (["clock"], True)
    order = list(Leaf.objects.order_by("number").values_list("entry__at", flat=True))
    assert order[-1] < order[0] and ledger.verify().ok  # earlier by the clock, later in the log
    assert "时钟" in log.browser("audadmin").get("/witness/").content.decode()
    with clock.played(now - timedelta(hours=3, minutes=1)):
        watch.watch_clock()  # a correction of a minute is none
    assert Alarm.objects.count() == 1


def test_a_history_follows_the_sealing_and_not_the_clock(cast, monkeypatch):
    """T33: a process that started after the clock was set back gives smaller ids; the history is not fooled."""
    from hall.core import fields
    from hall.ledger.acting import System, acting

    def said(reason):
        with acting(System("tests"), "tests") as act:
            act.record("organisations.organisation.renamed", cast.branch, reason=reason)
        sealing.seal_all()

    said("first")
    early = fields.time.time_ns() - 3_600_000_000_000
    monkeypatch.setattr(fields, "_last", 0)
    monkeypatch.setattr(fields.time, "time_ns", lambda: early)
    said("second")
    told_ = [line.particulars.get("reason") for line in ledger.history_of(cast.branch)]
    assert told_[-2:] == ["first", "second"]
    newest_id = Entry.objects.order_by("-id").first()
    assert newest_id.particulars.text.find("second") == -1  # by id alone the order would be wrong: the control


def test_a_quiet_hall_writes_nothing(log, outside):
    """The watch runs every few seconds: without a reason it leaves no row and no entry."""
    actions.verify_nightly(by=actions.SIGNER, on=timezone.localdate())
    for _each in range(2):
        watch.leave_when_due(), watch.watch_clock(), watch.look_outside(at_once=True)
    before = (Entry.objects.count(), Alarm.objects.count(), Departure.objects.count(), Watch.objects.get().seen_at)
    for _each in range(3):
        watch.leave_when_due(), watch.watch_clock(), watch.look_outside(at_once=True)
    assert before == (
        Entry.objects.count(),
        Alarm.objects.count(),
        Departure.objects.count(),
        Watch.objects.get().seen_at,
    )
