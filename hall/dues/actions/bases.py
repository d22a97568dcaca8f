"""Bases by sheet: read and compared first, nothing assessed; applied in one act after a person has looked (F47)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hall.core.days import first_of_month
from hall.core.fields import blind
from hall.core.findings import Refused, refuse
from hall.core.money import parse_yuan
from hall.core.sheets import Column, Matching, Unreadable, clean_text, match_columns, read_table
from hall.dues import queries, rules
from hall.dues.actions.assessing import Basis, assess_members
from hall.dues.models import Assessment, BasePreview
from hall.dues.words import PAYER_NAMES, Payer
from hall.ledger.acting import Actor, acting
from hall.members import queries as members
from hall.organisations import queries as organisations

LIMIT = 20_000
COLUMNS = (
    Column("name", gettext_lazy("Name"), ("姓名", "党员姓名"), required=True),
    Column(
        "number",
        gettext_lazy("Staff or student number"), ("工号", "学工号", "学号", "职工号", "人员编号"),
        note=gettext_lazy("This or the ID number tells namesakes apart."),
    ),
    Column("id_no", gettext_lazy("ID number"), ("身份证号", "公民身份号码", "身份证号码", "身份证")),
    Column("payer", gettext_lazy("Kind of payer"), ("人员类别", "缴费类别", "交纳类别", "类别"), required=True),
    Column(
        "base", gettext_lazy("Base (yuan a month)"), ("党费基数", "缴费基数", "交纳基数", "基数"), required=True,
        note=gettext_lazy("Empty for students. Pay that counts less own deductions (DUE-11)."),
    ),
)  # fmt: skip


@dataclass
class Line:
    """One row of the sheet: whom it means, what it would do, and what speaks against it."""

    row: int
    name: str
    member: str = ""
    payer: str = ""
    base: int = 0
    amount: int = 0
    before: int | None = None
    state: str = "wrong"  # new · changed · same · doubtful (needs a reason) · wrong
    said: str = ""
    problems: list[str] = field(default_factory=list)


def read_bases(*, by: Any, organisation: Any, starts_on: date, file: BinaryIO, name: str) -> BasePreview:
    """Read a sheet of bases and compare it with what is assessed. Nothing is assessed yet.

    Refused if the file is no table or lacks a column. People are found among the organisation's members by number,
    else by ID number, else by a name only one of them bears.
    """
    month = first_of_month(starts_on)
    with acting(by, "dues.assess", within=organisation.pk) as act:
        table, found = _table(file, name)
        lines = _compare(table.rows, found, organisation, month)
        counts = {
            state: sum(line.state == state for line in lines)
            for state in ("new", "changed", "same", "doubtful", "wrong")
        }
        preview = BasePreview.objects.create(
            account_id=by.account_id, organisation=organisation, starts_on=month,
            file_name=name[-200:], rows=json.dumps([asdict(line) for line in lines], ensure_ascii=False),
            counts=counts, read_at=act.at,
        )  # fmt: skip
        act.record_many("dues.bases.read", [(organisation, dict(counts))], on=month)
    return preview


def _table(file: BinaryIO, name: str) -> tuple[Any, Matching]:
    try:
        table = read_table(file, name, columns=COLUMNS, limit_rows=LIMIT)
    except Unreadable as reason:
        raise refuse(str(reason)) from None
    found = match_columns(table.header, COLUMNS)
    if found.problems:
        raise refuse(" ".join(found.problems))
    return table, found


def _compare(rows: Any, found: Matching, organisation: Any, month: date) -> list[Line]:
    people = _People(organisation, month)
    lines = [_line(row, found, people) for row in rows]
    _once(lines)
    known = queries.assessments_on(month, [UUID(line.member) for line in lines if line.member])
    before = {str(pk): row for pk, row in known.items()}
    units = {place.pk: queries.unit_of(place, month) for place in {m.organisation for m in people.by_id.values()}}
    for line in lines:
        if not line.problems:
            _weigh(line, before.get(line.member), month, units[people.by_id[line.member].organisation_id])
    return lines


class _People:
    """The organisation's members, by id, number, ID number and name."""

    def __init__(self, organisation: Any, month: date):
        self.rows = queries.payers(month, organisations.ids_at_or_below(organisation)).select_related("organisation")
        self.by_id = {str(member.pk): member for member in self.rows}
        self.by_number = {m.campus_no: m for m in self.by_id.values() if m.campus_no}
        self.by_print = {bytes(m.id_no_index): m for m in self.by_id.values() if m.id_no_index}
        self.by_name: dict[str, list[Any]] = {}
        for member in self.by_id.values():
            self.by_name.setdefault(_key(member.name), []).append(member)

    def found(self, name: str, number: str, id_no: str) -> tuple[Any, str]:
        """The member meant, or why nobody is."""
        member = self.by_number.get(number) or self.by_print.get(bytes(blind(self.rows.model, "id_no", id_no) or b"-"))
        namesakes = self.by_name.get(_key(name), [])
        if member is None and not (number or id_no) and len(namesakes) == 1:
            member = namesakes[0]
        if member is None and len(namesakes) > 1:
            return None, _("Several members have this name; add the staff number or the ID number.")
        if member is None:
            return None, _("Nobody of this organisation who owes dues from that month is meant by this row.")
        if _key(member.name) != _key(name):
            return None, _("The number belongs to another name; check the row.")
        return member, ""


def _key(name: str) -> str:
    return "".join(name.split()).replace("•", "·").replace("・", "·")


def _line(row: Any, found: Matching, people: _People) -> Line:
    text = {column.key: clean_text(found.cell(row, column.key).text) for column in COLUMNS}
    line = Line(row.number, text["name"])
    member, why = people.found(text["name"], text["number"].lstrip("'"), text["id_no"].lstrip("'"))
    if member is None:
        line.problems.append(why)
        return line
    line.member = str(member.pk)
    payer = PAYER_NAMES.get(text["payer"]) or _by_label().get(text["payer"])
    if payer is None:
        line.problems.append(
            _("The kind of payer “%(text)s” is not known; use the words of the template.")
            % {"text": text["payer"][:20]}
        )
        return line
    line.payer = str(payer)
    _read_base(line, text["base"])
    return line


def _by_label() -> Mapping[str, Payer]:
    return {**{str(payer.label): payer for payer in Payer}, **{payer.value: payer for payer in Payer}}


def _read_base(line: Line, text: str) -> None:
    try:
        line.base = 0 if line.payer == Payer.STUDENT else parse_yuan(text)
    except ValueError as error:
        line.problems.append(str(error))


def _once(lines: list[Line]) -> None:
    """A person stands in a sheet once; of several rows none is taken."""
    seen: dict[str, list[Line]] = {}
    for line in lines:
        if line.member:
            seen.setdefault(line.member, []).append(line)
    for group in (group for group in seen.values() if len(group) > 1):
        for line in group:
            line.problems.append(_("This person stands in the sheet more than once."))


def _weigh(line: Line, before: Assessment | None, month: date, unit: int) -> None:
    """What the row would change, judged by the same rules as the deed."""
    try:
        amount = rules.assess(line.payer, line.base, month, unit=unit)
    except Refused as refusal:
        line.problems += [str(finding.text) for finding in refusal.findings]
        return
    line.amount, line.before = amount.fen, before.amount if before else None
    if before and (before.payer, before.base, before.uncapped) == (line.payer, str(line.base), False):
        line.state = "same"
        return
    line.state = "changed" if before else "new"
    line.said = " ".join(str(finding.text) for finding in amount.findings)
    if before and before.amount != amount.fen and before.starts_on < month:
        speaks = rules.year_change_findings(before.payer, line.payer, month)
        if speaks:
            line.state, line.said = "doubtful", str(speaks[0].text)


def lines_of(preview: BasePreview) -> list[Line]:
    return [Line(**row) for row in json.loads(preview.rows)]


def apply_bases(*, by: Actor, preview: BasePreview, reason: str = "") -> int:
    """Assess the good rows of the preview in one act; wrong and equal ones are left. Answers how many were assessed.

    Two people applying the same preview: one wins, the second is refused. Doubtful rows need a reason (DUE-12).
    """
    with acting(by, "dues.assess", within=preview.organisation_id) as act:
        row = BasePreview.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=preview.pk)
        if row.state != BasePreview.State.READ:
            raise refuse(_("This sheet was applied already."))
        bases = _bases(row)
        if not bases:
            raise refuse(_("The sheet has no row to apply."))
        made = assess_members(
            by=act, bases=bases, organisation=row.organisation, starts_on=row.starts_on, reason=reason
        )
        row.state = BasePreview.State.APPLIED
        row.save(update_fields=["state"])
        act.record("dues.bases.applied", row.organisation, on=row.starts_on, count=len(made))
    return len(made)


def _bases(preview: BasePreview) -> list[Basis]:
    good = [line for line in lines_of(preview) if line.state in ("new", "changed", "doubtful")]
    rows = members.members_on(preview.starts_on).filter(pk__in=[line.member for line in good])
    people = {str(member.pk): member for member in rows.select_related("organisation")}
    return [Basis(people[line.member], Payer(line.payer), line.base) for line in good if line.member in people]
