"""A place of its own for each round: database, home, children; and the hands that break them."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import psutil
import psycopg

from faults import POINTS

BASE = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Place:
    """The demo college on PostgreSQL, made once; every round works on a copy of it."""

    def __init__(self, server: str):
        self.server, self.base = server, f"faults_{uuid.uuid4().hex[:8]}"
        self.home = Path(tempfile.mkdtemp(prefix="hall-faults-"))
        self.name, self.port = self.base, free_port()
        self.branch, self.branch_name, self.today, self.sign_in = 0, "", "", "/accounts/sign-in/"
        self._admin(f"CREATE DATABASE {self.base}")
        subprocess.run([sys.executable, "-m", "hall.home"], cwd=BASE, env=self.env(), check=True)
        for words in (["migrate", "-v0"], ["furnish", "--small"], ["collectstatic", "--noinput", "-v0"]):
            self.manage(*words)
        self.password = (self.home / "keys" / "demo-password").read_text()

    def env(self, without: str = "") -> dict[str, str]:
        return {
            **os.environ,
            "HALL_HOME": str(self.home),
            "HALL_DATABASE_URL": f"postgres://postgres@{self.server}/{self.name}",
            "HALL_URL": f"http://127.0.0.1:{self.port}",
            "HALL_DEMO": "1",
            "HALL_FAULTS": "1",
            "HALL_TEST_HOME": "",
            "DJANGO_SETTINGS_MODULE": "hall.settings",
            "FAULTS_WITHOUT": without,
            "PYTHONPATH": str(BASE),
        }

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=BASE, env=self.env(), capture_output=True, text=True, check=False)

    def fresh(self) -> None:
        """The next round's copy."""
        self.drop_copy()
        self.name = f"{self.base}_r"
        self._admin(f"CREATE DATABASE {self.name} TEMPLATE {self.base}")

    def drop_copy(self) -> None:
        if self.name != self.base:
            self._admin(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def close(self) -> None:
        self.drop_copy()
        self._admin(f"DROP DATABASE IF EXISTS {self.base} WITH (FORCE)")
        shutil.rmtree(self.home, ignore_errors=True)

    def ask(self, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
        with psycopg.connect(
            f"postgres://postgres@{self.server}/{self.name}?application_name=faults", autocommit=True
        ) as there:
            cursor = there.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def _admin(self, sql: str) -> None:
        with psycopg.connect(f"postgres://postgres@{self.server}/postgres", autocommit=True) as there:
            there.execute(sql)


class Children:
    """Web server and workers of a round. Whoever dies is started again, as a supervisor would."""

    def __init__(self, place: Place, without: str = "", workers: int = 1):
        self.place, self.env, self.stopped = place, place.env(without), threading.Event()
        web = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(place.port), "--workers", "1"]
        web += ["--blocking-threads", "4", "--no-access-log", "--log-level", "critical", "faults.web:application"]
        self.commands = [[sys.executable, "-m", *web], *[[sys.executable, "-m", "faults.worker"]] * workers]
        self.running = [self._begin(command) for command in self.commands]
        self.guard = threading.Thread(target=self._watch)
        self.guard.start()

    def _begin(self, command: list[str]) -> subprocess.Popen[bytes]:
        with open(self.place.home / "children.log", "ab") as log:
            return subprocess.Popen(command, cwd=BASE, env=self.env, stdout=log, stderr=log)

    def _watch(self) -> None:
        while not self.stopped.wait(0.1):
            for number, child in enumerate(self.running):
                if child.poll() is not None or (number == 0 and not self._serves(child)):
                    self.kill(number)
                    self.running[number] = self._begin(self.commands[number])

    def _serves(self, child: subprocess.Popen[bytes]) -> bool:
        """Has granian still its process that answers?"""
        with suppress(psutil.Error):
            mother = psutil.Process(child.pid)
            young = time.time() - mother.create_time() < 8
            return young or any(one.status() != psutil.STATUS_ZOMBIE for one in mother.children())
        return False

    def kill(self, number: int) -> None:
        """kill -9 of one child and all its own."""
        with suppress(psutil.Error):
            family = [*psutil.Process(self.running[number].pid).children(recursive=True)]
            for one in family:
                with suppress(psutil.Error):
                    one.kill()
        self.running[number].kill()
        self.running[number].wait()

    def end(self) -> None:
        self.stopped.set()
        self.guard.join()
        for number in range(len(self.running)):
            self.kill(number)


class Breaker(threading.Thread):
    """Breaks something every now and then, by the dice of this round."""

    def __init__(self, place: Place, children: Children, dice: Random, seconds: float):
        super().__init__()
        self.place, self.children, self.dice, self.until = place, children, dice, time.monotonic() + seconds
        self.done: Counter[str] = Counter()
        (place.home / "faults").mkdir(exist_ok=True)

    def run(self) -> None:
        while time.monotonic() < self.until:
            time.sleep(self.dice.uniform(0.05, 0.5))
            self._once()
        for order in (self.place.home / "faults").iterdir():
            order.unlink(missing_ok=True)

    def _once(self) -> None:
        way = self.dice.choices(["point", "web", "worker", "backend"], [60, 12, 12, 16])[0]
        if way == "point":
            point, what = self.dice.choice(POINTS), self.dice.choice(["kill", "kill", "cut"])
            order = self.place.home / "faults" / point
            order.write_text(f"{what} {self.dice.choice([1, 1, 2, 3])}")
            deadline = time.monotonic() + 1
            while order.exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            if not order.exists():
                self.done[f"{what} at {point}"] += 1
            order.unlink(missing_ok=True)
        elif way == "backend":
            sql = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = %s AND application_name <> 'faults' ORDER BY random() LIMIT 1"""
            self.done["backend ended"] += len(self.place.ask(sql, [self.place.name]))
        else:
            self.children.kill(0 if way == "web" else self.dice.randrange(1, len(self.children.running)))
            self.done[f"{way} killed"] += 1
