"""The handbook cannot lie: every picture it shows exists and is small, every picture that exists is shown, every file the tour names is there."""

import re

import pytest

from journeys.conftest import PICTURES, ROOT

HANDBOOK = sorted((ROOT / "docs" / "handbook").glob("*.md"))
SHOWN_BY = (*HANDBOOK, ROOT / "README.md", ROOT / "README.zh-CN.md")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+\.png)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#:]+)(#[^)]*)?\)")
NAMED = re.compile(r"`((?:hall|bin|docs|journeys|bench)/[\w./-]+)`")


def shown() -> dict[str, list[str]]:
    """Picture → the pages that show it."""
    found: dict[str, list[str]] = {}
    for page in SHOWN_BY:
        for _words, target in PICTURE.findall(page.read_text()):
            found.setdefault(str((page.parent / target).resolve().relative_to(ROOT)), []).append(page.name)
    return found


def test_pictures_shown_and_pictures_made_are_the_same() -> None:
    made = {str(path.relative_to(ROOT)) for path in PICTURES.glob("*.png")}
    assert {"missing": sorted(set(shown()) - made), "unused": sorted(made - set(shown()))} == {
        "missing": [],
        "unused": [],
    }


def test_pictures_are_few_and_small() -> None:
    sizes = {path.name: path.stat().st_size for path in PICTURES.glob("*.png")}
    assert len(sizes) <= 40
    assert {name: size for name, size in sizes.items() if size > 150_000} == {}


def test_every_picture_says_in_words_what_it_shows() -> None:
    assert [target for page in SHOWN_BY for words, target in PICTURE.findall(page.read_text()) if len(words) < 5] == []


@pytest.mark.parametrize("page", HANDBOOK, ids=lambda page: page.name)
def test_links_of_the_handbook_lead_somewhere(page) -> None:
    assert [target for target, _part in LINK.findall(page.read_text()) if not (page.parent / target).exists()] == []


def test_the_handbook_begins_with_a_list_of_all_its_pages() -> None:
    first = (ROOT / "docs" / "handbook" / "README.md").read_text()
    assert [page.name for page in HANDBOOK if page.name != "README.md" and page.name not in first] == []


def test_the_tour_names_files_that_exist_and_quotes_lines_that_stand_there() -> None:
    tour = (ROOT / "docs" / "develop" / "tour.md").read_text()
    assert [name for name in NAMED.findall(tour) if not (ROOT / name).exists()] == []
    assert [wrong for name, code in _quotes(tour) for wrong in _absent(name, code)] == []


def _quotes(text: str) -> list[tuple[str, str]]:
    """Blocks of code that say where they stand: ```python hall/dues/words.py."""
    return re.findall(r"```\w+ (\S+)\n(.*?)```", text, re.DOTALL)


def _absent(name: str, code: str) -> list[str]:
    there = {line.strip() for line in (ROOT / name).read_text().splitlines()}
    return [f"{name}: {line}" for line in code.splitlines() if line.strip() not in there | {"", "…", "# …"}]
