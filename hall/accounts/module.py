"""What the accounts offer the hall."""

from django.utils.translation import gettext_lazy as _

from hall.accounts import actions, demo, queries, watch
from hall.core.modules import WHOLE, Job, Keeping, Module, Nav, Notice, Personal

RUNNING = _("operation of the hall")
OPEN = _("while the account is open")
GONE = "〔已删除〕"

module = Module(
    name="accounts",
    demo=demo.furnish,
    title=_("Accounts and posts"),
    needs=("organisations",),
    nav=(
        Nav("accounts:accounts", _("Accounts"), needs="accounts.open", icon="users", order=60),
        Nav("accounts:grants", _("Posts"), needs="accounts.grant", icon="shield", order=61),
        Nav("accounts:consoles", _("Administration"), needs="accounts.agree", icon="settings", order=59),
        Nav("accounts:delegations", _("Delegation"), needs="accounts.delegate", icon="users", order=62),
    ),
    permissions={
        "accounts.open": _("Open and close accounts"),
        "accounts.grant": _("Grant and withdraw posts"),
        "accounts.delegate": _("Hand over one's own post for a time"),
        "accounts.agree": _("Agree with another administrator on emergency access and lost factors"),
        "accounts.own": _("Change what is one's own (everybody)"),
    },
    facts={
        "accounts.account.opened": _("Account opened"),
        "accounts.account.kept": _("Accounts were there already"),
        "accounts.account.approved": _("Account approved"),
        "accounts.account.declined": _("Account declined"),
        "accounts.agreement.asked": _("Agreement of two administrators asked for"),
        "accounts.agreement.made": _("Two administrators agreed"),
        "accounts.emergency.ended": _("Emergency access ended early"),
        "accounts.review.signed": _("Weekly review signed"),
        "accounts.alarm.raised": _("Rights without a deed behind them"),
        "accounts.account.closed": _("Account closed"),
        "accounts.password.set": _("Password set"),
        "accounts.session.begun": _("Signed in"),
        "accounts.session.ended": _("Sessions ended by hand"),
        "accounts.sign_in.delayed": _("Sign-in must wait after failed tries"),
        "accounts.factor.prepared": _("Second factor prepared"),
        "accounts.factor.set": _("Second factor in force"),
        "accounts.factor.codes_renewed": _("Recovery codes renewed"),
        "accounts.factor.taken_away": _("Second factor taken away"),
        "accounts.passkey.added": _("Passkey registered"),
        "accounts.passkey.removed": _("Passkey removed"),
        "accounts.passkey.stopped": _("Passkey stopped, there may be a copy"),
        "accounts.post.granted": _("Post granted"),
        "accounts.post.delegated": _("Post handed over for a time"),
        "accounts.post.withdrawn": _("Post withdrawn"),
    },
    jobs=(
        Job("accounts.watch", _("Look for rights that no deed gave"), watch.watch),
        Job("accounts.forget", _("Forget sessions that ended"), actions.forget_sessions),
    ),
    alerts=queries.alerts,
    notices=(
        Notice(on="accounts.alarm.raised", to=queries.watchers, text="accounts/notices/alarm", digest=False),
        Notice(
            on="accounts.agreement.asked", to=queries.watchers, text="accounts/notices/agreement_asked", digest=False
        ),
        Notice(
            on="accounts.agreement.made",
            to=queries.oneself_and_watchers,
            text="accounts/notices/agreement_made",
            digest=False,
        ),
        Notice(on="accounts.passkey.added", to=queries.oneself, text="accounts/notices/passkey_added", digest=False),
        Notice(
            on="accounts.passkey.removed", to=queries.oneself, text="accounts/notices/passkey_removed", digest=False
        ),
        Notice(
            on="accounts.passkey.stopped",
            to=queries.oneself_and_watchers,
            text="accounts/notices/passkey_stopped",
            digest=False,
        ),
        Notice(
            on="organisations.term.expiring", to=queries.reminded_of_elections, text="accounts/notices/term_expiring"
        ),
    ),
    privacy=(
        Personal("Account.username", _("sign in"), RUNNING, "L2", OPEN, blank="erased-{pk}"),
        Personal("Account.name", _("show who acts"), RUNNING, "L2", OPEN, blank=GONE),
        Personal("Account.email", _("send notices"), RUNNING, "L2", OPEN, "free"),
        Personal("Account.password", _("sign in"), RUNNING, "L4", OPEN, blank="!"),
        Personal("Session.device", _("end one's own sessions"), RUNNING, "L2", _("while signed in"), blank=WHOLE),
        Personal("Factor.secret", _("sign in"), RUNNING, "L4", _("while the factor is in force"), blank=WHOLE),
        Personal("FormerPassword.password", _("refuse used passwords"), RUNNING, "L4", OPEN, blank=WHOLE),
        Personal("Passkey.name", _("sign in"), RUNNING, "L2", _("until the passkey is removed"), blank=WHOLE),
        Personal("Passkey.credential", _("sign in"), RUNNING, "L2", _("until the passkey is removed"), blank=WHOLE),
        Personal("Passkey.public_key", _("sign in"), RUNNING, "L2", _("until the passkey is removed"), blank=WHOLE),
    ),
    whose={"Session": "account_id"},
    mentions=("Agreement.reason", "Grant.reason"),
    keeping=(
        Keeping("Session", _("sessions that ended"), 1, "expire_date", "machine"),
        Keeping("SignInCount", _("counts of failed sign-ins"), 180, "since", "machine", log=True),
    ),
    shared={
        "Account": "who signs in is looked up before anybody is known, and names stand beside deeds",
        "Session": "looked up by its key before anybody is known",
        "Factor": "asked for while somebody signs in; the secret is sealed",
        "Passkey": "asked for while somebody signs in; a public key opens nothing",
        "FormerPassword": "asked for while a forgotten password is set anew",
    },
    not_personal=(
        "Session.session_key",
        "Session.session_data",
        "Session.ticket",
        "SignInCount.key",
        "RecoveryCode.digest",
        "Agreement.reason",
        "Grant.post",
        "Grant.without",
        "Grant.reason",
    ),
)
