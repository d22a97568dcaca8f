"""What forms may change (assurance §5 rows 6 and 7; A04, A21): only declared fields, and never without a line in the ledger.

Every POST of the hall is filled in from its own form and sent; then sent again with every column of every table as an
additional field. The tables must end in the same state both times. What a POST changed is one act: one id for all its
lines, with actor, object, time and result; routes that are several acts say why (`several` of their tests/routes.py).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hall.ledger.models import Entry
from hall.proofs.tests.college import Actor, Target, World, expected, register, targets
from hall.proofs.tests.filling import as_sent, filled, forms_read, sent_names
from hall.proofs.tests.routes import Route, routes, told
from hall.proofs.tests.watching import State, state

ROUTES = routes()
NASTY = {"BooleanField": "true", "DateField": "2001-01-01", "DateTimeField": "2001-01-01T00:00", "JSONField": "{}"}
VOLATILE = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d+:Z]*")
QUOTE = "'"
UNSTEADY = ("ledger_leaf", "ledger_node", "ledger_pending", "django_session")


@pytest.fixture(scope="module")
def rows(world: World) -> dict[str, Any]:
    return register(world)


def nasty() -> dict[str, str]:
    """Every column of every table, with a value that would matter: itself, another branch, another state."""
    found = {
        "is_staff": "true",
        "is_superuser": "true",
        "permissions": "accounts.grant",
        "amount_fen": "1",
        "_method": "PUT",
    }
    for name in settings.MODULES:
        for model in apps.get_app_config(name).get_models():
            for column in model._meta.get_fields():
                kind = column.get_internal_type() if hasattr(column, "get_internal_type") else ""
                value = NASTY.get(kind, "1" if "Integer" in kind or "Key" in kind or "Auto" in kind else "left")
                found[column.name] = value
                found[getattr(column, "attname", column.name)] = value
    return found


def openings(world: World, rows: dict[str, Any], route: Route) -> Iterator[tuple[Actor, Target]]:
    """Who may open the route and where, the most ordinary first."""
    order = ("lin", "he", "sun", "sysadmin", "secadmin", "wu", "zheng", "qian", "li", "audadmin", "acting", "stranger")
    for name in order:
        actor = world.actors[name]
        for target in targets(world, rows, route, actor, several=True):
            if target.scope != "made-up" and expected(actor, route, target) == "open":
                yield actor, target


def played(world: World, route: Route, actor: Actor, target: Target, text: str) -> tuple[dict[str, Any], set[str]]:
    """What this person would send here, and the names that are the form's own."""
    with forms_read() as read:
        world.ask(actor.name, "POST", target.address, {"nothing": ""})
    said: dict[str, Any] = {}
    names: set[str] = set(told(route.module, "reads", {}).get(route.name, ()))
    for form in read:
        said |= filled(form, text)
        names |= sent_names(form)
    for name, value in told(route.module, "says", {}).get(route.name, {}).items():
        said[name] = value(actor.account) if callable(value) else value
    return said, names | set(said)


class Change:
    """What one POST did: tables before and after, new lines of the ledger."""

    def __init__(self, world: World, actor: Actor, address: str, said: dict[str, Any]):
        self.began = timezone.now()
        with transaction.atomic():
            before, known = state(), set(Entry.objects.values_list("pk", flat=True))
            with forms_read() as self.forms:
                self.answer = world.keep(actor.name, address, as_sent(said))
            self.entries = list(Entry.objects.exclude(pk__in=known).select_related("particulars"))
            self.difference = difference(before, state())
            transaction.set_rollback(True)


def difference(before: State, after: State) -> dict[str, list[str]]:
    """Table → what was added, changed, removed; ids, moments and sealed bytes left out."""
    found: dict[str, list[str]] = {}
    fresh = {
        f"{table.rpartition('_')[2]}:{pk.strip(QUOTE)}"
        for table in after
        for pk in set(after[table]) - set(before.get(table, {}))
    }
    for table in after:
        if table in UNSTEADY:
            continue
        old, new = before.get(table, {}), after[table]
        said = [f"removed {pk}" for pk in set(old) - set(new)]
        said += [f"added {_steady(new[pk], fresh)}" for pk in set(new) - set(old)]
        for pk in set(old) & set(new):
            if old[pk] != new[pk]:
                changed = tuple(pair for pair, was in zip(new[pk], old[pk], strict=True) if pair != was)
                said.append(f"changed {pk} {_steady(changed, fresh)}")
        if said:
            found[table] = sorted(said)
    return found


def _steady(row: tuple[Any, ...], fresh: set[str]) -> str:
    """The row without what differs from one time to the next."""
    kept = [
        (name, VOLATILE.sub("·", str(value)))
        for name, value in row
        if name
        not in (
            "id",
            "act",
            "code",
            "text",
            "digest",
            "salt",
            "entry_id",
            "about_id",
            "claim",
            "password",
            "because_of",
            "arguments",
            "reference",
        )
        and not isinstance(value, bytes)
        and f"{name.removesuffix('_id')}:{value}" not in fresh
        and not str(value).startswith(("hall1:", "sealed:"))
    ]
    return repr(kept)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_only_declared_fields_change_and_every_change_is_recorded(
    route: Route, world: World, rows: dict[str, Any]
) -> None:
    """Row 6: the extra fields change nothing. Row 7: actor, object and result stand in the ledger, refusals too."""
    recorded = offered = False
    for actor, target in openings(world, rows, route):
        said, names = played(world, route, actor, target, world.token(route.module, target.place))
        if not said and not route.only_post:
            break
        offered = True
        plain = Change(world, actor, target.address, said)
        extra = {name: value for name, value in nasty().items() if name not in names}
        mixed = Change(world, actor, target.address, {**extra, **said})
        assert plain.answer.status_code < 500 and mixed.answer.status_code < 500, target.address
        assert mixed.difference == plain.difference, f"{actor.name} at {target.address}: undeclared fields mattered"
        business = {table for table in plain.difference if not table.startswith("ledger_")}
        if business and route.name not in told(route.module, "quiet", {}):
            assert plain.entries, f"{actor.name} at {target.address} changed {business} and nothing was recorded"
        _as_it_should_be(plain.entries, actor, plain.began)
        if business and plain.answer.status_code == 302 and route.name not in several(route):
            assert len({entry.act for entry in plain.entries}) == 1, f"{route.name} is not one act: {plain.entries}"
        recorded |= bool(plain.entries)
        if recorded:
            break
    quiet = told(route.module, "quiet", {})
    assert not (recorded and route.name in quiet), f"{route.name} is not quiet; take it out of its module's table"
    assert recorded or not offered or route.name in quiet, (
        f"{route.name} takes a form and nobody's deed came into the ledger; say what to fill in, or why it is quiet, "
        f"in hall/{route.module}/tests/routes.py (says, quiet)."
    )


def several(route: Route) -> dict[str, str]:
    """Routes that are more than one act, or none, with the reason."""
    return told(route.module, "quiet", {}) | told(route.module, "several", {})


def _as_it_should_be(entries: list[Entry], actor: Actor, began: datetime) -> None:
    """Actor, object, time and result stand in each line."""
    for entry in entries:
        assert began <= entry.at <= timezone.now(), entry
        assert entry.by == f"account:{actor.account}", f"{entry} by {entry.by}"
        assert entry.name and entry.about_id and bytes(entry.digest), entry
        assert entry.name != "ledger.act.refused" or entry.particulars.text, entry


@pytest.mark.control
def test_control_a_changed_column_is_seen(world: World) -> None:
    """The comparison is not blind: one column of one row, changed behind its back."""
    before = state()
    with transaction.atomic():
        Entry.objects.filter(pk=Entry.objects.first().pk).update(name="altered")
        assert "ledger_entry" in difference(before, state())
        transaction.set_rollback(True)


def test_a_refusal_by_withdrawn_right_is_recorded(world: World) -> None:
    """Row 7: who may not act leaves a line with the actor, the permission asked for and the place."""
    from hall.ledger.acting import Forbidden, acting

    lin, known = world.cast.lin, set(Entry.objects.values_list("pk", flat=True))
    with pytest.raises(Forbidden), acting(lin, "dues.record", within=world.cast.other_branch.pk):
        pass
    (entry,) = Entry.objects.exclude(pk__in=known)
    assert (entry.name, entry.by, entry.about_id, entry.organisation) == (
        "ledger.act.refused", lin.key, "dues.record", world.cast.other_branch.pk,
    )  # fmt: skip


@pytest.mark.control
def test_control_a_deed_in_two_acts_is_seen(world: World) -> None:
    """Two acts leave two ids: what the check above counts."""
    from hall.ledger.acting import acting

    known = set(Entry.objects.values_list("pk", flat=True))
    for _each in range(2):
        with acting(world.cast.lin, "dues.record", within=world.cast.branch.pk) as act:
            thing: Any = "thing"
            act.record("ledger.act.refused", thing)
    assert len({entry.act for entry in Entry.objects.exclude(pk__in=known)}) == 2
