"""What the notices offer the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import WHOLE, Job, Keeping, Module, Nav, Notice, Personal
from hall.notices import actions, queries

_KEPT = _("180 days after it went out")
_READER = _("while the account is open")

module = Module(
    name="notices",
    title=_("Messages"),
    needs=("organisations", "accounts"),
    nav=(
        Nav("notices:inbox", _("Messages"), icon="bell", order=80),
        Nav("notices:parked", _("Given up"), needs="notices.operate", icon="alert-triangle", order=63),
    ),
    permissions={
        "notices.own": _("One's own messages and works (everybody)"),
        "notices.operate": _("Look after mail and works that were given up"),
    },
    facts={
        "notices.message.read": _("Messages read"),
        "notices.preference.chosen": _("Notice settings chosen"),
        "notices.work.begun": _("Work begun"),
        "notices.work.finished": _("Work finished"),
        "notices.work.refused": _("Work refused"),
        "notices.work.failed": _("Work broken off"),
        "notices.work.taken_over": _("Work taken over by another worker"),
        "notices.work.repeated": _("Work tried again"),
        "notices.outgoing.repeated": _("Mail tried again"),
        "notices.outgoing.cleared": _("Outbox cleared"),
    },
    listens={"*": actions.queue},
    notices=(
        Notice("notices.work.finished", queries.starters, "notices/notices/work_finished", channels=("inbox",)),
        Notice("notices.work.refused", queries.starters, "notices/notices/work_refused", channels=("inbox",)),
        Notice("notices.work.failed", queries.starters, "notices/notices/work_failed", channels=("inbox",)),
    ),
    jobs=(Job("notices.clear_outbox", _("Clear the outbox"), actions.clear_outbox),),
    privacy=(
        Personal("Message.title", _("tell the person what concerns them"), _("operation of the hall"), "L2", _READER, blank=WHOLE),
        Personal("Message.text", _("tell the person what concerns them"), _("operation of the hall"), "L2", _READER, blank=WHOLE),
        Personal("Outgoing.subject", _("tell the person what concerns them"), _("operation of the hall"), "L2", _KEPT, blank=WHOLE),
        Personal("Outgoing.text", _("tell the person what concerns them"), _("operation of the hall"), "L2", _KEPT, blank=WHOLE),
    ),
    not_personal=(
        "Message.fact_name", "Message.kind", "Message.url", "Outgoing.channel", "Outgoing.url", "Outgoing.state",
        "Outgoing.last_error", "Work.name", "Work.arguments", "Work.state", "Work.result", "Work.error", "JobRun.job",
        "Worker.name",
    ),
    overseen={"Outgoing": "notices.operate"},
    mentions=(
        "Message.title", "Message.text", "Outgoing.subject", "Outgoing.text", "Work.arguments", "Work.result", "Work.error",
    ),
    keeping=(
        Keeping("Outgoing", _("mail that went out"), 180, "sent_at", "job", {"state": "sent"}, log=True),
    ),
    tasks=queries.tasks,
    conditions=queries.conditions,
    counts={"unread": queries.unread_count},
)  # fmt: skip
