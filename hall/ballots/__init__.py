"""Ballots: when a vote is valid and what it decided. The majorities are data in majorities.toml."""
