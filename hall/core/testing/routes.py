"""How a module's routes are proven: whose row an address names, and the few things the marks of its views do not say.

A module writes them into `tests/routes.py` as `things`, `quiet`, `says`, `reads`, `marked`, `machine` and `furnish`;
`several` names routes whose POST is more than one act, with the reason. Each may be missing. A new module needs none: its
rows are made from its tables, its routes are read from the resolver.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Thing:
    """What a route's parameters name.

    model    "module.Model" of the row; "" for words that are no row (then `words` gives them)
    may      permissions that open it within their reach; () = the view's own `needs`
    own      the person it belongs to may open it too
    all      whoever may open one may open all (lists of the whole hall)
    open     everybody signed in may open it
    outside  the answer to somebody out of reach who may open others
    column   column of the row that stands in the address
    twice    names of further parameters that take another row of the same kind and place
    words    parameters that are no row
    answers  answers besides 200 to whoever may: a page that depends on the row's state
    """

    model: str
    may: tuple[str, ...] = ()
    own: bool = False
    all: bool = False
    open: bool = False
    outside: int = 404
    column: str = "pk"
    twice: tuple[str, ...] = ()
    words: dict[str, Any] = field(default_factory=dict)
    answers: tuple[int, ...] = ()
