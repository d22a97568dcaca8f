"""What dues offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Module

module = Module(name="dues", title=_("Dues"), needs=("organisations", "accounts", "papers", "members"))
