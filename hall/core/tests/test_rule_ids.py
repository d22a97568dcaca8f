"""The rules by id: docs/develop/domain-rules.md and the code name the same ones."""

import re
from pathlib import Path

import hall

SOURCE = Path(hall.__file__).parent
PAGE = SOURCE.parent / "docs" / "develop" / "domain-rules.md"
RULE_ID = re.compile(r"\b(?:ORG|VOTE|DEV|PUB|SM|VER|PERM|FLT|LOST|PRF|ID|STA|ARC|LAW|CAL|DUE|TRF)-\d+")


def _in_code() -> set[str]:
    files = [path for kind in ("*.py", "*.toml", "*.html") for path in SOURCE.rglob(kind) if "vendor" not in path.parts]
    return {rule for path in files for rule in RULE_ID.findall(path.read_text(encoding="utf-8"))}


def _on_page() -> set[str]:
    return set(re.findall(r"^\| ((?:[A-Z]+)-\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_rule_in_the_code_stands_on_the_page():
    assert _in_code() - _on_page() == set()


def test_every_rule_on_the_page_stands_in_the_code():
    assert _on_page() - _in_code() == set()
