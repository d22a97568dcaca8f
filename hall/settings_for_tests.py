"""Settings for tests: a home of their own in a temporary folder, quick passwords, plain static files.

HALL_TEST_DATABASE  postgres://… runs them on that PostgreSQL; without it, on a SQLite file in the temporary home
HALL_TEST_HOME      the temporary home; made and removed here unless it is given (the workers of a run share it)
"""

import atexit
import os
import shutil
import tempfile
from importlib import import_module
from pathlib import Path

from hall import home

if "HALL_TEST_HOME" not in os.environ:
    os.environ["HALL_TEST_HOME"] = tempfile.mkdtemp(prefix="hall-test-")
    atexit.register(shutil.rmtree, os.environ["HALL_TEST_HOME"], ignore_errors=True)
_home = Path(os.environ["HALL_TEST_HOME"]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ.update(
    HALL_HOME=str(_home),
    HALL_DATABASE_URL=os.environ.get("HALL_TEST_DATABASE", ""),
    HALL_URL="http://127.0.0.1:8000",
    HALL_MAIL_URL="",
    HALL_DEMO="0",
    HALL_DEBUG="0",
    HALL_SECOND_FACTOR="off",
    HALL_OUTGOING="",
    HALL_SIGNON="",
)
home.prepare()
_house = import_module("hall.settings")
globals().update({name: value for name, value in vars(_house).items() if name.isupper()})

TESTING = True
HALL_CHECKPOINT_DIR = None  # files would outlive the tests' tables
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**_house.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
DATABASES = {"default": dict(_house.DATABASES["default"])}
if os.environ["HALL_DATABASE_URL"]:
    DATABASES["default"]["OPTIONS"] = {}  # no pool: the test database is dropped at the end
else:
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "test.sqlite3")}  # a file, so that threads can race for it
