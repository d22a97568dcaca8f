"""A row of a roster: every cell read, then what the cells say about each other. No database."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hall.core.days import add_months
from hall.core.sheets import Cell, Kind, Matching, Row
from hall.members.rules.names import name_key
from hall.members.rules.records import OLDEST
from hall.members.rules.roster.cells import READERS, day_of, month_or_year
from hall.members.words import MEMBERS, MembershipState, Sex, Standing

KEPT = (
    "name", "id_no", "sex", "ethnicity", "birth_date", "education", "degree", "native_place", "standing", "joined_on", "full_on", "job", "phone",
    "landline", "address", "party_post", "campus_no", "identity", "lost_since",
)  # fmt: skip
DOUBLE = "double_of"  # the number of the row that says the same
DAYS = ("birth_date", "joined_on", "full_on", "lost_since")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is to be said about a row: `key` names the column (None: the row), `wrong` stops it, else a person confirms."""

    key: str | None
    rule: str
    text: str
    wrong: bool = True


@dataclass(slots=True)
class Entry:
    """A row as read. `values` holds only what the row says: an empty cell is no value and erases nothing."""

    number: int
    values: dict[str, str]
    faults: list[Fault] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        return any(fault.wrong for fault in self.faults)

    @property
    def key(self) -> str:
        return name_key(self.values.get("name", ""))

    def doubt(self, key: str | None, rule: str, text: str) -> None:
        self.faults.append(Fault(key, rule, text, False))

    def fail(self, key: str | None, rule: str, text: str) -> None:
        self.faults.append(Fault(key, rule, text))


def read_rows(rows: Iterable[Row], matching: Matching, *, on: date, since_1904: bool = False) -> list[Entry]:
    """Every row of the sheet, with its faults; rows that repeat each other are compared at the end."""
    columns = [(key, matching.mapping[key], READERS[key]) for key in READERS if key in matching.mapping]
    entries = [read_row(row, columns, on=on, since_1904=since_1904) for row in rows]
    find_doubles(entries)
    return entries


def read_row(
    row: Row, columns: Iterable[tuple[str, int, Callable[..., Any]]], *, on: date, since_1904: bool = False
) -> Entry:
    entry = Entry(row.number, {})
    for key, index, reader in columns:
        cell = row.cells[index] if index < len(row.cells) else Cell("")
        if cell.text or key == "name":
            _read(entry, key, cell, reader, since_1904)
    check_row(entry, on)
    return entry


def _read(entry: Entry, key: str, cell: Cell, reader: Callable[..., Any], since_1904: bool) -> None:
    if cell.kind is Kind.ERROR:
        entry.fail(key, "house", _("The spreadsheet shows an error here; type the value."))
        return
    said = reader(cell, since_1904)
    if key == "birth_date" and said.wrong and (known := month_or_year(cell)):
        _complete_birth(entry, known)
        return
    if said.text:
        entry.faults.append(Fault(key, said.rule, said.text, said.wrong))
    if said.value and not said.wrong:
        entry.values[key] = said.value
    if cell.kind is Kind.FORMULA and not said.wrong:
        entry.doubt(key, "B07", _("A formula stands here; only its last result was read. Confirm the value."))


def _complete_birth(entry: Entry, known: str) -> None:
    """A birth month without a day is completed from the ID number where both agree, else it is not taken over (G06)."""
    born = born_by(entry.values.get("id_no", ""))
    if born and born.startswith(known):
        entry.values["birth_date"] = born
    elif born:
        entry.doubt(
            "birth_date",
            "G06",
            _("Date of birth and ID number disagree; confirm the row if both are right. The date is not taken over."),
        )
    elif not _failed(entry, "id_no"):
        entry.doubt(
            "birth_date",
            "CAL-07",
            _("The day of birth is missing; the date is not taken over. Write it like 1990-03-05."),
        )


def born_by(id_no: str) -> str:
    """The birth date in a valid number of 18 digits, as ISO text; nothing for other documents."""
    return f"{id_no[6:10]}-{id_no[10:12]}-{id_no[12:14]}" if len(id_no) == 18 and id_no[:17].isdecimal() else ""


def check_row(entry: Entry, on: date) -> None:
    """What the cells of one row say about each other."""
    _check_identity(entry)
    _check_future(entry, on)
    _check_dates(entry)
    _check_standing(entry)
    _check_contact(entry)


def _check_identity(entry: Entry) -> None:
    values = entry.values
    born = born_by(values.get("id_no", ""))
    if not born:
        return
    sex = Sex.MALE if int(values["id_no"][16]) % 2 else Sex.FEMALE
    if values.setdefault("birth_date", born) != born:
        entry.doubt("birth_date", "G06", _("Date of birth and ID number disagree; confirm the row if both are right."))
    if values.get("sex") in (Sex.MALE, Sex.FEMALE) and values["sex"] != sex:
        entry.doubt("sex", "G06", _("Sex and ID number disagree; confirm the row if both are right."))
    values.setdefault("sex", str(sex))


def _check_future(entry: Entry, on: date) -> None:
    today = on.isoformat()
    for key in DAYS:
        if entry.values.get(key, "") > today:
            entry.fail(key, "house", _("This day lies in the future; correct it."))
            del entry.values[key]
    born = entry.values.get("birth_date", "")
    if born and int(born[:4]) < on.year - OLDEST:
        text = _("The person would be more than %(years)d years old; check the date of birth.")
        entry.doubt("birth_date", "house", text % {"years": OLDEST})


def _check_dates(entry: Entry) -> None:
    """Joined ≤ full; 18 years at joining (DEV-01); a year of probation, normally (§2.5)."""
    born, joined, full = (day_of(entry.values.get(key, "")) for key in ("birth_date", "joined_on", "full_on"))
    if born and joined and joined < add_months(born, 18 * 12):
        entry.fail("joined_on", "DEV-01", _("The person would have joined before the age of 18; check both dates."))
    if joined and full and full < joined:
        entry.fail("full_on", "§8.1", _("This day lies before the day of joining; check both dates."))
    elif joined and full and full < add_months(joined, 12):
        entry.doubt("full_on", "§2.5", _("Probation normally lasts one year; confirm the row if both dates are right."))


def _check_standing(entry: Entry) -> None:
    values, standing = entry.values, entry.values.get("standing")
    if standing == Standing.PROBATIONARY and "full_on" in values:
        entry.fail("full_on", "§8.1", _("A probationary member has no such day; clear it or correct the type."))
    elif standing and standing not in MEMBERS and ("joined_on" in values or "full_on" in values):
        entry.fail(
            "standing",
            "§8.1",
            _("Only probationary and full members have a joining date; correct the type or clear the dates."),
        )
    if values.get("state") == MembershipState.LEFT:
        entry.fail("state", "§8.3", _("A roster holds who is here; record leaving on the page of the person."))
    elif values.get("state") == MembershipState.STOPPED:
        entry.doubt(
            "state",
            "LOST-01",
            _("A roster stops no membership; confirm the row, then record the decision on the page of the person."),
        )


def _check_contact(entry: Entry) -> None:
    values = entry.values
    if values.get("lost") == "1" and "lost_since" not in values and not _failed(entry, "lost_since"):
        entry.doubt(
            "lost",
            "LOST-02",
            _(
                "The day since when there is no contact is missing; confirm the row and enter it on the page of the person."
            ),
        )
    if values.get("lost") == "0" and values.pop("lost_since", ""):
        entry.doubt(
            "lost_since", "LOST-02", _("The person is said not to be out of contact; the day is not taken over.")
        )
    if values.get("floating") == "1":
        entry.doubt(
            "floating",
            "FLT-01",
            _(
                "Floating members are registered on the page of the person, with place and host; this import does not do it."
            ),
        )


def _failed(entry: Entry, key: str) -> bool:
    return any(fault.key == key and fault.wrong for fault in entry.faults)


def find_doubles(entries: list[Entry]) -> None:
    """People who stand twice: the same twice is doubtful, two stories about one number are wrong (F10)."""
    for key in ("id_no", "campus_no"):
        groups: dict[str, list[Entry]] = {}
        for entry in entries:
            if value := entry.values.get(key):
                groups.setdefault(value, []).append(entry)
        for group in groups.values():
            if len(group) > 1:
                _say_double(group, key)
    _find_nameless_doubles(entries)


def _find_nameless_doubles(entries: list[Entry]) -> None:
    """Rows without any number that say exactly the same."""
    groups: dict[tuple, list[Entry]] = {}
    for entry in entries:
        if not entry.values.keys() & {"id_no", "campus_no"} and entry.key:
            groups.setdefault(tuple(sorted(entry.values.items())), []).append(entry)
    for group in groups.values():
        if len(group) > 1:
            _say_double(group, "name")


def _say_double(group: list[Entry], key: str) -> None:
    first = group[0]
    alike = all(_story(entry) == _story(first) for entry in group)
    for entry in group:
        if any(fault.rule == "F10" for fault in entry.faults):
            continue
        others = "、".join(str(other.number) for other in group if other is not entry)
        if not alike:
            text = _("The same number stands in row %(rows)s with other contents; keep the right row.")
            entry.fail(key, "F10", text % {"rows": others})
        elif entry is not first:
            entry.values[DOUBLE] = str(first.number)
            text = _("Row %(row)s says the same about the same person; it is read once.")
            entry.doubt(key, "F10", text % {"row": first.number})


def _story(entry: Entry) -> dict[str, str]:
    return {name: value for name, value in entry.values.items() if name != DOUBLE}
