"""What members offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Module

module = Module(name="members", title=_("Members"), needs=("organisations", "accounts", "papers"))
