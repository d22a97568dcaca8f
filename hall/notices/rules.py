"""When a mail may go out, how often something is tried, which days a job is due. Moments come in local time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hall.core.days import add_months

TITLE = 120  # characters of a title
LINE = 2000  # characters of a line
MAIL_TRIES = 6
WORK_TRIES = 3
CATCH_UP = 12  # months a monthly job makes good after downtime


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person wants to be told. The inbox cannot be switched off; mail waits outside the quiet hours."""

    mail: bool = True
    digest: bool = True
    digest_hour: int = 12
    quiet_from: time = time(21, 0)
    quiet_to: time = time(7, 30)


@dataclass(frozen=True, slots=True)
class Telling:
    """What a rendered text says: title, text and where it leads."""

    title: str
    text: str
    url: str


def is_quiet(at: time, quiet_from: time, quiet_to: time) -> bool:
    """Does this time of day lie in the quiet hours? From belongs to them, to does not; equal times mean none."""
    if quiet_from <= quiet_to:
        return quiet_from <= at < quiet_to
    return at >= quiet_from or at < quiet_to


def next_time(moment: datetime, at: time) -> datetime:
    """The first moment from `moment` on at which the clock shows `at`."""
    same_day = datetime.combine(moment.date(), at, tzinfo=moment.tzinfo)
    return same_day if same_day >= moment else same_day + timedelta(days=1)


def not_before(moment: datetime, ways: Ways, *, digest: bool) -> datetime:
    """When a mail about what was said at `moment` may leave: with the day's digest or at once, never in quiet hours."""
    wanted = next_time(moment, time(ways.digest_hour)) if digest and ways.digest else moment
    if is_quiet(wanted.time(), ways.quiet_from, ways.quiet_to):
        return next_time(wanted, ways.quiet_to)
    return wanted


def pause(tries: int) -> timedelta:
    """How long to wait after so many vain tries: 1, 4, 16 … minutes, 6 hours at most."""
    return min(timedelta(minutes=4 ** max(0, tries - 1)), timedelta(hours=6))


def one_line(text: str, limit: int = TITLE) -> str:
    """The text without line breaks and control characters, cut; fit for a mail's header (B29)."""
    if not text.isprintable():
        text = "".join(ch if ch.isprintable() else " " for ch in text)
    plain = " ".join(text.split())
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


def telling(rendered: str) -> Telling:
    """Read a rendered text: first line the title, a last line `url: /…` the address, between them the text."""
    lines = [one_line(line, LINE) for line in rendered.strip().splitlines()]
    url = lines.pop()[4:].strip() if len(lines) > 1 and lines[-1].startswith("url:") else ""
    title = lines[0] if lines else ""
    return Telling(one_line(title), "\n".join(lines[1:]).strip(), url if is_own_address(url) else "")


def is_own_address(url: str) -> bool:
    """A path of this hall, nothing that leads elsewhere (B31)."""
    return url.startswith("/") and not url.startswith(("//", "/\\"))


def due_days(day: int, today: date, last: date | None) -> list[date]:
    """Days on which a job is due and was not run, oldest first. `day` 0 = daily: only the latest is made good.

    Monthly (`day` 1–28): each month since the last run, twelve at most; without any run, the latest one.
    """
    if not 0 <= day <= 28:
        raise ValueError(f"a job runs daily (0) or on day 1–28, not {day}")
    if day == 0:
        return [] if last == today else [today]
    latest = today.replace(day=day) if today.day >= day else add_months(today.replace(day=day), -1)
    missed = [add_months(latest, -back) for back in reversed(range(CATCH_UP))]
    return [each for each in missed if each > last] if last else [latest]
