"""The month board of a branch: figures, what differs from last month, and who waits to be billed (ux 12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, UUIDField
from django.urls import reverse
from django.utils.translation import gettext as _

from hall.core.citing import cite
from hall.core.days import add_months, first_of_month
from hall.core.listing import Filter
from hall.core.money import yuan
from hall.dues.models import Assessment, Bill, Payment
from hall.dues.queries.bills import payers, unassessed, unit_of, waiting, why
from hall.dues.queries.collecting import Collection, collection, names_below
from hall.dues.words import BillStatus, Difference, Payer
from hall.members import queries as members
from hall.organisations import queries as organisations
from hall.papers.queries import number_text

SHOWN = 60  # differences printed at most; the rest is counted
BADGES = {BillStatus.OPEN: "waiting", BillStatus.SETTLED: "done", BillStatus.WITHDRAWN: "none"}


@dataclass(frozen=True, slots=True)
class Change:
    """One line that is not as last month, with the clause its amount rests on."""

    kind: Difference
    name: str
    branch: str
    bill_id: int | None
    member_id: UUID
    before: int | None
    amount: int | None
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Board:
    """A month of an organisation at a glance. `share`: paid in hundredths of what is due."""

    organisation: Any
    ids: frozenset[int]
    period: date
    collection: Collection
    changes: list[Change]
    more: int
    first: bool
    to_issue: int
    unassessed: list[Any]
    outdated: list[Any]

    @property
    def share(self) -> int:
        return 100 * self.collection.paid // self.collection.due if self.collection.due else 0


def board(viewer: Any, organisation: Any, period: date) -> Board:
    """Everything the board shows besides the list. A fixed number of queries, however many members."""
    names = names_below(organisation)
    ids = frozenset(names)
    first, changes = _changes(ids, period)
    to_issue, to_assess = waiting(period, ids)
    return Board(
        organisation, ids, period, collection(organisation, period, names),
        _lines(viewer, changes[:SHOWN], period) if changes else [], max(0, len(changes) - SHOWN), first, to_issue,
        list(unassessed(period, ids)[:SHOWN]) if to_assess else [], outdated(period, ids),
    )  # fmt: skip


def ids_of(organisation: Any) -> frozenset[int]:
    """The organisation and all below it."""
    return organisations.ids_at_or_below(organisation)


def board_address(organisation_id: int, period: date) -> str:
    return f"{reverse('dues:bills')}?organisation={organisation_id}&month={period:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Side:
    """One month of one member, as far as it is compared."""

    bill: int
    amount: int
    payer: str
    organisation: int


def _changes(ids: Iterable[int], period: date) -> tuple[bool, list[tuple[UUID, Side | None, Side | None]]]:
    """Were there no bills the month before? And (member, last month, this month) where they differ. One query."""
    last = add_months(period, -1)
    rows = Bill.objects.filter(period__in=[last, period], organisation__in=list(ids))
    sides: dict[date, dict[UUID, Side]] = {last: {}, period: {}}
    first = True
    for month, status, member, bill, amount, payer, place in rows.values_list(
        "period", "status", "member", "pk", "amount", "assessment__payer", "organisation"
    ):
        first = first and month != last
        if status != BillStatus.WITHDRAWN:
            sides[month][member] = Side(bill, amount, payer, place)
    before, now = sides[last], sides[period]
    pairs = [(pk, before.get(pk), now.get(pk)) for pk in {**now, **before}] if now and not first else []
    return first, [
        (pk, old, new)
        for pk, old, new in pairs
        if old is None or new is None or (old.amount, old.payer) != (new.amount, new.payer)
    ]


def _lines(viewer: Any, changes: list[tuple[UUID, Side | None, Side | None]], period: date) -> list[Change]:
    ids = [pk for pk, _old, _new in changes]
    people = _people([side.bill for _pk, old, new in changes if (side := new or old)])
    owing = set(
        payers(period, {m.organisation_id for m in people.values()}).filter(pk__in=ids).values_list("pk", flat=True)
    )
    bills = [new.bill for _pk, _old, new in changes if new]
    said = _said(viewer, bills)
    lines = [_line(people[pk], old, new, period, pk in owing, said) for pk, old, new in changes if pk in people]
    return sorted(lines, key=lambda line: (list(Difference).index(line.kind), line.branch, line.name))


def _people(bill_ids: list[int]) -> dict[UUID, Any]:
    """Member id → member, of these bills."""
    rows = Bill.objects.filter(pk__in=bill_ids).select_related("member__organisation")
    return {bill.member_id: bill.member for bill in rows}


def _said(viewer: Any, bill_ids: list[int]) -> dict[int, tuple[str, str]]:
    """Bill → (rule, line that shows the base). The line only for who may assess there (F47, D26)."""
    bills = Bill.objects.filter(pk__in=bill_ids).select_related("assessment__organisation")
    found = {}
    unit = cache(unit_of)  # one look-up a branch and month for this page
    for row in bills:
        assessed = row.assessment
        text = ""
        if viewer.may("dues.assess", assessed.organisation_id):
            text = why(assessed, unit(assessed.organisation, assessed.starts_on))[:2][-1].text
        found[row.pk] = (f"{assessed.rule} · {cite(assessed.source)}", text)
    return found


def _line(
    person: Any, old: Side | None, new: Side | None, period: date, owes: bool, said: dict[int, tuple[str, str]]
) -> Change:
    rule, text = said.get(new.bill, ("", "")) if new else ("", "")
    return Change(
        _kind(person, old, new, period, owes), person.name, str(person.organisation), new.bill if new else None,
        person.pk, old.amount if old else None, new.amount if new else None, rule, text,
    )  # fmt: skip


def _kind(person: Any, old: Side | None, new: Side | None, period: date, owes: bool) -> Difference:
    if new is None:
        return Difference.MISSING if owes else Difference.LEFT
    if old is None:
        return _arrival(person, period)
    if old.payer != new.payer:
        return Difference.RETIRED if new.payer == Payer.RETIRED else Difference.STANDING
    return Difference.AMOUNT


def _arrival(person: Any, period: date) -> Difference:
    if person.joined_on and first_of_month(person.joined_on) == period:
        return Difference.PROBATION
    recent = person.arrived_on and person.arrived_on >= add_months(period, -1)
    return Difference.ARRIVED if recent else Difference.JOINED


def outdated(period: date, organisation_ids: Iterable[int]) -> list[Any]:
    """Members whose identity no longer fits what they are assessed as: a change of standing counts at once (DUE-13)."""
    rows = members.members_on(period).filter(organisation__in=list(organisation_ids))
    known = Assessment.objects.filter(member__in=rows, starts_on__lte=period, superseded=False)
    columns = known.order_by("starts_on").values_list("member", "member__identity", "payer")
    latest = {pk: (identity, payer) for pk, identity, payer in columns}
    odd = [pk for pk, (identity, payer) in latest.items() if not _fits(identity, payer)]
    return list(rows.filter(pk__in=odd).select_related("organisation").order_by("pinyin", "pk")[:SHOWN]) if odd else []


def _fits(identity: str, payer: str) -> bool:
    if identity == "retired":
        return payer == Payer.RETIRED
    if identity in ("teacher", "staff"):
        return payer not in (Payer.STUDENT, Payer.RETIRED)
    return True


# --- the list ---


@dataclass(frozen=True, slots=True)
class Line:
    """One bill of the list, ready to print."""

    pk: int
    name: str
    branch: str
    payer: Any
    money: str
    open: bool
    badge: str
    status: Any
    settled: str
    receipt: str
    receipt_id: Any
    choose: str


def lines(rows: QuerySet[Bill]) -> list[Line]:
    """The cut rows as lines with their latest receipt. One query."""
    paid = Payment.objects.filter(bill=OuterRef("pk")).order_by("-pk")
    year, serial = (Subquery(paid.values(f"receipt__{name}")[:1]) for name in ("year", "serial"))
    key = Subquery(paid.values("receipt")[:1], output_field=UUIDField())
    columns = rows.values_list(
        "pk", "member__name", "organisation__short_name", "organisation__name", "assessment__payer", "amount", "status",
        "settled_on", key, year, serial,
    )  # fmt: skip
    payers_, states = ({key: str(text) for key, text in words.choices} for words in (Payer, BillStatus))
    choose = _("Choose %(name)s")
    return [
        Line(
            pk, name, short or place, payers_[payer], f"¥{yuan(amount)}", status == BillStatus.OPEN, BADGES[status],
            states[status], settled_on.isoformat() if settled_on else "", number_text(year, serial) if key else "", key,
            choose % {"name": name},
        )
        for pk, name, short, place, payer, amount, status, settled_on, key, year, serial in columns
    ]  # fmt: skip


def filters() -> list[Filter]:
    return [Filter("state", _("State"), BillStatus.choices, lambda rows, value: rows.filter(status=value))]


def search(rows: QuerySet[Bill], words: str) -> QuerySet[Bill]:
    """By the beginning of the name, of its pinyin or of its initials."""
    wanted = "".join(words.lower().split())
    begins = Q(member__name_key__startswith=wanted) | Q(member__pinyin__startswith=wanted)
    return rows.filter(begins | Q(member__initials__startswith=wanted))


SORTS = {  # what is still open stands first
    "state": ("status", "member__pinyin", "pk"),
    "name": ("member__pinyin", "pk"),
    "-amount": ("-amount", "pk"),
    "amount": ("amount", "pk"),
}
