"""What the witness offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Job, LongWork, Module, Nav, Notice
from hall.witness import actions, queries, watch

module = Module(
    name="witness",
    title=_("Witness of the ledger"),
    needs=("organisations", "accounts", "notices"),
    nav=(Nav("witness:ledger", _("Verify the ledger and its log"), needs="witness.verify", icon="shield-check", order=58),),
    permissions={
        "witness.verify": _("Verify the ledger, compare and take checkpoints"),
        "witness.operate": _("Send checkpoints out and ring (the hall itself)"),
    },
    inner=("witness.operate",),
    facts={
        "witness.ledger.verified": _("Ledger verified: whole"),
        "witness.ledger.found_altered": _("Ledger verified: altered"),
        "witness.checkpoint.compared": _("Old checkpoint compared"),
        "witness.checkpoint.left": _("Checkpoint left the building"),
        "witness.checkpoint.stuck": _("Checkpoint did not reach its place"),
        "witness.data.taken": _("Log taken out to be verified"),
        "witness.alarm.raised": _("Alarm of the ledger"),
        "witness.alarm.ended": _("Alarm of the ledger ended"),
        "witness.alarm.explained": _("Alarm of the ledger explained"),
    },
    notices=(Notice("witness.alarm.raised", queries.watchers, "witness/notices/alarm", digest=False),),
    jobs=(
        Job("witness.verify_nightly", _("Verify the ledger"), actions.verify_nightly),
        Job("witness.leave_daily", _("Send a checkpoint out"), watch.leave_daily),
    ),
    long_works=(LongWork("witness.verify", _("Verify the ledger"), actions.verify_work),),
    chores=(watch.look_outside, watch.watch_clock, watch.leave_when_due),
    not_personal=(
        "Verification.root", "Verification.findings", "Departure.way", "Departure.place", "Departure.error", "Alarm.kind",
        "Alarm.place", "Alarm.said", "Alarm.explanation",
    ),
    alerts=queries.alerts,
    tasks=queries.tasks,
)  # fmt: skip
