"""Who may sign in with a password: an open account. Unknown names cost as much time as known ones (C03)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class Backend(ModelBackend):
    """Django's own, without its permissions: rights come from posts alone, and no flag of a row gives any (A19)."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.may_sign_in)

    def has_perm(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_module_perms(self, *args: Any, **kwargs: Any) -> bool:
        return False
