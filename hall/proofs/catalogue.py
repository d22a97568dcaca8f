"""The adversary catalogue (assurance §6, groups A, B, C, T) and the tests that cite it.

A test cites a case by its id in a comment or a docstring of its own, or in the docstring of its file. A test that is skipped,
expected to fail, or only run in the long form counts for nothing. `python -m hall.proofs.catalogue` writes
`docs/generated/catalogue.md`; with `--missing` it prints what nobody cites yet.
"""

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "generated" / "catalogue.md"
CITED = re.compile(r"\b([ABCT]\d\d)\b(?:[–-]([ABCT]\d\d)\b)?")
IDLE = ("mark.skip", "mark.xfail", "mark.long", "mark.skipif")
PLACES = ("hall/**/tests/**/test_*.py", "journeys/test_*.py", "faults/**/test_*.py")


@dataclass(frozen=True, slots=True)
class Case:
    """One attempt. `waits_for` names the module whose subject it is and that is not built yet."""

    id: str
    attempt: str
    expected: str
    kind: str
    priority: str
    waits_for: str = ""


def cases() -> list[Case]:
    """Every case of the catalogue, in its order."""
    text = Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8")
    return [Case(**row) for row in tomllib.loads(text)["case"]]


def citations() -> dict[str, list[str]]:
    """Case id → the tests that cite it, as `path::name`; `path` alone where the file's docstring does."""
    found: dict[str, list[str]] = defaultdict(list)
    for pattern in PLACES:
        for path in sorted(ROOT.glob(pattern)):
            for name, ids in _cited_in(path.read_text(encoding="utf-8")):
                where = "::".join(filter(None, (path.relative_to(ROOT).as_posix(), name)))
                for each in sorted(ids):
                    found[each].append(where)
    return dict(found)


def _cited_in(source: str) -> Iterator[tuple[str, set[str]]]:
    tree = ast.parse(source)
    if any(idle in ast.unparse(node) for node in tree.body if _is_mark(node) for idle in IDLE):
        return
    yield "", _ids(ast.get_docstring(tree) or "")
    comments = _comments(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not _is_idle(node):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            near = [text for line, text in comments if first <= line <= (node.end_lineno or first)]
            yield node.name, _ids("\n".join([ast.get_docstring(node) or "", *near]))


def _is_mark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)


def _is_idle(node: ast.FunctionDef) -> bool:
    return any(idle in ast.unparse(each) for each in node.decorator_list for idle in IDLE)


def _comments(source: str) -> list[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def _ids(text: str) -> set[str]:
    """Ids named in the text; `A16–A18` names all three."""
    found = set()
    for first, last in CITED.findall(text):
        found.add(first)
        if last and last[0] == first[0]:
            found |= {f"{first[0]}{number:02}" for number in range(int(first[1:]), int(last[1:]) + 1)}
    return found


def unproven() -> list[Case]:
    """Cases that block a release and that no test cites, but for those whose subject is not built."""
    cited = citations()
    return [each for each in cases() if each.priority == "P0" and not each.waits_for and each.id not in cited]


def page() -> str:
    """The catalogue with its tests, as Markdown."""
    cited = citations()
    lines = [
        "# Adversary catalogue · 攻防用例", "",
        "<!-- Written by `python -m hall.proofs.catalogue`; do not edit by hand. -->", "",
        "What is tried against the hall, what must happen, and the tests that hold it. P0 blocks a release.", "",
        "| Id | | Tried | Must happen | Held by |", "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [_row(each, cited.get(each.id, [])) for each in cases()]
    return "\n".join(lines) + "\n"


def _row(case: Case, tests: list[str]) -> str:
    held = "<br>".join(f"`{each}`" for each in tests[:6]) + (f"<br>and {len(tests) - 6} more" if len(tests) > 6 else "")
    wait = f"its subject comes with `{case.waits_for}`" if case.waits_for else ""
    cells = (case.id, case.priority, case.attempt, case.expected, "<br>".join(filter(None, (held, wait))) or "not yet")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    if "--missing" in sys.argv:
        sys.stdout.writelines(f"{each.id}  {each.attempt}  →  {each.expected}\n" for each in unproven())
    else:
        PAGE.write_text(page(), encoding="utf-8")
