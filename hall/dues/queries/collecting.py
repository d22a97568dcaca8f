"""The collection of a month: totals by branch, never a person's amount (DUE-44, DUE-45)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import Http404

from hall.core.days import parse_month
from hall.core.viewer import Viewer
from hall.dues import rules
from hall.dues.models import Bill, Payment, Refund
from hall.dues.words import BillStatus
from hall.organisations import queries as organisations


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

    @property
    def heads_open(self) -> int:
        return self.heads - self.heads_paid


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

    @property
    def heads_open(self) -> int:
        return self.heads - self.heads_paid


SETTLED = Count("pk", filter=Q(status=BillStatus.SETTLED))


def heads(organisation: Any, period: date) -> tuple[int, int]:
    """How many bills of that month stand at and below the organisation, and how many are settled. One query."""
    below = Bill.objects.filter(organisation__path__startswith=organisation.path, period=period)
    found = below.exclude(status=BillStatus.WITHDRAWN).aggregate(heads=Count("pk"), settled=SETTLED)
    return found["heads"], found["settled"]


def names_below(organisation: Any) -> dict[int, str]:
    """Id → name of the organisation and all below it, in the order of the tree."""
    places = organisations.organisations().filter(path__startswith=organisation.path)
    return {place.pk: str(place) for place in places.only("pk", "name", "short_name")}


def collection(organisation: Any, period: date, names: dict[int, str] | None = None) -> Collection:
    """Totals of that month at and below the organisation, in the order of the tree. Three queries however many.

    `names`: its `names_below`, if they are known already.
    """
    names = names_below(organisation) if names is None else names
    live = Bill.objects.filter(organisation__in=list(names), period=period).exclude(status=BillStatus.WITHDRAWN)
    sums = {
        s["organisation"]: s
        for s in live.values("organisation").annotate(due=Sum("amount"), heads=Count("pk"), settled=SETTLED)
    }
    kept = _kept(list(names), period)
    rows = [
        Row(pk, name, sums[pk]["heads"], sums[pk]["settled"], sums[pk]["due"], kept.get(pk, 0))
        for pk, name in names.items()
        if pk in sums
    ]
    return Collection(str(organisation), period, tuple(rows))


def _kept(ids: Iterable[int], period: date) -> dict[int, int]:
    """Organisation → payments less refunds for bills of that month."""
    of_month: dict[str, Any] = {"bill__period": period, "bill__organisation__in": ids}
    taken = Payment.objects.filter(**of_month).values_list("bill__organisation").annotate(sum=Sum("amount"))
    refunds = Refund.objects.filter(payment__bill__period=period, payment__bill__organisation__in=ids)
    back = refunds.values_list("payment__bill__organisation").annotate(sum=-Sum("amount"))
    kept: dict[int, int] = {}
    for pk, amount in taken.union(back, all=True):
        kept[pk] = kept.get(pk, 0) + amount
    return kept


def least_shown(on: date) -> int:
    """The smallest group whose figures may be shown: the college's setting (STA-06)."""
    top = organisations.college()
    return int(organisations.setting("organisations.small_group", top, on)) if top else 5


def dataset(viewer: Viewer, *, period: str, organisation: int | None = None) -> list[dict[str, Any]]:
    """The open data set: one row a branch within the viewer's reach, amounts of small groups kept back (STA-06).

    ValueError for a period that is no month; 404 for an organisation out of reach.
    """
    month = parse_month(period)
    place = (
        organisations.organisation_for(organisation)
        if organisation
        else viewer.hat.organisation
        if viewer.hat
        else None
    )
    if place is None or not (viewer.reaches_all("dues.report") or place.pk in viewer.reach("dues.report")):
        raise Http404
    rows = collection(place, month).rows
    shown, _total = rules.published([(r.heads, r.heads_paid, r.due, r.paid) for r in rows], least_shown(month))
    return [
        {
            "period": f"{month:%Y-%m}",
            "organisation": r.organisation,
            "heads": s.heads,
            "heads_paid": s.heads_paid,
            "due": s.due,
            "paid": s.paid,
        }
        for r, s in zip(rows, shown, strict=True)
    ]
