"""What the module offers the hall: references only, no logic."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Module, Nav, Notice
from hall.sample import demo, queries

module = Module(
    name="sample",
    title=_("Sample title"),
    needs=("organisations", "accounts"),
    nav=(Nav("sample:items", _("Sample title"), needs="sample.view", icon="list-check", order=55),),
    permissions={"sample.view": _("See the items"), "sample.note": _("Note items")},
    facts={"sample.item.noted": _("Item noted")},
    notices=(Notice(on="sample.item.noted", to=queries.readers, text="sample/notices/item_noted"),),
    not_personal=("Item.text",),
    tasks=queries.tasks_for,
    demo=demo.furnish,
)
