"""What a count of votes decides (VOTE-1 … VOTE-5): plain numbers in, quorum and result out; never who voted how."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from math import ceil
from pathlib import Path

from django.utils.translation import gettext as _

from hall.ballots.words import Majority
from hall.core import rulebook
from hall.core.findings import Finding, Refused

BOOK = Path(__file__).with_name("majorities.toml")


@dataclass(frozen=True, slots=True)
class Rule:
    """One majority of majorities.toml."""

    rule: str
    source: str
    effective_from: date
    quorum: Fraction
    quorum_edge: bool
    passing: Fraction
    passing_of: str
    written: bool
    open: str

    def has_quorum(self, should: int, present: int) -> bool:
        needed = self.quorum * should
        return present > needed or (self.quorum_edge and present == needed)

    def carries(self, should: int, present: int, yes: int) -> bool:
        return yes > self.passing * (should if self.passing_of == "should" else present)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether the vote was valid and what it decided; `passed` is never true without quorum."""

    quorum: bool
    passed: bool
    rule: str
    findings: tuple[Finding, ...] = ()


def outcome(
    rule: Majority | str, should: int, present: int, agree: int, written_agree: int = 0, seats: int | None = None
) -> Outcome:
    """Quorum and result under the majority of this kind of vote.

    should         those who should attend with voting right, after the deductions of VOTE-8
    agree          yes votes cast in the room
    written_agree  yes votes of absent voters, handed in before; counted where the rule takes them (VOTE-2), and never
                   towards the quorum
    seats          in an election only: the outcome says how many candidates must stand (ORG-30)

    Refused with every impossible count named. Says nothing about ties for the last seat (ORG-32).
    """
    majority = majority_of(rule)
    wrong = count_findings(should, present, agree, written_agree, seats)
    if wrong:
        raise Refused(wrong)
    yes = agree + (written_agree if majority.written else 0)
    quorum = majority.has_quorum(should, present)
    passed = quorum and majority.carries(should, present, yes)
    said = _said(majority, quorum, passed, written_agree, seats)
    return Outcome(quorum, passed, majority.rule, tuple(said))


def count_findings(
    should: int, present: int, agree: int, written_agree: int = 0, seats: int | None = None
) -> list[Finding]:
    """Counts that no meeting can have."""
    checks = (
        (min(present, agree, written_agree) < 0, _("A count is negative.")),
        (should < 1, _("Nobody should attend; at least one person with voting right is needed.")),
        (present > should, _("More were present than should attend; check both counts.")),
        (agree > present, _("More agreed than were present; check both counts.")),
        (
            written_agree > should - present >= 0,
            _("There are more written opinions than absent voters, who alone hand them in; check the counts."),
        ),
        (seats is not None and seats < 1, _("An election fills at least one seat.")),
    )
    return [Finding("VOTE-7", text) for impossible, text in checks if impossible]


def candidates_needed(seats: int) -> int:
    """Candidates that must stand for these seats: a fifth more, rounded up (ORG-30)."""
    return seats + ceil(Fraction(seats, 5))


def majority_of(rule: Majority | str, on: date = date.max) -> Rule:
    """The entry of majorities.toml for this kind of vote, in force on that day. ValueError if there is none."""
    known = Majority(rule)
    entry = rulebook.in_force((entry for entry in majorities() if entry.rule == known), on)
    if entry is None:
        raise ValueError(f"{BOOK.name} has no entry for {rule} on {on}")
    return entry


@cache
def majorities() -> tuple[Rule, ...]:
    rows = rulebook.read(BOOK)["majority"]
    return tuple(Rule(**row | {share: Fraction(row[share]) for share in ("quorum", "passing")}) for row in rows)


def _said(majority: Rule, quorum: bool, passed: bool, written_agree: int, seats: int | None) -> list[Finding]:
    checks = (
        (not quorum, majority.rule, _("Too few were present; the vote is not valid. Call the meeting again."), True),
        (quorum and not passed, majority.rule, _("The yes votes do not reach the majority this vote needs."), True),
        (
            written_agree and not majority.written,
            majority.rule,
            _("Written opinions do not count in this kind of vote."),
            False,
        ),
    )
    found = [Finding(rule, text, must, majority.source) for applies, rule, text, must in checks if applies]
    if seats is not None and majority.rule == Majority.ELECTION:
        text = _("For %(seats)d seats at least %(candidates)d candidates must stand.")
        values = {"seats": seats, "candidates": candidates_needed(seats)}
        found.append(Finding("ORG-30", text % values, must=False, source=majority.source))
    return found
