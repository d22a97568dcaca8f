"""The to-do list: each promise of a manifest that is not kept is said, with where and what to do."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.db import models

from hall.accounts import checks as post_checks
from hall.accounts.words import Post
from hall.core import checks, rulebook
from hall.core.modules import Module, Nav, Notice, PaperKind, Personal

PLAIN = Module(name="visits", title="Visits", permissions={"visits.view": "See"}, facts={"visits.visit.made": "Made"})


@pytest.fixture
def said(tmp_path, monkeypatch):
    """What the checks say about one made-up module `visits` with these files."""
    rulebook.read.cache_clear()

    def ask(check, module=PLAIN, **files):
        folder = tmp_path / "visits"
        for name, text in {"templates/visits/history/visits.visit.made.html": "", **files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        monkeypatch.setattr(checks, "manifests", lambda: iter([(module, folder)]))
        monkeypatch.setattr(post_checks, "manifests", lambda: iter([(module, folder)]))
        monkeypatch.setattr(checks, "folder_of", lambda name: tmp_path / "core")
        return [each.msg for each in check()]

    return ask


def test_a_module_that_keeps_its_promises_is_not_mentioned(said):
    page = '@page(needs="visits.view")\ndef visits(request): ...\n'
    for check in (checks.check_permissions, checks.check_facts, checks.check_notices, checks.check_papers):
        assert said(check, **{"views.py": page, "actions.py": 'act.record("visits.visit.made", visit)\n'}) == []


@pytest.mark.parametrize(
    "line",
    [
        '@page(needs="visits.make")\ndef make(request): ...',
        'with acting(by, "visits.make", within=1) as act: ...',
        'viewer.holds("visits.make")',
        'viewer.reach("visits.make")',
    ],
)
def test_a_permission_that_is_asked_for_is_declared(said, line):
    assert said(checks.check_permissions, **{"views.py": line + "\n"}) == [
        "hall/visits/views.py:1: the permission “visits.make” is declared nowhere."
    ]


def test_a_permission_of_the_menu_is_declared(said):
    module = replace(PLAIN, nav=(Nav("visits:visits", "Visits", needs="visits.read"),))
    assert said(checks.check_permissions, module) == [
        "hall/visits/module.py: the permission “visits.read” is declared nowhere."
    ]


def test_a_permission_bears_its_modules_name_and_a_title(said):
    module = replace(PLAIN, permissions={"dues.view": "See", "visits.view": " "})
    assert len(said(checks.check_permissions, module)) == 2


def test_a_fact_has_a_history_template_and_a_template_its_fact(said):
    module = replace(PLAIN, facts={"visits.visit.planned": "Planned"})
    assert said(checks.check_facts, module) == [
        "hall/visits/module.py: the fact “visits.visit.planned” has no history template.",
        "hall/visits/templates/visits/history/visits.visit.made.html: no fact has this name.",
    ]


def test_a_recorded_fact_is_declared(said):
    assert said(checks.check_facts, **{"actions.py": 'act.record_many("visits.visit.ended", rows)\n'}) == [
        "hall/visits: “visits.visit.ended” is recorded and not declared."
    ]


def test_a_module_listens_only_to_what_is_said_below(said):
    assert said(checks.check_facts, replace(PLAIN, listens={"dues.bill.issued": print})) == [
        "hall/visits/module.py: it listens to “dues.bill.issued”, which no module says."
    ]


def test_a_notice_hangs_on_a_fact_and_has_its_text(said):
    notices = (
        Notice("visits.visit.made", print, "visits/notices/made"),
        Notice("visits.none", print, "visits/notices/made"),
    )
    assert len(said(checks.check_notices, replace(PLAIN, notices=notices))) == 3
    kept = replace(PLAIN, notices=notices[:1])
    assert said(checks.check_notices, kept, **{"templates/visits/notices/made.txt": "Made"}) == []


@pytest.mark.parametrize(
    "text, wrong",
    [
        ("[[rate]]\nrule = 'DUE-01'\nsource = 'DUES08'\n", []),
        ("rule = 'DUE-01'\nsource = 'DUES08'\n[[rate]]\nup_to = 1\n", []),
        ("[[rate]]\nrule = 'DUE-01'\n", ["hall/visits/rates.toml: [[rate]] no. 1 names no source."]),
        ("[settings.limit]\ndefault = 5\n", ["hall/visits/rates.toml: [settings.limit] names no rule and no source."]),
    ],
)
def test_each_entry_of_a_rulebook_names_rule_and_source(said, text, wrong):
    assert said(checks.check_rulebooks, **{"rates.toml": text}) == wrong


def test_a_rulebook_that_does_not_parse_is_named(said):
    assert [
        "hall/visits/rates.toml: it cannot be read" in each
        for each in said(checks.check_rulebooks, **{"rates.toml": "[["})
    ] == [True]


@pytest.mark.parametrize(
    "column, text",
    [
        (models.CharField(max_length=9), True),
        (models.TextField(), True),
        (models.EmailField(), True),
        (models.JSONField(), True),
        (models.CharField(max_length=9, choices=[("a", "A")]), False),
        (models.IntegerField(), False),
        (models.DateField(), False),
    ],
)
def test_a_column_for_free_text_may_hold_personal_data(column, text):
    assert checks.holds_text(column) is text


def test_every_text_column_is_declared_and_every_declared_column_exists(said, monkeypatch):
    columns = [models.CharField(max_length=9), models.TextField()]
    for column, name in zip(columns, ("name", "note"), strict=True):
        column.name = name
    table = SimpleNamespace(__name__="Visit", _meta=SimpleNamespace(local_fields=columns))
    monkeypatch.setattr(checks, "_tables", lambda name: [table])
    entry = Personal("Visit.name", "find", "DUES08", "L2", "30 years")
    assert said(checks.check_privacy, replace(PLAIN, privacy=(entry,), not_personal=("Visit.note",))) == []
    assert said(checks.check_privacy, replace(PLAIN, privacy=(entry,), not_personal=("Visit.gone",))) == [
        "hall/visits/module.py: nobody said whether Visit.note holds personal data.",
        "hall/visits/module.py: Visit.gone does not exist.",
    ]
    unclear = replace(entry, level="L9")
    assert len(said(checks.check_privacy, replace(PLAIN, privacy=(unclear,), not_personal=("Visit.note",)))) == 1


def test_a_paper_has_its_template(said):
    module = replace(PLAIN, papers=(PaperKind("visits.letter", "Letter", "typst/letter.typ"),))
    assert len(said(checks.check_papers, module)) == 1
    assert said(checks.check_papers, module, **{"typst/letter.typ": ""}) == []


def test_the_menu_leads_somewhere(said):
    assert said(checks.check_menu, replace(PLAIN, nav=(Nav("visits:nowhere", "Visits"),))) == [
        "hall/visits/module.py: the menu names “visits:nowhere”, which is no address."
    ]


def post(*may, office=False):
    return {"x": Post("x", "岗位", "Post", ("branch",), frozenset(may), office)}


@pytest.mark.parametrize(
    "posts, wrong",
    [
        (post("visits.view"), 0),
        (post(), 1),  # nobody holds visits.view
        (post("visits.view", "visits.fly"), 1),  # nobody declares visits.fly
        (post("visits.view", "visits.propose", "visits.approve"), 3),  # PERM-02, and two undeclared
        (post("visits.view", office=True), 1),  # PERM-02: the machine's keeper does no business
    ],
)
def test_posts_fit_the_manifests_and_keep_duties_apart(said, monkeypatch, posts, wrong):
    monkeypatch.setattr(post_checks, "posts", lambda: posts)
    assert len(said(post_checks.check_posts)) == wrong


def test_an_inner_permission_and_ones_own_need_no_post(said, monkeypatch):
    monkeypatch.setattr(post_checks, "posts", lambda: post("visits.view"))
    module = replace(
        PLAIN, permissions={"visits.view": "See", "visits.own": "Own", "visits.issue": "Issue"}, inner=("visits.issue",)
    )
    assert said(post_checks.check_posts, module) == []
