"""The hall on one machine: web server and worker, begun and stopped together."""

import signal
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

THREADS = "2"  # of each web process: enough to wait for the database, few enough to stay small
PATIENCE = 20  # seconds a child may take to end


class Command(BaseCommand):
    help = "Serve the hall: the web server and one worker; Ctrl+C stops both."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="web processes")

    def handle(self, *args: Any, **options: Any) -> None:
        if static_is_stale():
            call_command("collectstatic", interactive=False, verbosity=0)
        stop = threading.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_signal: stop.set())
        children = [
            subprocess.Popen(command) for command in commands(options["host"], options["port"], options["workers"])
        ]
        self.stdout.write(f"http://{options['host']}:{options['port']}/")
        self.stdout.flush()
        try:
            while not stop.wait(0.5) and all(child.poll() is None for child in children):
                pass
        finally:
            early = [child for child in children if child.poll() is not None]
            end(children)
        if early and not stop.is_set():
            raise CommandError("The web server or the worker ended by itself; see the lines above.")


def commands(host: str, port: int, workers: int) -> list[list[str]]:
    """Web server and worker, with this Python."""
    web = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers)]
    web += ["--blocking-threads", THREADS]
    return [
        [sys.executable, "-m", *web, "hall.wsgi:application"],
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "work"],
    ]


def end(children: list[subprocess.Popen]) -> None:
    """Ask all to end, wait, and end by force who does not."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def static_is_stale() -> bool:
    """Is a static file newer than what was last collected, or was nothing collected?"""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    collected = manifest.stat().st_mtime
    files = (storage.path(name) for finder in get_finders() for name, storage in finder.list([]))
    return any(Path(path).stat().st_mtime > collected for path in files)
