"""The hall's own sessions as a minimal app reads them: a row of the database by its key, nothing else looked after."""

from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession


class Backend(ModelBackend):
    """Finds the account of a session; nobody signs in here."""


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        from bench.ceiling.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        data = super().load()
        if BACKEND_SESSION_KEY in data:
            data[BACKEND_SESSION_KEY] = "bench.ceiling.sessions.Backend"
        return data
