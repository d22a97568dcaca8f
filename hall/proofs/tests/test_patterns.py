"""B24: no pattern of the hall takes long, whatever it is given: 100 kB made of its own characters, a second at most.

Patterns are read from the source: compiled ones and those written where they are used. Time is the processor's own; a
pattern that goes over its input twice nested would need minutes, so the bound need not be tight. Every field of a form has
a length besides; within it the budget is a tenth of a second.
"""

import ast
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from django import forms
from django.conf import settings

from hall.core.richtext import LONGEST, RichField

HALL = settings.BASE_DIR / "hall"
LENGTH = 100_000
BUDGET = 1.0  # seconds of the processor for one input
CALLS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}


@cache
def patterns() -> tuple[tuple[str, str | bytes, int], ...]:
    """(where, pattern, flags) of every pattern in the hall's code."""
    found = {}
    for path in sorted(HALL.rglob("*.py")):
        if not {"tests", "migrations", "testing"} & set(path.relative_to(HALL).parts):
            for where, text, flags in _of(path):
                found.setdefault((text, flags), where)
    return tuple((where, text, flags) for (text, flags), where in found.items())


def _of(path: Path) -> Iterator[tuple[str, str | bytes, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re":
            text = _text(node.args[0]) if node.func.attr in CALLS and node.args else None
            if text:
                words = " ".join(ast.unparse(each) for each in [*node.args[1:], *[k.value for k in node.keywords]])
                flags = re.IGNORECASE * ("re.IGNORECASE" in words) | re.DOTALL * ("re.DOTALL" in words)
                yield f"{path.relative_to(HALL)}:{node.lineno}", text, int(flags)


def _text(node: ast.expr) -> str | bytes | None:
    """The pattern if it is written out; an f-string with its holes filled by a word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "h1" for part in node.values)
    return None


def inputs(pattern: str | bytes) -> Iterator[str | bytes]:
    """Long texts of the characters that occur in the pattern, of what classes stand for, and of pairs of them."""
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    own = [
        each for each in dict.fromkeys(re.sub(r"\\[dswDSWbBAZz]|[\\^$.|?*+()\[\]{}]", "", text)) if each.isprintable()
    ]
    letters = [*own[:8], "1", "a", " ", "党" if isinstance(pattern, str) else "z", "\t"]
    fills = [*letters, *(one + two for one in letters[:5] for two in letters[:5] if one != two), "".join(letters)]
    for fill in fills:
        made = (fill * (LENGTH // len(fill))) + "!"
        yield made.encode("latin-1", "replace") if isinstance(pattern, bytes) else made


class Slow(Exception):
    pass


def _stop(_number: int, _frame: object) -> None:
    raise Slow


def longest(pattern: str | bytes, flags: int) -> tuple[float, str]:
    """The longest time of the processor over all inputs, and the input's beginning; broken off after six budgets."""
    compiled, worst = re.compile(pattern, flags), (0.0, "")
    before = signal.signal(signal.SIGVTALRM, _stop)
    try:
        for made in inputs(pattern):
            signal.setitimer(signal.ITIMER_VIRTUAL, BUDGET * 6)
            start = time.process_time()
            for deed in (compiled.fullmatch, compiled.search, lambda text: compiled.sub(type(text)(), text)):
                deed(made)
            worst = max(worst, (time.process_time() - start, repr(made[:20])))
    except Slow:
        worst = (BUDGET * 6, repr(made[:20]))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return worst


def test_all_patterns_are_looked_at() -> None:
    assert len(patterns()) > 40


@pytest.mark.parametrize("where, pattern, flags", patterns(), ids=[each[0] for each in patterns()])
def test_a_pattern_is_linear(where: str, pattern: str | bytes, flags: int) -> None:
    took, made = longest(pattern, flags)
    assert took < BUDGET, f"{where} {pattern!r} took {took:.1f} s for {made}…"


@pytest.mark.control
def test_control_a_pattern_that_runs_away_is_stopped() -> None:
    assert longest(r"(a+)+$", 0)[0] >= BUDGET
    assert longest(r"\s+$", 0)[0] >= BUDGET


@pytest.mark.parametrize(
    "fill",
    ["<", "<b>", "**", "[a](https://", "[", "# ", "- ", "1. ", "&", "<a ", "</p", "<p>", "\n", "<!--", "<svg><style>"],
)
def test_a_long_text_is_read_within_its_budget(fill: str) -> None:
    text = (fill * LONGEST)[:LONGEST]
    start = time.process_time()
    with suppress(forms.ValidationError):
        RichField().clean(text)
    assert time.process_time() - start < 0.5
