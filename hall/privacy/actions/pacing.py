"""Counting how many people's pages an account opens, and telling it when there are very many (A24). Counts only."""

from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from hall.ledger.acting import System, acting
from hall.organisations import queries as organisations
from hall.privacy.models import Pace

WINDOW = timedelta(minutes=10)
LEAST = 20  # below it nothing is looked up: the least the college may set
COUNT = """INSERT INTO privacy_pace (account_id, since, count, asked_at) VALUES (%s, %s, 1, NULL)
ON CONFLICT (account_id) DO UPDATE SET
count = CASE WHEN privacy_pace.since < %s THEN 1 ELSE privacy_pace.count + 1 END,
since = CASE WHEN privacy_pace.since < %s THEN excluded.since ELSE privacy_pace.since END
RETURNING count, asked_at"""


def count_page(account: int, now: datetime) -> tuple[int, bool]:
    """One page more; how many within ten minutes, and whether the person is already being asked. One statement."""
    adapt = connection.ops.adapt_datetimefield_value
    edge = adapt(now - WINDOW)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [account, adapt(now), edge, edge])
        count, asked_at = cursor.fetchone()
    return count, asked_at is not None


def limit(now: datetime) -> int:
    """Pages within ten minutes before one is asked again; looked up once a minute."""
    found = cache.get_or_set(
        "privacy.limit",
        lambda: organisations.of_the_college("privacy.pages_before_asking", timezone.localtime(now).date()),
        60,
    )
    return int(found or LEAST)


def ask_again(account: Any, count: int, now: datetime) -> None:
    """From now on the person is asked who they are; the security administrator is told at once, once."""
    with transaction.atomic():
        if Pace.objects.filter(account=account.pk, asked_at=None).update(asked_at=now):
            with acting(System("privacy.pace"), "privacy.decide") as act:
                act.record("privacy.pace.exceeded", account, count=count)


def asked_since(account: int) -> datetime | None:
    return Pace.objects.filter(account=account).values_list("asked_at", flat=True).first()


def begin_anew(account: int, now: datetime) -> None:
    """The person showed who they are: the count begins again."""
    Pace.objects.filter(account=account).update(count=1, since=now, asked_at=None)
