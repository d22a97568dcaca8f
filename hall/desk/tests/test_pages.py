from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hall.core.modules import Card, Hit, Task
from hall.ledger import queries as ledger
from hall.ledger.acting import acting
from hall.ledger.models import Entry
from hall.notices import actions as notices
from hall.notices import worker
from hall.notices.models import Message

TABS = ("todo", "read", "done", "started", "copy")


def tasks(count=1, **columns):
    return [
        Task(key=str(n), title=f"核对账单 {n}", url=f"/t/{n}/", organisation="教工第一党支部", **columns)
        for n in range(count)
    ]


def told(account, count, kind="read"):
    Message.objects.bulk_create(
        [
            Message(
                account_id=account,
                fact=f"{n:032x}",
                fact_name="a.b.c",
                kind=kind,
                title=f"消息 {n}",
                created_at=timezone.now(),
            )
            for n in range(count)
        ]
    )


def page(cast, name, address):
    return cast.browser(name).get(address).content.decode()


def test_the_home_hall_greets_and_says_that_nothing_is_to_do(cast, offers):
    offers(tasks=[])
    shown = page(cast, "wu", "/")
    assert "您好，吴建国" in shown
    assert "今天没有待办。" in shown


def test_the_home_hall_shows_five_tasks_and_leads_to_all(cast, offers):
    offers(tasks=tasks(7))
    shown = page(cast, "lin", "/")
    assert shown.count("核对账单") == 5
    assert "全部 7 项待办" in shown


def test_the_home_hall_shows_eight_matters_and_the_figures_that_need_action(cast, offers):
    today = timezone.localdate()
    cards = [Card(f"事项 {n}", f"/c/{n}/", order=n) for n in range(12)]
    offers(tasks=[*tasks(2, due=today - timedelta(days=2)), *tasks(1, due=today)], cards=cards)
    shown = page(cast, "lin", "/")
    assert shown.count('class="matter"') == 8
    assert "已逾期 2 天" in shown
    assert '<a class="figure" href="/tasks/?due=overdue"><b>2</b><span>已逾期</span></a>' in shown
    assert '<a class="figure" href="/tasks/?due=soon"><b>1</b>' in shown


@pytest.mark.parametrize("name", ["wu", "lin", "sun", "sysadmin", "audadmin", "zhou"])
def test_every_hat_has_a_home_hall_and_a_to_do_centre(cast, name):
    browser = cast.browser(name)
    addresses = ["/", "/tasks/", *(f"/tasks/{tab}/" for tab in TABS), "/search/", "/search/?q=zs", "/me/", "/help/"]
    assert {address: browser.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def test_the_home_hall_takes_twelve_queries_at_most_however_much_waits(cast, offers, django_assert_max_num_queries):
    browser = cast.browser("lin")
    browser.get("/")
    for count in (1, 30):
        offers(tasks=tasks(count), cards=[Card(f"事项 {n}", "/") for n in range(count)])
        Message.objects.all().delete()
        told(cast.lin.account_id, count)
        cache.clear()
        with django_assert_max_num_queries(12):
            assert browser.get("/").content.decode().count("核对账单") == min(count, 5)


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_takes_as_many_queries_for_thirty_rows_as_for_one(cast, offers, tab):
    browser = cast.browser("lin")
    counts = []
    for count in (1, 30):
        offers(tasks=[*tasks(count), *tasks(count, kind="started")])
        Message.objects.all().delete()
        for kind in ("read", "copy"):
            told(cast.lin.account_id, count, kind)
        with acting(cast.lin, "notices.own") as act:
            act.record_many("notices.preference.chosen", [("x", {"mail": True}) for _ in range(count)])
        browser.get(f"/tasks/{tab}/")
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"/tasks/{tab}/?size=50")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


def test_tabs_carry_their_counts(cast, offers):
    offers(tasks=[*tasks(3), *tasks(2, kind="started")])
    told(cast.lin.account_id, 4)
    told(cast.lin.account_id, 1, "copy")
    told(cast.wu.account_id, 9)
    shown = page(cast, "lin", "/tasks/").split('class="tabs"')[1].split("</nav>")[0]
    assert [part.split("</b>")[0] for part in shown.split('tab-count">')[1:]] == ["3", "4", "2", "1"]


def test_what_one_did_stands_under_dealt_with_and_not_under_another(cast, offers):
    offers(tasks=[])
    told(cast.lin.account_id, 1)
    notices.read_messages(by=cast.lin, messages=Message.objects.all())
    with acting(cast.lin, "notices.own") as act:
        act.record("notices.preference.chosen", "x", mail=False)
    assert page(cast, "lin", "/tasks/done/").count("选择不接收邮件") == 1
    assert "阅读了" not in page(cast, "lin", "/tasks/done/")
    assert "您还没有办理过事项" in page(cast, "wu", "/tasks/done/")


def test_filters_stand_in_the_address_and_unknown_ones_are_ignored(cast, offers):
    today = timezone.localdate()
    late, later = tasks(1, due=today - timedelta(days=1)), tasks(1, due=today + timedelta(days=30))
    offers(tasks=[*late, *later])
    assert page(cast, "lin", "/tasks/?due=overdue").count("核对账单") == 1
    assert page(cast, "lin", "/tasks/?due=rubbish&matter=x&branch=y").count("核对账单") == 2
    assert "没有符合筛选条件的事项" in page(cast, "lin", "/tasks/?due=soon")


def test_an_unknown_tab_does_not_exist(cast):
    assert cast.browser("lin").get("/tasks/everything/").status_code == 404


def test_search_groups_what_the_modules_find_and_the_pages_of_the_menu(cast, offers):
    offers(search=[Hit("张三", "/m/1/", "教工第一党支部", "人员"), Hit("张山", "/m/2/", "", "人员")])
    shown = page(cast, "lin", "/search/?q=zs")
    assert shown.count("<h2>人员</h2>") == 1
    assert 'href="/m/2/"' in shown
    assert 'href="/notices/"' in page(cast, "lin", "/search/?q=xx").split("<main")[1]  # 消息


def test_search_hides_pages_the_hat_may_not_open(cast, offers):
    offers(search=[])
    address = "/search/?q=搁置"
    assert "/notices/parked/" in page(cast, "sysadmin", address)
    assert "/notices/parked/" not in page(cast, "lin", address)


def test_search_that_finds_nothing_says_what_to_try(cast, offers):
    offers(search=[])
    assert "没有找到" in page(cast, "lin", "/search/?q=甲乙丙丁")


def test_the_frame_counts_what_is_to_do(cast, offers):
    offers(tasks=tasks(3))
    assert '<b class="count">3</b>' in page(cast, "lin", "/help/")


def test_strangers_are_asked_to_sign_in(client, cast):
    for address in ("/", "/tasks/", "/search/", "/me/"):
        assert client.get(address).status_code == 302


def test_the_supervisor_is_told_what_is_late(client, db):
    assert client.get("/healthz").content == b"ok\n"
    silent = client.get("/readyz")
    assert (silent.status_code, silent.content) == (503, b"database ok\nworker late\nsealing ok\nbackup ok\n")
    worker.seen()
    assert client.get("/readyz").status_code == 200


def test_late_sealing_is_seen(client, cast):
    worker.seen()
    assert client.get("/readyz").status_code == 200
    oldest = Entry.objects.order_by("id").first()
    Entry.objects.filter(pk=oldest.pk).update(at=timezone.now() - timedelta(hours=1))
    assert client.get("/readyz").content == b"database ok\nworker ok\nsealing late\nbackup ok\n"
    worker.once()
    assert ledger.oldest_waiting() is None
    assert client.get("/readyz").status_code == 200


def test_a_page_that_only_counts_asks_the_modules_once_a_minute_and_after_each_own_deed(cast, offers):
    browser = cast.browser("lin")
    offers(tasks=tasks(3))
    assert '<b class="count">3</b>' in browser.get("/help/").content.decode()
    offers(tasks=tasks(2))
    assert '<b class="count">3</b>' in browser.get("/help/").content.decode()
    with acting(cast.lin, "notices.own") as act:
        act.record("notices.preference.chosen", "x", mail=True)
    assert '<b class="count">2</b>' in browser.get("/help/").content.decode()


def test_the_to_do_centre_is_always_fresh(cast, offers):
    browser = cast.browser("lin")
    for count in (3, 2):
        offers(tasks=tasks(count))
        assert browser.get("/tasks/").content.decode().count("核对账单") == count


def test_figures_of_one_person_are_never_shown_to_another(cast, offers):
    offers(tasks=tasks(3), cards=[Card("林岚的事", "/")])
    assert "林岚的事" in page(cast, "lin", "/")
    offers(tasks=[], cards=[])
    assert "林岚的事" not in page(cast, "chen", "/")
    assert '<b class="count">3</b>' not in page(cast, "chen", "/help/")


@pytest.mark.parametrize("name", ["lin", "sun", "zheng", "he", "wu", "sysadmin"])
def test_the_real_home_hall_takes_few_queries(cast, name, django_assert_max_num_queries):
    browser = cast.browser(name)
    with django_assert_max_num_queries(29):  # the session, ended everywhere at once; alerts; emergency access
        browser.get("/")
    with django_assert_max_num_queries(8):
        browser.get("/")
    with django_assert_max_num_queries(6):
        browser.get("/help/")
