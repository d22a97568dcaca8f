"""Which figures of small groups may be shown: an amount that few people stand behind tells their pay (STA-06, DUE-44)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be printed of one line: None is a figure that is kept back."""

    heads: int
    heads_paid: int
    due: int | None
    paid: int | None


def shown(heads: int, heads_paid: int, due: int, paid: int, least: int) -> Shown:
    """One line with its amounts kept back where fewer than `least` people stand behind them.

    With one person unpaid, what is open is that person's dues; so `paid` appears only when nobody, everybody or at
    least `least` people on either side have paid. Heads are always shown.
    """
    few = [count for count in (heads_paid, heads - heads_paid) if 0 < count < least]
    kept_back = 0 < heads < least
    return Shown(heads, heads_paid, None if kept_back else due, None if kept_back or few else paid)


def published(lines: Sequence[tuple[int, int, int, int]], least: int) -> tuple[list[Shown], Shown]:
    """The lines (heads, heads paid, due, paid) as they may be printed, and their total.

    What is kept back in only some lines could be found by subtracting the others from the total; so a total is shown
    only if the lines kept back hold at least `least` people together, or none is.
    """
    found = [shown(*line, least) for line in lines]
    heads, heads_paid, due, paid = (sum(line[place] for line in lines) for place in range(4))
    total = shown(heads, heads_paid, due, paid, least)
    no_due = sum(line[0] for line, one in zip(lines, found, strict=True) if one.due is None)
    no_paid = sum(
        max(1, min(line[1], line[0] - line[1])) for line, one in zip(lines, found, strict=True) if one.paid is None
    )
    return found, Shown(
        heads, heads_paid, None if 0 < no_due < least else total.due, None if 0 < no_paid < least else total.paid
    )
