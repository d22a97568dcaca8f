"""Pages of dues: the cashier's month, one bill, assessing, the member's own months, the collection."""
