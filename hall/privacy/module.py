"""What the privacy desk offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.accounts import queries as accounts
from hall.core.modules import Job, Keeping, Module, Nav, Notice, Personal
from hall.privacy import actions, demo, queries

RIGHTS = _("rights of the person (PIPL Arts. 44–50)")
THREE_YEARS = _("three years after the look or request")

module = Module(
    name="privacy",
    demo=demo.furnish,
    title=_("Personal data"),
    needs=("organisations", "accounts", "notices", "members"),
    nav=(
        Nav("privacy:erasures", _("Requests for erasure"), needs="privacy.decide", icon="trash", order=64),
        Nav("privacy:held", _("What is held about me"), icon="database", order=85, own=True),
    ),
    permissions={
        "privacy.own": _("See, copy and have erased what is one's own (everybody)"),
        "privacy.decide": _("Answer requests for erasure and carry them out; see what is due for erasure"),
    },
    facts={
        "privacy.data.copied": _("Copy of all one's data taken"),
        "privacy.erasure.asked": _("Erasure asked for"),
        "privacy.erasure.answered": _("Request for erasure answered"),
        "privacy.erasure.carried_out": _("Personal data erased"),
        "privacy.erasure.overdue": _("Request for erasure overdue"),
        "privacy.retention.due": _("Kept long enough; a person decides"),
        "privacy.retention.carried_out": _("Data erased whose time had ended"),
        "privacy.copy.anonymised": _("Copy for a test site made anonymous"),
        "privacy.pace.exceeded": _("Very many people's pages opened"),
    },
    overseen={"Erasure": "privacy.decide"},
    notices=(
        Notice("privacy.erasure.asked", queries.deciders, "privacy/notices/asked"),
        Notice("privacy.erasure.answered", queries.who_asked, "privacy/notices/answered"),
        Notice("privacy.erasure.overdue", queries.deciders, "privacy/notices/overdue", digest=False),
        Notice("privacy.retention.due", queries.deciders, "privacy/notices/due"),
        Notice("privacy.pace.exceeded", accounts.watchers, "privacy/notices/pace", digest=False),
    ),
    jobs=(
        Job("privacy.ring", _("Say which requests for erasure are overdue"), actions.ring),
        Job("privacy.due", _("Say what was kept long enough and waits for a person"), actions.tell_due, day=1),
        Job("privacy.retire", _("Erase what has been kept long enough"), actions.retire),
    ),
    privacy=(
        Personal("Erasure.wish", _("answer the request"), RIGHTS, "L3", THREE_YEARS),
        Personal("Erasure.answer", _("give the reasons"), RIGHTS, "L3", THREE_YEARS, "stays"),
    ),
    not_personal=("Erasure.counts", "Erasure.state", "Erasure.scope"),
    keeping=(Keeping("Erasure", _("requests for erasure that were answered"), 3 * 365, "answered_at", "machine"),),
    tasks=queries.tasks_for,
)
