"""Dues: what members owe each month, what they paid, and the receipts. Amounts follow rates.toml."""
