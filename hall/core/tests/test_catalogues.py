"""Catalogue and source are compared entry by entry, and brought in line without guessing."""

import time
from pathlib import Path

import polib
import pytest

import hall
from hall.core import catalogues

HALL = Path(hall.__file__).parent

SOURCE = """from django.utils.translation import gettext as _

A = _("The bill is closed.")
B = _("Only %(owed)s is owed.")
"""
needs_gettext = pytest.mark.gettext


@pytest.fixture
def module(tmp_path):
    """A module folder whose catalogue agrees with its source."""
    folder = tmp_path / "hall" / "dues"
    (folder / "templates" / "dues").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "rules.py").write_text(SOURCE, encoding="utf-8")
    (folder / "templates/dues/bill.html").write_text('{% load i18n %}{% translate "Bill" %}', encoding="utf-8")
    write(folder, {"The bill is closed.": "账单已关闭。", "Only %(owed)s is owed.": "仅欠 %(owed)s。", "Bill": "账单"})
    return folder


def write(folder, texts):
    book = polib.POFile()
    book.metadata = catalogues.HEADER
    book.extend([polib.POEntry(msgid=msgid, msgstr=msgstr) for msgid, msgstr in texts.items()])
    save(folder, book)


def save(folder, book):
    (folder / catalogues.PLACE).parent.mkdir(parents=True, exist_ok=True)
    book.save(str(folder / catalogues.PLACE))


def entry(folder, msgid):
    book = polib.pofile(str(folder / catalogues.PLACE))
    return book, book.find(msgid)


@needs_gettext
def test_a_complete_catalogue_has_no_problems(module):
    assert catalogues.problems(module) == []


@needs_gettext
def test_a_new_sentence_is_missing(module):
    (module / "words.py").write_text(
        'from django.utils.translation import gettext as _\n\nC = _("Paid")\n', encoding="utf-8"
    )
    assert catalogues.problems(module) == ["hall/dues/locale/zh_Hans/LC_MESSAGES/django.po: “Paid” is missing."]


@needs_gettext
def test_a_sentence_that_left_the_source_is_named(module):
    (module / "templates/dues/bill.html").unlink()
    assert ["“Bill” is no longer in the source" in each for each in catalogues.problems(module)] == [True]


@needs_gettext
@pytest.mark.parametrize(
    "change, said",
    [
        (lambda entry: setattr(entry, "msgstr", ""), "is not translated"),
        (lambda entry: entry.flags.append("fuzzy"), "is marked fuzzy"),
        (lambda entry: setattr(entry, "obsolete", True), "is no longer in the source"),
        (lambda entry: setattr(entry, "msgstr", "仅欠 %(owe)s。"), "have different placeholders"),
    ],
)
def test_an_entry_that_is_not_right_is_named(module, change, said):
    book, wrong = entry(module, "Only %(owed)s is owed.")
    change(wrong)
    save(module, book)
    assert any(said in each and "Only %(owed)s is owed." in each for each in catalogues.problems(module))


@needs_gettext
def test_chinese_in_the_source_of_a_sentence_is_named(module):
    (module / "words.py").write_text(
        'from django.utils.translation import gettext as _\n\nC = _("账单")\n', encoding="utf-8"
    )
    assert any("is written in Chinese" in each for each in catalogues.problems(module))


@needs_gettext
@pytest.mark.parametrize(
    "text, lines",
    [
        ("<p>党费</p>", [1]),
        ("\n{# 党费 #}\n{% comment %}\n党费\n{% endcomment %}\n<p>党费</p>", [6]),
        ('<a lang="zh-Hans">中文</a>', []),
        ("𠮷", [1]),
    ],
)
def test_chinese_in_a_template_is_named_unless_it_says_that_it_is(module, text, lines):
    (module / "templates/dues/page.html").write_text(text, encoding="utf-8")
    found = [each for each in catalogues.problems(module) if "Chinese text" in each]
    assert [each.split(":")[:2] for each in found] == [
        ["hall/dues/templates/dues/page.html", str(line)] for line in lines
    ]


@needs_gettext
def test_updating_keeps_translations_adds_new_sentences_and_drops_old_ones(module):
    (module / "rules.py").write_text(SOURCE.replace("The bill is closed.", "The bill is open."), encoding="utf-8")
    assert catalogues.update(module) == (1, 1)
    texts = {each.msgid: each.msgstr for each in polib.pofile(str(module / catalogues.PLACE))}
    assert texts == {"The bill is open.": "", "Only %(owed)s is owed.": "仅欠 %(owed)s。", "Bill": "账单"}


@needs_gettext
def test_updating_twice_writes_the_same_file(module):
    catalogues.update(module)
    first = (module / catalogues.PLACE).read_bytes()
    assert (catalogues.update(module), (module / catalogues.PLACE).read_bytes()) == ((0, 0), first)


def test_without_gettext_it_says_what_to_install(module, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="gettext"):
        catalogues.problems(module)


def test_only_what_is_newer_is_compiled(module):
    hall = module.parent
    compiled = module / catalogues.PLACE.with_suffix(".mo")
    assert catalogues.compile_all(hall) == [compiled]
    assert catalogues.compile_all(hall) == []
    book, closed = entry(module, "The bill is closed.")
    closed.msgstr = "此账单已关闭。"
    time.sleep(0.02)
    save(module, book)
    assert catalogues.compile_all(hall) == [compiled]
    assert polib.mofile(str(compiled)).find("The bill is closed.").msgstr == "此账单已关闭。"


def test_one_english_word_has_one_chinese_word_in_the_whole_house():
    """Django merges the catalogues: of two translations of one msgid, one would show in the other's pages."""
    said: dict[tuple, dict[str, str]] = {}
    for path in sorted(HALL.glob("*/locale/zh_Hans/LC_MESSAGES/django.po")):
        for entry in polib.pofile(str(path)):
            if not entry.obsolete:
                key = (entry.msgctxt, entry.msgid)
                said.setdefault(key, {})[entry.msgstr or str(entry.msgstr_plural)] = path.parts[-5]
    assert {key: where for key, where in said.items() if len(where) > 1} == {}
