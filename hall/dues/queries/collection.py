"""The collection of a month: totals by branch, never a person's amount (DUE-44, DUE-45)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from hall.dues.models import Bill, Payment, Refund
from hall.dues.words import BillStatus
from hall.organisations import queries as organisations
from hall.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Row:
    """One branch in one month; fen and heads."""

    organisation_id: int
    organisation: str
    heads: int
    heads_paid: int
    due: int
    paid: int

    @property
    def open(self) -> int:
        return self.due - self.paid


@dataclass(frozen=True, slots=True)
class Collection:
    """What an organisation collected in a month, branch by branch."""

    organisation: str
    period: date
    rows: tuple[Row, ...]

    @property
    def heads(self) -> int:
        return sum(row.heads for row in self.rows)

    @property
    def heads_paid(self) -> int:
        return sum(row.heads_paid for row in self.rows)

    @property
    def due(self) -> int:
        return sum(row.due for row in self.rows)

    @property
    def paid(self) -> int:
        return sum(row.paid for row in self.rows)

    @property
    def open(self) -> int:
        return self.due - self.paid


def collection(organisation: Organisation, period: date) -> Collection:
    """Totals of that month at and below the organisation. Four queries however many branches."""
    ids = organisations.ids_at_or_below(organisation)
    names = {o.pk: str(o) for o in Organisation.objects.filter(pk__in=ids).only("pk", "name", "short_name")}
    live = Bill.objects.filter(organisation__in=ids, period=period).exclude(status=BillStatus.WITHDRAWN)
    sums = live.values("organisation").annotate(due=Sum("amount"), heads=Count("pk"), settled=Count("pk", filter=Q(status=BillStatus.SETTLED)))
    kept = _kept(ids, period)
    rows = [Row(s["organisation"], names[s["organisation"]], s["heads"], s["settled"], s["due"], kept.get(s["organisation"], 0)) for s in sums]
    return Collection(str(organisation), period, tuple(sorted(rows, key=lambda row: row.organisation)))


def _kept(ids: Iterable[int], period: date) -> dict[int, int]:
    """Organisation → payments less refunds for bills of that month."""
    of_month: dict[str, Any] = {"bill__period": period, "bill__organisation__in": ids}
    kept = dict(Payment.objects.filter(**of_month).values_list("bill__organisation").annotate(sum=Sum("amount")))
    back = Refund.objects.filter(payment__bill__period=period, payment__bill__organisation__in=ids)
    for pk, amount in back.values_list("payment__bill__organisation").annotate(sum=Sum("amount")):
        kept[pk] = kept.get(pk, 0) - amount
    return kept
