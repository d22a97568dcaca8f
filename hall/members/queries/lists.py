"""The member list: plain ready lines, filters, search, sorting, and what is missing in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from hall.core.identity import mask_phone
from hall.core.listing import Filter
from hall.core.viewer import Viewer
from hall.ledger.queries import last_deed
from hall.members.models import Member
from hall.members.rules import age_bands, born_between, education_bands, education_digits, name_key
from hall.members.words import MEMBERS, Identity, MembershipState, Standing
from hall.organisations import queries as organisations

FRESH = 60  # seconds the figures of what is missing may be old
SORTS = {
    "name": ("pinyin", "id"),
    "-joined": ("-joined_on", "id"),
    "joined": ("joined_on", "id"),
    "branch": ("organisation__path", "pinyin", "id"),
}
MISSING = {
    "joined": (gettext_lazy("Joining date"), Q(standing__in=MEMBERS, joined_on__isnull=True)),
    "full": (gettext_lazy("Date of full membership"), Q(standing=Standing.FULL, full_on__isnull=True)),
    "birth": (gettext_lazy("Date of birth"), Q(birth_date__isnull=True)),
    "number": (gettext_lazy("ID number"), Q(id_no_index__isnull=True)),
    "phone": (gettext_lazy("Phone"), Q(phone_index__isnull=True)),
}
STANDING_LOOK = {"full": "done", "probationary": "info", "target": "waiting", "activist": "none", "applicant": "none"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list, ready to print."""

    id: UUID
    name: str
    number: str
    standing: str
    branch: str
    joined: str
    post: str
    state: str
    state_look: str
    plain: bool  # nothing to say about the state
    phone: str


def shown_in_list(rows: QuerySet[Member], state: str) -> QuerySet[Member]:
    """Who left is listed only when asked for."""
    return rows if state == "left" else rows.exclude(state=MembershipState.LEFT)


def lines(rows: QuerySet[Member]) -> list[Line]:
    """The cut rows as lines. Opens nothing but the phone, which is masked at once (6 µs a row, measured)."""
    standings, states = _words(Standing), _words(MembershipState)
    columns = rows.values_list(
        "id",
        "name",
        "campus_no",
        "standing",
        "organisation__short_name",
        "joined_on",
        "party_post",
        "state",
        "lost_since",
        "phone",
    )
    return [
        Line(
            id=pk,
            name=name,
            number=number,
            standing=standings[standing],
            branch=branch,
            joined=joined.isoformat() if joined else "",
            post=post,
            state=_("Out of contact") if lost and state == "normal" else states[state],
            state_look="waiting" if lost or state == "stopped" else "none" if state == "left" else "done",
            plain=state == "normal" and not lost,
            phone=masked_phone(pk, phone),
        )
        for pk, name, number, standing, branch, joined, post, state, lost, phone in columns
    ]


def masked_phone(pk: UUID, sealed: Any) -> str:
    """The phone of a row as 138****5678."""
    return mask_phone(Member._meta.get_field("phone").opened(pk, sealed)) if sealed else ""


def _words(choices: Any) -> dict[str, str]:
    return {value: str(title) for value, title in choices.choices}


def filters(viewer: Viewer, today: date, permission: str = "members.view") -> list[Filter]:
    """The filters of the list; the tree only for those who look after more than one organisation."""
    several = viewer.reaches_all(permission) or len(viewer.reach(permission)) > 1
    places = places_within(viewer, permission) if several else []
    choices = [(place.pk, place.title) for place in places]
    tree = [Filter("organisation", _("Organisation"), choices, _within(places))] if places else []
    return [
        *tree,
        Filter("standing", _("Type"), [("members", _("Members")), *Standing.choices], _by_standing),
        Filter("state", _("State"), _states(), _by_state),
        Filter("identity", _("Identity"), Identity.choices, lambda rows, value: rows.filter(identity=value)),
        Filter("age", _("Age"), list(age_bands().items()), lambda rows, value: _by_age(rows, value, today)),
        Filter("education", _("Education"), list(education_bands().items()), _by_education),
        Filter(
            "missing",
            _("Missing"),
            [(key, title) for key, (title, _where) in MISSING.items()],
            lambda rows, value: rows.filter(MISSING[value][1]),
        ),
    ]


@dataclass(frozen=True, slots=True)
class Place:
    pk: int
    path: str
    title: str


def places_within(viewer: Viewer, permission: str) -> list[Place]:
    rows = organisations.organisations().filter(state="active")
    if not viewer.reaches_all(permission):
        rows = rows.filter(pk__in=viewer.reach(permission))
    found = list(rows.values_list("pk", "path", "depth", "short_name"))
    top = min((depth for _pk, _path, depth, _name in found), default=1)
    return [Place(pk, path, "\u3000" * (depth - top) + name) for pk, path, depth, name in found]


def _within(places: Iterable[Place]) -> Any:
    paths = {str(place.pk): place.path for place in places}
    everything = [(place.pk, place.path) for place in places]

    def narrow(rows: QuerySet, value: str) -> QuerySet:
        return rows.filter(organisation__in=[pk for pk, path in everything if path.startswith(paths[value])])

    return narrow


def _by_standing(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(standing__in=MEMBERS) if value == "members" else rows.filter(standing=value)


def _states() -> list[tuple[str, str]]:
    return [
        *_words(MembershipState).items(),
        ("lost", _("Out of contact")),
        ("floating", _("Floating")),
        ("abroad", _("Abroad")),
    ]


def _by_state(rows: QuerySet, value: str) -> QuerySet:
    if value in ("floating", "abroad"):
        return rows.filter(absences__kind=value, absences__ends_on__isnull=True)
    return rows.filter(state="normal", lost_since__isnull=False) if value == "lost" else rows.filter(state=value)


def _by_age(rows: QuerySet, band: str, today: date) -> QuerySet:
    after, until = born_between(band, today)
    rows = rows.filter(birth_date__gt=after) if after else rows
    return rows.filter(birth_date__lte=until)


def _by_education(rows: QuerySet, band: str) -> QuerySet:
    wanted = Q()
    for digit in education_digits(band):
        wanted |= Q(education__startswith=digit)
    return rows.filter(wanted)


def looks_like_id(words: str) -> bool:
    """Fourteen digits or more in a search: an ID number, which must not stand in an address (ID-03)."""
    return sum(ch.isdigit() for ch in words) >= 14


def search(rows: QuerySet, words: str) -> QuerySet:
    """By the beginning of the name, of its pinyin or initials, or of the student or staff number."""
    wanted = name_key(words)
    if not wanted or looks_like_id(wanted):
        return rows.none()
    if wanted.isascii() and wanted.isalpha():
        return rows.filter(_begins("initials", wanted) | _begins("pinyin", wanted) | _begins("name_key", wanted))
    if wanted.isascii():
        return rows.filter(_begins("campus_no", words.strip()) | _begins("name_key", wanted))
    return rows.filter(_begins("name_key", wanted))


def _begins(column: str, words: str) -> Q:
    """A prefix as SQLite's indexes can answer it; PostgreSQL has pattern indexes for LIKE."""
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": words, f"{column}__lt": words + "\U0010ffff"})
    return Q(**{f"{column}__startswith": words})


@dataclass(frozen=True, slots=True)
class Gap:
    """A data-quality chip: how many lack what, and the filter that lists them."""

    key: str
    title: str
    count: int


def gaps(viewer: Viewer) -> list[Gap]:
    """What is missing in the records this viewer may change.

    A minute old at most where others changed something, and never older than the viewer's last deed.
    """
    if not viewer.holds("members.change"):
        return []
    hat = viewer.hat
    key = f"members.gaps.{hat.pk}.{hat.granted_at.timestamp()}.{get_language()}.{last_deed(viewer)}"
    return cache.get_or_set(key, lambda: _gaps(viewer), FRESH) or []


def _gaps(viewer: Viewer) -> list[Gap]:
    scope = Member.objects.exclude(state=MembershipState.LEFT)
    if not viewer.reaches_all("members.change"):
        scope = scope.filter(organisation__in=viewer.reach("members.change"))
    found = scope.aggregate(**{key: Count("pk", filter=where) for key, (_title, where) in MISSING.items()})
    return [Gap(key, str(title), found[key]) for key, (title, _where) in MISSING.items() if found[key]]


def quick_views(viewer: Viewer) -> list[tuple[str, str]]:
    """Ready filters by name: (title, query)."""
    return [
        (_("Probationary members"), "standing=probationary"),
        (_("Full members"), "standing=full"),
        (_("Activists"), "standing=activist"),
        (_("Development targets"), "standing=target"),
        (_("Floating members"), "state=floating"),
        (_("Out of contact"), "state=lost"),
    ]
