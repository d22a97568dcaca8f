"""The clock of acts. Read once per act. Only the demo college and tests may set it, so that history can be played."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

_played: ContextVar[datetime | None] = ContextVar("played", default=None)


def now() -> datetime:
    return _played.get() or timezone.now()


@contextmanager
def played(moment: datetime) -> Iterator[None]:
    """Let the acts inside happen at that moment. Refused outside the demo college and tests."""
    if not (settings.HALL_DEMO or getattr(settings, "TESTING", False)):
        raise ImproperlyConfigured("Only the demo college and tests may set the clock of acts.")
    token = _played.set(moment)
    try:
        yield
    finally:
        _played.reset(token)
