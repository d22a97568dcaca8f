"""Reads of the members. Each takes the viewer; what one may not see does not exist."""

from hall.members.queries.records import accounts_of, member_for, members_for, members_on, own_member, payers_on

__all__ = ["accounts_of", "member_for", "members_for", "members_on", "own_member", "payers_on"]
