"""What work costs: CPU-milliseconds of this process and of the database's processes, statements, peak memory.

Wall-clock time says more about the neighbours than about the hall and is only noted, never judged.
"""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from django.db import connection


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU-milliseconds of the process and of the database's processes (None where they cannot be seen), and wall time."""

    own: float
    database: float | None
    wall: float


def cpu_of(pid: int) -> float:
    """CPU-milliseconds the process has used, to the nanosecond where the kernel tells it."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except (OSError, ValueError, IndexError):
        times = psutil.Process(pid).cpu_times()
        return (times.user + times.system) * 1000


def tree_cpu(pid: int) -> float:
    """CPU-milliseconds of a process with all its threads and children (to a hundredth of a second)."""
    root = psutil.Process(pid)
    found = 0.0
    for process in (root, *root.children(recursive=True)):
        times = process.cpu_times()
        found += (times.user + times.system) * 1000
    return found


class Backends:
    """The database's processes that work for one side, found by the name it gives itself (PGAPPNAME)."""

    def __init__(self, name: str):
        self.name, self.seen = name, {}
        self.watch = None
        if connection.vendor == "postgresql":
            import psycopg

            given = {
                k: v
                for k, v in connection.get_connection_params().items()
                if k in ("host", "port", "user", "password", "dbname")
            }
            self.watch = psycopg.connect(**given, application_name="bench-meter", autocommit=True)

    def cpu(self) -> float | None:
        """CPU-milliseconds so far; None if the database has no processes here, 0 if it works inside ours."""
        if self.watch is None:
            return 0.0
        asked = "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"
        try:
            for (pid,) in self.watch.execute(asked, [self.name]):
                if psutil.Process(pid).name() not in ("postgres", "postmaster"):
                    return None
                self.seen[pid] = cpu_of(pid)
        except (psutil.Error, OSError):
            return None
        return sum(self.seen.values())


def timed(work: Callable[[], Any], backends: Backends) -> tuple[Any, Cost]:
    """Do the work once; its answer and what it cost."""
    before, began, wall = backends.cpu(), time.process_time(), time.perf_counter()
    answer = work()
    own, passed, after = time.process_time() - began, time.perf_counter() - wall, backends.cpu()
    database = None if before is None or after is None else after - before
    return answer, Cost(own * 1000, database, passed * 1000)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects every statement sent to the database while it is open."""
    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def peak_megabytes() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def tree_megabytes(pid: int) -> tuple[float, float]:
    """Resident and proportional memory of a process and its children, in MB."""
    root = psutil.Process(pid)
    held = [process.memory_full_info() for process in (root, *root.children(recursive=True))]
    return sum(each.rss for each in held) / 2**20, sum(each.pss for each in held) / 2**20


def machine() -> dict[str, Any]:
    """What the figures were measured on. Names no host and no path."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown"
    )
    return {"processor": model, "cores": os.cpu_count(), "memory_gb": round(psutil.virtual_memory().total / 2**30)}


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []
