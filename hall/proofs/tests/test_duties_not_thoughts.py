"""Duties, not thoughts (domain-rules §0.4, LAW-10, LAW-14, LAW-15; T30): nothing here scores, ranks, predicts or profiles a person."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone

import hall
from hall.core.modules import jobs, modules
from hall.ledger.acting import System
from hall.members.models import Member
from hall.proofs.tests.routes import all_routes

SOURCE = Path(hall.__file__).parent
UNWANTED = re.compile(
    r"(^|_)(score|scores|points|ranking|rankings|leaderboard|profile|profiles|predict|prediction|sentiment|thought|thoughts"
    r"|mood|loyalty|streak|online_time|dwell|risk|rating)(_|$)"
)
UNWANTED_CHINESE = re.compile("积分|排名|排行|打分|评分|得分|画像|活跃度|在线时长|思想动态|忠诚|强制打卡")
TRAITS = {  # trait → the only module that may read it
    "ethnicity": {"members"},  # the national collection form asks for it (§8.1); nothing may follow from it
    "illness": {"dues"},  # what a person gives as the reason for a waiver (DUE-07)
    "disability": {"dues"},
    "religion": set(),
}


def test_no_table_column_route_permission_or_fact_speaks_of_scores():
    names = {f.name for model in apps.get_models() for f in model._meta.get_fields()}
    names |= {model.__name__.lower() for model in apps.get_models()}
    names |= {part for route in all_routes() for part in re.split("[:.]", route.name)}
    names |= {
        part
        for m in modules()
        for name in (*m.permissions, *m.facts, *(d.name for d in m.datasets))
        for part in name.split(".")
    }
    assert sorted(name for name in names if UNWANTED.search(name)) == []


def test_no_function_of_the_hall_is_named_after_one():
    named = {
        f"{path.relative_to(SOURCE)}: {node.name}"
        for path in SOURCE.rglob("*.py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and UNWANTED.search(node.name.lower())
    }
    assert named == set()


def test_no_text_promises_points_or_ranks():
    """A sentence that denies them may name them."""
    said = [
        f"{path.relative_to(SOURCE)}: {entry.msgstr}"
        for path in SOURCE.rglob("*.po")
        for entry in polib.pofile(str(path))
        if UNWANTED_CHINESE.search(entry.msgstr) and not re.search("不|没有|绝", entry.msgstr)
    ]
    assert said == []


def test_control_the_words_are_found_where_they_stand():
    assert UNWANTED.search("risk_score") and UNWANTED.search("points") and not UNWANTED.search("pointer")
    assert UNWANTED_CHINESE.search("本月积分排名")


@pytest.mark.parametrize("trait", TRAITS)
def test_what_the_law_calls_sensitive_stays_where_the_form_asks_for_it(trait):
    """T30: no alarm, task, report or work of any module reads ethnicity, religion or health."""
    readers = {
        path.relative_to(SOURCE).parts[0]
        for path in SOURCE.rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts)
        and re.search(rf"\b{trait}\b", path.read_text(encoding="utf-8"))
    }
    assert readers <= TRAITS[trait]


def test_a_persons_traits_change_nothing_that_waits_for_anybody(cast):  # T30
    """Tasks and cards of everybody are the same whatever ethnicity, birthplace or education a member has."""
    before = _all_that_waits(cast)
    Member.objects.update(ethnicity="藏族", education="10", native_place="拉萨")
    assert _all_that_waits(cast) == before
    assert any(before.values())


def _all_that_waits(cast):
    return {
        name: [
            *((t.key, t.title, t.due) for m in modules() if m.tasks for t in m.tasks(getattr(cast, name))),
            *((str(c.title), str(c.text)) for m in modules() if m.cards for c in m.cards(getattr(cast, name))),
        ]
        for name in cast.accounts
    }


def test_a_reminder_changes_nobodys_standing(cast):  # T30, DUE-25, LAW-14
    """After eight silent months a task says why; every job has run, and no member's state has moved: people decide."""
    wu = cast.member("wu")
    Member.objects.filter(pk=wu.pk).update(lost_since=timezone.localdate() - timedelta(days=250))
    before = list(Member.objects.order_by("pk").values_list("pk", "state", "standing", "version"))
    for job in jobs().values():
        job.run(by=System(job.name), on=timezone.localdate())
    told = [task for m in modules() if m.tasks for task in m.tasks(cast.lin) if str(wu.pk) in task.url]
    assert told and all(task.title for task in told)
    assert list(Member.objects.order_by("pk").values_list("pk", "state", "standing", "version")) == before


def test_no_setting_switches_such_a_thing_on():
    said = "\n".join(
        path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.toml") if path.name != "catalogue.toml"
    )
    assert not UNWANTED_CHINESE.search(said)
    assert not any(
        UNWANTED.search(name.lower()) for name in dir(settings) if name.startswith("HALL_") and "PASSWORD" not in name
    )
