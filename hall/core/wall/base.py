"""PostgreSQL, told before every statement whose rows may be seen (django.db's ENGINE: hall.core.wall).

The line is told again only when it differs from what this connection was told last. Whatever may have undone that
(another connection out of the pool, a rollback, a savepoint taken back) makes it be told again, so that a connection
never carries one person's reach into another's request. No statement goes out before the line does.
"""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base

from hall.core.wall.reach import present

TELL = "SELECT set_config('hall.reach', %s, false)"
STANDS = "SELECT coalesce(bool_or(row_security_active(oid)), false) FROM pg_class WHERE relrowsecurity"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, and the line. Where no policy holds for this role, nothing is told."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.walled: bool | None = None
        self.told: str | None = None
        self.execute_wrappers.append(self._tell_first)

    def init_connection_state(self) -> None:
        self.told = None
        super().init_connection_state()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self.told = None

    def _savepoint_rollback(self, sid: str) -> None:
        self.told = present()  # nothing may be said in a broken transaction but the roll-back itself
        try:
            super()._savepoint_rollback(sid)  # type: ignore[misc]
        finally:
            self.told = None

    def _tell_first(self, execute: Callable, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not self.needs_rollback and self._stands() and self.told != (said := present()):
            with self.wrap_database_errors:
                self.connection.execute(TELL, [said])
            self.told = said
        return execute(sql, params, many, context)

    def _stands(self) -> bool:
        """Does a policy hold for this role? Asked once a thread: after the wall was built the hall is started anew."""
        if self.walled is None:
            with self.wrap_database_errors:
                self.walled = bool(self.connection.execute(STANDS).fetchone()[0])
        return self.walled
