"""What dues does when it hears that a member left, was stopped, or that two records are one person."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hall.dues import queries
from hall.dues.actions.billing import local_day, withdraw
from hall.dues.models import Assessment, Bill
from hall.dues.words import BillStatus
from hall.ledger.acting import Act, Fact
from hall.ledger.queries import history_of


def withdraw_ahead(*, by: Act, facts: list[Fact]) -> None:
    """Members left or were stopped: bills of later months for which no money is kept are withdrawn.

    The bill of the month itself stays with the branch of that month (D14); what was paid ahead stays for a refund.
    """
    days = {fact.about.pk: fact.on or local_day(by) for fact in facts}
    withdraw_ahead_of(by, days)


def withdraw_ahead_of(act: Act, days: dict[Any, date]) -> None:
    """Member → the day they left; two statements however many."""
    rows = Bill.objects.select_for_update(of=("self",)).filter(member__in=list(days), status=BillStatus.OPEN)
    ahead = [bill for bill in rows.order_by("pk") if bill.period > days[bill.member_id]]
    kept = queries.kept_on(ahead)
    free = [bill for bill in ahead if not kept.get(bill.pk)]
    if free:
        withdraw(act, free, _("The member has left."))


def join_accounts(*, by: Act, facts: list[Fact]) -> None:
    """Two records became one: bills and assessments go to the kept one. Where both have the month, an unpaid double of
    the dropped record is withdrawn and a paid one stays where it is, for a person to look at (one payer, D14)."""
    for fact in facts:
        kept, dropped = fact.particulars["kept"], fact.particulars["dropped"]
        moved = {"bills": _join_bills(by, kept, dropped), "assessments": _join_assessments(kept, dropped)}
        if moved["bills"] or moved["assessments"]:
            by.record("dues.account.joined", fact.about, because_of=fact, kept=kept, dropped=dropped, moved=moved)


def _join_bills(act: Act, kept: Any, dropped: Any) -> list[int]:
    rows = list(Bill.objects.select_for_update(of=("self",)).filter(member__in=[kept, dropped]).order_by("pk"))
    live = {bill.period for bill in rows if str(bill.member_id) == kept and bill.status != BillStatus.WITHDRAWN}
    theirs = [bill for bill in rows if str(bill.member_id) == dropped]
    double = [bill for bill in theirs if bill.period in live and bill.status == BillStatus.OPEN]
    money = queries.kept_on(double)
    if free := [bill for bill in double if not money.get(bill.pk)]:
        withdraw(act, free, _("The record was merged with another that has a bill for this month."))
    moved = [b.pk for b in theirs if b.status == BillStatus.WITHDRAWN or b.period not in live]
    Bill.objects.filter(pk__in=moved).update(member=kept)
    return moved


def _join_assessments(kept: Any, dropped: Any) -> list[str]:
    held = Assessment.objects.filter(member=kept, superseded=False).values_list("starts_on", flat=True)
    rows = Assessment.objects.filter(member=dropped, superseded=False).exclude(starts_on__in=list(held))
    moved = list(rows.values_list("pk", flat=True))
    Assessment.objects.filter(pk__in=moved).update(member=kept)
    return [str(pk) for pk in moved]


def part_accounts(*, by: Act, facts: list[Fact]) -> None:
    """A merge was undone: what it moved goes back to the restored record."""
    for fact in facts:
        dropped = fact.particulars["dropped"]
        told = [t.particulars for t in history_of(fact.about) if t.name == "dues.account.joined"]
        moved = next((said["moved"] for said in reversed(told) if said.get("dropped") == dropped), None)
        if moved:
            Bill.objects.filter(pk__in=moved["bills"]).update(member=dropped)
            Assessment.objects.filter(pk__in=moved["assessments"]).update(member=dropped)
            by.record("dues.account.parted", fact.about, because_of=fact, dropped=dropped)
