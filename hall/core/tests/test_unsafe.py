"""The hall refuses to start unsafely (T26, §5 row 43): each way in a process of its own, and none of them by accident."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from hall import home

PUBLIC = {"HALL_URL": "https://dangwu.example.edu.cn"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A fresh home as `python -m hall.home` makes it."""
    monkeypatch.setenv("HALL_HOME", str(tmp_path / "home"))
    return home.prepare()


def started(place: Path, **environment: str) -> str:
    """ "" if the settings load in such an environment; else the refusal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HALL_", "DJANGO"))}
    run = subprocess.run(
        [sys.executable, "-c", "from hall import settings"], cwd=settings.BASE_DIR, capture_output=True, text=True,
        env={**kept, "HALL_HOME": str(place), **environment},
    )  # fmt: skip
    return "" if run.returncode == 0 else run.stderr.strip().splitlines()[-1]


REFUSED = {
    "tracebacks in public": ({**PUBLIC, "HALL_DEBUG": "1"}, "HALL_DEBUG"),
    "no encryption": ({"HALL_URL": "http://dangwu.example.edu.cn"}, "no https"),
    "every host": ({"HALL_URL": "https://*"}, "no address"),
    "no host": ({"HALL_URL": "https://"}, "no address"),
    "another scheme": ({"HALL_URL": "ftp://dangwu.example.edu.cn"}, "no address"),
    "a password in the address": ({"HALL_URL": "https://a:b@dangwu.example.edu.cn"}, "bare address"),
    "the demo in public": ({**PUBLIC, "HALL_DEMO": "1"}, "HALL_DEMO"),
    "no second factor": ({**PUBLIC, "HALL_SECOND_FACTOR": "off"}, "HALL_SECOND_FACTOR"),
    "broken on purpose": ({"HALL_FAULTS": "1"}, "HALL_FAULTS"),
    "framed by everybody": ({**PUBLIC, "HALL_PORTAL": "https://*.example.edu.cn"}, "HALL_PORTAL"),
    "logs kept too short": ({"HALL_LOG_DAYS": "179"}, "HALL_LOG_DAYS"),
    "an unknown cipher": ({"HALL_CIPHER": "none"}, "HALL_CIPHER"),
    "an unknown password hash": ({"HALL_PASSWORD_HASH": "md5"}, "HALL_PASSWORD_HASH"),
    "the database's superuser": ({**PUBLIC, "HALL_DATABASE_URL": "postgres://postgres:x9@127.0.0.1/hall"}, "postgres"),
    "a database without password": ({**PUBLIC, "HALL_DATABASE_URL": "postgres://hall@10.1.2.3/hall"}, "guesses"),
    "a database password that is the name": ({**PUBLIC, "HALL_DATABASE_URL": "postgres://dw:dw@10.1.2.3/h"}, "guesses"),
    "another kind of database": ({"HALL_DATABASE_URL": "mysql://a@b/c"}, "postgres://"),
    "the mail password in clear": ({**PUBLIC, "HALL_MAIL_URL": "smtp://a:b@mail.example.edu.cn:25"}, "in clear"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_start_up_refuses(why, place):  # T26
    environment, said = REFUSED[why]
    refusal = started(place, **environment)
    assert said in refusal and "ImproperlyConfigured" in refusal


def test_start_up_refuses_keys_and_files_that_others_can_read(place):  # T26
    for name, mode, said in (("keys", 0o750, "chmod"), ("keys/index", 0o640, "index")):
        kept = (place / name).stat().st_mode
        (place / name).chmod(mode)
        assert said in started(place)
        (place / name).chmod(kept)
    for name, mode, said in (("files", 0o705, "files"), (".", 0o757, "write into")):
        kept = (place / name).stat().st_mode
        (place / name).chmod(mode)
        assert said in started(place, **PUBLIC)
        (place / name).chmod(kept)
    assert started(place, **PUBLIC) == ""


def test_start_up_refuses_a_default_key_and_no_key(place):  # T20, T26
    (place / "keys" / "django").write_bytes(b"django-insecure-changeme")
    assert "too short" in started(place)
    (place / "keys" / "django").write_bytes(b"a" * 50)
    assert "too short" in started(place)
    (place / "keys" / "django").unlink()
    assert "has no keys" in started(place)


def test_control_a_proper_place_starts(place):  # T26
    assert started(place) == ""
    assert started(place, HALL_DEMO="1") == ""
    assert started(place, **PUBLIC, HALL_DATABASE_URL="postgres://dangwu:Wd7-kfQ2@10.1.2.3/hall") == ""
