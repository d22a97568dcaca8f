"""Rules on the command line: one JSON object out, whatever the words are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from hall.core import explain
from hall.core.explain import answer, answer_line, topics

ROOT = Path(explain.__file__).resolve().parents[2]
SLIP = (
    "base --post 2830 --grade 1510 --basic 3200 --incentive 4000 --pension 603.20 --annuity 301.60 --medical 150.80"
    " --unemployment 37.70 --housing 904.80 --tax 21.50"
)


@pytest.fixture
def english():
    with override("en"):
        yield


@pytest.mark.parametrize(
    "line, said",
    [
        (SLIP, {"base": "5520.40", "rule": "DUE-11"}),
        ("notice --posted 2026-02-12", {"ends": "2026-02-26", "provisional": False}),
        ("notice --posted 2026年2月12日 --inclusive --days=5", {"ends": "2026-02-25", "provisional": False}),
        ("notice --posted 2026-12-28", {"ends": "2027-01-04", "provisional": True}),
        ("id 11010519491231002X", {"valid": True, "reason": ""}),
        ("credit-code 12990000MB0000000F", {"valid": True, "reason": ""}),
        (
            "majority --rule VOTE-2 --should 20 --present 11 --agree 9 --written-agree 2",
            {"quorum": True, "passed": True, "rule": "VOTE-2", "findings": []},
        ),
        (
            "majority --rule VOTE-3 --should 20 --present 16 --agree 9",
            {"quorum": True, "passed": True, "rule": "VOTE-3", "findings": []},
        ),
        (
            "dues --payer wage --base 3333.30 --on 2026-03",
            {"amount": "33.33", "rule": "DUE-01", "source": "DUES08 Arts. 1-2", "findings": []},
        ),
        (
            "dues --payer student --on 2026-03-05",
            {"amount": "0.20", "rule": "DUE-06", "source": "DUES08 Art. 6", "findings": []},
        ),
        (
            "dues --payer farmer --base=0.5 --on 2026-03",
            {"amount": "0.50", "rule": "DUE-05", "source": "DUES08 Art. 6", "findings": []},
        ),
    ],
)
def test_a_request_is_answered_in_full(line, said):
    assert answer_line(line) == (0, said)


def test_a_finding_comes_in_both_languages_with_rule_weight_and_source():  # DUE-14
    code, said = answer_line("dues --payer wage --base 80000 --on 2026-03")
    assert (code, said["amount"]) == (0, "1000.00")
    (finding,) = said["findings"]
    assert (finding["rule"], finding["must"], finding["source"]) == ("DUE-14", False, "DUES17 (1)")
    assert "党员自愿可以多交" in finding["zh"]
    assert "the rate alone gives 1,600.00 yuan" in finding["en"]


@pytest.mark.parametrize("number", ["110105194912310021", "990000200502300018", "110105491231002", "3.3E+17", "''"])
def test_a_wrong_number_is_an_answer_with_a_reason(number):
    code, said = answer_line(f"id {number}")
    assert (code, said["valid"], bool(said["reason"])) == (0, False, True)


@pytest.mark.parametrize(
    "line, because",
    [
        ("", "Say what"),
        ("   ", "Say what"),
        ("--help", "Say what"),
        ("dues --help", "Say what"),
        ("--batch", "cannot be explained"),
        ("weather", "cannot be explained"),
        ('dues "', "quotation"),
        ("dues", "--payer is missing"),
        ("dues --payer wage --on 2026-03", "--base is missing"),
        ("dues --payer wage --base 100", "--on is missing"),
        ("dues --payer king --base 100 --on 2026-03", "kind of payer"),
        ("dues --payer wage --base NaN --on 2026-03", "not an amount"),
        ("dues --payer wage --base 1e9 --on 2026-03", "not an amount"),
        ("dues --payer wage --base 33.333 --on 2026-03", "not an amount"),
        ("dues --payer wage --base -5 --on 2026-03", "negative"),
        ("dues --payer wage --base -1e3 --on 2026-03", "not an amount"),
        ("dues --payer wage --base 99999999999999999999 --on 2026-03", "larger"),
        ("dues --payer wage --base '' --on 2026-03", "needs a value"),
        ("dues --payer wage --base --on 2026-03", "needs a value"),
        ("dues --payer wage --base", "needs a value"),
        ("dues --payer wage --base 1 --base 2 --on 2026-03", "given twice"),
        ("dues --payer wage --base 1 --on 2026-13", "not a date|does not exist"),
        ("dues --payer wage --base 1 --on 2008-03-31", "first begins"),
        ("dues --payer wage --base 1 --on 2026-03 --colour red", "--colour is not an option"),
        ("dues --payer wage --base 1 --on 2026-03 110105194912310021", "… is not an option"),
        ("dues --pay wage", "--pay is not an option"),
        ("dues --payer student --base NaN --on 2026-03", "not an amount"),
        ("dues --payer farmer --base 0.10 --on 2026-03", "between 0.20"),
        ("dues --payer farmer --base 1.50 --on 2026-03", "between 0.20"),
        ("base", "no pay that counts"),
        ("base --incentive 4000", "no pay that counts"),
        ("base --post 100 --tax 200", "exceed"),
        ("base --post -100", "negative"),
        ("majority --rule VOTE-9 --should 1 --present 1 --agree 1", "majority is not known"),
        ("majority --rule VOTE-1 --should 20 --present 10", "--agree is missing"),
        ("majority --rule VOTE-1 --should 20 --present 10 --agree 11", "More agreed"),
        ("majority --rule VOTE-1 --should 20 --present 21 --agree 1", "More were present"),
        ("majority --rule VOTE-1 --should 20 --present -1 --agree 0", "negative"),
        ("majority --rule VOTE-1 --should 1e2 --present 1 --agree 1", "whole number"),
        ("majority --rule VOTE-1 --should 2.5 --present 1 --agree 1", "whole number"),
        ("majority --rule VOTE-2 --should 20 --present 11 --agree 11 --written-agree 10", "absent"),
        ("notice", "--posted is missing"),
        ("notice --posted 2026-02-30", "does not exist"),
        ("notice --posted 26-2-3", "four digits"),
        ("notice --posted 9999-12-31", "between 1900"),
        ("notice --posted 2026-02-12 --days 0", "between 1 and 250"),
        ("notice --posted 2026-02-12 --days 1000000000", "whole number"),
        ("notice --posted 2026-02-12 --inclusive=no", "--inclusive is not an option"),
        ("id", "exactly one"),
        ("id 1 2", "exactly one"),
    ],
)
def test_unusable_words_are_answered_with_exit_2_and_a_sentence(line, because, english):
    code, said = answer_line(line)
    assert (code, list(said)) == (2, ["error"])
    assert any(part in said["error"] for part in because.split("|")), said


def test_a_number_is_never_echoed(english):  # ID-03
    for line in (
        "id 110105194912310021 x",
        "dues 110105194912310021",
        "id 110105194912310021",
        "credit-code 110105194912310021",
    ):
        assert "110105194912310021" not in json.dumps(answer_line(line)[1])


def test_full_width_digits_are_read():
    assert answer_line("dues --payer wage --base １２３４５．６７ --on ２０２６－０３")[1]["amount"] == "246.91"
    assert answer_line("majority --rule VOTE-1 --should ２０ --present 11 --agree 11")[1]["passed"] is True


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(["dues", "base", "majority", "notice", "id", "credit-code", ""])),
    st.lists(st.text(max_size=12), max_size=6),
)
def test_no_words_break_the_answer(topic, words):
    code, said = answer([topic, *words])
    assert code in (0, 2)
    assert json.loads(json.dumps(said)) == said


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30), st.text(max_size=12), st.text(max_size=12))
def test_no_value_breaks_the_answer(amount, day, number):
    for words in (
        ["dues", "--payer", "wage", "--base", amount, "--on", day],
        ["dues", "--payer=wage", f"--base={amount}", "--on=2026-03"],
        ["base", "--post", "100", "--tax", amount],
        ["majority", "--rule", "VOTE-2", "--should", number, "--present", "3", "--agree", number],
        ["notice", "--posted", day, "--days", number],
        ["id", amount],
    ):
        code, said = answer(words)
        assert code in (0, 2)
        assert json.loads(json.dumps(said)) == said


def test_every_topic_says_how_it_is_asked():
    assert list(topics()) == ["notice", "id", "credit-code", "majority", "dues", "base"]
    assert all(topic.usage for topic in topics().values())


def run(*words, lines=None):
    command = [sys.executable, "manage.py", "explain", *words]
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "HALL_DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"}
    done = subprocess.run(
        command, cwd=ROOT, input=lines, capture_output=True, env=environment, timeout=120, check=False
    )
    return done.returncode, done.stdout.decode("utf-8").splitlines()


def test_the_command_prints_one_object_and_needs_no_database():
    code, printed = run("dues", "--payer", "wage", "--base", "3333.30", "--on", "2026-03")
    assert (code, [json.loads(line)["amount"] for line in printed]) == (0, ["33.33"])


@pytest.mark.parametrize("words", [["--help"], ["dues", "--base"], ["id", b"\xff\xfe"], ["--batch", "x"], []])
def test_the_command_answers_unusable_words_on_standard_output(words):
    code, printed = run(*words)
    (said,) = [json.loads(line) for line in printed]
    assert (code, list(said)) == ((2, ["error"]) if words[:1] != ["id"] else (0, ["valid", "reason"]))


def test_a_batch_answers_a_line_for_each_line_and_goes_on():
    asked = [
        "dues --payer wage --base 3333.30 --on 2026-03",
        "",
        "nonsense",
        'id "',
        "\udcff",
        "notice --posted 2026-02-12",
    ]
    code, printed = run("--batch", lines="\n".join(asked).encode("utf-8", "surrogateescape"))
    said = [json.loads(line) for line in printed]
    assert (code, len(said)) == (0, len(asked))
    assert (said[0]["amount"], said[-1]["ends"]) == ("33.33", "2026-02-26")
    assert all(list(line) == ["error"] for line in said[1:-1])
