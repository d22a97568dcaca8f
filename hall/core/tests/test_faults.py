"""One short round of bin/faults on every run on PostgreSQL; the long form is run by hand (docs/develop/assurance-report.md)."""

import os
from urllib.parse import urlsplit

import pytest

from faults.run import main


@pytest.mark.fault
@pytest.mark.postgres
def test_nothing_acknowledged_is_lost_or_doubled_in_a_round_of_kills(monkeypatch, capsys):
    for name in [name for name in os.environ if name.startswith("HALL_") or name == "DJANGO_SETTINGS_MODULE"]:
        if name != "HALL_TEST_DATABASE":
            monkeypatch.delenv(name)
    where = urlsplit(os.environ["HALL_TEST_DATABASE"])
    code = main(
        ["--rounds", "1", "--seconds", "5", "--seed", "7", "--server", f"{where.hostname}:{where.port or 5432}"]
    )
    assert code == 0, capsys.readouterr().out
