"""What a module offers the hall: one manifest each, `module.py`, references only, no logic (design §7)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

type Text = str | _StrPromise  # words for people; lazy ones are translated when they are shown


@dataclass(frozen=True, slots=True)
class Nav:
    """A line of the left menu, shown when the actor holds `needs` somewhere ("" = everybody signed in)."""

    url: str
    title: Text
    needs: str = ""
    icon: str = "file"
    order: int = 50
    own: bool = False  # concerns the person rather than an organisation: shown to every hat


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell people about a fact. `to(facts)` answers {fact.id: [account ids]}; `text` names a template folder/name."""

    on: str
    to: Callable
    text: str
    channels: tuple[str, ...] = ("inbox", "mail")
    copy: bool = False  # 抄送: shown under "copied to me", nothing to read through
    digest: bool = True  # mail may wait for the daily digest


@dataclass(frozen=True, slots=True)
class Job:
    """Work the worker starts by itself. `run(by=System(...), on=date)` is safe to run twice. day 0 = every day."""

    name: str
    title: Text
    run: Callable
    day: int = 0


@dataclass(frozen=True, slots=True)
class LongWork:
    """Work a person starts and may leave: `run(by, progress, **arguments)`; safe to run again after a crash."""

    name: str
    title: Text
    run: Callable


@dataclass(frozen=True, slots=True)
class Dataset:
    """Figures others may ask for: `rows(viewer, **filters)` answers plain dicts with exactly these columns."""

    name: str
    title: Text
    rows: Callable
    columns: Mapping[str, Text]
    open: bool = False


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper: a Typst template rendered from the paper's own copy alone. A new text is a new version.

    `revoke` is the permission by which whoever issued it may withdraw one; "" = it can only be answered by another.
    """

    kind: str
    title: Text
    template: str
    version: int = 1
    revoke: str = ""


@dataclass(frozen=True, slots=True)
class Personal:
    """The privacy entry of one personal column: `model.field`, why, on what basis, how secret, how long."""

    field: str
    purpose: Text
    basis: Text
    level: str  # L1 public · L2 internal · L3 sensitive · L4 restricted (LAW-21)
    retention: Text
    erasure: str = "duty"  # on request: free · left · duty · stays (see ERASURE)
    blank: str = (
        ""  # what stands in an erased column that may not be empty; "{pk}" is the row's key, WHOLE: the row goes
    )


ERASURE = ("free", "left", "duty", "stays")
"""When a column is emptied on the person's request (LAW-04).

free   at once; nobody is bound to keep it
left   once the person's relation has ended
duty   once the duty to keep it has ended, or was never there; the organisation department decides
stays  never by request: it stands in a frozen paper, or says of nobody who it is once the rest is gone
"""
WHOLE = "*"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long the rows of a table are kept: `days` after the day in column `since`, for those that fit `where`.

    by   machine: the daily chore deletes them · job: a job of the module does · person: somebody is asked to
    log  network logs of the hall; never under 180 days (LAW-20, H28)
    """

    table: str
    what: Text
    days: int
    since: str
    by: str = "person"
    where: Mapping[str, Any] = field(default_factory=dict)
    log: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows stay as they were written; PostgreSQL refuses the rest (`manage.py wall`)."""

    table: str
    changes: tuple[str, ...] = ()  # columns that may still change
    erased: bool = False  # rows may go


@dataclass(frozen=True, slots=True)
class Task:
    """What waits for this viewer: one row of the to-do centre."""

    key: str
    title: str
    url: str
    organisation: str = ""
    about: str = ""
    due: Any = None  # date or None
    since: Any = None  # date it began to wait
    kind: str = "todo"  # todo · started (what the viewer set going and waits for)


@dataclass(frozen=True, slots=True)
class Doorway:
    """A way of signing in besides account and password. `url` takes ?next=; `again`: it can ask anew who one is."""

    name: str
    title: str
    url: str
    leave: str = ""  # where one signs out there too
    again: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of the search box."""

    title: str
    url: str
    detail: str = ""
    kind: Text = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the home hall. kind: matter (我要办) · figure (needs action) · progress (进行中的事) · next (会议等)."""

    title: Text
    url: str
    text: Text = ""
    figure: str = ""
    kind: str = "matter"
    icon: str = "file"
    order: int = 50


@dataclass(frozen=True, slots=True)
class Attachments:
    """Files that may hang on rows of a table. Whoever wants to open one is asked of `may_see`, every time.

    model    "members.correction", as the ledger names the row
    title    what such a file is to the row
    may_see  may_see(viewer, pk: str) -> bool
    most     files one row may have
    kinds    kinds that are kept here (hall.files.words); other ones are refused with a sentence
    """

    model: str
    title: Text
    may_see: Callable
    most: int = 1
    kinds: tuple[str, ...] = ("pdf", "jpeg", "png")


@dataclass(frozen=True, slots=True)
class Condition:
    """How one thing of the machine is, for the system administrator's console (page 24).

    `kind` is connector, backup or job; `state` one of the badges (done, waiting, error, none); `url` a page about it;
    `test` an address that tries it out when it is posted to.
    """

    kind: str
    title: Text
    text: Text
    state: str = "done"
    url: str = ""
    test: str = ""


@dataclass(frozen=True)
class Module:
    name: str
    title: Text
    needs: tuple[str, ...] = ()
    nav: tuple[Nav, ...] = ()
    permissions: Mapping[str, Text] = field(default_factory=dict)
    inner: tuple[str, ...] = ()  # permissions no post holds: only ever handed down inside another deed
    facts: Mapping[str, Text] = field(default_factory=dict)
    listens: Mapping[str, Callable] = field(default_factory=dict)  # fact name, or "*" → listener(by=act, facts=[…])
    notices: tuple[Notice, ...] = ()
    jobs: tuple[Job, ...] = ()
    long_works: tuple[LongWork, ...] = ()
    chores: tuple[Callable, ...] = ()  # small things the worker does every few seconds, without arguments
    datasets: tuple[Dataset, ...] = ()
    papers: tuple[PaperKind, ...] = ()
    attachments: tuple[Attachments, ...] = ()
    privacy: tuple[Personal, ...] = ()
    not_personal: tuple[str, ...] = ()  # text columns that hold no personal data, said on purpose
    kept: tuple[Kept, ...] = ()  # tables the running hall may only add to
    shared: Mapping[str, str] = field(default_factory=dict)  # personal tables without row policies, and why
    overseen: Mapping[str, str] = field(
        default_factory=dict
    )  # personal table → permission that sees all its rows; others see their own
    whose: Mapping[str, str] = field(default_factory=dict)  # table → path to its member or account; "" = many people's
    mentions: tuple[str, ...] = ()  # columns in which others may be named; an erased person's name is struck out there
    erase: Callable | None = None  # what columns do not say: erase(by=act, member, account, all) -> {kind: count}
    keeping: tuple[Keeping, ...] = ()
    tasks: Callable | None = None  # tasks(viewer) -> list[Task]
    cards: Callable | None = None  # cards(viewer) -> list[Card]
    conditions: Callable | None = (
        None  # conditions(viewer) -> list[Condition]; nothing for whoever does not run the machine
    )
    search: Callable | None = None  # search(viewer, words: str, limit: int) -> list[Hit]
    surround: Callable | None = None  # surround(viewer) -> {"college": name, "help": contact}; the top module's
    counts: Mapping[str, Callable] = field(default_factory=dict)  # of the frame: "todo", "unread" → fn(viewer) -> int
    alerts: Callable | None = None  # of the frame: sentences everybody must see; fn() -> list[str], quick to ask
    doorways: Callable | None = None  # other ways to sign in: doorways(request) -> list[Doorway]
    demo: Callable | None = None  # demo(cast) plays the real actions


@cache
def modules() -> tuple[Module, ...]:
    """All manifests, downstairs first, as `MODULES` in settings lists them."""
    return tuple(import_module(f"hall.{name}.module").module for name in settings.MODULES)


@cache
def listeners(fact: str) -> tuple[Callable, ...]:
    """Who hears this fact, downstairs first."""
    return tuple(heard for m in modules() for name, heard in m.listens.items() if name in (fact, "*"))


@cache
def fact_titles() -> dict[str, Text]:
    return {name: title for m in modules() for name, title in m.facts.items()}


@cache
def permission_titles() -> dict[str, Text]:
    return {name: title for m in modules() for name, title in m.permissions.items()}


@cache
def paper_kinds() -> dict[str, PaperKind]:
    return {kind.kind: kind for m in modules() for kind in m.papers}


@cache
def attachments() -> dict[str, Attachments]:
    """What files hang on, by table."""
    return {each.model: each for m in modules() for each in m.attachments}


@cache
def long_works() -> dict[str, LongWork]:
    return {work.name: work for m in modules() for work in m.long_works}


@cache
def datasets() -> dict[str, Dataset]:
    return {dataset.name: dataset for m in modules() for dataset in m.datasets}


@cache
def surroundings() -> Callable | None:
    """Who says what stands around every page."""
    return next((m.surround for m in modules() if m.surround), None)


def conditions(viewer: Any) -> list[Condition]:
    """How the machine is, as far as this viewer looks after it, downstairs first."""
    return [each for m in modules() if m.conditions for each in m.conditions(viewer)]


def alerts() -> list[str]:
    """What everybody must see at the head of every page."""
    return [text for m in modules() if m.alerts for text in m.alerts()]


def doorways(request: Any) -> list[Doorway]:
    """The ways of signing in that the deployment offers besides account and password."""
    return [each for m in modules() if m.doorways for each in m.doorways(request)]


@cache
def counts() -> dict[str, Callable]:
    """Figures the frame shows on every page, by name. One module answers each."""
    return {name: count for m in modules() for name, count in m.counts.items()}


@cache
def jobs() -> dict[str, Job]:
    return {job.name: job for m in modules() for job in m.jobs}


@cache
def notices(fact: str) -> tuple[Notice, ...]:
    """Who is told about this fact, and how."""
    return tuple(notice for m in modules() for notice in m.notices if notice.on == fact)


@cache
def chores() -> tuple[Callable, ...]:
    return tuple(chore for m in modules() for chore in m.chores)
