"""Assessing: which amount a member owes from which month on, by the table in force (DUE-01 … DUE-14)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from hall.core.days import first_of_month
from hall.core.findings import Finding
from hall.dues import queries, rules
from hall.dues.models import Assessment
from hall.dues.words import Payer
from hall.ledger.acting import Act, Actor, acting
from hall.organisations import queries as organisations

By = Actor | Act


@dataclass(frozen=True, slots=True)
class Basis:
    """What a member's dues rest on. base: fen a month (a farmer's is the amount the branch set, a student's is not looked at)."""

    member: Any
    payer: Payer
    base: int = 0
    uncapped: bool = False


def assess_member(*, by: By, member: Any, payer: Payer, base: int, starts_on: date, uncapped: bool = False, reason: str = "") -> Assessment:
    """Fix one member's monthly amount from that month on. Bills already issued stay as they are."""
    basis = Basis(member, Payer(payer), base, uncapped)
    return assess_members(by=by, bases=[basis], organisation=member.organisation, starts_on=starts_on, reason=reason)[0]


def assess_members(*, by: By, bases: Iterable[Basis], organisation: Any, starts_on: date, reason: str = "") -> list[Assessment]:
    """Fix the monthly amounts of many members at or below the organisation. All or none; a few statements however many.

    A change inside the year needs a reason unless the kind of payer changes (DUE-12, DUE-13). Running it again with the
    same bases changes nothing and is refused as such by no rule: equal amounts are left as they are.
    """
    month = first_of_month(starts_on)
    wanted = list(bases)
    with acting(by, "dues.assess", within=organisation.pk) as act:
        units = _units(wanted, month)
        before = queries.assessments_on(month, [basis.member.pk for basis in wanted])
        fresh, findings = [], []
        for basis in wanted:
            row = _assessment(act, basis, month, units[basis.member.organisation_id], reason)
            findings += _year_findings(before.get(basis.member.pk), row)
            fresh.append(row)
        act.heed(findings, reason)
        _supersede(fresh, month)
        made = Assessment.objects.bulk_create(fresh, batch_size=500)
        act.record_many("dues.member.assessed", [(row, _said(row)) for row in made], on=month)
    return made


def _assessment(act: Act, basis: Basis, month: date, unit: int, reason: str) -> Assessment:
    amount = rules.assess(basis.payer, basis.base, month, unit=unit, uncapped=basis.uncapped)
    return Assessment(
        member=basis.member, organisation_id=basis.member.organisation_id, starts_on=month, payer=basis.payer, base=str(basis.base),
        amount=amount.fen, uncapped=basis.uncapped, table=amount.table, rule=amount.rule, source=amount.source,
        reason=reason, assessed_at=act.at,
    )  # fmt: skip


def _year_findings(before: Assessment | None, row: Assessment) -> list[Finding]:
    if before is None or before.amount == row.amount or before.starts_on >= row.starts_on:
        return []
    return rules.year_change_findings(before.payer, row.payer, row.starts_on)


def _supersede(fresh: list[Assessment], month: date) -> None:
    Assessment.objects.filter(member__in=[row.member_id for row in fresh], starts_on=month, superseded=False).update(superseded=True)


def _units(bases: list[Basis], on: date) -> dict[int, int]:
    """Organisation → rounding unit in fen, by its local setting (DUE-15)."""
    places = {basis.member.organisation_id: basis.member.organisation for basis in bases}
    return {pk: rules.FEN_OF_UNIT[organisations.setting("dues.rounding", place, on)] for pk, place in places.items()}


def _said(row: Assessment) -> dict[str, Any]:
    return {"payer": row.payer, "amount": row.amount, "table": row.table, "rule": row.rule, "member": str(row.member_id)}
