"""The look: vendored files match their manifests, contrasts hold, and the words for templates do what they say."""

import hashlib
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import path
from django.utils import translation

from hall.core.testing import sample

HALL = settings.BASE_DIR / "hall"
STATIC = HALL / "core/static/core"
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", (STATIC / "plain.css").read_text("utf-8")))
urlpatterns = [path("", sample.sample, name="sample")]


@pytest.fixture(autouse=True)
def plain_files():
    with override_settings(STORAGES=settings.STORAGES | PLAIN_FILES, ROOT_URLCONF=__name__):
        yield


def shown(query: str = "", language: str = "zh-hans") -> str:
    request = RequestFactory().get(f"/{query}")
    with translation.override(language):
        return render_to_string("core/sample.html", sample.sample_context(request) | {"request": request})


def written(template: str, **values) -> str:
    return Template(template).render(Context({"request": RequestFactory().get("/", values.pop("asked", {})), **values}))


@pytest.mark.parametrize("folder", [STATIC / "vendor", settings.BASE_DIR / "journeys/vendor"])
def test_each_vendored_file_is_the_one_its_manifest_names(folder):
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    files = {p.name for p in folder.iterdir() if p.name != "manifest.json" and not p.name.startswith("LICENSE")}
    assert set(manifest) == files
    for name, about in manifest.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == about["sha256"]
        assert (folder / about["licence_file"]).is_file()


def test_the_lock_file_names_no_address_of_a_package():
    assert '"resolved"' not in (settings.BASE_DIR / "package-lock.json").read_text("utf-8")


def test_every_icon_that_is_used_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / "vendor/icons.svg").read_text("utf-8")))
    assert icons_used() - sprite == set()


def icons_used() -> set[str]:
    templates = "".join(p.read_text("utf-8") for p in HALL.glob("*/templates/**/*.html"))
    code = "".join(p.read_text("utf-8") for p in HALL.glob("*/module.py"))
    return set(re.findall(r'{% icon "([^"]+)"', templates)) | set(re.findall(r'icon="([^"]+)"', code))


def test_the_frame_holds_nothing_inline():
    for file in HALL.glob("*/templates/**/*.html"):
        text = file.read_text("utf-8")
        assert not re.search(r'\sstyle="|\son\w+="|<style|<script(?![^>]+src=)', text), file


@pytest.mark.parametrize(
    "ink, paper, least",
    [
        ("text", "paper", 4.5), ("text-2", "paper", 4.5), ("text-2", "shade", 4.5), ("link", "paper", 4.5),
        ("link", "info-paper", 4.5), ("paper", "red", 4.5), ("paper", "red-hover", 4.5), ("paper", "red-pressed", 4.5),
        ("done", "paper", 4.5), ("done", "done-paper", 4.5), ("waiting", "paper", 4.5),
        ("waiting", "waiting-paper", 4.5),
        ("info", "info-paper", 4.5), ("error", "error-paper", 4.5), ("text-2", "done-paper", 4.5),
        ("text-2", "waiting-paper", 4.5), ("text-2", "error-paper", 4.5), ("line-strong", "paper", 3.0),
    ],
)  # fmt: skip
def test_each_pair_of_colours_is_readable(ink, paper, least):
    light, dark = sorted((luminance(TOKENS[ink]), luminance(TOKENS[paper])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("fen, text", [(123450, "¥1,234.50"), (0, "¥0.00"), (-5, "-¥0.05"), (None, "")])
def test_money_is_written_with_its_sign(fen, text):
    assert written("{{ fen|money }}", fen=fen) == text


def test_days_and_moments_are_written_as_in_china():
    moment = datetime(2026, 3, 4, 16, 3, tzinfo=UTC)
    text = "{{ d|day }} {{ d|day_long }} {{ d|month }} {{ t|moment }} {{ t|day }}{{ n|day }}"
    with translation.override("zh-hans"):
        assert written(text, d=date(2026, 3, 5), t=moment, n=None) == (
            "2026-03-05 2026年3月5日 2026年3月 2026-03-05 00:03 2026-03-05"
        )
    with translation.override("en"):
        assert written("{{ d|day_long }}, {{ d|month }}", d=date(2026, 3, 5)) == "5 March 2026, March 2026"


def test_changing_a_filter_goes_back_to_the_first_page():
    asked = {"page": "4", "kind": "p", "q": "zs"}
    assert written("{% query_with kind='f' %}", asked=asked) == "?kind=f&amp;q=zs"
    assert written("{% query_with page=5 %}", asked=asked) == "?page=5&amp;kind=p&amp;q=zs"
    assert written("{% query_without 'kind' %}", asked=asked) == "?q=zs"


def test_the_pager_shows_ends_neighbours_and_gaps():
    text = written("{% page_range list as numbers %}{% for n in numbers %}{{ n }} {% endfor %}", list=sample.LISTING)
    assert text == "1 2 3 4 5 6 None 25 "


def test_a_state_is_never_colour_alone():
    text = written("{% state 'error' '已逾期' %}")
    assert "#alert-triangle" in text
    assert "已逾期" in text
    with pytest.raises(KeyError):
        written("{% state 'red' '已逾期' %}")


def test_what_people_wrote_is_escaped():
    assert "<b>" not in written("{% state 'info' text %}{% icon 'eye' text %}", text='"><b>')


def test_a_form_with_errors_says_so_in_title_summary_and_field():
    page = shown("?errors=1")
    assert "<title>有误：" in page
    assert "有 4 处需要修改" in page
    assert page.count('class="wrong"') == 4
    assert 'id="id_joined_on_error"' in page
    assert "<title>有误：" not in shown()


def test_large_type_is_a_class_of_the_page():
    assert 'class="hall elder"' in shown("?elder=1")
    assert "elder" not in re.findall(r"<html[^>]*>", shown())[0]


def test_the_token_reaches_every_htmx_request():
    assert 'hx-headers:inherited=\'{"X-CSRFToken":' in shown()


def test_the_frame_speaks_english_when_asked():
    page = shown(language="en")
    assert "Skip to the content" in page
    assert "跳到正文" not in page


@pytest.mark.parametrize("name", ["error", "bad_input", "not_found", "forbidden", "form_expired"])
def test_a_plain_page_needs_nothing_but_itself_and_stays_small(name):
    page = render_to_string(f"core/{name}.html", {})
    assert "<script" not in page
    assert "tabler" not in page
    assert len(page.encode()) < 6000


def test_the_files_of_a_plain_page_fit_a_weak_network():
    import gzip

    files = [Path(STATIC / name) for name in ("plain.css", "parts.css", "vendor/icons.svg")]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 16_000
