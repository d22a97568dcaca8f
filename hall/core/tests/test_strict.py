"""B25: JSON that two readers could understand in two ways is refused, and takes no time."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.core.strict import DEEPEST, LARGEST, read_json

BAD = {
    "ten thousand deep": b"[" * 10_000 + b"]" * 10_000,
    "ten thousand names deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "not a number": b'{"a": NaN}',
    "infinity": b"[Infinity, -Infinity]",
    "1e309": b"[1e309]",
    "-1e309": b"[-1e309]",
    "a huge number": b"[" + b"9" * 5000 + b"]",
    "a name twice": b'{"a": 1, "a": 2}',
    "a name twice, once escaped": b'{"a": 1, "\\u0061": 2}',
    "a name twice within": b'[{"b": {"a": 1, "a": 1}}]',
    "half a character": b'["\\ud800"]',
    "NUL": b'["\\u0000"]',
    "a control character in a name": b'{"\\u0007": 1}',
    "no UTF-8": b'["\xff"]',
    "UTF-16": '["a"]'.encode("utf-16"),
    "something after": b"[1] [2]",
    "nothing": b"",
    "a comment": b"[1] // a",
    "a single quote": b"{'a': 1}",
    "too long": b'["' + b"a" * LARGEST + b'"]',
    "quotes without end": b'"' * 60_000,
}


@pytest.mark.parametrize("what", BAD)
def test_refused(what):
    start = time.process_time()
    with pytest.raises(ValueError):
        read_json(BAD[what])
    assert time.process_time() - start < 0.1


WORD = st.text('ab党 "{[\\', max_size=5)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=6,
)


@given(PLAIN)
def test_what_is_plain_is_read_as_it_is(value):
    assert read_json(json.dumps(value).encode()) == value


def test_a_bracket_in_a_text_is_no_depth():
    assert read_json(json.dumps(["[" * 500, '\\"[[[']).encode()) == ["[" * 500, '\\"[[[']
    assert read_json(b"[" * DEEPEST + b"]" * DEEPEST)
