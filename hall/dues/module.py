"""What dues offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import (
    Attachments,
    Dataset,
    Job,
    Keeping,
    Kept,
    LongWork,
    Module,
    Nav,
    Notice,
    PaperKind,
    Personal,
)
from hall.dues import actions, demo, queries
from hall.dues.queries import desk

module = Module(
    name="dues",
    title=_("Dues"),
    needs=("organisations", "accounts", "papers", "notices", "files", "members"),
    nav=(
        Nav("dues:bills", _("Dues of the month"), needs="dues.view", icon="report-money", order=30),
        Nav("dues:mine", _("Pay dues"), icon="receipt", order=35, own=True),
    ),
    permissions={
        "dues.view": _("See bills and the month board"),
        "dues.assess": _("Assess dues; sees the base"),
        "dues.issue": _("Issue the bills of a month"),
        "dues.record": _("Take payments"),
        "dues.refund": _("Refund payments"),
        "dues.withdraw": _("Withdraw bills"),
        "dues.report": _("See and publish the collection"),
    },
    facts={
        "dues.member.assessed": _("Dues assessed"),
        "dues.bases.read": _("Sheet of bases read"),
        "dues.bases.applied": _("Sheet of bases applied"),
        "dues.month.issued": _("Bills of a month issued"),
        "dues.bill.issued": _("Bill issued"),
        "dues.bill.withdrawn": _("Bill withdrawn"),
        "dues.bill.reminded": _("Reminded of an unpaid month"),
        "dues.payment.recorded": _("Payment recorded"),
        "dues.payment.refunded": _("Payment refunded"),
        "dues.member.unpaid": _("Six months unpaid"),
        "dues.account.joined": _("Dues of two records joined"),
        "dues.account.parted": _("Dues of two records parted again"),
        "dues.collection.published": _("Collection published"),
    },
    listens={
        "members.member.departed": actions.withdraw_ahead,
        "members.membership.stopped": actions.withdraw_ahead,
        "members.member.merged": actions.join_accounts,
        "members.member.split": actions.part_accounts,
    },
    notices=(
        Notice(on="dues.bill.issued", to=desk.payers_of, text="dues/notices/bill_issued"),
        Notice(on="dues.payment.recorded", to=desk.payers_of_payments, text="dues/notices/receipt"),
        Notice(on="dues.bill.reminded", to=desk.payers_of, text="dues/notices/reminder"),
        Notice(on="dues.member.unpaid", to=desk.secretaries_of, text="dues/notices/unpaid"),
    ),
    jobs=(
        Job("dues.monthly", _("Issue the month's bills"), actions.issue_month, day=1),
        Job("dues.reminder", _("Remind of unpaid months"), actions.remind_overdue, day=8),
        Job("dues.alert", _("Look for six months unpaid"), actions.alert_unpaid),
    ),
    long_works=(LongWork("dues.issue", _("Issue the month's bills"), actions.issue_work),),
    datasets=(
        Dataset(
            "dues.collection",
            _("Collection of a month"),
            queries.dataset,
            columns={
                "period": _("Month"),
                "organisation": _("Branch"),
                "heads": _("Heads"),
                "heads_paid": _("Paid"),
                "due": _("Due (fen)"),
                "paid": _("Received (fen)"),
            },
            open=True,
        ),
    ),
    papers=(
        PaperKind("dues.receipt", _("Receipt of Party dues"), "papers/receipt.typ"),
        PaperKind("dues.refund", _("Refund of Party dues"), "papers/refund.typ"),
        PaperKind("dues.collection", _("Collection of Party dues"), "papers/collection.typ", revoke="dues.report"),
    ),
    attachments=(Attachments("dues.payment", _("Bank slip"), queries.sees_payment),),
    privacy=(
        Personal("Assessment.base", _("reckon the dues"), _("DUES08 Arts. 1–5"), "L3", _("10 years after the last month")),
        Personal("Assessment.reason", _("say why the amount changed"), _("DUES17 (1)"), "L2", _("10 years after the last month")),
        Personal("Bill.withdrawn_reason", _("say why a bill was taken back"), _("DUES08 Art. 25"), "L2", _("10 years after the last month")),
        Personal("Payment.payer_name", _("say who handed the money in"), _("DUES08 Art. 12"), "L2", _("10 years after the last month")),
        Personal("Payment.collector", _("say who took the money"), _("DUES08 Art. 23"), "L2", _("10 years after the last month"), "stays"),
        Personal("Payment.reference", _("book nothing twice"), _("DUES08 Art. 25"), "L2", _("10 years after the last month"), "stays"),
        Personal("Refund.reason", _("say why money went back"), _("DUES08 Art. 25"), "L2", _("10 years after the last month")),
        Personal("BasePreview.rows", _("compare a sheet before it is applied"), _("DUES08 Art. 2"), "L3", _("one year"), "stays"),
    ),
    whose={"Payment": "bill__member", "Refund": "payment__bill__member", "BasePreview": ""},
    keeping=(
        Keeping("BasePreview", _("sheets of bases"), 365, "read_at", "machine"),
        Keeping("Payment", _("payments"), 10 * 365, "paid_on"),
    ),
    not_personal=(
        "Assessment.payer", "Assessment.table", "Assessment.rule", "Assessment.source", "Bill.status", "Payment.method",
        "BasePreview.file_name", "BasePreview.counts", "BasePreview.state",
    ),
    kept=(Kept("Payment", changes=("payer_name",)), Kept("Refund", changes=("reason",)), Kept("Publication")),
    tasks=desk.tasks_for,
    cards=desk.cards_for,
    demo=demo.furnish,
)  # fmt: skip
