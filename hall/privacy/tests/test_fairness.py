"""Reminders, never judgements (T30, LAW-14, LAW-15), and what an old secretary sees of whoever moved away (A13)."""

import inspect
from datetime import timedelta

import pytest
from django.utils import timezone

from hall.core.modules import jobs, modules
from hall.members import actions as members
from hall.members import queries
from hall.members.models import Member

NEVER = ("ethnicity", "native_place", "birth_date", "sex", "religion", "health", "Look", "Pace", "Session")
FORGETTING = ("forget_sessions",)  # what ended is thrown away; nobody is reminded of anything
JUDGING = ("score", "rank", "risk", "profile", "grade")


def reminding():
    """Whatever makes tasks, cards and reminders, with the source it stands in."""
    for module in modules():
        for make in filter(None, (module.tasks, module.cards, *(job.run for job in module.jobs))):
            if make.__name__ not in FORGETTING:
                yield f"{module.name}.{make.__name__}", inspect.getsource(inspect.unwrap(make))


def test_no_reminder_looks_at_nation_sex_age_health_or_reading():  # T30, LAW-15
    found = [f"{name}: {word}" for name, source in reminding() for word in NEVER if word in source]
    assert found == []


def test_nothing_in_the_register_scores_or_ranks_people():  # T30, LAW-14
    columns = {each.field.casefold() for module in modules() for each in module.privacy}
    assert [name for name in columns if any(word in name for word in JUDGING)] == []


def test_six_months_of_silence_remind_and_decide_nothing(cast):  # T30
    wu = cast.member("wu")
    Member.objects.filter(pk=wu.pk).update(lost_since=timezone.localdate() - timedelta(days=250))
    before = Member.objects.values().get(pk=wu.pk)
    tasks = [task for task in queries.tasks_for(cast.lin) if task.about == wu.name]
    assert [("六个月" in task.title, bool(task.since)) for task in tasks] == [(True, True)]
    for job in jobs().values():
        if job.name.split(".")[0] in ("members", "privacy", "organisations"):
            from hall.ledger.acting import System

            job.run(by=System(job.name), on=timezone.localdate())
    assert Member.objects.values().get(pk=wu.pk) == before


@pytest.mark.parametrize("page", ["", "change/", "reveal/"])
def test_the_old_secretary_no_longer_sees_whoever_moved_away(cast, page):  # A13
    wu, lin = cast.member("wu"), cast.browser("lin")
    address = f"/members/{wu.pk}/{page}"
    assert lin.get(address).status_code == 200
    members.place_member(
        by=cast.sun,
        member=Member.objects.get(pk=wu.pk),
        organisation=cast.other_branch,
        on=timezone.localdate(),
        reason="调动",
    )
    assert lin.get(address).status_code == 404
    assert cast.browser("qian").get(address).status_code == 200
    assert wu.name not in lin.get("/members/").content.decode()
    assert str(wu.pk) not in lin.get(f"/search/?q={wu.name}").content.decode()
