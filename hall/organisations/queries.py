"""Reads of the organisations. Names and the tree are open to everybody signed in (L2); figures are not."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Protocol

from django.db.models import Q, QuerySet, Subquery
from django.http import Http404

from hall.core.days import add_months
from hall.ledger.queries import Told, entries_about, history_of_all
from hall.organisations.local import Declared, declared
from hall.organisations.models import Coverage, Introduction, LocalSetting, Organisation, Placement, Term
from hall.organisations.rules import answers_to
from hall.organisations.words import BRANCHES, State

REMINDER = "organisations.term_reminder_months"


class Viewer(Protocol):
    def reach(self, permission: str) -> frozenset[int]: ...


def college() -> Organisation | None:
    """The committee at the top of the tree."""
    return Organisation.objects.get_root_nodes().first()


def organisations() -> QuerySet[Organisation]:
    """All organisations in tree order."""
    return Organisation.objects.order_by("path")


def organisation_for(pk: int) -> Organisation:
    """The organisation, or 404."""
    found = Organisation.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def branches() -> QuerySet[Organisation]:
    """Where a member's formal relation may stand: active branches (ORG-15)."""
    return organisations().filter(kind__in=BRANCHES, state=State.ACTIVE)


def ids_under(paths: Iterable[str]) -> frozenset[int]:
    """Ids of the organisations at and below these paths. One query."""
    wanted = Q()
    for path in paths:
        wanted |= Q(path__startswith=path)
    return frozenset(Organisation.objects.filter(wanted).values_list("pk", flat=True)) if wanted else frozenset()


def ids_at_or_below(organisation: Organisation) -> frozenset[int]:
    return ids_under([organisation.path])


def chain(organisation: Organisation | None) -> list[Organisation]:
    """The organisation and everything above it, nearest first; the committee at the top for nobody's place. One query."""
    if organisation is None:
        return list(Organisation.objects.get_root_nodes()[:1])
    paths = [organisation.path[:end] for end in range(len(organisation.path), 0, -Organisation.steplen)]
    return list(Organisation.objects.filter(path__in=paths).order_by("-path"))


def chain_ids(organisation: Organisation) -> list[int]:
    """The organisation and everything above it, nearest first. One query."""
    return [row.pk for row in chain(organisation)]


def by_name() -> dict[str, list[int]]:
    """Every name an active organisation answers to → its ids; what a roster's branch column is matched with."""
    found: dict[str, list[int]] = {}
    for pk, name, short, code in (
        organisations().filter(state=State.ACTIVE).values_list("pk", "name", "short_name", "code")
    ):
        for each in {name, short, code} - {""}:
            found.setdefault(each, []).append(pk)
    return found


def tree_on(on: date) -> list[Placement]:
    """The tree as it stood that day: one place each, those above before those below as they stand today (F1)."""
    places = Placement.objects.filter(starts_on__lte=on).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    return list(places.select_related("organisation", "under").order_by("organisation__path"))


@dataclass(slots=True)
class Line:
    """One line of the tree: the place, how deep, how many active branches at or below; `closes` ends as many lists."""

    place: Placement
    depth: int
    branches: int = 0
    opens: bool = False
    closes: int = 0

    @property
    def closing(self) -> range:
        return range(self.closes)


def tree_lines(on: date) -> list[Line]:
    """The tree as it stood that day, from the top down, ready to be nested. One query, any depth."""
    below: dict[int | None, list[Placement]] = {}
    places = tree_on(on)
    there = {place.organisation_id for place in places}
    for place in places:
        below.setdefault(place.under_id if place.under_id in there else None, []).append(place)
    lines: list[Line] = []
    waiting = [(place, 1) for place in reversed(below.get(None, []))]
    while waiting:
        place, depth = waiting.pop()
        lines.append(Line(place, depth))
        waiting += [(each, depth + 1) for each in reversed(below.get(place.organisation_id, []))]
    _nest(lines)
    return lines


def _nest(lines: list[Line]) -> None:
    above: list[Line] = []
    for line, after in zip(lines, [*lines[1:], None], strict=False):
        above = [*above[: line.depth - 1], line]
        if line.place.kind in BRANCHES:
            for each in above:
                each.branches += 1
        next_depth = after.depth if after else 1
        line.opens, line.closes = next_depth > line.depth, max(0, line.depth - next_depth)


def ended() -> QuerySet[Organisation]:
    """Organisations that were merged or dissolved, the last first."""
    return Organisation.objects.exclude(state=State.ACTIVE).order_by("-ended_on", "path")


def found_by(words: str, limit: int = 50) -> list[Organisation]:
    """Organisations that answer to these words: part of the name, its pinyin or initials, or the code."""
    rows = organisations().only("name", "short_name", "code", "kind", "state", "path", "depth")
    return [row for row in rows if answers_to(words, row.name, row.short_name, row.code)][:limit]


def above(organisation: Organisation) -> list[Organisation]:
    """What stands above, from the top down."""
    return list(Organisation.objects.get_ancestors(organisation))


def above_of(ids: Iterable[int]) -> dict[int, int | None]:
    """Organisation id → id of what stands directly above it today. Two queries."""
    rows = Organisation.objects.filter(pk__in=set(ids)).only("path")
    parents = {row.pk: row.path[: -Organisation.steplen] for row in rows}
    known = dict(Organisation.objects.filter(path__in=set(parents.values())).values_list("path", "pk"))
    return {pk: known.get(path) for pk, path in parents.items()}


def below(organisation: Organisation) -> list[Organisation]:
    """What stands directly below and is active."""
    return list(Organisation.objects.get_children(organisation).filter(state=State.ACTIVE))


def terms_of(organisation: Organisation) -> list[Term]:
    """Terms of office with their seats, the latest first."""
    return list(organisation.terms.prefetch_related("offices"))


def history(organisation: Organisation) -> list[Told]:
    """All that was done to the organisation, its terms, units and settings, oldest first."""
    rows = [organisation, *organisation.terms.all(), *organisation.coverages.all(), *organisation.settings.all()]
    introduction = introduction_of(organisation)
    return history_of_all([*rows, introduction] if introduction else rows)


def introduction_of(organisation: Organisation) -> Introduction | None:
    """What it says of itself; None where nothing was written."""
    return Introduction.objects.filter(organisation=organisation).first()


def coverages_on(organisation: Organisation, on: date) -> QuerySet[Coverage]:
    """Units this organisation covers that day (F2)."""
    return (
        organisation.coverages.filter(starts_on__lte=on)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))
        .select_related("unit")
    )


def setting(key: str, organisation: Organisation, on: date) -> Any:
    """The value in force: the nearest organisation upwards that decided by that day, else the declared default."""
    above = chain_ids(organisation)
    rows = LocalSetting.objects.filter(key=key, organisation__in=above, effective_from__lte=on)
    best = min(rows, key=lambda row: (above.index(row.organisation_id), -row.effective_from.toordinal()), default=None)
    return best.value if best else declared()[key].default


def of_the_college(key: str, on: date) -> Any:
    """The college's own value; the declared default as long as there is no college."""
    top = college()
    return setting(key, top, on) if top else declared()[key].default


@dataclass(frozen=True, slots=True)
class InForce:
    """A local setting as it stands here: the value, and who decided it when (None: the default of the rulebook)."""

    declared: Declared
    value: Any
    row: LocalSetting | None

    @property
    def text(self) -> str:
        return self.declared.text(self.value)


def settings_in_force(organisation: Organisation, on: date) -> list[InForce]:
    """Every declared setting as it stands for this organisation that day. Two queries."""
    chain = chain_ids(organisation)
    rows = LocalSetting.objects.filter(organisation__in=chain, effective_from__lte=on).select_related("organisation")
    nearest = sorted(rows, key=lambda row: (chain.index(row.organisation_id), -row.effective_from.toordinal()))
    best: dict[str, LocalSetting] = {}
    for row in nearest:
        best.setdefault(row.key, row)
    return [
        InForce(each, best[key].value if key in best else each.default, best.get(key))
        for key, each in sorted(declared().items())
    ]


def setting_state(organisation: Organisation, key: str) -> str:
    """By what two states of this organisation's own setting are told apart: its decisions and when each was entered."""
    rows = LocalSetting.objects.filter(organisation=organisation, key=key).order_by("pk")
    said = [[pk, at.isoformat()] for pk, at in rows.values_list("pk", "decided_at")]
    return sha256(json.dumps(said).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Expiring:
    """A term that ends soon, or ended without a new one."""

    organisation: Organisation
    ends_on: date
    term: Term


def reminder_months(on: date) -> int:
    """How long before its end a term is called to mind: the college's setting (ORG-25). One query."""
    return next(iter(_reminder(on)), declared()[REMINDER].default)


def _reminder(on: date) -> QuerySet[LocalSetting, Any]:
    """What the college decided last; no row where it decided nothing."""
    decided = LocalSetting.objects.filter(key=REMINDER, organisation__depth=1, effective_from__lte=on)
    return decided.order_by("-effective_from").values_list("value", flat=True)[:1]


def untold_terms(on: date) -> list[Term]:
    """Latest terms that end soon or are over, and of which nobody was told yet."""
    ids = Organisation.objects.filter(state=State.ACTIVE).values_list("pk", flat=True)
    due = {str(each.term.pk): each.term for each in expiring_terms(ids, on)}
    told = (
        entries_about(due.values(), ["organisations.term.expiring"]).values_list("about_id", flat=True) if due else ()
    )
    return [term for pk, term in due.items() if pk not in set(told)]


def expiring_terms(ids: Iterable[int], today: date, months: int | None = None) -> list[Expiring]:
    """Latest terms of these organisations that end within `months` or are over (ORG-25). One query.

    Without `months`, as long before its end as the college decided.
    """
    latest: dict[int, Term] = {}
    terms = (
        Term.objects.filter(organisation__in=list(ids), organisation__state=State.ACTIVE)
        .select_related("organisation")
        .annotate(reminder=Subquery(_reminder(today)))
        .order_by("starts_on")
    )
    for term in terms:
        latest[term.organisation_id] = term
        months = months or term.reminder or declared()[REMINDER].default
    limit = add_months(today, months or 0)
    return sorted(
        (Expiring(t.organisation, t.ends_on, t) for t in latest.values() if t.ends_on <= limit),
        key=lambda each: each.ends_on,
    )
