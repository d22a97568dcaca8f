"""What signing on by the campus offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Job, Module, Nav, Notice, Personal
from hall.signon import actions, queries

module = Module(
    name="signon",
    title=_("Campus sign-on"),
    needs=("organisations", "accounts"),
    nav=(Nav("signon:identities", _("Campus identities"), needs="signon.view", icon="shield", order=64),),
    permissions={
        "signon.view": _("See who of the campus is which account"),
        "signon.propose": _("Propose who of the campus is which account"),
        "signon.approve": _("Approve who of the campus is which account"),
    },
    overseen={"Identity": "signon.view"},
    facts={
        "signon.identity.proposed": _("Binding to a campus identity proposed"),
        "signon.identity.bound": _("Campus identity bound"),
        "signon.identity.withdrawn": _("Campus identity unbound"),
        "signon.session.ended": _("Signed out by the campus"),
    },
    notices=(Notice(on="signon.identity.bound", to=queries.bound_accounts, text="signon/notices/bound", digest=False),),
    jobs=(Job("signon.forget", _("Forget used tickets"), actions.forget_spent),),
    tasks=queries.tasks,
    doorways=queries.doorways,
    privacy=(
        Personal(
            "Identity.subject",
            _("sign in"),
            _("operation of the hall"),
            "L2",
            _("while the account is open, or until unbound"),
        ),
    ),
    not_personal=("Identity.issuer", "Spent.digest"),
)
