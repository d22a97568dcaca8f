"""Assessing: which amount a member owes from which month on, by the table in force (DUE-01 … DUE-14)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from hall.core.days import first_of_month
from hall.core.findings import Finding, Refused, refuse
from hall.dues import queries, rules
from hall.dues.models import Assessment
from hall.dues.words import Payer
from hall.ledger.acting import Act, Actor, acting
from hall.organisations import queries as organisations

By = Actor | Act


@dataclass(frozen=True, slots=True)
class Basis:
    """What a member's dues rest on: fen a month. A farmer's base is the amount the branch set; a student has none."""

    member: Any
    payer: Payer
    base: int = 0
    uncapped: bool = False


def assess_member(
    *, by: By, member: Any, payer: Payer, base: int, starts_on: date, uncapped: bool = False, reason: str = ""
) -> Assessment:
    """Fix one member's monthly amount from that month on. Bills already issued stay as they are."""
    bases = [Basis(member, Payer(payer), base, uncapped)]
    return assess_members(by=by, bases=bases, organisation=member.organisation, starts_on=starts_on, reason=reason)[0]


def assess_members(
    *, by: By, bases: Iterable[Basis], organisation: Any, starts_on: date, reason: str = ""
) -> list[Assessment]:
    """Fix the monthly amounts of many members at or below the organisation. All or none; few statements however many.

    A change inside the year needs a reason unless the kind of payer changes (DUE-12, DUE-13), and so does an amount
    beyond the cap (DUE-14). Whoever is assessed so already is left as they are; Refused if that is everybody.
    """
    month, wanted = first_of_month(starts_on), list(bases)
    with acting(by, "dues.assess", within=organisation.pk) as act:
        _within(wanted, organisation)
        before = queries.assessments_on(month, [basis.member.pk for basis in wanted])
        fresh = _fresh(act, wanted, month, before, reason)
        if not fresh:
            raise refuse(_("The dues are assessed like this already; nothing would change."))
        _supersede(fresh, month)
        made = _keep(fresh)
        act.record_many("dues.member.assessed", [(row, _said(row)) for row in made], on=month)
    return made


def _within(bases: list[Basis], organisation: Any) -> None:
    """Nobody outside the organisation is assessed under its authority."""
    ids = organisations.ids_at_or_below(organisation)
    if any(basis.member.organisation_id not in ids for basis in bases):
        raise refuse(_("A person on the list does not belong to this organisation. Reload the list."))


def _fresh(act: Act, bases: list[Basis], month: date, before: dict[Any, Assessment], reason: str) -> list[Assessment]:
    """The new rows, after the rules had their say about each."""
    local = _local(bases, month)
    fresh: list[Assessment] = []
    found: list[Finding] = []
    for basis in bases:
        old, (unit, wish) = before.get(basis.member.pk), local.get(basis.member.organisation_id, (1, False))
        row = _row(act, basis, month, unit, reason)
        if not _same(old, row):
            speaks = [*_year_findings(old, row), *rules.wish_findings(basis.uncapped, wish)]
            found += rules.named(speaks, basis.member.name) if len(bases) > 1 else speaks
            fresh.append(row)
    act.heed(found, reason)
    return fresh


def _row(act: Act, basis: Basis, month: date, unit: int, reason: str) -> Assessment:
    try:
        amount = rules.assess(basis.payer, basis.base, month, unit=unit, uncapped=basis.uncapped)
    except Refused as refusal:
        raise Refused(rules.named(refusal.findings, basis.member.name)) from None
    return Assessment(
        member=basis.member, organisation_id=basis.member.organisation_id, starts_on=month, payer=basis.payer,
        base=str(basis.base), amount=amount.fen, uncapped=basis.uncapped, table=amount.table, rule=amount.rule,
        source=amount.source, reason=reason.strip()[:200], assessed_at=act.at,
    )  # fmt: skip


def _same(old: Assessment | None, row: Assessment) -> bool:
    """The same payer, base and wish as in force: nothing to write. The yearly confirmation needs no new row."""
    return old is not None and (old.payer, old.base, old.uncapped, old.amount, old.table) == (
        row.payer, row.base, row.uncapped, row.amount, row.table,
    )  # fmt: skip


def _year_findings(before: Assessment | None, row: Assessment) -> list[Finding]:
    if before is None or before.amount == row.amount or before.starts_on >= row.starts_on:
        return []
    return rules.year_change_findings(before.payer, row.payer, row.starts_on)


def _supersede(fresh: list[Assessment], month: date) -> None:
    """An assessment of the same month gives way; earlier ones stay in force for their months."""
    same_month = Assessment.objects.filter(starts_on=month, superseded=False)
    same_month.filter(member__in=[row.member_id for row in fresh]).update(superseded=True)


def _keep(fresh: list[Assessment]) -> list[Assessment]:
    try:
        return Assessment.objects.bulk_create(fresh, batch_size=500)
    except IntegrityError:
        raise refuse(_("Somebody else assessed at the same moment. Look at their amount, then decide.")) from None


def _local(bases: list[Basis], on: date) -> dict[int, tuple[int, bool]]:
    """Organisation → rounding unit in fen and whether paying beyond the cap is open to all (DUE-14, DUE-15).

    A student's flat amount depends on neither, so students cost no look-up.
    """
    asked = [basis.member for basis in bases if basis.payer != Payer.STUDENT]
    places = {member.organisation_id: member.organisation for member in asked}
    return {
        pk: (queries.unit_of(place, on), organisations.setting("dues.uncapped", place, on))
        for pk, place in places.items()
    }


def _said(row: Assessment) -> dict[str, Any]:
    said = {
        "payer": row.payer,
        "amount": row.amount,
        "table": row.table,
        "rule": row.rule,
        "member": str(row.member_id),
    }
    return {**said, "reason": row.reason} if row.reason else said
