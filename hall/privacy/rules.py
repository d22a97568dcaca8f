"""What follows from a request for erasure: its clock, what may go, what speaks against it (LAW-04)."""

from datetime import date

from django.utils.translation import gettext as _

from hall.core.days import notice_end
from hall.core.findings import Finding
from hall.privacy.words import OPEN, Scope, State

LOG_DAYS = 180  # LAW-20: network logs are kept six months at least (H28)


def answer_by(asked_on: date, working_days: int) -> date:
    """The last day for an answer; the day of asking does not count."""
    return notice_end(asked_on, working_days).ends


def is_overdue(due_on: date, state: str, today: date) -> bool:
    """Is the answer late, or agreed and still not carried out?"""
    return state in OPEN and today > due_on


def goes(erasure: str, scope: str, *, left: bool) -> bool:
    """Does a column of this kind go with this decision? `left`: the person's relation here has ended."""
    if scope == Scope.ALL:
        return erasure != "stays"
    return erasure == "free" or (erasure == "left" and left)


def decision_findings(*, state: str, same_person: bool) -> list[Finding]:
    """What speaks against answering now."""
    found = []
    if state != State.ASKED:
        found.append(Finding("LAW-04", _("This request was answered before.")))
    if same_person:
        found.append(Finding("PERM-02", _("Nobody decides on their own request; a colleague does.")))
    return found


def scope_findings(scope: str, *, member_here: bool, was_member: bool, held_post: bool) -> list[Finding]:
    """What speaks against erasing so much. A member's record is kept by duty while the relation stands here."""
    if scope != Scope.ALL:
        return []
    found = []
    if member_here:
        text = _(
            "The record of a member is kept by duty while the relation stands here; erase only what nobody must keep."
        )
        found.append(Finding("LAW-04", text, source="EDU19; PIPL Art. 47"))
    elif was_member:
        text = _(
            "The record of a former member normally stays as the archive rules say; name the basis on which it may go."
        )
        found.append(Finding("LAW-04", text, must=False, source="PIPL Art. 47"))
    if held_post:
        text = _("Whoever held a post answers for what was done in it: those deeds normally stay; name the basis.")
        found.append(Finding("LAW-04", text, must=False, source="PIPL Art. 47"))
    return found


def masked(text: str, level: str) -> str:
    """A value as the page shows it to its own person: secrets not at all, sensitive ones by their ends."""
    if level == "L4":
        return _("held, shown to nobody") if text else ""
    if level != "L3" or len(text) < 4:
        return text
    keep = 2 if len(text) < 9 else 3
    return f"{text[:keep]}{'*' * min(len(text) - 2 * keep, 8)}{text[-keep:]}" if len(text) > 2 * keep else "***"
