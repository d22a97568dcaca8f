"""Numbers without gaps, copies that do not change, papers answered by papers."""

import threading
from datetime import date
from unittest.mock import patch

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall.core.findings import Refused
from hall.core.modules import PaperKind, paper_kinds
from hall.ledger.acting import System, acting
from hall.organisations.actions import found_organisation
from hall.organisations.words import Kind
from hall.papers import actions, queries, rules
from hall.papers.models import Counter, Paper
from hall.papers.tests.conftest import BY, DAY, KIND


def serials(organisation, year=2026):
    return list(
        Paper.objects.filter(organisation=organisation, year=year).order_by("serial").values_list("serial", flat=True)
    )


def issue_many(organisation, count, on=DAY):
    with acting(BY, "tests") as act:
        return actions.issue_many(
            by=act, kind=KIND, organisation=organisation, copies=[actions.Copy({"n": n}) for n in range(count)], on=on
        )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.integers(2024, 2026)), max_size=10))
def test_numbers_have_no_gap_and_no_double_whatever_is_rolled_back(cast, sample, batches):
    Paper.objects.all().delete()
    Counter.objects.all().delete()
    wanted = {}
    for count, fails, year in batches:
        with pytest.raises(Refused) if fails else _nothing(), acting(BY, "tests") as act:
            copies = [actions.Copy({"n": n}) for n in range(count)]
            actions.issue_many(by=act, kind=sample, organisation=cast.branch, copies=copies, on=date(year, 3, 5))
            act.record("papers.paper.replaced", cast.branch, by_number="", reason="")
            if fails:
                raise Refused([])
        wanted[year] = wanted.get(year, 0) + (0 if fails else count)
    for year, count in wanted.items():
        assert serials(cast.branch, year) == list(range(1, count + 1))


class _nothing:
    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return False


def test_each_kind_organisation_and_year_counts_for_itself(cast, issue, monkeypatch):
    monkeypatch.setitem(paper_kinds(), "papers.other", PaperKind("papers.other", "另一种", "tests/sample.typ"))
    with acting(BY, "tests") as act:
        actions.issue(by=act, kind="papers.other", organisation=cast.branch, copy=actions.Copy({}), on=DAY)
    made = [issue(), issue(organisation=cast.other_branch), issue(on=date(2025, 3, 5)), issue()]
    assert [paper.number for paper in made] == ["2026-00001", "2026-00001", "2025-00001", "2026-00002"]


def test_issuing_many_takes_as_many_statements_as_issuing_one(cast, sample, django_assert_num_queries):
    issue_many(cast.branch, 1)
    with django_assert_num_queries(20, exact=False) as one:
        issue_many(cast.branch, 1)
    with django_assert_num_queries(20, exact=False) as many:
        issue_many(cast.branch, 50)
    assert len(one.captured_queries) == len(many.captured_queries)


def race(organisation, issuers=4, each=5):
    """Several hands issue at once. Answers what went wrong in them."""
    gate, wrong = threading.Barrier(issuers), []

    def work():
        try:
            gate.wait(10)
            for _paper in range(each):
                issue_many(organisation, 1)
        except Exception as error:  # the thread's error is the test's finding
            wrong.append(error)
        finally:
            connections.close_all()

    hands = [threading.Thread(target=work) for _hand in range(issuers)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    return wrong


@pytest.fixture
def branch(transactional_db, sample):
    root = found_organisation(by=System("tests"), name="党委", kind=Kind.COMMITTEE, under=None, on=DAY)
    issue_many(root, 1)  # the counter is there, so that only its lock decides
    return root


@pytest.mark.race
def test_hands_that_issue_at_once_take_consecutive_numbers(branch):
    assert race(branch) == []
    assert serials(branch) == list(range(1, 22))


@pytest.mark.race
@pytest.mark.control
@pytest.mark.postgres
def test_without_the_lock_a_number_is_taken_twice(branch):
    def unlocked(kind, organisation, year, count):
        counter = Counter.objects.get(kind=kind, organisation=organisation, year=year)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.02)")
        Counter.objects.filter(pk=counter.pk).update(taken=counter.taken + count)
        return counter.taken

    with patch.object(actions, "_take", unlocked):
        wrong = race(branch)
    assert wrong or serials(branch) != list(range(1, 22))


def test_a_paper_is_answered_once_by_a_paper_that_names_it(cast, issue):  # A22
    first = issue(amount="20.00")

    def answer(paper, reason="金额填错"):
        return actions.replace(
            by=BY, paper=paper, copy=actions.Copy({"amount": "200.00"}, "吴建国"), on=DAY, reason=reason
        )

    with pytest.raises(Refused):
        answer(first, reason=" ")
    second = answer(first)
    with pytest.raises(Refused):
        answer(first)
    third = answer(second)
    assert [paper.number for paper in (first, second, third)] == ["2026-00001", "2026-00002", "2026-00003"]
    assert queries.content_of(second)["replaces"] == "2026-00001"
    assert [queries.check(p.code).replaced_by for p in (first, second, third)] == ["2026-00002", "2026-00003", ""]
    assert queries.content_of(Paper.objects.get(pk=first.pk))["amount"] == "20.00"


def _issue_and_refuse(organisation):
    with acting(BY, "tests") as act:
        actions.issue(by=act, kind=KIND, organisation=organisation, copy=actions.Copy({}), on=DAY)
        raise Refused([])


def test_a_paper_that_was_refused_leaves_no_number(cast, issue):
    issue()
    with pytest.raises(Refused):
        _issue_and_refuse(cast.branch)
    assert [issue().number, issue().number] == ["2026-00002", "2026-00003"]


@pytest.mark.parametrize("typed", ["abcd-efgh-jkmn", "ＡＢＣＤ EFGH JKMN", "abcdefghjkmn", " ABCD—EFGH—JKMN "])
def test_a_code_is_read_however_it_is_typed(typed):
    assert rules.clean_code(typed) == "ABCDEFGHJKMN"


def test_codes_have_no_letter_that_is_misread():
    assert not set(rules.ALPHABET) & set("01ILO")
    assert len({rules.new_code() for _each in range(2000)}) == 2000


@pytest.mark.parametrize(
    "name, shown",
    [
        ("", ""),
        ("张", "*"),
        ("张三", "张*"),
        ("张三丰", "张*丰"),
        ("阿卜杜拉·买买提", "阿******提"),
        ("𠮷田明", "𠮷*明"),
    ],
)
def test_a_name_is_masked_for_strangers(name, shown):  # PRF-04
    assert rules.masked_name(name) == shown


@settings(max_examples=100)
@given(st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=20), st.integers(), st.none()), max_size=6))
def test_one_content_has_one_text_and_any_change_another_digest(content):
    text = rules.copy_text(content)
    assert text == rules.copy_text(dict(reversed(content.items())))
    assert rules.digest(text) != rules.digest(rules.copy_text({**content, "更改": 1}))


def test_a_paper_is_signed_and_any_later_change_shows(issue, client):
    paper = Paper.objects.get(pk=issue(amount="20.00").pk)
    assert (queries.signature_of(paper), queries.check(paper.code).untouched) == ("valid", True)
    assert "本大厅已签名" in client.get(f"/papers/check/{rules.shown_code(paper.code)}/").content.decode()
    forged = rules.copy_text({"amount": "200.00"})
    paper.snapshot, paper.digest = forged, rules.digest(forged)  # copy and digest changed together
    paper.save()
    assert (queries.check(paper.code).signature, queries.check(paper.code).untouched) == ("wrong", False)


def test_a_signature_of_another_paper_does_not_fit(issue):
    one, other = issue(n=1), issue(n=2)
    other.signature = one.signature
    assert queries.signature_of(other) == "wrong"


def test_a_paper_of_before_the_signatures_is_judged_by_its_digest_alone(issue):
    paper = issue()
    Paper.objects.filter(pk=paper.pk).update(signature=None)
    assert (queries.check(paper.code).signature, queries.check(paper.code).untouched) == ("", True)
