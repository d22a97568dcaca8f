"""The worker: does scheduled jobs, long works, mail and sealing. Runs until it is stopped; several may run at once."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from hall.notices import worker


class Command(BaseCommand):
    help = "Do scheduled jobs, long works, mail and sealing until stopped (SIGTERM); --once: what is due now, then end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            worker.once()
            return
        stop = threading.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_signal: stop.set())
        worker.forever(stop)
