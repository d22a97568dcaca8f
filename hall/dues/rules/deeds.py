"""What speaks against a deed, and which months count: payments, refunds, withdrawals, waivers, changes (DUE-07 … DUE-28)."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from hall.core.days import add_months, first_of_month, month_text, months_between
from hall.core.findings import Finding
from hall.core.money import yuan
from hall.dues.rules.amounts import limit, section
from hall.dues.words import BillStatus, Payer, Rank

# --- months -----------------------------------------------------------------------------------------------------


def first_month(passed_on: date) -> date:
    """First month a probationary member owes: the whole month in which the members' meeting passed them (DUE-20)."""
    return first_of_month(passed_on)


def first_month_here(paid_up_to: date) -> date:
    """First month the new branch collects: the one after the month the transfer letter states (DUE-28)."""
    return add_months(first_of_month(paid_up_to), 1)


def is_overdue(status: BillStatus | str, period: date, today: date) -> bool:
    """An open bill is overdue once its month is over (DUE-22)."""
    return status == BillStatus.OPEN and months_between(period, today) > 0


def unpaid_findings(unpaid: Iterable[date], today: date) -> list[Finding]:
    """The alert after six consecutive months unpaid (DUE-25). People decide what follows; no status changes."""
    longest = _longest_run(period for period in unpaid if is_overdue(BillStatus.OPEN, period, today))
    if len(longest) < limit("unpaid_alert_months"):
        return []
    text = _("Unpaid for %(count)d months running, since %(month)s. Talk with the member and find out the reason.")
    values = {"count": len(longest), "month": month_text(longest[0])}
    return [Finding("DUE-25", text % values, must=False, source="DUES08 Art. 13")]


def _longest_run(periods: Iterable[date]) -> list[date]:
    longest: list[date] = []
    run: list[date] = []
    for period in sorted({first_of_month(period) for period in periods}):
        run = [*run, period] if run and months_between(run[-1], period) == 1 else [period]
        longest = max(longest, run, key=len)
    return longest


def year_change_findings(before: Payer | str, after: Payer | str, effective: date) -> list[Finding]:
    """What speaks against a new monthly amount from that month.

    The amount is fixed at the start of the year: a mere change of pay waits for January (DUE-12). A change of standing
    (retired, began work, lost it) counts at once (DUE-13).
    """
    if effective.month == 1 or Payer(before) != Payer(after):
        return []
    yearly = [entry for entry in section("yearly") if entry["effective_from"] <= effective]
    text = _("The monthly amount is fixed at the start of the year and normally stays; change it from January.")
    return [Finding(entry["rule"], text, must=False, source=entry["source"]) for entry in yearly[-1:]]


# --- what speaks against a deed ---------------------------------------------------------------------------------


def payment_findings(
    status: BillStatus | str, owed: int, amount: int, months_late: int, months_ahead: int = 0, advance_limit: int = 3
) -> list[Finding]:
    """What speaks against taking this payment: a closed bill, too much, too late (DUE-23), too early (DUE-24)."""
    if status != BillStatus.OPEN:
        return [Finding("house", _("The bill is closed."))]
    found = _amount_findings(amount)
    if amount > owed:
        text = _("Only %(owed)s yuan is owed; record the rest as a voluntary extra.") % {"owed": yuan(owed)}
        found.append(Finding("DUE-14", text, source="DUES17 (1)"))
    if months_late > limit("back_payment_months"):
        text = _("Back payment normally covers six months; give the reason.")
        found.append(Finding("DUE-23", text, must=False, source="DUES08 Art. 12"))
    if months_ahead > advance_limit:
        text = _("Paid further ahead than the %(limit)d months of the local rule; give the reason.") % {
            "limit": advance_limit
        }
        found.append(Finding("DUE-24", text, must=False, source="local"))
    return found


def refund_findings(paid: int, refunded: int, amount: int) -> list[Finding]:
    """What speaks against paying this back: nothing can be refunded that was not taken."""
    found = _amount_findings(amount)
    if amount > paid - refunded:
        text = _("Only %(left)s yuan of this payment is left to refund.") % {"left": yuan(max(paid - refunded, 0))}
        found.append(Finding("house", text))
    return found


def withdrawal_findings(status: BillStatus | str, paid: int, refunded: int = 0) -> list[Finding]:
    """What speaks against withdrawing a bill: it is withdrawn already, or money taken for it has not gone back."""
    if status == BillStatus.WITHDRAWN:
        return [Finding("house", _("The bill is already withdrawn."))]
    if paid > refunded:
        text = _("%(kept)s yuan was paid for this bill; refund it first.") % {"kept": yuan(paid - refunded)}
        return [Finding("house", text)]
    return []


def waiver_findings(proposed_by_rank: int, approved_by_rank: int | None, same_hand: bool = False) -> list[Finding]:
    """What keeps a reduction or waiver from effect: the branch studies, the next higher committee approves (DUE-07).

    None: nobody has approved. A general branch reviews but is no committee. `same_hand`: one person did both (PERM-02).
    """
    found = []
    if approved_by_rank is None or approved_by_rank <= proposed_by_rank or approved_by_rank < Rank.COMMITTEE:
        text = _("A reduction or waiver takes effect only when the next higher committee has approved it.")
        found.append(Finding("DUE-07", text, source="DUES08 Art. 7"))
    if same_hand:
        found.append(Finding("PERM-02", _("Whoever proposed the waiver cannot approve it; ask another person to.")))
    return found


def _amount_findings(amount: int) -> list[Finding]:
    return [] if amount > 0 else [Finding("house", _("The amount must be more than zero."))]


def wish_findings(uncapped: bool, allowed: bool) -> list[Finding]:
    """Beyond the cap only by the member's own wish (DUE-14): written down, unless the college allows it in general."""
    if not uncapped or allowed:
        return []
    text = _("More than the normal cap is paid only by the member's own wish; write down how they said so.")
    return [Finding("DUE-14", text, must=False, source="DUES17 (1)")]


def day_findings(day: date, today: date, not_before: date | None = None) -> list[Finding]:
    """What speaks against the day on which money changed hands: it must have come, and lie after what it answers."""
    if day > today:
        return [Finding("house", _("The day lies in the future; enter the payment when it has been made."))]
    if not_before and day < not_before:
        return [Finding("house", _("The refund lies before the payment; check the day."))]
    return []


def named(findings: Iterable[Finding], name: str) -> list[Finding]:
    """The findings with the person they concern in front, for deeds that concern many."""
    text = _("%(name)s: %(text)s")
    return [Finding(f.rule, text % {"name": name, "text": f.text}, f.must, f.source) for f in findings]
