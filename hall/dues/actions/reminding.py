"""Reminding: who is behind is told politely, once a month, and not for ever; people decide what follows (DUE-25)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from hall.core.days import add_months, first_of_month, month_text
from hall.dues import queries
from hall.ledger.acting import Actor, acting
from hall.ledger.queries import entries_about

STOP_MONTHS = 3  # months that ended longer ago are a talk with the secretary, not another message
GAP = timedelta(days=27)
BATCH = 500


def remind_overdue(*, by: Actor, on: date) -> None:
    """The job of the month: each member's latest unpaid month that is over, of the last three. Safe to run twice."""
    since = add_months(first_of_month(on), -STOP_MONTHS)
    bills = _untold(queries.overdue(since, on), "dues.bill.reminded", on - GAP)
    if bills:
        with acting(by, "dues.record") as act:
            rows = [(bill, {"period": f"{bill.period:%Y-%m}", "month": month_text(bill.period)}) for bill in bills]
            act.record_many("dues.bill.reminded", rows, on=on)


def alert_unpaid(*, by: Actor, on: date) -> None:
    """The daily job: six months running unpaid is said once to the branch secretary. No status changes (DUE-25, §0.4)."""
    found = queries.six_months_unpaid(on)
    fresh = _untold(found, "dues.member.unpaid", on - timedelta(days=180))
    if fresh:
        with acting(by, "dues.record") as act:
            rows = [
                (member, {"since": f"{found[member]:%Y-%m}", "month": month_text(found[member])}) for member in fresh
            ]
            act.record_many("dues.member.unpaid", rows, on=on)


def _untold(rows: Iterable[Any], fact: str, since: date) -> list[Any]:
    """Those of whom this was not said since that day."""
    wanted = list(rows)
    told: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        entries = entries_about(wanted[start : start + BATCH], [fact]).filter(on__gt=since)
        told |= set(entries.values_list("about_id", flat=True))
    return [row for row in wanted if str(row.pk) not in told]
