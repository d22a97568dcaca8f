"""What the papers offer the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Keeping, Kept, Module, Nav, Personal
from hall.papers import desk

module = Module(
    name="papers",
    title=_("Papers"),
    needs=("organisations", "accounts"),
    nav=(Nav("papers:papers", _("Papers"), icon="file-text", order=45, own=True),),
    permissions={"papers.view": _("See issued papers"), "papers.issue": _("Issue papers (inside another deed)")},
    inner=("papers.issue",),
    facts={
        "papers.paper.issued": _("Paper issued"),
        "papers.paper.replaced": _("Paper replaced by another"),
        "papers.paper.revoked": _("Paper withdrawn"),
    },
    kept=(Kept("Paper", changes=("name", "replaces", "replace_reason", "revoked_at", "revoke_reason")),),
    search=desk.search,
    privacy=(
        Personal(
            "Paper.snapshot",
            _("the paper must read the same in years"),
            _("EDU19, DUES08: records of the organisation"),
            "L3",
            _("30 years (ARC-05)"),
            "stays",
        ),
        Personal("Paper.name", _("find the paper of a person"), _("DUES08 Art. 26"), "L2", _("30 years (ARC-05)")),
    ),
    whose={"Paper": "concerns"},
    keeping=(Keeping("Paper", _("papers"), 30 * 365, "issued_on"),),
    not_personal=("Counter.kind", "Paper.kind", "Paper.code", "Paper.replace_reason", "Paper.revoke_reason"),
)
