"""Named places at which the fault harness may break a process. Outside of it, passing one costs a call of nothing.

With HALL_FAULTS=1, which settings refuse outside a demo or test home, a process that passes `name` looks for the file
`faults/<name>` in the home. Whoever takes the file away first does what stands in it: `kill` ends the process at once
as `kill -9` does, `cut` ends its database connection on the server. `kill 3` strikes when it is passed the third time.
"""

import os
import signal
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.db import connection

_passed: Counter[str] = Counter()


def _nothing(name: str) -> None:
    """Nothing: the hall runs without faults."""


def _strike(name: str) -> None:
    order = Path(settings.HALL_HOME) / "faults" / name
    try:
        what, _, times = order.read_text().partition(" ")
        _passed[name] += 1
        if _passed[name] < int(times or 1):
            return
        order.unlink()
    except FileNotFoundError:
        _passed[name] = 0
        return
    _passed[name] = 0
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


failpoint = _strike if settings.HALL_FAULTS else _nothing
