"""Log lines (B30, T11, T25): one JSON object a line, and nothing in it that must not stand in a log."""

import json
import logging

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from hall.core.logs import Lines, complaint, scrubbed


def line(message: str, *args: object, error: BaseException | None = None) -> str:
    said = (type(error), error, error.__traceback__) if error else None
    return Lines().format(logging.LogRecord("hall.test", logging.WARNING, "x.py", 1, message, args, said))


@given(st.text(max_size=200))
def test_one_event_is_one_line_of_json_whatever_a_name_holds(name):  # B30
    written = line("work of %s begins", name)
    assert len(written.splitlines()) == 1
    assert "\x1b" not in written
    assert set(json.loads(written)) == {"at", "level", "logger", "message"}


@pytest.mark.parametrize(
    "name",
    [
        "a\nINFO root forged",
        "a\r\nb",
        "\x1b[31mred",
        "\x9b31m",
        'x", "level": "DEBUG',
        "\u2028x",
        "\u202egnp",
        "\ud800",
    ],
)
def test_no_name_forges_a_line_or_colours_a_terminal(name):  # B30
    written = line("signed in: %s", name)
    assert len(written.splitlines()) == 1
    assert json.loads(written)["level"] == "WARNING"
    assert not [each for each in written if not each.isprintable()]


SECRET = [
    "110105194912310021",
    "11010519491231002X",
    "13800138000",
    "+86 13800138000",
    "6222021234567890123",
    "password=Hunter2!x",
    '"password": "Hunter2!x"',
    "口令：Hunter2!x",
    "token=abcDEF123",
    "/accounts/activation/MQ/c9zq1x-0123456789abcdef0123456789abcdef/",
    "sessionid=abcdef123456",
]


@pytest.mark.parametrize("text", SECRET)
def test_numbers_and_secrets_are_masked(text):  # T11
    said = scrubbed(f"before {text} after")
    assert "[…]" in said
    for hidden in ("Hunter2", "13800138000", "110105", "622202", "abcDEF123", "0123456789abcdef", "abcdef123456"):
        assert hidden not in said
    assert said.startswith("before ") and said.endswith(" after")


@pytest.mark.parametrize(
    "text", ["2026-03-05 14:03", "entry 0199a3c2-7d1e-7a55-9f00-1234567890ab", "3 of 1200 rows", "1762000000"]
)
def test_what_is_no_secret_stays(text):
    assert scrubbed(text) == text


@given(st.from_regex(r"[1-6][0-9]{16}[0-9X]", fullmatch=True))
def test_no_id_number_survives(number):  # T11
    assert number not in line("row %s", number)


def test_a_database_complaint_keeps_no_values():  # T11, T25
    error = IntegrityError(
        'duplicate key value violates unique constraint "campus_number_once"\nDETAIL:  Key (campus_no)=(T998877) already exists.'
    )
    assert complaint(error) == 'IntegrityError: duplicate key value violates unique constraint "campus_number_once"'


def test_what_an_exception_quotes_is_left_out_and_its_cause_is_told():  # T25
    typed = "".join(("吴", "建国 住址 12 号"))
    try:
        try:
            int(typed)
        except ValueError as cause:
            raise KeyError("name") from cause
    except KeyError as error:
        written = line("broke off", error=error)
    told = json.loads(written)["trace"]
    assert ("KeyError: 'name'" in told, "ValueError" in told, "吴建国" in told) == (True, True, False)
    assert "test_logs.py" in told


def test_control_a_plain_formatter_lets_all_of_it_through():  # T11
    record = logging.LogRecord("x", logging.WARNING, "x.py", 1, "row %s\n%s", ("110105194912310021", "forged"), None)
    written = logging.Formatter("%(levelname)s %(message)s").format(record)
    assert "110105194912310021" in written and len(written.splitlines()) == 2


def test_the_hall_writes_its_log_this_way(settings):  # B30
    assert settings.LOGGING["formatters"]["line"]["()"] == "hall.core.logs.Lines"
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "line"
