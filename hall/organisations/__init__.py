"""Organisations 党组织: the tree of committees, branches and groups, how it changed, who sits until when, and local settings."""
