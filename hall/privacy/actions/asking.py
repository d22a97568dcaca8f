"""What a person asks of the privacy desk, and how it is answered."""

from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.core.findings import refuse
from hall.core.viewer import Viewer
from hall.ledger.acting import Act, Actor, System, acting
from hall.members import queries as members
from hall.organisations import queries as organisations
from hall.privacy import queries, rules
from hall.privacy.models import Erasure
from hall.privacy.queries import erasures
from hall.privacy.words import OPEN, Scope, State

By = Actor | Act


def record_copy(*, by: By, account: Any) -> None:
    """Note that the person took a copy of everything about them. The values stay out of the ledger."""
    with acting(by, "privacy.own") as act:
        if act.key != f"account:{account.pk}":
            raise refuse(_("A copy of one's data is given to nobody else."), rule="LAW-04")
        act.record("privacy.data.copied", account)


def ask_erasure(*, by: Viewer, wish: str) -> Erasure:
    """Ask that one's personal data be erased. Changes nothing yet; the clock for the answer begins."""
    with acting(by, "privacy.own") as act:
        if len(wish.strip()) < 2:
            raise refuse(_("Say what is to be erased; “everything” is enough."))
        if Erasure.objects.filter(account=by.account_id, state__in=OPEN).exists():
            raise refuse(_("Your earlier request is still on its way."))
        today = timezone.localtime(act.at).date()
        days = organisations.of_the_college("privacy.erasure_answer_days", today)
        row = Erasure.objects.create(
            account_id=by.account_id, member=members.own_member(by), wish=wish.strip(), asked_at=act.at,
            due_on=rules.answer_by(today, days),
        )  # fmt: skip
        cache.delete(erasures.WAITING)
        act.record("privacy.erasure.asked", row, due_on=row.due_on.isoformat())
    return row


def answer_erasure(*, by: By, erasure: Erasure, scope: str, answer: str, basis: str = "") -> Erasure:
    """Agree to erase (a scope) or decline (scope ""), with the reasons. Nothing is erased yet; the person is told.

    Refused for one's own request, a second answer, no reasons, or a scope that a duty to keep forbids.
    """
    with acting(by, "privacy.decide") as act:
        held = _held(erasure)
        act.heed(rules.decision_findings(state=held.state, same_person=act.key == f"account:{held.account_id}"))
        if len(answer.strip()) < 2:
            raise refuse(_("Give the reasons; the person has a right to them."), rule="LAW-04", source="PIPL Art. 50")
        if scope and scope not in Scope.values:
            raise refuse(_("Choose what is to be erased."))
        act.heed(rules.scope_findings(scope, **erasures.standing_of(held)), basis)
        held.state = State.AGREED if scope else State.DECLINED
        held.scope, held.answer, held.answered_at = scope, answer.strip(), act.at
        held.save()
        act.record("privacy.erasure.answered", held, agreed=bool(scope), scope=scope)
    return held


def _held(erasure: Erasure) -> Erasure:
    rows = Erasure.objects.select_for_update(of=("self",)).select_related("account", "member")
    return rows.get(pk=erasure.pk)


def ring(*, by: System, on: Any) -> int:
    """Say of each late request that it is late, once a day; how many."""
    late = list(queries.overdue(on))
    if late:
        with acting(by, "privacy.decide") as act:
            said = [(row, {"due_on": row.due_on.isoformat()}) for row in late]
            act.record_many("privacy.erasure.overdue", said, on=on)
    return len(late)
