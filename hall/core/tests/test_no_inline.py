"""The sources keep to the policy: no inline script, style or handler, no unescaped text, no sink for HTML (B03, B35)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

HALL = settings.BASE_DIR / "hall"
PAGES = sorted(path for path in HALL.rglob("*.html") if "tests" not in path.parts)
SCRIPTS = sorted(path for path in HALL.rglob("static/**/*.js") if "vendor" not in path.parts)
CODE = sorted(path for path in HALL.rglob("*.py") if "tests" not in path.parts)
INLINE = {
    "a script without an address": r"<script(?![^>]*\bsrc=)",
    "a script without the answer's word": r"<script(?![^>]*nonce=\"\{\{ csp_nonce \}\}\")",
    "a style": r"<style\b|\sstyle\s*=",
    "a handler": r"\son[a-z]+\s*=\s*[\"'{]",
    "a script as an address": r"(?:href|src|action)\s*=\s*[\"']?\s*(?:javascript|data|vbscript):",
    "words of htmx that run code": r"hx-on|hx-vals\s*=\s*[\"']js|hx-ext",
    "escaping switched off": r"\|\s*safe(?:seq)?\b|autoescape\s+off|\|\s*escapejs",
    "an attribute without quotes around a value": r"\s[\w-]+=\{\{",
    "a page in a page": r"<(?:iframe|object|embed|frame|base)\b|http-equiv",
}
SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\(\s*[\"'`]|srcdoc"
    r"|createContextualFragment|parseFromString|setHTMLUnsafe|parseHTMLUnsafe|\.href\s*=|location\s*=|addEventListener\(\s*[\"']message"
)
RAW = re.compile(r"\bmark_safe\(|format_html\(\s*f[\"']|format_html\([^\"'(]|SafeString\(f")
CLEANED = {"hall/core/templatetags/hall.py": ['SafeString(f\'<div class="rich"']}  # |rich: what nh3 cleaned


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds(what: str) -> None:
    found = [f"{path.relative_to(HALL)}: {hit}" for path in PAGES for hit in re.findall(INLINE[what], path.read_text())]
    assert found == []


def test_our_scripts_have_no_sink_for_text_and_hear_no_messages() -> None:
    """B35: nothing of ours turns text into a page; no frame is listened to, so no origin need be checked."""
    assert [path.name for path in SCRIPTS] == ["hall.js", "passkeys.js"]
    for path in SCRIPTS:
        assert SINKS.findall(path.read_text()) == [], path.name


def test_no_code_calls_text_safe_that_it_did_not_clean() -> None:
    found = []
    for path in CODE:
        name = path.relative_to(settings.BASE_DIR).as_posix()
        lines = [line.strip() for line in path.read_text().splitlines() if RAW.search(line)]
        found += [f"{name}: {line}" for line in lines if not any(known in line for known in CLEANED.get(name, ()))]
    assert found == []


@pytest.mark.control
def test_control_each_rule_finds_what_it_forbids() -> None:
    bad = (
        "<script>1</script>", '<script src="x">', ' style="a"', ' onclick="x"', 'href="javascript:1"', "hx-on:click",
        "{{ x|safe }}", " value={{ x }}", "<iframe",
    )  # fmt: skip
    for rule, text in zip(INLINE.values(), bad, strict=True):
        assert re.search(rule, text), rule
    assert SINKS.search("a.innerHTML = b") and RAW.search("mark_safe(text)")


def test_these_are_all_the_templates_there_are() -> None:
    assert len(PAGES) > 100 and Path(HALL / "core/templates/core/base.html") in PAGES
