"""The outbox goes out, at least once: a row is claimed by a lease, sent, marked; killed in between, it is sent again.

Two senders never take the same row: claims are made under a row lock (skipped by the other on PostgreSQL; SQLite has
one writer), and a claimed row is nobody else's until its lease ends.
"""

from datetime import datetime, timedelta
from itertools import groupby
from logging import getLogger

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from hall.ledger import clock
from hall.notices import queries, rules
from hall.notices.channels import CHANNELS
from hall.notices.models import Outgoing
from hall.notices.words import DUE, Sending

log = getLogger("hall.notices")
LEASE = timedelta(minutes=5)
PEOPLE = 50  # a claim


def send_due() -> int:
    """Send what is due; how many rows were handled. 0 when nothing waits."""
    with translation.override(settings.LANGUAGE_CODE):
        rows = claim_due(clock.now())
        for letter in letters(rows):
            send_letter(letter)
    return len(rows)


def free(now: datetime) -> QuerySet[Outgoing]:
    """Due rows that nobody has claimed."""
    unclaimed = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return Outgoing.objects.filter(unclaimed, state__in=DUE, not_before__lte=now)


def claim_due(now: datetime) -> list[Outgoing]:
    """Claim all due rows of the next people, so that a digest stays in one piece."""
    with transaction.atomic():
        people = list(free(now).order_by().values_list("account_id", flat=True).distinct()[:PEOPLE])
        rows = list(free(now).select_for_update(skip_locked=True).filter(account__in=people).order_by("id"))
        Outgoing.objects.filter(pk__in=[row.pk for row in rows]).update(lease_until=now + LEASE)
    return rows


def letters(rows: list[Outgoing]) -> list[list[Outgoing]]:
    """Rows that leave together: a person's digest is one letter, everything else goes alone."""

    def place(row: Outgoing) -> tuple[int, str, int]:
        return row.account_id, row.channel, 0 if row.digest else row.pk

    return [list(group) for _place, group in groupby(sorted(rows, key=place), key=place)]


def send_letter(letter: list[Outgoing]) -> None:
    """Send the rows as one letter and mark them; a failure is tried again later, and given up after six times."""
    first = letter[0]
    channel = CHANNELS.get(first.channel)
    ways = queries.ways_of([first.account_id]).get(first.account_id, rules.Ways())
    address = channel.addresses([first.account_id]).get(first.account_id) if channel else None
    if channel is None or address is None or not ways.mail:
        _mark(
            letter, state=Sending.PARKED, last_error=_("The person has no address for this channel or switched it off.")
        )
        return
    try:
        channel.send(address, *written(letter))
    except Exception as error:
        log.warning("outgoing %s by %s: %s", first.pk, first.channel, type(error).__name__)
        _put_off(letter, f"{type(error).__name__}: {error}")
    else:
        _mark(letter, state=Sending.SENT, sent_at=clock.now())


def written(letter: list[Outgoing]) -> tuple[str, str]:
    """Subject and text of a letter."""
    foot = _("You choose when and how you are told at %(url)s") % {"url": f"{settings.HALL_URL}/notices/settings/"}
    body = "\n\n".join(_paragraph(row) for row in letter)
    if len(letter) == 1:
        return letter[0].subject, f"{body}\n\n-- \n{foot}\n"
    return _("Dangwu Hall: %(count)s messages for you") % {"count": len(letter)}, f"{body}\n\n-- \n{foot}\n"


def _paragraph(row: Outgoing) -> str:
    lines = [row.subject, row.text, f"{settings.HALL_URL}{row.url}" if row.url else ""]
    return "\n".join(line for line in lines if line)


def _put_off(letter: list[Outgoing], error: str) -> None:
    for row in letter:
        tries = row.tries + 1
        state = Sending.PARKED if tries >= rules.MAIL_TRIES else Sending.FAILED
        later = clock.now() + rules.pause(tries)
        _mark([row], state=state, tries=tries, last_error=rules.one_line(error, 200), not_before=later)


def _mark(letter: list[Outgoing], **columns: object) -> None:
    Outgoing.objects.filter(pk__in=[row.pk for row in letter]).update(**columns, lease_until=None)
