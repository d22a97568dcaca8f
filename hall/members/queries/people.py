"""One person: every field with its source, the record as of a day, who looked, and possible duplicates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.core.days import first_of_month
from hall.core.modules import modules
from hall.ledger.queries import Told, exports_of, history_of
from hall.members.models import Correction, Look, Member, column
from hall.members.rules import SEALED, TRACKED, Step, as_of, educations, plain
from hall.members.words import Departure, Identity, Job, MembershipState, Sex, Standing
from hall.organisations import queries as organisations

SECTIONS = (
    ("identity", ("name", "sex", "ethnicity", "birth_date", "id_no", "native_place")),
    (
        "party",
        (
            "standing",
            "joined_on",
            "full_on",
            "organisation",
            "arrived_on",
            "party_post",
            "state",
            "lost_since",
            "stopped_on",
            "dues_paid_to",
        ),
    ),
    ("work", ("identity", "job", "campus_no", "education", "degree")),
    ("contact", ("phone", "landline", "address")),
)
ONLY_IF_KNOWN = ("lost_since", "stopped_on", "dues_paid_to")
CHOICES = {
    "sex": Sex,
    "standing": Standing,
    "state": MembershipState,
    "identity": Identity,
    "job": Job,
    "departure": Departure,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One field as it may be shown: sealed values masked, its source in words."""

    name: str
    title: str
    value: str
    source: str = ""
    sealed: bool = False
    purpose: str = ""


def title_of(name: str) -> str:
    """The field in words, as on the collection form."""
    if name == "departed_on":
        return _("Left on")
    if name == "departure":
        return _("Way of leaving")
    title = str(column(name).verbose_name)
    return title[:1].upper() + title[1:]


def in_words(name: str, text: str) -> str:
    """A recorded value as people read it: codes become words, the rest stays."""
    if not text:
        return ""
    if name in CHOICES:
        return str(_labels(name).get(text, text))
    return educations().get(text, text) if name == "education" else text


@cache
def _labels(name: str) -> dict[str, Any]:
    return dict(CHOICES[name].choices)


def values_of(member: Member) -> dict[str, str]:
    """Every tracked field as the ledger writes it: sealed values masked, the branch by name."""
    return {
        name: str(member.organisation) if name == "organisation" else plain(name, getattr(member, name))
        for name in TRACKED
    }


def steps_of(history: Iterable[Told]) -> list[Step]:
    """The recorded changes, newest first."""
    told = [t for t in history if t.particulars.get("changes")]
    return [Step(t.on or timezone.localtime(t.at).date(), t.particulars["changes"]) for t in reversed(told)]


def member_as_of(member: Member, day: date, history: Sequence[Told] | None = None) -> dict[str, str]:
    """The record as it stood at the end of that day, rebuilt from the ledger (F3). Sealed values stay masked."""
    return as_of(values_of(member), steps_of(history_of(member) if history is None else history), day)


def sources_of(history: Iterable[Told]) -> dict[str, str]:
    """Field → where its present value came from: the last recorded change that touched it."""
    found: dict[str, str] = {}
    for told in history:
        who = told.particulars.get("source") or told.by.split(" · ")[0]
        words = f"{who} {timezone.localtime(told.at):%Y-%m-%d}"
        found.update(dict.fromkeys(told.particulars.get("changes", {}), words))
    return found


def sheet_of(
    values: dict[str, str], sources: dict[str, str], purposes: dict[str, str] | None = None
) -> list[tuple[str, list[Item]]]:
    """The record by section, for the member page and the person's own page."""
    titles = {
        "identity": _("Basic facts"),
        "party": _("Party membership"),
        "work": _("Study and work"),
        "contact": _("Contact"),
    }
    return [(titles[key], _items(names, values, sources, purposes or {})) for key, names in SECTIONS]


def _items(names: Iterable[str], values: dict[str, str], sources: dict[str, str], why: dict[str, str]) -> list[Item]:
    shown = [name for name in names if values[name] or name not in ONLY_IF_KNOWN]
    return [
        Item(
            name, title_of(name), in_words(name, values[name]), sources.get(name, ""), name in SEALED, why.get(name, "")
        )
        for name in shown
    ]


def purposes() -> dict[str, str]:
    """Field of the record → why it is kept, from the privacy register."""
    register = next(m.privacy for m in modules() if m.name == "members")
    return {
        entry.field.removeprefix("Member."): str(entry.purpose)
        for entry in register
        if entry.field.startswith("Member.")
    }


@dataclass(frozen=True, slots=True)
class Month:
    """Looks at one person's data in one month."""

    period: date
    looks: list[Look]


def looks_at(member: Member, limit: int = 200) -> list[Month]:
    """Who saw sealed values of this person in clear, by month, newest first (F126). One query."""
    months: dict[date, list[Look]] = {}
    for look in member.looks.order_by("-at")[:limit]:
        look.words = "、".join(title_of(name) for name in look.fields)
        months.setdefault(first_of_month(timezone.localtime(look.at).date()), []).append(look)
    return [Month(period, looks) for period, looks in months.items()]


def exports_with(member: Member) -> list[Told]:
    """Rosters that left the hall with this person in them: of their branch or above, since their last move (F126)."""
    moves = [
        told.at for told in history_of(member) if told.name in ("members.member.enrolled", "members.member.placed")
    ]
    since = moves[-1] if moves else timezone.now() - timedelta(days=3 * 365)
    return exports_of(organisations.chain_ids(member.organisation), since)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one person, and why."""

    first: Member
    second: Member
    why: str


def duplicates(rows: QuerySet[Member], limit: int = 50) -> list[Pair]:
    """Candidates for merging among these records: same phone, or same name and date of birth (F10). People decide."""
    rows = rows.exclude(state=MembershipState.LEFT).select_related("organisation")
    found: dict[tuple, Pair] = {}
    for columns, why in (
        (("phone_index",), _("Same phone number")),
        (("name_key", "birth_date"), _("Same name and date of birth")),
        (("name_key", "organisation"), _("Same name in one branch")),
    ):
        for group in _groups(rows, columns, limit):
            for first, second in pairwise(group):
                found.setdefault((first.pk, second.pk), Pair(first, second, why))
    return list(found.values())[:limit]


def _groups(rows: QuerySet[Member], columns: Sequence[str], limit: int) -> list[list[Member]]:
    """Rows that agree in these columns, each group in order of their ids. Two queries."""
    present = rows.exclude(**{f"{columns[-1]}__isnull": True})
    twice = present.values(*columns).annotate(n=Count("pk")).filter(n__gt=1).order_by()[:limit]
    keys = [tuple(each[c] for c in columns) for each in twice]
    if not keys:
        return []
    groups: dict[tuple, list[Member]] = {key: [] for key in keys}
    attributes = ["organisation_id" if c == "organisation" else c for c in columns]
    for member in present.filter(**{f"{columns[0]}__in": [key[0] for key in keys]}).order_by("pk"):
        groups.get(tuple(getattr(member, a) for a in attributes), []).append(member)
    return [group for group in groups.values() if len(group) > 1]


def wanted_in_words(correction: Correction) -> str:
    """What the person asked for; a sealed value stays masked until it is revealed."""
    return (
        plain(correction.field, correction.wanted)
        if correction.field in SEALED
        else in_words(correction.field, correction.wanted)
    )
