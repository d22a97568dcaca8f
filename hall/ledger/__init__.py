"""Ledger 存证账本: every deed of the hall, sealed so that nobody changes the record unseen. Needs nothing and cannot be switched off."""
