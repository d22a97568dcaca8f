"""The roster import: read and compared, confirmed, applied in one act, taken back with one click, forgotten in time."""

from hall.members.actions.roster.applying import apply_roster, run_roster, start_roster
from hall.members.actions.roster.reading import (
    confirm_all,
    confirm_rows,
    drop_roster,
    forget_rosters,
    read_again,
    read_roster,
)
from hall.members.actions.roster.taking_back import roll_back_roster

__all__ = [
    "apply_roster",
    "confirm_all",
    "confirm_rows",
    "drop_roster",
    "forget_rosters",
    "read_again",
    "read_roster",
    "roll_back_roster",
    "run_roster",
    "start_roster",
]
