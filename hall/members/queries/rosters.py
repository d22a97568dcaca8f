"""Rosters: who the hall already has of a sheet's people, and what each row would do."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hall.core import crypto
from hall.core.fields import blind
from hall.core.sheets import Cell, Kind, Row, Table
from hall.members.models import Member
from hall.members.rules import name_key
from hall.members.rules.roster import (
    DOUBLE,
    Atlas,
    Entry,
    Judged,
    Known,
    Place,
    Proposal,
    find_meetings,
    find_member,
    judge,
    propose,
)
from hall.members.words import Departure
from hall.organisations import queries as organisations
from hall.organisations.words import State

CHUNK = 10_000  # values a statement
Within = Callable[[int], bool]


# ---- what is compared ----


def atlas() -> Atlas:
    """The active organisations by every name a roster may use. One query."""
    rows = organisations.organisations().filter(state=State.ACTIVE)
    places = [
        Place(pk, (name, short, code), kind, path, short or name)
        for pk, name, short, code, kind, path in rows.values_list("pk", "name", "short_name", "code", "kind", "path")
    ]
    step = min((len(place.path) for place in places), default=0)
    return Atlas(places, next((place for place in places if len(place.path) == step), None))


def within_of(by: Any) -> Within:
    """Whether a reader of rosters looks after a branch; the hall's own jobs look after all."""
    if not hasattr(by, "reach") or by.reaches_all("members.import"):
        return lambda pk: True
    return by.reach("members.import").__contains__


def _in_chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    wanted = list(dict.fromkeys(value for value in values if value))
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))


@dataclass(slots=True)
class People:
    """Candidates of a sheet by fingerprint of the ID number, by student or staff number, by name."""

    by_number: dict[bytes, list[Any]]
    by_campus: dict[str, list[Any]]
    by_name: dict[str, list[Any]]

    @property
    def fingerprint(self) -> str:
        """Of everybody a row might mean, as they stand: changes when one of them changes, comes or goes."""
        found = {
            row.pk: row.version
            for group in (self.by_number, self.by_campus, self.by_name)
            for rows in group.values()
            for row in rows
        }
        text = ",".join(f"{pk.hex}:{version}" for pk, version in sorted(found.items()))
        return crypto.sm3(text.encode()).hex()


def people_meant(values: Sequence[dict[str, str]], numbers: Sequence[bytes | None], *, locked: bool = False) -> People:
    """Everybody these rows might mean. Three queries for each ten thousand rows, never one a row.

    locked  hold their rows until the act ends, and read only what tells whether they changed
    """
    members = Member.objects.exclude(departure=Departure.MERGED)
    if locked:
        members = members.only("version", "id_no_index", "campus_no", "name_key").order_by("pk").select_for_update()
    found = People({}, {}, {})
    for chunk in _in_chunks(numbers):
        for row in members.filter(id_no_index__in=chunk):
            found.by_number.setdefault(bytes(row.id_no_index), []).append(row)
    for chunk in _in_chunks(each.get("campus_no") for each in values):
        for row in members.filter(campus_no__in=chunk):
            found.by_campus.setdefault(row.campus_no, []).append(row)
    nameless = (
        name_key(each.get("name", ""))
        for each, number in zip(values, numbers, strict=True)
        if number not in found.by_number and each.get("campus_no") not in found.by_campus
    )
    for chunk in _in_chunks(nameless):
        for row in members.filter(name_key__in=chunk):
            found.by_name.setdefault(row.name_key, []).append(row)
    return found


def fingerprints(values: Iterable[dict[str, str]]) -> list[bytes | None]:
    """The blind index of each row's ID number."""
    return [blind(Member, "id_no", each.get("id_no", "")) for each in values]


@dataclass(slots=True)
class Comparison:
    """A sheet compared with the hall: rows judged, organisations it names and the hall lacks, whom it was compared with."""

    rows: list[Judged]
    proposals: list[dict[str, Any]]
    fingerprint: str


def compare(entries: Sequence[Entry], by: Any, *, under: int | None = None) -> Comparison:
    """What each row would do, seen by this reader. `under` is where branches without a named superior would stand."""
    places, within = atlas(), within_of(by)
    values = [entry.values for entry in entries]
    numbers = fingerprints(values)
    people = people_meant(values, numbers)
    standing = _Standing(places, by, within, under)
    titles = {pk: place.title for pk, place in places.by_pk.items()}
    judged = []
    for entry, number in zip(entries, numbers, strict=True):
        branch, proposal = standing.of(entry)
        known = Known(
            people.by_number.get(number, ()) if number else (), people.by_campus.get(entry.values.get("campus_no", ""), ()),
            people.by_name.get(entry.key, ()), branch, number, proposal is not None,
        )  # fmt: skip
        judged.append(_judged(entry, known, within, titles, proposal))
    find_meetings(judged)
    return Comparison(judged, standing.listed(judged), people.fingerprint)


def _judged(entry: Entry, known: Known, within: Within, titles: dict[int, str], proposal: int | None) -> Judged:
    member = find_member(entry, known, within)
    same = _same_sealed(entry, member, known) if member is not None else {}
    row = judge(entry, known, same=same, member=member, titles=titles)
    if proposal is not None and not entry.wrong:
        row.proposal = proposal
        if member is not None:
            entry.doubt(
                "branch",
                "TRF-11",
                _("The roster would move the relation to a branch that is still to be created. Confirm the move."),
            )
            row.state = "doubtful"
    return row


def _same_sealed(entry: Entry, member: Member, known: Known) -> dict[str, bool]:
    """Numbers are compared by their fingerprints; nothing is opened for it."""
    phone = entry.values.get("phone", "")
    return {
        "id_no": known.fingerprint is not None
        and member.id_no_index is not None
        and bytes(member.id_no_index) == known.fingerprint,
        "phone": bool(phone and member.phone_index and bytes(member.phone_index) == blind(Member, "phone", phone)),
    }


class _Standing:
    """Where each row would stand, and which organisations would have to be founded for it."""

    def __init__(self, places: Atlas, by: Any, within: Within, under: int | None):
        self.places, self.by, self.within = places, by, within
        self.under = under or (places.college.pk if places.college else None)
        self.may_found = by.may("organisations.shape", self.under)
        self.found: dict[str, Proposal] = {}
        self.at: dict[str, int] = {}
        own = [
            place.pk for place in places.by_pk.values() if place.kind in ("branch", "joint_branch") and within(place.pk)
        ]
        self.only = own[0] if len(own) == 1 else None

    def of(self, entry: Entry) -> tuple[int | None, int | None]:
        """(branch, number of the proposal): at most one of them. A row that names no branch stands in the only one there is."""
        name, above = entry.values.get("branch", ""), entry.values.get("general_branch", "")
        if not name:
            return self.only, None
        branches = [place for place in self.places.branches(name, above) if self.within(place.pk)]
        if len(branches) == 1:
            return branches[0].pk, None
        if branches:
            entry.fail("branch", "ORG-15", _("Several branches have this name; write the full name or the code."))
            return None, None
        return None, self._proposed(entry, name, above)

    def _proposed(self, entry: Entry, name: str, above: str) -> int | None:
        wanted = (
            propose(self.places, self.found, name, above, self.under)
            if self.may_found and not self.places.branches(name)
            else None
        )
        if wanted is None:
            entry.fail(
                "branch",
                "ORG-15",
                _("There is no such branch among those you look after; write its name as in the hall."),
            )
            return None
        for each in wanted:
            key = self.places.key(each.name)
            if key not in self.found:
                self.at[key], self.found[key] = len(self.found), each
        return self.at[self.places.key(name)]

    def listed(self, judged: Iterable[Judged]) -> list[dict[str, Any]]:
        counted: dict[int, int] = {}
        for row in judged:
            if row.proposal is not None:
                counted[row.proposal] = counted.get(row.proposal, 0) + 1
        return [
            {
                "name": each.name, "kind": each.kind, "under": each.under, "under_name": each.under_name,
                "under_title": each.under_name or self._title(each.under), "open": not each.under_name and each.under == self.under,
                "rows": counted.get(at, 0),
            }
            for at, each in enumerate(self.found.values())
        ]  # fmt: skip

    def _title(self, pk: int | None) -> str:
        return self.places.by_pk[pk].title if pk in self.places.by_pk else ""


# ---- what is kept ----


def packed(table: Table) -> str:
    """The sheet as text, to be sealed: for the error workbook and for reading it again with other columns."""
    return json.dumps(
        {
            "name": table.name, "format": table.format, "sheet": table.sheet, "header": table.header, "header_row": table.header_row,
            "others": table.others, "date1904": table.date1904, "notes": [str(note) for note in table.notes],
            "rows": [_packed_row(row) for row in table.rows], "above": [_packed_row(row) for row in table.above],
        },
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip


def _packed_row(row: Row) -> list[Any]:
    kinds = {at: str(cell.kind) for at, cell in enumerate(row.cells) if cell.kind is not Kind.TEXT}
    return [row.number, [cell.text for cell in row.cells], kinds, int(row.hidden), list(row.filled)]


def unpacked(text: str) -> Table:
    """The sheet again."""
    kept = json.loads(text)
    return Table(
        kept["name"], kept["format"], kept["sheet"], tuple(kept["header"]), kept["header_row"], tuple(map(_row, kept["rows"])),
        tuple(map(_row, kept["above"])), tuple(kept["others"]), kept["date1904"], tuple(kept["notes"]),
    )  # fmt: skip


def _row(kept: list[Any]) -> Row:
    number, texts, kinds, hidden, filled = kept
    cells = tuple(Cell(text, Kind(kinds[str(at)]) if str(at) in kinds else Kind.TEXT) for at, text in enumerate(texts))
    return Row(number, cells, bool(hidden), tuple(filled))


def is_double(values: dict[str, str]) -> bool:
    """The row repeats another of the same sheet."""
    return DOUBLE in values
