"""What the papers of dues say: copies, so that they read the same in years."""

from datetime import date
from typing import Any

from django.utils.translation import override

from hall.core.citing import cite
from hall.core.money import capitals, yuan_plain
from hall.dues import rules
from hall.dues.models import Bill, Payment, Publication
from hall.dues.queries.collecting import Collection, least_shown
from hall.dues.words import Payer, PaymentMethod

PAPERS = "zh-hans"  # a paper is written in Chinese, whatever language the clerk's screen speaks


@override(PAPERS)
def receipt_of(
    amount: int, bill: Bill, *, place: Any, paid_on: date, method: str, collector: str, payer_name: str = ""
) -> dict[str, Any]:
    """What a receipt says. The base is not on it: receipts are shown to others."""
    return {
        "member": bill.member.name,
        "branch": str(place),
        "period": f"{bill.period:%Y-%m}",
        "amount": yuan_plain(amount),
        "capitals": capitals(amount),
        "billed": yuan_plain(bill.amount),
        "rule": bill.assessment.rule,
        "source": bill.assessment.source,
        "clause": cite(bill.assessment.source),
        "payer": str(Payer(bill.assessment.payer)),
        "payer_title": str(Payer(bill.assessment.payer).label),
        "paid_on": paid_on.isoformat(),
        "method": str(PaymentMethod(method)),
        "method_title": str(PaymentMethod(method).label),
        "collector": collector,
        "handed_in_by": payer_name,
    }


@override(PAPERS)
def refund_of(amount: int, payment: Payment, bill: Bill, *, on: date, reason: str, handler: str) -> dict[str, Any]:
    """What a refund's paper says; it names the receipt it answers."""
    return {
        "member": bill.member.name,
        "branch": str(bill.organisation),
        "period": f"{bill.period:%Y-%m}",
        "amount": yuan_plain(amount),
        "capitals": capitals(amount),
        "receipt": payment.receipt.number,
        "reason": reason,
        "refunded_on": on.isoformat(),
        "handler": handler,
    }


@override(PAPERS)
def report_of(found: Collection, on: date) -> dict[str, Any]:
    """What the published collection says: heads and totals, small groups kept back."""
    least = least_shown(on)
    lines = [(row.heads, row.heads_paid, row.due, row.paid) for row in found.rows]
    shown, total = rules.published(lines, least)
    return {
        "of": found.organisation,
        "period": f"{found.period:%Y-%m}",
        "rows": [{"branch": row.organisation, **_printed(one)} for row, one in zip(found.rows, shown, strict=True)],
        "total": _printed(total),
        "least": least,
    }


def _printed(one: rules.Shown) -> dict[str, Any]:
    open_ = None if one.due is None or one.paid is None else one.due - one.paid
    figures = {"due": one.due, "paid": one.paid, "open": open_}
    texts = {name: "" if fen is None else yuan_plain(fen) for name, fen in figures.items()}
    return {"heads": one.heads, "heads_paid": one.heads_paid, "heads_open": one.heads - one.heads_paid, **texts}


def publication_of(organisation: Any, period: date) -> Publication | None:
    """The paper of that month in force: the last one issued."""
    rows = Publication.objects.filter(organisation=organisation, period=period).select_related("paper")
    return rows.order_by("-id").first()
