"""Who opens very many people's pages (A24, §5 row 35), and whose name stands over what they see and take out (T27, T28)."""

import io
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from hall.accounts.models import Account
from hall.core.pages import PROVED
from hall.ledger.models import Entry
from hall.members.models import Member
from hall.notices.models import Message
from hall.privacy.actions import pacing
from hall.privacy.models import Pace


@pytest.fixture
def few(monkeypatch):
    """Five pages in ten minutes are many."""
    monkeypatch.setattr(pacing, "LEAST", 0)
    monkeypatch.setattr(pacing, "limit", lambda now: 5)


def prove(browser, moment):
    session = browser.session
    session[PROVED] = int(moment)
    session.save()


def open_pages(browser, cast, times):
    address = f"/members/{cast.member('wu').pk}/"
    return [browser.get(address).status_code for _each in range(times)]


def test_after_very_many_pages_one_is_asked_again_and_the_security_administrator_knows_at_once(cast, facts, few):  # A24
    browser, began = cast.browser("lin"), time.monotonic()
    assert open_pages(browser, cast, 8) == [200] * 5 + [302] * 3
    assert facts().count("privacy.pace.exceeded") == 1
    message = Message.objects.get(account=cast.accounts["secadmin"], fact_name="privacy.pace.exceeded")
    assert ("林岚" in message.text or "林" in message.text, time.monotonic() - began < 60) == (True, True)
    assert str(cast.member("wu").pk) not in Entry.objects.get(name="privacy.pace.exceeded").particulars.text
    assert browser.get(f"/members/{cast.member('wu').pk}/").headers["Location"].startswith("/accounts/proof/")
    assert browser.get("/members/").status_code == 200
    prove(browser, time.time() + 2)
    assert open_pages(browser, cast, 6) == [200] * 5 + [302]
    assert facts().count("privacy.pace.exceeded") == 2


def test_two_thousand_pages_are_stopped_at_the_two_hundred_and_first(cast):  # A24, §5 row 35
    account, now = cast.accounts["lin"].pk, timezone.now()
    counts = [pacing.count_page(account, now + timedelta(seconds=number * 0.3))[0] for number in range(2000)]
    assert next(number for number, count in enumerate(counts, 1) if count > pacing.limit(now)) == 201


def test_ten_minutes_later_the_count_begins_anew(cast):
    account, now = cast.accounts["lin"].pk, timezone.now()
    assert [pacing.count_page(account, now)[0] for _each in range(3)] == [1, 2, 3]
    assert pacing.count_page(account, now + timedelta(minutes=11))[0] == 1


def test_a_page_costs_one_statement_more(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        pacing.count_page(cast.accounts["lin"].pk, timezone.now())


def test_nothing_but_a_count_is_kept(cast):  # LAW-15
    assert {column.name for column in Pace._meta.concrete_fields} == {"id", "account", "since", "count", "asked_at"}


@pytest.mark.parametrize(
    "page", ["{member}", "{member}change/", "{member}reveal/", "/members/export/", "/members/register/"]
)
def test_name_account_and_minute_lie_over_sensitive_pages(cast, page):  # T28
    address = page.format(member=f"/members/{cast.member('wu').pk}/")
    lin = cast.browser("lin").get(address).content.decode()
    name = Account.objects.get(username="lin").name
    assert f"{name} lin {timezone.localtime():%Y-%m-%d}" in lin
    assert '<svg class="watermark" aria-hidden="true"' in lin


def test_revealed_values_carry_the_mark_and_other_pages_do_not(cast):  # T28
    wu = cast.member("wu")
    wu.phone = "13800138000"
    wu.save()
    shown = cast.browser("lin").post(f"/members/{wu.pk}/reveal/", {"fields_wanted": ["phone"], "reason": "开介绍信"})
    assert ("13800138000" in shown.content.decode(), "watermark" in shown.content.decode()) == (True, True)
    assert 'class="watermark"' not in cast.browser("lin").get("/").content.decode()


def export(cast, who):
    place = cast.branch if who == "lin" else cast.college
    answer = cast.browser(who).post(
        "/members/export/", {"organisation": place.pk, "form": "xlsx", "reason": "核对名册"}
    )
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_workbook_says_who_took_it_out_and_when(cast):  # T27
    book = load_workbook(io.BytesIO(export(cast, "lin")))
    first = book.worksheets[0]
    mark = f"{cast.accounts['lin'].name} lin {timezone.localtime():%Y-%m-%d}"
    assert (mark in first.oddHeader.center.text, mark in first.oddFooter.center.text) == (True, True)
    assert book.worksheets[-1]["A1"].value.startswith(mark)


def test_of_a_large_export_the_department_and_the_watchers_are_told_and_of_a_small_one_not(cast, monkeypatch):  # T27
    export(cast, "lin")
    assert not Message.objects.filter(fact_name="members.roster.exported").exists()
    monkeypatch.setattr("hall.organisations.queries.setting", lambda *_each: 2)
    export(cast, "lin")
    told = set(Message.objects.filter(fact_name="members.roster.exported").values_list("account__username", flat=True))
    assert {"sun", "secadmin"} <= told


def test_the_person_sees_the_exports_in_which_they_stood(cast):  # F126
    Member.objects.filter(pk=cast.member("wu").pk).update(organisation=cast.branch)
    export(cast, "sun")
    assert "核对名册" in cast.browser("wu").get("/members/mine/looks/").content.decode()
