"""When a back-up is late, and when that is said."""

from datetime import datetime, timedelta

AGAIN = timedelta(hours=24)  # the alarm is repeated a day later


def late(last: datetime | None, since: datetime | None, now: datetime, allowed: timedelta) -> bool:
    """Is the last back-up, or while there is none the hall's first fact, older than allowed? (assurance H18)"""
    start = last or since
    return start is not None and now - start > allowed


def rings(late_now: bool, rung_at: datetime | None, last: datetime | None, now: datetime) -> bool:
    """Is it time to say so: late, and not said since the last back-up or within the last day?"""
    said = rung_at is not None and (last is None or rung_at > last) and now - rung_at < AGAIN
    return late_now and not said
