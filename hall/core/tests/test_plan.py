"""The plan and the habits: each rule fires on a small made-up house, and this house keeps to all of them."""

import pytest

from hall.core.habits import habit_breaches
from hall.core.plan import House, breaches

MANIFEST = "from hall.core.modules import Module\n\nmodule = Module(name={name!r}, needs={needs!r})\n"
NAMES = ("ledger", "halls", "doors", "roofs")


@pytest.fixture
def house(tmp_path):
    """A made-up house: halls on the ledger, doors on halls, roofs on nothing; it adds files and answers findings."""
    for name, needs in (("ledger", ()), ("halls", ()), ("doors", ("halls",)), ("roofs", ())):
        write(tmp_path, f"{name}/module.py", MANIFEST.format(name=name, needs=needs))

    def build(**files):
        for name, text in files.items():
            write(tmp_path, name.replace("__", "/") + ".py", text)
        built = House(tmp_path, NAMES)
        return [str(each) for each in breaches(built) + habit_breaches(built)]

    build.root = tmp_path
    return build


def write(root, name, text):
    path = root / "hall" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_an_empty_house_keeps_to_the_plan(house):
    assert house() == []


def test_a_finding_names_file_line_and_rule(house):
    assert house(
        halls__rules="from hall.core import money\nfrom hall.halls.models import Hall\n", halls__models=""
    ) == [
        "hall/halls/rules.py:2: rules imports models, which does not stand to its left "
        "(words → rules → models → queries → actions → forms → views → module)."
    ]


INSIDE = [
    ("words", "rules"),
    ("rules", "queries"),
    ("models", "queries"),
    ("queries", "actions"),
    ("actions", "forms"),
    ("forms", "views"),
    ("views", "module"),
    ("views", "urls"),
    ("demo", "views"),
    ("middleware", "views"),
]


@pytest.mark.parametrize("left, right", INSIDE)
def test_inside_a_module_imports_go_left_only(house, left, right):
    wrong = house(**{f"halls__{left}": f"from hall.halls import {right}\n", f"halls__{right}": ""})
    assert [f"{left} imports {right}" in each for each in wrong] == [True]


@pytest.mark.parametrize("left, right", [pair for pair in INSIDE if pair[1] != "module"])
def test_the_same_imports_the_other_way_are_right(house, left, right):
    assert house(**{f"halls__{right}": f"from hall.halls import {left}\n", f"halls__{left}": ""}) == []


def test_a_folder_counts_like_the_file_of_its_name(house):
    wrong = house(halls__queries__lists="from hall.halls.actions import build\n", halls__actions="")
    assert [each.split(" ")[0] for each in wrong] == ["hall/halls/queries/lists.py:1:"]


def test_a_relative_import_and_one_inside_a_function_count(house):
    wrong = house(
        halls__rules="from .views import page\n\ndef late():\n    from hall.halls import actions\n",
        halls__views="",
        halls__actions="",
    )
    assert [each.split(" ")[0] for each in wrong] == ["hall/halls/rules.py:1:", "hall/halls/rules.py:4:"]


def test_a_file_of_a_free_name_stands_as_high_as_what_it_imports(house):
    assert (
        house(
            halls__plans="from hall.halls.words import Kind\n",
            halls__words="",
            halls__rules="import hall.halls.plans\n",
        )
        == []
    )
    wrong = house(halls__plans="from hall.halls.views import page\n", halls__views="")
    assert [each.split(" ")[0] for each in wrong] == ["hall/halls/rules.py:1:"]


def test_a_module_imports_only_what_it_needs(house):
    wrong = house(halls__queries="", roofs__queries="from hall.halls import queries\n")
    assert wrong == ["hall/roofs/queries.py:1: roofs imports halls without naming it in `needs` of its module.py."]


def test_a_module_imports_nothing_from_upstairs(house):
    wrong = house(doors__queries="", halls__queries="from hall.doors import queries\n")
    assert ["upstairs" in each for each in wrong] == [True]


@pytest.mark.parametrize("part", ["rules", "forms", "views", "module", "demo", ""])
def test_behind_its_face_a_module_is_private(house, part):
    door = f"from hall.halls.{part} import thing\n" if part else "import hall.halls\n"
    wrong = house(doors__module=MANIFEST.format(name="doors", needs=("halls",)) + door)
    assert [f"hall.halls.{part or '__init__'} is behind its module's door" in each for each in wrong] == [True]


@pytest.mark.parametrize("part", ["words", "queries", "actions"])
def test_the_face_of_a_needed_module_may_be_imported(house, part):
    assert house(doors__actions=f"from hall.halls.{part} import thing\n") == []


@pytest.mark.parametrize("part", ["acting", "clock", "queries"])
def test_everybody_may_import_the_face_of_the_ledger(house, part):
    assert house(roofs__actions=f"from hall.ledger.{part} import thing\n") == []


def test_a_rule_imports_no_query_of_another_module(house):
    wrong = house(doors__rules="from hall.halls.queries import halls\n")
    assert wrong == ["hall/doors/rules.py:1: rules imports queries of halls; rules stands below queries."]


def test_another_modules_table_may_be_a_type(house):
    typed = (
        "from hall.halls.models import Hall\n\n\ndef find(hall: Hall) -> list[Hall]:\n    rows: list[Hall] = []\n"
        "    return rows if isinstance(hall, Hall) else []\n"
    )
    assert house(doors__queries=typed) == []


def test_another_modules_table_may_not_be_asked(house):
    wrong = house(doors__queries="from hall.halls.models import Hall\n\n\ndef find():\n    return Hall.objects.all()\n")
    assert wrong == ["hall/doors/queries.py:5: halls.models may only serve as a type here; ask its queries or actions."]


def test_core_imports_no_module(house):
    wrong = house(core__pages="from hall.halls.queries import halls\n")
    assert wrong == ["hall/core/pages.py:1: core imports halls; core knows no module."]


def test_core_imports_no_module_by_its_name_as_text_either(house):
    assert len(house(core__pages='from importlib import import_module\n\nimport_module("hall.halls.queries")\n')) == 1


def test_core_has_no_table(house):
    wrong = house(core__things="from django.db import models\n\n\nclass Thing(models.Model):\n    pass\n")
    assert wrong == ["hall/core/things.py:4: core has the table Thing; tables stand in modules."]


def test_a_circle_of_needs_cannot_be_written(house):
    wrong = house(halls__module=MANIFEST.format(name="halls", needs=("doors",)))
    assert wrong == [
        "hall/halls/module.py:1: halls needs “doors”, which stands later in MODULES; a module needs only earlier ones."
    ]


def test_a_need_that_is_nowhere_is_found(house):
    wrong = house(halls__module=MANIFEST.format(name="halls", needs=("attics",)))
    assert ["not at all" in each for each in wrong] == [True]


def test_a_module_without_a_manifest_is_found(house):
    (house.root / "hall/roofs/module.py").unlink()
    assert ["no manifest" in each for each in house()] == [True]


def test_a_file_that_is_no_python_is_found_and_hides_nothing_else(house):
    wrong = house(halls__rules="def (", doors__words="import hall.doors.rules\n", doors__rules="")
    assert [each.split(" ")[0] for each in wrong] == ["hall/doors/words.py:1:", "hall/halls/rules.py:1:"]


def test_floors_stand_above_all_they_need(house):
    house()
    assert House(house.root, NAMES).floors == {"ledger": 0, "halls": 1, "doors": 2, "roofs": 1}


@pytest.mark.parametrize(
    "line",
    [
        "from django.db import models",
        "from django.utils import timezone",
        "from django.http import HttpRequest",
        "import requests",
        "from hall.ledger import clock",
        "from datetime import date\n\nTODAY = date.today()",
        "from datetime import datetime\n\nNOW = datetime.now()",
    ],
)
def test_rules_know_no_database_clock_or_request(house, line):
    assert house(halls__rules=line + "\n") != []


def test_what_rules_rest_on_is_as_pure_as_they(house):
    assert house(halls__rules="from hall.halls import tables\n", halls__tables="from datetime import date\n") == []
    assert house(halls__tables="from django.db import connection\n") == [
        "hall/halls/tables.py:1: rules import django.db.connection; they touch neither the database, the clock "
        "nor the request."
    ]


@pytest.mark.parametrize("part", ["queries", "forms", "views"])
@pytest.mark.parametrize(
    "write",
    [
        "rows.create(a=1)",
        "row.save()",
        "rows.update(a=1)",
        "row.delete()",
        "rows.bulk_create(x)",
        "rows.get_or_create(a=1)",
    ],
)
def test_only_actions_write(house, part, write):
    assert [each.endswith("only actions write.") for each in house(**{f"halls__{part}": f"{write}\n"})] == [True]
    assert house(**{f"halls__{part}": "", "halls__actions": f"{write}\n"}) == []


def test_updating_a_dict_or_a_hash_is_no_write(house):
    assert house(halls__queries="known.update(more)\ndigest.update(b'')\n") == []


@pytest.mark.parametrize(
    "call", ["timezone.now()", "date.today()", "datetime.now()", "timezone.localdate()", "clock.now()"]
)
def test_actions_take_the_time_from_the_act(house, call):
    assert house(halls__actions=f"at = {call}\n") == [
        f"hall/halls/actions.py:1: actions call {call}; the clock is read once per act, use act.at."
    ]


def test_actions_may_read_the_day_of_the_act(house):
    assert house(halls__actions="day = timezone.localtime(act.at).date()\nsame = timezone.localdate(act.at)\n") == []


@pytest.mark.parametrize(
    "line",
    ["from django.shortcuts import render", "from django.http import Http404", "from django.template import loader"],
)
def test_actions_know_no_http_and_no_templates(house, line):
    assert ["no HTTP" in each for each in house(halls__actions=line + "\n")] == [True]


def test_views_ask_queries(house):
    assert house(halls__views="rows = Hall.objects.all()\n") == [
        "hall/halls/views.py:1: views use .objects; ask queries, which know what this viewer may see."
    ]


@pytest.mark.parametrize("name", ["utils", "helpers", "signals", "admin"])
def test_some_names_are_not_used(house, name):
    assert [f"There is no {name}.py in this house" in each for each in house(**{f"halls__{name}": ""})] == [True]


@pytest.mark.parametrize(
    "line",
    [
        "from django.db.models.signals import post_save",
        "from django.dispatch import receiver",
        "from django.contrib import admin",
    ],
)
def test_signals_and_admin_stay_out(house, line):
    assert len(house(halls__apps=line + "\n")) == 1


def test_tests_and_migrations_may_import_what_they_like(house):
    assert (
        house(
            halls__tests__test_it="from hall.doors.models import Door\n",
            halls__migrations__first="import hall.roofs.views\n",
        )
        == []
    )


CALLING = ("import requests", "import socket", "from urllib.request import urlopen", "from urllib import request",
           "import http.client", "from http import client", "import httpx", "import urllib3.util", "from smtplib import SMTP")  # fmt: skip


@pytest.mark.parametrize("line", CALLING)
def test_nobody_calls_out_but_by_the_one_door(house, line):  # B23
    assert any("decision 0012" in each for each in house(halls__actions=f"{line}\n"))
    assert any("decision 0012" in each for each in house(core__anything=f"def late():\n    {line}\n"))


def test_the_one_door_itself_may(house):
    assert house(core__outgoing="import socket\nimport http.client\n", halls__actions="") == []
