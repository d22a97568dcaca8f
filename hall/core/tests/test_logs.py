"""B30: whatever a request says, the log has one line of JSON for it."""

import json
import logging

from hypothesis import given
from hypothesis import strategies as st

from hall.core.logs import OneLine

NASTY = 'lin\n{"level": "ERROR"}\r\n\x1b[2J\x9b31m\u2028\u202egnp.exe\x00\x7f"}\\'


def record(text: str, *arguments: str, **more: object) -> logging.LogRecord:
    return logging.makeLogRecord({"name": "hall", "levelname": "INFO", "msg": text, "args": arguments, **more})


def test_a_nasty_name_stays_within_its_line():
    line = OneLine().format(record("sign-in of %s", NASTY))
    assert line.isprintable() and json.loads(line)["text"] == f"sign-in of {NASTY}"


def test_a_trace_is_part_of_the_line():
    try:
        raise ValueError(NASTY)
    except ValueError as error:
        line = OneLine().format(record("broken", exc_info=(ValueError, error, error.__traceback__)))
    assert line.isprintable() and "ValueError" in json.loads(line)["trace"]


@given(st.text())
def test_any_text_comes_back_and_breaks_no_line(text):
    line = OneLine().format(record("%s", text))
    assert len(line.splitlines()) == 1 and json.loads(line)["text"] == text
