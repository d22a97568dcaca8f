"""Reads of the organisations. Names and the tree are open to everybody signed in (L2); figures are not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.http import Http404

from hall.core.days import add_months
from hall.organisations.local import declared
from hall.organisations.models import Coverage, LocalSetting, Organisation, Placement, Term
from hall.organisations.words import BRANCHES, State


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


def chain_ids(organisation: Organisation) -> list[int]:
    """The organisation and everything above it, nearest first. One query."""
    step = Organisation.steplen
    paths = [organisation.path[:end] for end in range(len(organisation.path), 0, -step)]
    by_path = dict(Organisation.objects.filter(path__in=paths).values_list("path", "pk"))
    return [by_path[path] for path in paths if path in by_path]


def by_name() -> dict[str, list[int]]:
    """Every name an active organisation answers to → its ids; what a roster's branch column is matched with."""
    found: dict[str, list[int]] = {}
    for pk, name, short, code in organisations().filter(state=State.ACTIVE).values_list("pk", "name", "short_name", "code"):
        for each in {name, short, code} - {""}:
            found.setdefault(each, []).append(pk)
    return found


def tree_on(on: date) -> list[Placement]:
    """The tree as it stood that day: one place each (F1, "as of")."""
    places = Placement.objects.filter(starts_on__lte=on).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    return list(places.select_related("organisation", "under").order_by("organisation__path"))


def coverages_on(organisation: Organisation, on: date) -> QuerySet[Coverage]:
    """Units this organisation covers that day (F2)."""
    return organisation.coverages.filter(starts_on__lte=on).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).select_related("unit")


def setting(key: str, organisation: Organisation, on: date) -> Any:
    """The value in force: the nearest organisation upwards that decided by that day, else the declared default."""
    above = chain_ids(organisation)
    rows = LocalSetting.objects.filter(key=key, organisation__in=above, effective_from__lte=on)
    best = min(rows, key=lambda row: (above.index(row.organisation_id), -row.effective_from.toordinal()), default=None)
    return best.value if best else declared()[key].default


@dataclass(frozen=True, slots=True)
class Expiring:
    """A term that ends soon, or ended without a new one."""

    organisation: Organisation
    ends_on: date


def expiring_terms(ids: Iterable[int], today: date, months: int = 6) -> list[Expiring]:
    """Latest terms of these organisations that end within `months` or are over (ORG-25). One query."""
    latest: dict[int, Term] = {}
    terms = Term.objects.filter(organisation__in=list(ids), organisation__state=State.ACTIVE).select_related("organisation").order_by("starts_on")
    for term in terms:
        latest[term.organisation_id] = term
    limit = add_months(today, months)
    return sorted((Expiring(t.organisation, t.ends_on) for t in latest.values() if t.ends_on <= limit), key=lambda each: each.ends_on)
