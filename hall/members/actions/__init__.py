"""Writes of the members; each is one act."""

from hall.members.actions.membership import (
    begin_absence,
    end_absence,
    note_lost_contact,
    restore_membership,
    stop_membership,
)
from hall.members.actions.merging import merge_members, split_members
from hall.members.actions.privacy import answer_correction, ask_correction, copy_own_data, record_export, reveal
from hall.members.actions.records import change_member, depart, enrol, keep_homes, link_accounts, place_member

__all__ = [
    "answer_correction",
    "ask_correction",
    "begin_absence",
    "change_member",
    "copy_own_data",
    "depart",
    "end_absence",
    "enrol",
    "keep_homes",
    "link_accounts",
    "merge_members",
    "note_lost_contact",
    "place_member",
    "record_export",
    "restore_membership",
    "reveal",
    "split_members",
    "stop_membership",
]
