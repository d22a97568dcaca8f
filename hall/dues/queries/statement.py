"""One member's months with what was paid, as the member and the keeper of the dues read them; sheets of bases."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from hall.core.viewer import Viewer
from hall.dues.models import BasePreview, Bill, Payment
from hall.dues.queries.bills import assessments_on, kept_on
from hall.dues.queries.months import BADGES
from hall.dues.words import BillStatus, Payer


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a member: what was billed, what is open, and the receipts."""

    bill: Bill
    open: int
    badge: str
    status: Any
    receipts: list[Any]


def months_of(member: Any) -> list[Month]:
    """The member's months, newest first, without withdrawn bills. Four queries however many."""
    rows = Bill.objects.filter(member=member).exclude(status=BillStatus.WITHDRAWN)
    bills = list(rows.select_related("assessment__organisation", "organisation").order_by("-period"))
    kept = kept_on(bills)
    receipts: dict[int, list[Any]] = {}
    for payment in Payment.objects.filter(bill__in=bills).select_related("receipt").order_by("pk"):
        receipts.setdefault(payment.bill_id, []).append(payment.receipt)
    return [
        Month(
            bill,
            bill.amount - kept.get(bill.pk, 0),
            BADGES[BillStatus(bill.status)],
            BillStatus(bill.status).label,
            receipts.get(bill.pk, []),
        )
        for bill in bills
    ]


@dataclass(frozen=True, slots=True)
class Assessed:
    """One member of the assessing list."""

    pk: UUID
    name: str
    branch: str
    payer: Any
    amount: int | None
    starts_on: date | None


def assessed(rows: QuerySet, month: date) -> list[Assessed]:
    """The cut members with the assessment in force. Two queries."""
    people = list(rows)
    known = assessments_on(month, [person.pk for person in people])
    return [_assessed(person, known.get(person.pk)) for person in people]


def _assessed(person: Any, row: Any) -> Assessed:
    payer = Payer(row.payer).label if row else ""
    return Assessed(
        person.pk,
        person.name,
        str(person.organisation),
        payer,
        row.amount if row else None,
        row.starts_on if row else None,
    )


def search(rows: QuerySet, words: str) -> QuerySet:
    """Members by the beginning of the name, of its pinyin or initials, or of the number."""
    wanted = "".join(words.lower().split())
    begins = Q(name_key__startswith=wanted) | Q(pinyin__startswith=wanted) | Q(initials__startswith=wanted)
    return rows.filter(begins | Q(campus_no__startswith=words.strip()))


def preview_for(viewer: Viewer, pk: UUID) -> BasePreview:
    """A sheet of bases, for the person who read it, while they may assess there. Else 404."""
    found = BasePreview.objects.filter(pk=pk, account=viewer.account_id).select_related("organisation").first()
    if found is None or not viewer.may("dues.assess", found.organisation_id):
        raise Http404
    return found
