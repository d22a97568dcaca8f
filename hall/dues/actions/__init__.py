"""Writes of dues: assess, bill, take payments, refund, withdraw. One act each; safe to run twice where said."""

from hall.dues.actions.assessing import Basis, assess_member, assess_members
from hall.dues.actions.billing import issue_bills, issue_month, withdraw_ahead, withdraw_bill
from hall.dues.actions.paying import record_payment, record_payments, refund_payment

__all__ = [
    "Basis", "assess_member", "assess_members", "issue_bills", "issue_month", "record_payment", "record_payments", "refund_payment", "withdraw_ahead", "withdraw_bill",
]  # fmt: skip
