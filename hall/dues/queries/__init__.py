"""Reads of dues. The clerk sees amounts, peers never do (D26)."""

from hall.dues.queries.bills import (
    account_of,
    assessments_on,
    bill_for,
    bills_for,
    owed,
    own_bills,
    paid_up_to,
    receipt_of,
    unassessed,
)
from hall.dues.queries.collection import Collection, collection

__all__ = [
    "Collection", "account_of", "assessments_on", "bill_for", "bills_for", "collection", "owed", "own_bills", "paid_up_to", "receipt_of", "unassessed",
]  # fmt: skip
