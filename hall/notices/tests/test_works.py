import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from hall.core.findings import Refused, refuse
from hall.core.modules import Job, jobs
from hall.ledger.acting import acting
from hall.ledger.models import Entry
from hall.notices import actions, progress, queries, rules, running, worker
from hall.notices.models import JobRun, Message, Work, Worker
from hall.notices.words import WorkState

NAME = "notices.tiny"


def count_to(limit):
    def run(by, progress, **arguments):
        for number in range(limit):
            progress(number + 1, limit)
        return {"url": "/members/", "title": "看名册", "text": f"{by.key} {arguments}"}

    return run


def begin(person, **arguments):
    return actions.start_work(by=person, name=NAME, **arguments)


def test_a_work_is_done_as_the_person_who_began_it_and_tells_them(cast, tiny, facts):
    tiny(count_to(3))
    work = begin(cast.lin, preview="7")
    assert worker.work_one()
    work.refresh_from_db()
    assert (work.state, work.done, work.total) == (WorkState.DONE, 3, 3)
    assert work.result["text"] == f"{cast.lin.key} {{'preview': '7'}}"
    assert list(Message.objects.values_list("account", "title")) == [(cast.lin.account_id, "已完成：数一数")]
    assert facts()[-2:] == ["notices.work.begun", "notices.work.finished"]
    assert not worker.work_one()


def test_a_work_nobody_declared_cannot_begin(cast):
    with pytest.raises(KeyError, match="declared"):
        actions.start_work(by=cast.lin, name="nobody.knows")


def test_a_work_begun_inside_an_act_that_is_refused_does_not_exist(cast, tiny):
    tiny(count_to(1))

    def begin_in_vain():
        with acting(cast.lin, "notices.own") as act:
            actions.start_work(by=act, name=NAME)
            raise refuse("不成")

    with pytest.raises(Refused, match="不成"):
        begin_in_vain()
    assert not Work.objects.exists()


def test_a_refusal_stands_on_the_page_in_its_own_words_and_is_not_tried_again(cast, tiny):
    def run(by, progress):
        raise refuse("名册在预览之后有变动，请重新预览。")

    tiny(run)
    work = begin(cast.lin)
    worker.work_one()
    work.refresh_from_db()
    assert (work.state, work.error) == (WorkState.REFUSED, "名册在预览之后有变动，请重新预览。")
    assert work.error in cast.browser("lin").get(f"/notices/works/{work.pk}/").content.decode()
    assert not worker.work_one()


def test_a_post_withdrawn_meanwhile_refuses_the_work(cast, tiny):
    tiny(count_to(1))
    work = begin(cast.lin)
    cast.lin.account.grants.update(withdrawn_on=date(2026, 1, 1))
    worker.work_one()
    work.refresh_from_db()
    assert (work.state, work.done) == (WorkState.REFUSED, 0)
    assert "职务已经结束" in work.error


def test_an_account_closed_meanwhile_refuses_the_work(cast, tiny):
    tiny(count_to(1))
    work = begin(cast.wu)
    account = cast.wu.account
    account.is_active = False
    account.save()
    worker.work_one()
    work.refresh_from_db()
    assert work.state == WorkState.REFUSED


def test_a_poison_work_is_put_aside_after_three_tries_and_others_go_on(cast, tiny):  # H14
    calls = []

    def run(by, progress, poison=False):
        calls.append(poison)
        if poison:
            raise ZeroDivisionError

    tiny(run)
    bad, good = begin(cast.lin, poison=True), begin(cast.chen)
    for _ in range(3):
        while worker.work_one():
            pass
        Work.objects.filter(state=WorkState.WAITING).update(not_before=timezone.now())
    assert not worker.work_one()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.tries, good.state) == (WorkState.FAILED, 3, WorkState.DONE)
    assert calls == [True, False, True, True]
    number = Entry.objects.get(name="notices.work.failed").particulars.text
    assert bad.error.split("编号 ")[1][:8] in number
    assert bad.error in cast.browser("sysadmin").get("/notices/parked/").content.decode()


def test_an_unforeseen_error_waits_before_the_next_try(cast, tiny):
    def run(by, progress):
        raise ZeroDivisionError

    tiny(run)
    work = begin(cast.lin)
    worker.work_one()
    work.refresh_from_db()
    assert work.state == WorkState.WAITING
    assert timedelta(seconds=50) < work.not_before - timezone.now() <= timedelta(minutes=1)


def test_what_was_put_aside_can_be_tried_again_by_who_runs_the_hall_alone(cast, tiny):
    tiny(count_to(1))
    work = begin(cast.lin)
    Work.objects.update(state=WorkState.FAILED, tries=3, error="断", finished_at=timezone.now())
    address = f"/notices/works/{work.pk}/repetition/"
    assert cast.browser("lin").post(address).status_code == 403
    assert cast.browser("sysadmin").post(address).status_code == 302
    worker.work_one()
    work.refresh_from_db()
    assert work.state == WorkState.DONE


def test_the_work_of_a_silent_worker_is_taken_up_again(cast, tiny):  # H01
    tiny(count_to(1))
    work = begin(cast.lin)
    running.claim_next()  # and killed here
    assert running.claim_next() is None
    Work.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    worker.work_one()
    work.refresh_from_db()
    assert (work.state, work.tries) == (WorkState.DONE, 2)


def test_a_process_that_still_touches_its_file_keeps_its_work(cast, tiny):
    tiny(count_to(1))
    work = begin(cast.lin)
    running.claim_next()
    Work.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    progress.write(work.pk, 1, 9)
    assert running.claim_next() is None
    os.utime(progress.place(work.pk), (0, 0))
    assert running.claim_next().pk == work.pk
    progress.clear(work.pk)


def test_a_worker_that_lost_its_work_cannot_end_it(cast, tiny):
    tiny(count_to(1))
    work = begin(cast.lin)
    slow = running.claim_next()
    Work.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    quick = running.claim_next()
    assert actions.finish_work(work=quick, done=1, total=1, result={})
    assert not actions.refuse_work(work=slow, findings=[])
    work.refresh_from_db()
    assert work.state == WorkState.DONE


def test_a_work_that_kills_its_worker_every_time_is_put_aside(cast, tiny):  # H14
    tiny(count_to(1))
    work = begin(cast.lin)
    for _ in range(rules.WORK_TRIES):
        assert running.claim_next().pk == work.pk
        Work.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert running.claim_next() is None
    work.refresh_from_db()
    assert work.state == WorkState.FAILED


def test_a_worker_asked_to_stop_puts_the_work_back_without_counting_the_try(cast, tiny):
    stop = worker.threading.Event()

    def run(by, progress):
        progress(1, 2)
        with acting(by, "notices.own") as act:
            act.record("notices.preference.chosen", "half")
            stop.set()
            progress(2, 2)

    tiny(run)
    work = begin(cast.lin)
    worker.work_one(stop)
    work.refresh_from_db()
    assert (work.state, work.tries) == (WorkState.WAITING, 0)
    assert not Entry.objects.filter(name="notices.preference.chosen").exists()


def test_the_count_is_seen_while_the_work_holds_its_own_transaction(cast, tiny):
    seen = []

    def run(by, progress):
        with acting(by, "notices.own") as act:
            act.record("notices.preference.chosen", "long")
            progress(40, 100)
            seen.append(queries.progress_of(Work.objects.get()).done)

    tiny(run)
    begin(cast.lin)
    worker.work_one()
    assert seen in ([40], [0])  # the first count within a quarter of a second of the start may be held back
    assert progress.read(Work.objects.get().pk) is None


def test_works_are_seen_by_who_began_them_and_by_who_runs_the_hall(cast, tiny):
    tiny(count_to(1))
    work = begin(cast.lin)
    address = f"/notices/works/{work.pk}/"
    answers = {name: cast.browser(name).get(address).status_code for name in ("lin", "sysadmin", "wu", "sun")}
    assert answers == {"lin": 200, "sysadmin": 200, "wu": 404, "sun": 404}


def test_htmx_gets_the_bar_alone(cast, tiny):
    tiny(count_to(1))
    work = begin(cast.lin)
    page = cast.browser("lin").get(f"/notices/works/{work.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert 'hx-trigger="every 2s"' in page


@pytest.fixture
def job(monkeypatch):
    ran = []
    known = jobs()
    for name in list(known):
        monkeypatch.delitem(known, name)
    monkeypatch.setitem(known, "notices.daily", Job("notices.daily", "每日", lambda by, on: ran.append((by.key, on))))
    return ran


def test_a_daily_job_runs_once_a_day(db, job):
    for _ in range(3):
        worker.queue_due_jobs()
        while worker.work_one():
            pass
    assert job == [("system:notices.daily", timezone.localdate())]


def test_a_monthly_job_makes_up_for_the_months_the_hall_stood_still(db, job, monkeypatch):
    ran = []
    monthly = Job("notices.monthly", "每月", lambda by, on: ran.append(on), day=1)
    monkeypatch.setitem(jobs(), monthly.name, monthly)
    this = timezone.localdate().replace(day=1)
    actions.queue_job(job=monthly, day=rules.add_months(this, -3))
    worker.queue_due_jobs()
    while worker.work_one():
        pass
    assert ran == [rules.add_months(this, -back) for back in (3, 2, 1, 0)]


@pytest.mark.race
def test_two_workers_that_both_found_the_job_due_run_it_once(db, job, monkeypatch):  # H13
    monkeypatch.setattr(queries, "last_runs", dict)  # both looked before either wrote
    assert [len(worker.queue_due_jobs()), len(worker.queue_due_jobs())] == [1, 0]
    while worker.work_one():
        pass
    assert len(job) == 1


@pytest.mark.control
@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_the_job_would_run_twice(job, monkeypatch):  # H13
    monkeypatch.setattr(queries, "last_runs", dict)
    (guard,) = JobRun._meta.constraints
    monkeypatch.setattr(JobRun._meta, "constraints", [])
    with connection.schema_editor() as editor:
        editor.remove_constraint(JobRun, guard)
    try:
        assert [len(worker.queue_due_jobs()), len(worker.queue_due_jobs())] == [1, 1]
    finally:
        JobRun.objects.all().delete()
        monkeypatch.setattr(JobRun._meta, "constraints", [guard])
        with connection.schema_editor() as editor:
            editor.add_constraint(JobRun, guard)


def test_a_chore_that_fails_does_not_stop_the_others(db):
    def bad():
        raise ZeroDivisionError

    assert worker._tried("bad", bad) is None
    assert worker._tried("good", lambda: 1) == 1


def test_a_worker_leaves_a_sign_of_life_and_old_ones_are_forgotten(db):
    Worker.objects.create(name="old", seen_at=timezone.now() - timedelta(days=2))
    worker.seen()
    worker.seen()
    assert Worker.objects.count() == 1
    assert timezone.now() - queries.worker_seen_at() < timedelta(seconds=10)


WORKER = """
import sys, time, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from hall.core.modules import LongWork, long_works
from hall.ledger.acting import acting
from hall.notices import worker
def run(by, progress, slow):
    for number in range(3):
        with acting(by, "notices.own") as act:
            act.record("notices.preference.chosen", f"row {number}")
        progress(number + 1, 3)
    print("three rows", flush=True)
    time.sleep(60)
long_works()["notices.tiny"] = LongWork("notices.tiny", "tiny", run)
worker.work_one()
"""


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_work_that_another_finishes(cast, tiny):  # H01
    rows = []

    def again(by, progress, slow):
        there = Entry.objects.filter(name="notices.preference.chosen").count()
        rows.append(there)

    tiny(again)
    work = begin(cast.lin, slow=True)
    command = [sys.executable, "-c", WORKER, str(connection.settings_dict["NAME"])]
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, "DJANGO_SETTINGS_MODULE": "hall.settings_for_tests"}
    )
    try:
        assert child.stdout.readline() == b"three rows\n"
        assert queries.progress_of(Work.objects.get()).done == 3
        assert running.claim_next() is None
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    os.utime(progress.place(work.pk), (time.time() - 61,) * 2)
    Work.objects.update(lease_until=timezone.now() - timedelta(seconds=1))  # a minute later
    assert worker.work_one()
    work.refresh_from_db()
    assert (work.state, work.tries, rows) == (WorkState.DONE, 2, [3])
