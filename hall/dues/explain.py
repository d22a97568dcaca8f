"""Dues on the command line: `explain dues` and `explain base`."""

from dataclasses import fields
from datetime import date

from django.utils.translation import gettext as _

from hall.core.days import parse_day, parse_month
from hall.core.explain import Answer, Topic, needed, options
from hall.core.money import parse_yuan, yuan_plain
from hall.dues.rules import PaySlip, assess, base_of, slip_lines
from hall.dues.words import Payer

ITEMS = tuple(item.name for item in fields(PaySlip))


def _dues(words: list[str]) -> Answer:
    given = options(words, ("payer", "base", "on"))
    payer = _payer(needed(given, "payer"))
    on = _month_or_day(needed(given, "on"))
    base = parse_yuan(given.get("base", "0") if payer == Payer.STUDENT else needed(given, "base"))
    amount = assess(payer, base, on)
    return {
        "amount": yuan_plain(amount.fen),
        "rule": amount.rule,
        "source": amount.source,
        "findings": list(amount.findings),
    }


def _base(words: list[str]) -> Answer:
    given = options(words, ITEMS)
    slip = PaySlip(**{name: parse_yuan(text) for name, text in given.items()})
    if not any(fen > 0 for _item, fen in slip_lines(slip)):
        raise ValueError(_("The pay slip has no pay that counts; give --post, --grade, --basic or --allowance."))
    return {"base": yuan_plain(base_of(slip)), "rule": "DUE-11"}


def _payer(text: str) -> Payer:
    if text not in Payer.values:
        raise ValueError(
            _("This kind of payer is not known; write one of %(known)s.") % {"known": ", ".join(Payer.values)}
        )
    return Payer(text)


def _month_or_day(text: str) -> date:
    try:
        return parse_month(text)
    except ValueError:
        return parse_day(text)


topics = (
    Topic("dues", "--payer wage|annual|selfemployed|retired|farmer|student --base 3333.30 --on 2026-03", _dues),
    Topic("base", " ".join(f"[--{name} 0.00]" for name in ITEMS), _base),
)
