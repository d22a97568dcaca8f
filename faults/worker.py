"""The worker of a round."""

import signal
import threading

import django

from faults.weak import take_away


def main() -> None:
    django.setup()
    from hall.notices import worker

    take_away()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_signal: stop.set())
    worker.forever(stop)


if __name__ == "__main__":
    main()
