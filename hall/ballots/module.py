"""What ballots offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Module

module = Module(name="ballots", title=_("Ballots"), needs=("members",))
