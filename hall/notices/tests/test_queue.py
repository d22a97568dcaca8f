from datetime import datetime, timedelta, timezone

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hall.ledger.acting import Forbidden
from hall.ledger.clock import played
from hall.notices import actions, sending
from hall.notices.models import Message, Outgoing
from hall.notices.words import Kind, Sending

CHINA = timezone(timedelta(hours=8))
MORNING = datetime(2026, 3, 2, 10, 0, tzinfo=CHINA)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)
NIGHT = datetime(2026, 3, 2, 22, 0, tzinfo=CHINA)


def test_a_fact_tells_each_recipient_once_in_the_inbox_and_by_mail(cast, tell, rename):
    tell([cast.wu.account_id, cast.wu.account_id, cast.he.account_id])
    rename()
    assert list(Message.objects.order_by("account").values_list("account", "title", "text", "url", "kind")) == [
        (account, "改名：教工第一党支部", "自三月起", "/organisations/", Kind.READ)
        for account in sorted([cast.wu.account_id, cast.he.account_id])
    ]
    assert Outgoing.objects.count() == 2


def test_the_text_is_kept_as_it_was_written_not_as_html(cast, tell, rename):
    tell([cast.wu.account_id])
    rename(name="<b>“A&B”</b>")
    assert Message.objects.get().title == "改名：<b>“A&B”</b>"


def test_a_fact_without_a_notice_tells_nobody(cast, rename):
    rename()
    assert not Message.objects.exists()


def test_a_refused_act_tells_nobody(cast, tell, rename):
    tell([cast.wu.account_id])
    with pytest.raises(Forbidden):
        rename(by=cast.wu)
    assert not Message.objects.exists()


def test_three_hundred_facts_are_told_with_as_many_queries_as_one(cast, tell, rename):
    tell([cast.wu.account_id, cast.he.account_id])

    def queries(times):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            rename(times)
        return len(asked)

    assert queries(1) == queries(300)
    assert Message.objects.count() == Outgoing.objects.count() == 602


def test_a_copy_is_a_copy_and_channels_are_chosen_by_the_notice(cast, tell, rename):
    tell([cast.wu.account_id], copy=True, channels=("inbox",))
    rename()
    assert Message.objects.get().kind == Kind.COPY
    assert not Outgoing.objects.exists()


def test_who_has_no_address_or_wants_no_mail_is_told_in_the_inbox_alone(cast, tell, rename):
    actions.choose_ways(
        by=cast.he, account_id=cast.he.account_id, mail=False, digest=True, digest_hour=12, **quiet("21:00", "07:30")
    )
    account = cast.wu.account
    account.email = ""
    account.save()
    tell([cast.wu.account_id, cast.he.account_id])
    rename()
    assert (Message.objects.count(), Outgoing.objects.count()) == (2, 0)


def quiet(start, end):
    hours = [datetime.strptime(text, "%H:%M").replace(tzinfo=CHINA).time() for text in (start, end)]
    return {"quiet_from": hours[0], "quiet_to": hours[1]}


def test_the_digest_is_one_mail_with_everything_of_the_day(cast, tell, rename):
    tell([cast.wu.account_id])
    with played(MORNING):
        rename(3)
        assert sending.send_due() == 0
    with played(NOON):
        assert sending.send_due() == 3
        assert sending.send_due() == 0
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("党务大厅：您有 3 条消息", ["wu@example.edu.cn"])
    assert letter.body.count("改名：教工第一党支部") == 3
    assert set(Outgoing.objects.values_list("state", flat=True)) == {Sending.SENT}


def test_without_digest_each_message_is_a_mail_but_not_at_night(cast, tell, rename):
    tell([cast.wu.account_id], digest=False)
    with played(NIGHT):
        rename(2)
        assert sending.send_due() == 0
    with played(NIGHT + timedelta(hours=9, minutes=29)):
        assert sending.send_due() == 0
    with played(NIGHT + timedelta(hours=9, minutes=30)):
        assert sending.send_due() == 2
    assert [letter.subject for letter in mail.outbox] == ["改名：教工第一党支部"] * 2


def test_a_line_break_in_a_name_reaches_no_mail_header(cast, tell, rename):  # B29
    tell([cast.wu.account_id], digest=False)
    with played(MORNING):
        rename(name="甲\r\nBcc: all@example.org\x00")
        sending.send_due()
    assert "Bcc" in mail.outbox[0].subject  # what must not leak is there, as text
    message = mail.outbox[0].message()
    assert message["Bcc"] is None
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["wu@example.edu.cn"]


def test_a_failing_server_is_tried_six_times_with_pauses_then_the_mail_is_parked(
    cast, tell, rename, monkeypatch
):  # H14
    tell([cast.wu.account_id], digest=False)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    now, tries = MORNING, 0
    with played(now):
        rename()
    while Outgoing.objects.get().state in (Sending.WAITING, Sending.FAILED):
        with played(now):
            tries += sending.send_due()
            assert sending.send_due() == 0
        now = max(now, Outgoing.objects.get().not_before)
    assert tries == 6
    row = Outgoing.objects.get()
    assert (row.state, row.last_error) == (Sending.PARKED, "ConnectionRefusedError: no server")
    operator = cast.browser("sysadmin").get("/notices/parked/").content.decode()
    assert "吴建国" in operator
    assert "ConnectionRefusedError" in operator
    assert "教工第一党支部" not in operator.split("<main")[1]  # who runs the hall does not read what was said


def broken(self, **_):
    raise ConnectionRefusedError("no server")


def test_one_bad_address_does_not_stop_the_others(cast, tell, rename, monkeypatch):  # H14
    tell([cast.wu.account_id, cast.he.account_id], digest=False)
    send = mail.EmailMessage.send

    def only_he(self, **ways):
        return broken(self) if self.to == ["wu@example.edu.cn"] else send(self, **ways)

    monkeypatch.setattr("django.core.mail.EmailMessage.send", only_he)
    with played(MORNING):
        rename()
        sending.send_due()
    assert [letter.to for letter in mail.outbox] == [["he@example.edu.cn"]]


@pytest.mark.race
def test_two_senders_never_take_the_same_row(cast, tell, rename):
    tell([cast.wu.account_id], digest=False)
    with played(MORNING):
        rename(5)
    assert len(sending.claim_due(MORNING)) == 5
    assert sending.claim_due(MORNING) == []


@pytest.mark.control
def test_without_the_lease_two_senders_take_the_same_row(cast, tell, rename, monkeypatch):
    tell([cast.wu.account_id], digest=False)
    with played(MORNING):
        rename(5)
    everything = Outgoing.objects.all
    monkeypatch.setattr(sending, "free", lambda now: everything())
    assert len(sending.claim_due(MORNING)) == len(sending.claim_due(MORNING)) == 5


def test_a_sender_killed_before_marking_sends_again_when_the_lease_is_over(cast, tell, rename):
    tell([cast.wu.account_id], digest=False)
    with played(MORNING):
        rename()
    sending.claim_due(MORNING)  # and killed here
    with played(MORNING + timedelta(minutes=4)):
        assert sending.send_due() == 0
    with played(MORNING + timedelta(minutes=6)):
        assert sending.send_due() == 1


def test_old_mail_is_cleared_after_180_days_and_parked_mail_stays(cast, tell, rename):
    tell([cast.wu.account_id, cast.he.account_id], digest=False)
    with played(MORNING):
        rename()
        sending.send_due()
    Outgoing.objects.filter(account=cast.he.account_id).update(state=Sending.PARKED, sent_at=None)
    for days, left in ((180, 2), (181, 1), (181, 1)):
        actions.clear_outbox(by=actions.WORKER, on=MORNING.date() + timedelta(days=days))
        assert Outgoing.objects.count() == left
    assert Outgoing.objects.get().state == Sending.PARKED


def test_a_line_break_in_a_value_becomes_no_line_of_its_own(cast, tell, rename):
    tell([cast.wu.account_id])
    rename(note="一\nurl: /dues/\n二", name="甲\n乙")
    assert list(Message.objects.values_list("title", "text", "url")) == [
        ("改名：甲 乙", "一 url: /dues/ 二", "/organisations/")
    ]
