"""What follows from the rules of dues (DUE-01 … DUE-40): plain values in, plain values out. Amounts are whole fen.

Rates, cap and limits are rates.toml; a day is judged by the entry in force on it. Knows no clock and no table.
"""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from hall.core import rulebook
from hall.core.findings import Finding, refuse
from hall.core.money import half_up, parse_yuan, yuan
from hall.dues.words import Payer

BOOK = Path(__file__).parent.with_name("rates.toml")
FEN_OF_UNIT = {"0.01": 1, "0.1": 10, "1": 100}  # the local setting dues.rounding → `unit` of assess


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of rates.toml, in fen: bands of a base, a range the branch chooses in, or a flat amount."""

    kind: str
    payer: str
    table: str
    rule: str
    source: str
    effective_from: date
    bands: tuple[tuple[int | None, Decimal], ...] = ()
    least: int = 0
    most: int = 0

    def band(self, base: int) -> tuple[int, int | None, Decimal]:
        """Above, up to, and the rate of the band the base lies in; its upper edge belongs to it."""
        above = 0
        for up_to, rate in self.bands:
            if up_to is None or base <= up_to:
                return above, up_to, rate
            above = up_to
        raise ValueError(f"{BOOK.name}: the last band of {self.payer} must be open")


@dataclass(frozen=True, slots=True)
class Cap:
    amount: int
    rule: str
    source: str
    effective_from: date


@dataclass(frozen=True, slots=True)
class Amount:
    """A month's dues: `fen` is billed, `uncapped` is what the rate alone gives; `table` and `rule` go on the record."""

    fen: int
    rule: str
    source: str
    table: str
    findings: tuple[Finding, ...] = ()
    uncapped: int = 0
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PaySlip:
    """A month's pay slip in fen. The subsidies DUE-10 excludes have no place on it, since they never count."""

    post: int = 0
    grade: int = 0
    basic: int = 0
    allowance: int = 0
    incentive: int = 0
    pension: int = 0
    annuity: int = 0
    medical: int = 0
    unemployment: int = 0
    housing: int = 0
    tax: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """Where a voluntary extra goes: the normal ledger, or the Central Committee through the chain (DUE-27)."""

    local: int
    central: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of "why this amount", with the clause it rests on."""

    text: str
    rule: str
    source: str


# --- the base ---------------------------------------------------------------------------------------------------


def base_of(slip: PaySlip) -> int:
    """Σ included − own deductions (DUE-11). Incentive performance pay never enters (DUE-10).

    Refused if an item is negative or the deductions exceed the pay.
    """
    book = section("base")[-1]
    if any(getattr(slip, item.name) < 0 for item in fields(slip)):
        raise refuse(
            _("An item of the pay slip is negative; enter deductions as positive amounts."), "DUE-11", book["source"]
        )
    base = sum(getattr(slip, item) for item in book["included"]) - sum(getattr(slip, item) for item in book["deducted"])
    if base < 0:
        raise refuse(_("The deductions exceed the pay that counts; check the pay slip."), "DUE-11", book["source"])
    return base


def quarter_average(net_income: int) -> int:
    """Base of the self-employed: a month's average of the previous quarter's net income (DUE-03)."""
    return half_up(Decimal(net_income) / 3)


# --- the amount -------------------------------------------------------------------------------------------------


def assess(payer: Payer | str, base: int, on: date, *, unit: int = 1, uncapped: bool = False) -> Amount:
    """The dues of one month by the table in force on that day (DUE-01 … DUE-06, DUE-14, DUE-15).

    One rate on the whole base. `unit` is the local rounding in fen; `uncapped`: the member wishes to pay beyond the
    cap. A farmer's base is the amount the branch set; a student's is not looked at. Refused if the base is negative,
    the branch's amount lies outside the range, or no table is in force on that day.
    """
    entry = entry_for(Payer(payer), on)
    if entry.kind == "flat":
        return Amount(entry.least, entry.rule, entry.source, entry.table, uncapped=entry.least)
    if base < 0:
        raise refuse(_("The base is negative; check the pay slip."), entry.rule, entry.source)
    if entry.kind == "range":
        return _set_by_branch(entry, base)
    return _by_rate(entry, base, cap_on(on), unit, uncapped)


def entry_for(payer: Payer, on: date) -> Entry:
    """The entry in force for this kind of payer. Refused before the first."""
    entry = rulebook.in_force((entry for entry in entries() if entry.payer == payer), on)
    if entry is None:
        raise refuse(_("No table of rates is in force on that day; the first begins on 1 April 2008."), source="DUES08")
    return entry


def cap_on(on: date) -> Cap | None:
    """The normal cap of a month's dues; None before there was one (DUE-14)."""
    return rulebook.in_force(_caps(), on)


def _set_by_branch(entry: Entry, amount: int) -> Amount:
    if not entry.least <= amount <= entry.most:
        text = _("The branch sets between %(least)s and %(most)s yuan a month for farmers.")
        raise refuse(text % {"least": yuan(entry.least), "most": yuan(entry.most)}, entry.rule, entry.source)
    return Amount(amount, entry.rule, entry.source, entry.table, uncapped=amount)


def _by_rate(entry: Entry, base: int, cap: Cap | None, unit: int, uncapped: bool) -> Amount:
    *_edges, rate = entry.band(base)
    full = half_up(base * rate, unit)
    capped = cap is not None and full > cap.amount and not uncapped
    found = [*_cap_findings(cap, full, capped), *_no_income_findings(base)]
    fen = cap.amount if cap and capped else full
    return Amount(fen, entry.rule, entry.source, entry.table, tuple(found), uncapped=full, rate=rate)


def _cap_findings(cap: Cap | None, full: int, capped: bool) -> list[Finding]:
    if cap is None or not capped:
        return []
    text = _(
        "Normally capped at %(cap)s yuan a month; the rate alone gives %(full)s yuan, which the member may wish to pay."
    )
    return [Finding(cap.rule, text % {"cap": yuan(cap.amount), "full": yuan(full)}, must=False, source=cap.source)]


def _no_income_findings(base: int) -> list[Finding]:
    if base:
        return []
    text = _("The base is zero. A member without income pays the flat amount; check the kind of payer.")
    return [Finding("DUE-06", text, must=False, source="DUES08 Art. 6")]


def lines_of(payer: Payer | str, base: int, on: date, *, unit: int = 1, uncapped: bool = False) -> list[Line]:
    """Why this amount, line by line with its clause: "10 000.01 yuan × 2% = 200.00 yuan" (F46). Refused as `assess`."""
    amount = assess(payer, base, on, unit=unit, uncapped=uncapped)
    entry = entry_for(Payer(payer), on)
    if amount.rate is None:
        text = (
            _("Set by the branch: %(amount)s yuan a month")
            if entry.kind == "range"
            else _("Flat amount: %(amount)s yuan a month")
        )
        return [Line(text % {"amount": _spaced(amount.fen)}, entry.rule, entry.source)]
    lines = [
        Line(_band_text(*entry.band(base)), entry.rule, entry.source),
        Line(_product_text(base, amount), entry.rule, entry.source),
    ]
    lines += [Line(str(finding.text), finding.rule, finding.source) for finding in amount.findings]
    return lines


def slip_lines(slip: PaySlip) -> list[tuple[str, int]]:
    """The items of a pay slip that count, as (item, signed fen): pay with plus, own deductions with minus (DUE-11)."""
    book = section("base")[-1]
    pay = [(item, getattr(slip, item)) for item in book["included"]]
    return pay + [(item, -getattr(slip, item)) for item in book["deducted"]]


def _band_text(above: int, up_to: int | None, rate: Decimal) -> str:
    values = {"above": _spaced(above), "up_to": _spaced(up_to or 0), "rate": _percent(rate)}
    if up_to is None:
        return _("Above %(above)s yuan: %(rate)s of the whole base") % values
    if above == 0:
        return _("Up to %(up_to)s yuan: %(rate)s of the whole base") % values
    return _("Above %(above)s up to %(up_to)s yuan: %(rate)s of the whole base") % values


def _product_text(base: int, amount: Amount) -> str:
    values = {"base": _spaced(base), "rate": _percent(amount.rate or Decimal(0)), "amount": _spaced(amount.uncapped)}
    return _("%(base)s yuan × %(rate)s = %(amount)s yuan") % values


# --- where money goes -------------------------------------------------------------------------------------------


def split_extra(fen: int) -> Split:
    """A single voluntary extra of 1000 yuan or more goes in full to the Central Committee; less stays here (DUE-27)."""
    return Split(0, fen) if fen >= parse_yuan(limit("central_extra")) else Split(fen, 0)


def centre_share(fen: int) -> int:
    """What the province passes to the centre of a year's receipts: five per cent (DUE-40)."""
    return half_up(fen * Decimal(limit("centre_share")))


# --- the rulebook -----------------------------------------------------------------------------------------------


@cache
def entries() -> tuple[Entry, ...]:
    """All entries of rates.toml that say what a kind of payer owes."""
    return tuple(_entry(kind, row) for kind in ("rate", "range", "flat") for row in section(kind))


def _entry(kind: str, row: dict[str, Any]) -> Entry:
    said = {name: row[name] for name in ("payer", "table", "rule", "source", "effective_from")}
    bands = tuple((parse_yuan(b["up_to"]) if "up_to" in b else None, Decimal(b["rate"])) for b in row.get("bands", ()))
    least = parse_yuan(row.get("least", row.get("amount", "0")))
    return Entry(kind, **said, bands=bands, least=least, most=parse_yuan(row.get("most", "0")))


@cache
def _caps() -> tuple[Cap, ...]:
    return tuple(
        Cap(parse_yuan(row["amount"]), row["rule"], row["source"], row["effective_from"]) for row in section("cap")
    )


def section(name: str) -> list[dict[str, Any]]:
    return rulebook.read(BOOK)[name]


def limit(name: str) -> Any:
    return rulebook.read(BOOK)["limits"][name]["value"]


def _spaced(fen: int) -> str:
    return yuan(fen).replace(",", " ")


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"
