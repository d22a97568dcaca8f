"""Proofs over the whole hall, generated from its routes, tables and manifests. No module: only tests live here."""
