"""The catalogues: compiling them, and whether they hold exactly the sentences of the source (English → 简体中文).

Each module keeps its own `locale/zh_Hans/LC_MESSAGES/django.po`; the compiled files are not committed.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from io import StringIO
from pathlib import Path

import polib
from django.core.management import CommandError, call_command
from django.utils.translation.reloader import translation_file_changed

HALL = Path(__file__).resolve().parent.parent
PLACE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
SHOWN_ONLY_IN_TESTS = "sample.html"  # the page of parts, with invented people
TRANSLATED = (".py", ".html", ".txt")
HEADER = {
    "Project-Id-Version": "dangwu-hall",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def folders(hall: Path = HALL) -> list[Path]:
    """The core and every module folder, whether or not it has a catalogue yet."""
    return sorted(path.parent for path in hall.glob("*/__init__.py"))


def compile_all(hall: Path = HALL) -> list[Path]:
    """Compile each catalogue that is newer than its compiled file; answers those compiled. Safe to run side by side."""
    done = []
    for folder in folders(hall):
        source = folder / PLACE
        target = source.with_suffix(".mo")
        if source.is_file() and not (target.is_file() and target.stat().st_mtime >= source.stat().st_mtime):
            _compile(source, target)
            translation_file_changed(None, target)  # forget what was loaded before
            done.append(target)
    return done


def _compile(source: Path, target: Path) -> None:
    fresh = target.with_name(f".{os.getpid()}.mo")
    polib.pofile(str(source)).save_as_mofile(str(fresh))
    fresh.replace(target)


def extracted(folder: Path) -> polib.POFile:
    """The sentences in the folder's source, read by GNU gettext from a copy. RuntimeError if it is not installed."""
    if not shutil.which("xgettext"):
        raise RuntimeError("Reading the sentences needs GNU gettext (Debian: apt-get install gettext).")
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / folder.name
        shutil.copytree(folder, copy, ignore=_untranslated)
        (copy / PLACE.parent).mkdir(parents=True)
        _makemessages(copy)
        found = copy / PLACE
        return polib.pofile(str(found)) if found.is_file() else polib.POFile()


def _untranslated(folder: str, names: list[str]) -> set[str]:
    """What holds no sentences for people: catalogues, tests, migrations, static files."""
    unread = {"locale", "tests", "migrations", "static", "__pycache__"}
    return {
        name for name in names if name in unread or not (name.endswith(TRANSLATED) or (Path(folder) / name).is_dir())
    }


def _makemessages(folder: Path) -> None:
    """Let Django read the sentences, for which it has to stand in the folder."""
    try:
        with chdir(folder):
            call_command(
                "makemessages", "-l", "zh_Hans", "--no-location", "--no-wrap", "-e", "html,txt,py", stdout=StringIO()
            )
    except CommandError as error:
        raise RuntimeError(f"The sentences of {folder.name} could not be read: {error}") from error


def problems(folder: Path) -> list[str]:
    """Every way in which the folder's catalogue and source differ, one sentence each."""
    source = {_key(entry): entry for entry in extracted(folder)}
    path = folder / PLACE
    known = polib.pofile(str(path)) if path.is_file() else polib.POFile()
    found = [_fault(entry, source) for entry in known]
    found += [
        f"“{entry.msgid}” is missing"
        for key, entry in source.items()
        if key not in {_key(e) for e in known if not e.obsolete}
    ]
    found += [
        f"“{entry.msgid}” is written in Chinese; sentences in the source are English"
        for entry in source.values()
        if HAN.search(entry.msgid)
    ]
    where = f"{folder.parent.name}/{folder.name}/{PLACE.as_posix()}"
    return [f"{where}: {text}." for text in found if text] + _chinese_in_templates(folder)


def _fault(entry: polib.POEntry, source: dict) -> str:
    """What is wrong with one entry of the catalogue; "" if nothing."""
    if entry.obsolete or _key(entry) not in source:
        return f"“{entry.msgid}” is no longer in the source"
    if entry.fuzzy:
        return f"“{entry.msgid}” is marked fuzzy; read its translation and take the mark away"
    if not entry.translated():
        return f"“{entry.msgid}” is not translated"
    wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    if any(
        set(PLACEHOLDER.findall(text)) != wanted
        for text in ([entry.msgstr] if entry.msgstr else entry.msgstr_plural.values())
    ):
        return f"“{entry.msgid}” and its translation have different placeholders"
    return ""


def _key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _chinese_in_templates(folder: Path) -> list[str]:
    texts = [
        path
        for path in sorted((folder / "templates").rglob("*"))
        if path.suffix in (".html", ".txt") and path.name != SHOWN_ONLY_IN_TESTS
    ]
    return [
        f"{path.relative_to(folder.parent.parent).as_posix()}:{line}: Chinese text; write English and translate it."
        for path in texts
        for line in _chinese_lines(path.read_text("utf-8"))
    ]


def _chinese_lines(text: str) -> Iterator[int]:
    """Lines with Chinese outside comments and outside text that says it is Chinese (lang="zh…")."""
    bare = re.sub(r"{% comment.*?%}.*?{% endcomment %}|{#.*?#}", _newlines, text, flags=re.DOTALL)
    for number, line in enumerate(bare.splitlines(), start=1):
        if HAN.search(line) and 'lang="zh' not in line:
            yield number


def _newlines(found: re.Match) -> str:
    return "\n" * found[0].count("\n")


def update(folder: Path) -> tuple[int, int]:
    """Bring the catalogue in line with the source: translations stay, new sentences come empty, others go.

    Answers how many were added and how many went. Nothing is guessed from similar sentences.
    """
    source = extracted(folder)
    path = folder / PLACE
    known = {_key(entry): entry for entry in polib.pofile(str(path))} if path.is_file() else {}
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = HEADER
    for entry in source:
        kept = known.get(_key(entry))
        if kept and not kept.obsolete:
            entry.msgstr, entry.msgstr_plural = kept.msgstr, kept.msgstr_plural
            entry.flags += [flag for flag in kept.flags if flag not in entry.flags]
        fresh.append(entry)
    if fresh or known:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.save(str(path))
    keys = {_key(entry) for entry in source}
    return len(keys - set(known)), len(set(known) - keys)
