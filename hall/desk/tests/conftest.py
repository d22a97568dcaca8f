"""Tasks, cards and hits of an invented module, so that these tests depend on no other."""

from dataclasses import replace

import pytest

from hall.core.modules import Module, modules
from hall.desk import queries


@pytest.fixture
def offers(monkeypatch):
    """offers(tasks=…, cards=…, search=…): the only module besides desk and notices that offers something."""

    def offering(**things):
        answers = {name: (lambda *_asked, rows=rows: rows) for name, rows in things.items()}
        kept = [replace(m, tasks=None, cards=None, search=None) for m in modules() if m.name != "sample"]
        invented = Module(name="dues", title="党费", **answers)
        monkeypatch.setattr(queries, "modules", lambda: (*kept, invented))

    return offering
