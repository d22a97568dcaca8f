"""The college of the proofs: sixteen actors, rows of every table in three branches, a canary in every text of each."""

import re
import secrets
import time as clock
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hall.accounts.models import Account, Grant
from hall.accounts.queries import person
from hall.accounts.words import posts
from hall.conftest import Cast, make_cast
from hall.core.checks import holds_text
from hall.core.modules import modules
from hall.core.pages import FRESH, PROVED
from hall.core.testing.cast import CAST
from hall.members.models import Member
from hall.members.rules import name_key
from hall.organisations.models import Organisation
from hall.proofs.tests.routes import told

LETTERS = "bcdfghkmnpqrstvw"
CANARY = re.compile(f"zqx[{LETTERS}]{{7}}")
FORM = "application/x-www-form-urlencoded"
FOUNDED = date(2024, 1, 1)
MADE_UP = {
    "UUIDConverter": uuid.UUID(int=0x5EED << 100),
    "IntConverter": 987654321,
    "StringConverter": "made-up",
    "SlugConverter": "made-up",
}


@dataclass(frozen=True)
class Actor:
    """Somebody who asks, with what the oracle needs: the post's permissions from the rulebook, and its place's path."""

    name: str
    account: int | None = None
    permissions: frozenset[str] = frozenset()
    path: str = ""
    home: str = ""  # path of the branch they belong to

    def reaches(self, wanted: tuple[str, ...], organisation: Organisation | None) -> bool:
        return bool(self.permissions & set(wanted)) and bool(organisation) and organisation.path.startswith(self.path)


@dataclass(frozen=True)
class Canary:
    """Where a token was put: the module whose text it is, the organisation and the people it belongs to."""

    module: str
    organisation: Organisation | None
    owners: frozenset[int]
    column: str = ""


def show_who(browser: Client, moment: float) -> None:
    """As after signing in by the page at this moment: dangerous acts are open for ten minutes."""
    session = browser.session
    session[PROVED] = int(moment)
    session.save()


@dataclass
class World:
    cast: Cast
    places: list[Organisation]
    people: dict[int, Account] = field(default_factory=dict)  # organisation id → an ordinary account of it
    actors: dict[str, Actor] = field(default_factory=dict)
    canaries: dict[str, Canary] = field(default_factory=dict)
    homes: dict[int, Organisation] = field(default_factory=dict)  # account id → where it belongs
    browsers: dict[str, Client] = field(default_factory=dict)
    proved: dict[str, float] = field(default_factory=dict)  # when each last showed who they are

    def token(self, module: str, organisation: Organisation | None, owners: Any = ()) -> str:
        """A fresh canary, entered in the register."""
        text = "zqx" + "".join(secrets.choice(LETTERS) for _each in range(7))
        self.canaries[text] = Canary(module, organisation, frozenset(owners))
        return text

    def browser(self, name: str) -> Client:
        if name not in self.browsers:
            self.browsers[name] = Client(raise_request_exception=False)
            if self.actors[name].account:
                self.browsers[name].force_login(Account.objects.get(pk=self.actors[name].account))
        if self.actors[name].account and clock.time() - self.proved.get(name, 0) > FRESH / 2:
            self.proved[name] = clock.time()
            show_who(self.browsers[name], self.proved[name])
        return self.browsers[name]

    def keep(self, name: str, address: str, data: dict[str, Any]) -> Any:
        """One POST whose changes stay until the caller takes them back."""
        return self.ask(name, "POST", address, data, kept_changes=True)

    def ask(
        self, name: str, method: str, address: str, data: Any = None, kept_changes: bool = False, **more: Any
    ) -> Any:
        """One request of this person. What it changed is taken back, the session and what was remembered too."""
        browser = self.browser(name)
        kept = {key: each.value for key, each in browser.cookies.items()}
        with transaction.atomic():
            if data is None and method != "GET":
                more = {"content_type": FORM, **more}
                answer = browser.generic(method, address, **more)
            else:
                answer = getattr(browser, method.lower())(address, data, **more)
            if hasattr(answer, "streaming_content"):
                answer.whole = b"".join(answer.streaming_content)
            else:
                answer.whole = answer.content
            transaction.set_rollback(not kept_changes)
        browser.cookies.clear()
        browser.cookies.load(kept)
        if method == "POST":
            cache.clear()
        return answer

    def clerk(self, place: Organisation) -> Any:
        """The secretary of the place as an actor of the hall; None where there is none."""
        grant = Grant.objects.filter(organisation=place, post="secretary", withdrawn_on__isnull=True).first()
        return person(grant.account, today=timezone.localdate(), hat_id=grant.pk) if grant else None

    # ---- whose is a row? ----

    def place_of(self, row: Any) -> Organisation | None:
        """The organisation a row belongs to: its own column's, else of what it hangs on, else of its account."""
        if isinstance(row, Organisation):
            return row
        if isinstance(row, Account):
            return self.homes.get(row.pk)
        return next((found for each in _above(row) if (found := self.place_of(each))), None)

    def owners_of(self, row: Any) -> set[int]:
        """The accounts a row is about."""
        if isinstance(row, Account):
            return {row.pk}
        if isinstance(row, Member):
            return {row.account_id} - {None}
        if isinstance(row, Organisation):
            return set()
        direct = {each.pk for each in _above(row) if isinstance(each, Account)}
        beyond = {pk for each in _above(row) if not isinstance(each, Account) for pk in self.owners_of(each)}
        return direct | beyond

    def may_see(self, actor: Actor, canary: Canary) -> bool:
        """May this text reach this person at all? By the post's reach and what modules rest on, not by the hall's queries."""
        if actor.account in canary.owners:
            return True
        place = canary.organisation
        if canary.column in told(canary.module, "public", ()):
            return bool(actor.account)
        if told(canary.module, "opened", {}).get(canary.column) in actor.permissions:
            return True
        if canary.module == "organisations":
            around = bool(actor.account and place and (place.depth == 1 or actor.home.startswith(place.path)))
            return around or "organisations.view" in actor.permissions
        if canary.module == "accounts":
            if actor.permissions & {"accounts.open", "accounts.grant"}:
                return True
            above = bool(place and (actor.home or actor.path).startswith(place.path))  # who acts stands in the record
            return above or bool(place and actor.path and place.path.startswith(actor.path))
        if canary.module == "notices":
            return False
        upstairs = self._resting_on[canary.module]
        business = tuple(name for name in actor.permissions if name.split(".")[0] in upstairs)
        return actor.reaches(business, place)

    @cached_property
    def _resting_on(self) -> dict[str, set[str]]:
        """Module → itself and the modules that need it."""
        return {each.name: {each.name, *(m.name for m in modules() if each.name in m.needs)} for each in modules()}


def _above(row: Any) -> Iterator[Any]:
    """The rows this row hangs on; its own organisation first, accounts last."""
    keys = [f for f in row._meta.concrete_fields if f.is_relation and getattr(row, f.attname) is not None]
    order = {"organisations.organisation": 0, "members.member": 1, "accounts.account": 9}
    for each in sorted(keys, key=lambda f: order.get(f.related_model._meta.label_lower, 5)):
        if each.related_model is not row.__class__:
            yield getattr(row, each.name)


# ---- how it is made ----


def build() -> World:
    """The cast, four more people, and for each branch: marked texts, the modules' own furnishing, a row of every table."""
    cast = make_cast()
    world = World(cast, [cast.branch, cast.students, cast.other_branch])
    _more_people(world)
    for role in CAST:
        place = Organisation.objects.get(name=role.place)
        world.homes[cast.accounts[role.username].pk] = place
        world.actors[role.username] = _actor(world, role.username, cast.accounts[role.username], role.post, place)
    mark(world)
    world.places = list(Organisation.objects.filter(pk__in=[place.pk for place in world.places]).order_by("pk"))
    world.homes = {pk: Organisation.objects.get(pk=place.pk) for pk, place in world.homes.items()}
    for place in world.places:
        for name in settings.MODULES:
            told(name, "furnish", lambda world, place: None)(world, place)
        _one_of_each(world, place)
    mark(world)
    for name in settings.MODULES:
        for model in tables(name):
            for row in model._default_manager.all():
                _enter(world, row, model._meta.concrete_fields)
    for name in world.actors:
        world.browser(name)
    return world


def _actor(world: World, name: str, account: Account, post: str | None, place: Organisation | None) -> Actor:
    may = posts()[post].may if post else frozenset()
    home = Member.objects.filter(account=account).first()
    path = place.path if post and place else ""
    return Actor(name, account.pk, may, path, home.organisation.path if home else path)


def _more_people(world: World) -> None:
    """A stranger, a former member, one whose post was withdrawn, one who acts for another, and a plain one elsewhere."""
    cast, other = world.cast, world.cast.other_branch
    made = {
        name: Account.objects.create(
            username=name,
            name=name,
            email=f"{name}@example.edu.cn",
            opened_at=timezone.now(),
            approved_at=timezone.now(),
        )
        for name in ("former", "ended", "acting", "plain", "learner")
    }
    homes = {"former": cast.branch, "ended": other, "acting": other, "plain": other, "learner": cast.students}
    for name, account in made.items():
        left = (
            {"state": "left", "departed_on": date(2025, 1, 1), "departure": "transfer_out"} if name == "former" else {}
        )
        _person(account, homes[name], left)
        world.homes[account.pk] = homes[name]
    today, moment = timezone.localdate(), timezone.now()
    days = {"starts_on": FOUNDED, "granted_at": moment}
    own = Grant.objects.get(account=cast.accounts["qian"], post="secretary")
    Grant.objects.create(
        account=made["ended"],
        post="organiser",
        organisation=cast.organisations["经济贸易学院党总支"],
        withdrawn_on=today,
        **days,
    )
    Grant.objects.create(
        account=made["acting"], post="secretary", organisation=other, acts_for=own, without=["accounts.delegate"],
        ends_on=today + timedelta(days=60), **days,
    )  # fmt: skip
    world.actors["stranger"] = Actor("stranger")
    for name in ("former", "ended", "plain", "learner"):
        world.actors[name] = _actor(world, name, made[name], None, None)
    acting = _actor(world, "acting", made["acting"], "secretary", other)
    world.actors["acting"] = Actor(**{**vars(acting), "permissions": acting.permissions - {"accounts.delegate"}})
    world.people = {
        cast.branch.pk: cast.accounts["wu"], cast.students.pk: made["learner"], other.pk: made["plain"],
    }  # fmt: skip


def _person(account: Account, home: Organisation, columns: dict[str, Any]) -> Member:
    return Member.objects.create(
        account=account, organisation=home, name=account.name, name_key=name_key(account.name), pinyin=account.name,
        initials=account.name[:1], campus_no=f"Z{account.pk}", standing="full", identity="teacher",
        joined_on=date(2010, 6, 1), full_on=date(2011, 6, 1), **columns,
    )  # fmt: skip


def tables(name: str) -> list[type[models.Model]]:
    return list(apps.get_app_config(name).get_models(include_auto_created=False))


def _one_of_each(world: World, place: Organisation) -> None:
    """A row of every table that has none in this place, whatever module it belongs to."""
    for name in settings.MODULES:
        if name != "ledger":
            for model in tables(name):
                row_in(world, model, place)


def row_in(world: World, model: type[models.Model], place: Organisation) -> Any:
    """A row of the table in this place; made from the table's own columns if there is none."""
    if model is Organisation:
        return place
    if model is Account:
        return world.people[place.pk]
    for row in model._default_manager.order_by("pk"):
        if world.place_of(row) == place or _alone(model):
            return row
    return _made(world, model, place)


def _alone(model: type[models.Model]) -> bool:
    """A table of one row for the whole hall: its key is fixed in the source."""
    return isinstance(model._meta.pk.default, int)


def _made(world: World, model: type[models.Model], place: Organisation) -> Any:
    said = told(model._meta.app_label, "values", lambda name: {})(model.__name__)
    values = dict(said)
    for column in model._meta.concrete_fields:
        if column.name not in values and not column.primary_key:
            value = _value(world, column, place)
            if value is not None:
                values[column.name] = value
    row = model._default_manager.create(**values)
    _enter(world, row, model._meta.concrete_fields)
    return row


def _enter(world: World, row: Any, columns: Iterable[models.Field]) -> None:
    """Say in the register whose row the canaries stand in."""
    place, owners = world.place_of(row), frozenset(world.owners_of(row))
    for column in columns:
        found = CANARY.search(str(getattr(row, column.attname))) if holds_text(column) else None
        if found and not world.canaries[found[0]].column:
            name = f"{type(row).__name__}.{column.name}"
            world.canaries[found[0]] = Canary(row._meta.app_label, place, owners, name)


def _value(world: World, column: models.Field, place: Organisation) -> Any:
    kind = column.get_internal_type()
    if column.is_relation:
        plain = column.related_model in (Organisation, Account, Member)
        if column.related_model is column.model or (column.null and not plain):
            return None
        return row_in(world, column.related_model, place)
    if type(column).__name__ == "BlindIndex" or column.null:
        return None
    if column.has_default() and not holds_text(column):
        return None
    if column.choices:
        return column.choices[0][0]
    if holds_text(column):
        return {} if kind == "JSONField" else world.token(column.model._meta.app_label, place)[: column.max_length]
    plain_values: dict[str, Any] = {
        "DateField": FOUNDED, "DateTimeField": timezone.now(), "TimeField": time(8), "BooleanField": False,
        "DecimalField": 1, "UUIDField": uuid.uuid4(), "BinaryField": secrets.token_bytes(32),
    }  # fmt: skip
    return plain_values.get(kind, 1)


# ---- marking ----


def mark(world: World) -> None:
    """Put a canary of its own into every free text of every row that holds none yet."""
    for model, columns in marked_columns():
        for row in model._default_manager.order_by("pk"):
            if _mark_row(world, row, columns):
                row.save()


def marked_columns() -> Iterator[tuple[type[models.Model], list[models.Field]]]:
    """Every personal text column, and of modules that say nothing of themselves every text column."""
    for module in modules():
        spoken = told(module.name, "things", None) is not None
        wanted = {each.field for each in module.privacy} | set(told(module.name, "marked", ()))
        wanted |= set() if spoken else set(module.not_personal)
        wanted -= set(told(module.name, "machine", ()))
        for model in tables(module.name) if module.name != "ledger" else []:
            columns = [f for f in model._meta.local_concrete_fields if f"{model.__name__}.{f.name}" in wanted]
            columns = [f for f in columns if _takes_canary(f)]
            if columns:
                yield model, columns


def _takes_canary(column: models.Field) -> bool:
    """Free text that is long enough for one: a two-letter code is none."""
    return holds_text(column) and column.get_internal_type() != "JSONField" and (column.max_length or 99) >= 10


def _mark_row(world: World, row: Any, columns: list[models.Field]) -> bool:
    changed = False
    for column in columns:
        if not CANARY.search(str(getattr(row, column.attname) or "")):
            fresh = world.token(row._meta.app_label, None)
            setattr(row, column.attname, f"{fresh}@example.edu.cn" if isinstance(column, models.EmailField) else fresh)
            changed = True
    _enter(world, row, columns)
    return changed


# ---- what a route's parameters may name ----


@dataclass(frozen=True)
class Target:
    """One address of a route in one scope. `row` is None for a made-up id and for routes without a row."""

    scope: str  # page · own · branch · foreign · made-up
    address: str
    row: Any = None
    place: Organisation | None = None
    owners: frozenset[int] = frozenset()


def register(world: World) -> dict[str, list[tuple[Any, Organisation | None, frozenset[int]]]]:
    """Every row of every table with its place and its people."""
    found: dict[str, list[tuple[Any, Organisation | None, frozenset[int]]]] = {}
    for name in settings.MODULES:
        for model in tables(name) if name != "ledger" else []:
            rows = model._default_manager.order_by("pk")
            found[model._meta.label] = [(row, world.place_of(row), frozenset(world.owners_of(row))) for row in rows]
    return found


def targets(world: World, rows: dict[str, Any], route: Any, actor: Actor, several: bool = False) -> list[Target]:
    """The addresses of a route for this actor: own thing, thing of the own branch, a foreign one, a made-up id."""
    if not route.parameters:
        return [Target("page", reverse(route.name))]
    thing = route.thing
    if not thing.model:
        return [Target("page", reverse(route.name, kwargs=thing.words))]
    listed = rows[thing.model]
    here = actor.path or actor.home
    scopes = {
        "own": [each for each in listed if actor.account in each[2]],
        "branch": [each for each in listed if here and each[1] and each[1].path.startswith(here)],
        "foreign": [each for each in listed if each[1] and not (here and each[1].path.startswith(here)) and actor.account not in each[2]],
    }  # fmt: skip
    chosen = [
        (scope, each) for scope, some in scopes.items() for each in (some[:1] + some[-1:] if several else some[:1])
    ]
    found = [_target(scope, route, thing, each[0], each, listed) for scope, each in chosen]
    made_up = dict(zip(route.parameters, (MADE_UP[kind] for kind in route.kinds), strict=False))
    words = {**made_up, **thing.words}
    return [*found, Target("made-up", reverse(route.name, kwargs=words))]


def _target(scope: str, route: Any, thing: Any, row: Any, each: Any, listed: list[Any]) -> Target:
    first = next(name for name in route.parameters if name not in (*thing.twice, *thing.words))
    words = {first: getattr(row, thing.column), **thing.words}
    for name in thing.twice:
        other = next((o[0] for o in listed if o[1] == each[1] and o[0].pk != row.pk), row)
        words[name] = other.pk if thing.column == "pk" else row.pk
    return Target(scope, reverse(route.name, kwargs=words), row, each[1], each[2])


def expected(actor: Actor, route: Any, target: Target) -> str:
    """What the marks of the view and the module's table promise: open · sign-in · forbidden · absent."""
    if route.stranger:
        return "open"
    if actor.account is None:
        return "sign-in"
    if route.needs and route.needs not in actor.permissions:
        return "forbidden"
    if target.scope == "page":
        return "open"
    if target.scope == "made-up":
        return "absent"
    thing = route.thing
    if thing.open:
        return "open"
    may = thing.may or (route.needs,)
    if (thing.own and actor.account in target.owners) or (thing.all and actor.permissions & set(may)):
        return "open"
    if actor.reaches(may, target.place):
        return "open"
    return "forbidden" if thing.outside == 403 else "absent"
