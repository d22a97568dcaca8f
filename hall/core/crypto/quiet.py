"""GmSSL prints an inner trace on every bad signature, past Python. For such a call its way out is closed."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

_closing = threading.Lock()


@contextmanager
def stderr_closed() -> Iterator[None]:
    """No standard error for the whole process while this lasts."""
    with _closing, ExitStack() as back:
        with suppress(OSError):  # a service may run without any standard error
            kept = os.dup(2)
            back.callback(os.close, kept)
            back.callback(os.dup2, kept, 2)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            back.callback(os.close, nowhere)
            os.dup2(nowhere, 2)
        yield
