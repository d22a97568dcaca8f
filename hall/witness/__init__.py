"""Witness 核验: the ledger seen from outside: verified by whoever is invited, its checkpoints kept where the hall cannot reach."""
