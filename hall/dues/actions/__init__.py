"""Writes of dues: assess, bill, take payments, refund, withdraw, publish. One act each; safe to run twice where said."""

from hall.dues.actions.assessing import Basis, assess_member, assess_members
from hall.dues.actions.bases import apply_bases, read_bases
from hall.dues.actions.billing import issue_bills, issue_month, issue_work, withdraw_bill
from hall.dues.actions.hearing import join_accounts, part_accounts, withdraw_ahead
from hall.dues.actions.paying import Taking, record_payment, record_payments, refund_payment
from hall.dues.actions.reminding import alert_unpaid, remind_overdue
from hall.dues.actions.reporting import publish_report

__all__ = [
    "Basis",
    "Taking",
    "alert_unpaid",
    "apply_bases",
    "assess_member",
    "assess_members",
    "issue_bills",
    "issue_month",
    "issue_work",
    "join_accounts",
    "part_accounts",
    "publish_report",
    "read_bases",
    "record_payment",
    "record_payments",
    "refund_payment",
    "remind_overdue",
    "withdraw_ahead",
    "withdraw_bill",
]
