"""What the organisations offer the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Job, Module, Nav, Personal
from hall.organisations import actions, demo, desk

module = Module(
    name="organisations",
    demo=demo.furnish,
    title=_("Organisations"),
    nav=(Nav("organisations:tree", _("Organisations"), needs="organisations.view", icon="building", order=40),),
    permissions={
        "organisations.view": _("See the organisations and their terms"),
        "organisations.shape": _("Found, rename, move and end organisations"),
        "organisations.elect": _("Enter terms of office"),
        "organisations.introduce": _("Write the introduction of the organisation"),
        "organisations.decide": _("Decide local settings"),
        "organisations.remind": _("Be reminded of elections that are due"),
    },
    facts={
        "organisations.organisation.founded": _("Organisation founded"),
        "organisations.organisation.renamed": _("Organisation renamed"),
        "organisations.organisation.moved": _("Organisation moved"),
        "organisations.organisation.ended": _("Organisation ended"),
        "organisations.introduction.written": _("Introduction written"),
        "organisations.term.begun": _("Term of office begun"),
        "organisations.term.expiring": _("Term of office ends soon"),
        "organisations.unit.covered": _("Unit covered"),
        "organisations.unit.uncovered": _("Unit no longer covered"),
        "organisations.setting.decided": _("Local setting decided"),
    },
    jobs=(Job("organisations.expiring_terms", _("Call elections to mind"), actions.tell_expiring_terms),),
    tasks=desk.tasks,
    search=desk.search,
    privacy=(
        Personal("Organisation.contact", _("reach the organisation"), _("organisation collection form"), "L2", _("while it exists"), "stays"),
        Personal("Organisation.phone", _("reach the organisation"), _("organisation collection form"), "L2", _("while it exists"), "stays"),
        Personal("Office.holder", _("say who was elected"), _("ELEC20"), "L2", _("30 years (ARC-05)"), "stays"),
    ),
    shared={
        "Organisation": "whom to turn to is shown to everybody",
        "Office": "who was elected is made public",
    },
    whose={"Organisation": "", "Office": ""},
    not_personal=(
        "Introduction.text",
        "Organisation.path", "Organisation.name", "Organisation.short_name", "Organisation.kind", "Organisation.code", "Organisation.approval",
        "Organisation.state",
        "Placement.name", "Placement.kind", "Placement.document", "Unit.name", "Unit.kind", "Unit.code",
        "Term.document", "Office.seat", "LocalSetting.key", "LocalSetting.value", "LocalSetting.decision",
    ),
)  # fmt: skip
