"""What the desk offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Module, Nav
from hall.desk import queries
from hall.desk.surround import surround

module = Module(
    name="desk",
    title=_("Desk"),
    needs=("organisations", "accounts", "papers", "members", "notices", "safekeeping", "dues"),
    nav=(
        Nav("desk:home", _("Home"), icon="home", order=1),
        Nav("desk:todo", _("To-do centre"), icon="checkbox", order=2),
        Nav("desk:me", _("Mine"), icon="user", order=90),
    ),
    surround=surround,
    counts={"todo": queries.todo_count},
)
