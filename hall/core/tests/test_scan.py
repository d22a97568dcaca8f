"""bin/scan finds what must not stand in the repository, and this repository is clean."""

import importlib.machinery
import importlib.util

import pytest
from django.conf import settings

PATH = settings.BASE_DIR / "bin" / "scan"


@pytest.fixture(scope="module")
def scan():
    loader = importlib.machinery.SourceFileLoader("scan", str(PATH))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("scan", loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "name, text, reason",
    [
        ("docs/a.md", "see py" + "pi.org", "package index"),
        ("docs/a.md", "in /ro" + "ot/hall", "path of one machine"),
        ("hall/a.py", 'open("/tm' + 'p/x")', "path of one machine"),
        ("requirements.lock", "x @ https://example.org/x.whl", "address"),
        ("package-lock.json", '"resolved": "x"', "address"),
        ("bin/run", "curl https://example.org", "calls an address"),
        ("hall/a.py", "-----BEGIN PRI" + "VATE KEY-----", "secret"),
        ("hall/a/templates/a.html", '<p style="color: red">', "inline"),
        ("hall/a/templates/a.html", "<script>go()</script>", "inline"),
        ("hall/a/templates/a.html", '<button onclick="go()">', "inline"),
        ("hall/a/templates/a.html", "{{ name|sa" + "fe }}", "escaping"),
        ("hall/a.py", "# TO" + "DO later", "puts work off"),
    ],
)
def test_it_names_file_line_and_reason(scan, name, text, reason):
    found = scan.lines(name, f"first\n{text}\n")
    assert [each.startswith(f"{name}:2: ") and reason in each for each in found] == [True]


@pytest.mark.parametrize(
    "name, text",
    [
        ("docs/a.md", "see https://example.org/tmp/x and ./work/x"),
        ("hall/a/templates/a.html", "<script src=\"{% static 'a.js' %}\" defer></script>"),
        ("hall/core/static/core/vendor/a.js", "// TO" + "DO"),
        ("bin/run", "http://127.0.0.1:8000"),
    ],
)
def test_it_leaves_the_rest_alone(scan, name, text):
    assert scan.lines(name, text) == []


def test_this_repository_is_clean(scan):
    if (settings.BASE_DIR / ".git").exists():
        assert scan.files() == []
    assert scan.licences() == []


@pytest.mark.parametrize(
    "headers, held",
    [
        ({"License-Expression": "AGPL-3.0-only"}, True),
        ({"Classifier": "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"}, True),
        ({"Classifier": "License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)"}, False),
        ({"License-Expression": "LGPL-3.0-only"}, False),
        ({"License": "MIT"}, False),
    ],
)
def test_run_time_packages_are_not_under_the_gpl(scan, monkeypatch, headers, held):
    class About(dict):
        pass

    monkeypatch.setattr(scan.metadata, "metadata", lambda name: About(headers))
    assert bool(scan.copyleft("x")) is held
