"""Acting: the one way to change anything. Asks who may, holds all or nothing, heeds the rules, records the facts.

    with acting(by, "dues.record", within=bill.organisation_id) as act:
        act.heed(rules.payment_findings(…), reason)
        payment = Payment.objects.create(…)
        act.record("dues.payment.recorded", payment, on=paid_on, amount=amount)

Authority is handed down visibly: an action that calls another passes `by=act`; same transaction, same person, no
second permission. Jobs sign as `System("dues.monthly")`. A refusal is recorded too, after the roll-back.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from django.db import models, transaction
from django.utils.translation import gettext as _

from hall.core.bulk import insert_many
from hall.core.failpoints import failpoint
from hall.core.fields import row_id
from hall.core.findings import Finding, Refused, standing
from hall.core.modules import fact_titles, listeners
from hall.core.wall.reach import WHOLE_HOUSE, whole_house
from hall.ledger import clock
from hall.ledger.models import Entry, Particulars, Pending

BATCH = 2000  # rows a statement


class Actor(Protocol):
    """Whoever signs: a person with a post, or a job."""

    @property
    def key(self) -> str: ...  # "account:17"; stands in the sealed log
    @property
    def label(self) -> str: ...  # "林岚 · 电气教工党支部 书记"; stands in the erasable particulars

    def may(self, permission: str, within: int | None) -> bool: ...


@dataclass(frozen=True, slots=True)
class System:
    """A job of the hall. Signs by its name and may do what its code says."""

    name: str

    @property
    def key(self) -> str:
        return f"system:{self.name}"

    @property
    def sees(self) -> str:
        return WHOLE_HOUSE

    @property
    def label(self) -> str:
        return _("the hall (%(job)s)") % {"job": self.name}

    def may(self, permission: str, within: int | None) -> bool:
        return True


class Forbidden(Refused):
    """The person may not do this here."""


class NothingRecorded(RuntimeError):
    """An act ended without a fact: a defect of the action, never of the person."""


class Fact(NamedTuple):
    """A fact as listeners and histories see it. `about` is the row itself while the act runs."""

    id: uuid.UUID
    name: str
    about: Any
    organisation: int | None
    at: datetime
    on: date | None
    because_of: uuid.UUID | None
    particulars: dict[str, Any]


@dataclass
class Act:
    """One deed: one id, one clock reading, one transaction. Passed on as `by` to the actions it calls."""

    by: Actor
    permission: str
    at: datetime
    id: uuid.UUID = field(default_factory=row_id)
    facts: list[Fact] = field(default_factory=list)
    reason: str = ""
    _heeded: list[dict] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.by.key

    @property
    def label(self) -> str:
        return self.by.label

    def may(self, permission: str, within: int | None) -> bool:
        return True  # authority was asked for when the act began, and is handed down

    def heed(self, findings: Iterable[Finding], reason: str = "") -> None:
        """Refuse if a must stands, or a "normally" without a reason. A reason is kept with what it lifted."""
        found = list(findings)
        if against := standing(found, reason):
            raise Refused(against)
        if found:
            self._heeded.extend({"rule": each.rule, "text": str(each.text), "reason": reason} for each in found)

    def record(
        self,
        name: str,
        about: models.Model,
        /,
        *,
        on: date | None = None,
        because_of: Fact | None = None,
        **particulars: Any,
    ) -> Fact:
        """Say one fact. Listeners hear it at once, inside the same transaction."""
        return self.record_many(name, [(about, particulars)], on=on, because_of=because_of)[0]

    def record_many(
        self,
        name: str,
        abouts: Iterable[tuple[models.Model, dict]],
        /,
        *,
        on: date | None = None,
        because_of: Fact | None = None,
    ) -> list[Fact]:
        """Say the same fact of many rows in bulk. A row's particulars may carry their own `on`."""
        if name not in fact_titles():
            raise KeyError(f"The fact {name!r} is declared by no module.py")
        cause = because_of.id if because_of else None
        said = [
            Fact(row_id(), name, about, _organisation_of(about), self.at, particulars.pop("on", on), cause, particulars)
            for about, particulars in abouts
        ]
        self._keep_heeded(said)
        self.facts.extend(said)
        if said:
            for hear in listeners(name):
                hear(by=self, facts=said)
        return said

    def _keep_heeded(self, said: list[Fact]) -> None:
        if self._heeded and said:
            said[0].particulars["heeded"] = self._heeded
            self._heeded = []

    def write(self) -> None:
        """Put the facts on the ledger: three statements a batch, no shared row touched."""
        if not self.facts:
            raise NothingRecorded(self.permission)
        for start in range(0, len(self.facts), BATCH):
            _write(self, self.facts[start : start + BATCH])


def _write(act: Act, facts: list[Fact]) -> None:
    entries, particulars = [], []
    for fact in facts:
        salt, text, digest = Particulars.bound({**fact.particulars, "_by": act.label})
        kind, pk = about_of(fact.about)
        entry = Entry(
            id=fact.id, act=act.id, name=fact.name, about_kind=kind, about_id=pk, organisation=fact.organisation,
            by=act.key, at=fact.at, on=fact.on, because_of=fact.because_of, digest=digest,
        )  # fmt: skip
        entries.append(entry)
        particulars.append(Particulars(entry=entry, salt=salt, text=text))
    insert_many(entries)
    insert_many(particulars)
    insert_many([Pending(entry=entry) for entry in entries])


def about_of(row: Any) -> tuple[str, str]:
    """How the ledger names a row: ("dues.bill", "7"). A plain string names a thing without a row."""
    if isinstance(row, str):
        return "house", row[:40]
    return row._meta.label_lower, str(row.pk)


def _organisation_of(row: Any) -> int | None:
    if isinstance(row, str):
        return None
    if row._meta.label_lower == "organisations.organisation":
        return row.pk
    return getattr(row, "organisation_id", None)


@contextmanager
def acting(by: Actor | Act, permission: str, within: int | None = None) -> Iterator[Act]:
    """Begin a deed in the organisation `within` (its id; None = the whole college).

    Forbidden if the person may not; Refused if a rule speaks against it; in both cases nothing is changed and the
    refusal itself becomes a fact. Inside another act it is that act: nothing is asked or opened again.
    """
    if isinstance(by, Act):
        yield by
        return
    act = Act(by=by, permission=permission, at=clock.now())
    try:
        if not by.may(permission, within):
            raise Forbidden(
                [Finding("PERM", _("Your post does not allow this here. Ask the organisation department."))]
            )
        with whole_house(), transaction.atomic():  # what was permitted may touch others: a message, a number, a bill
            yield act
            failpoint("act.writing")
            act.write()
            failpoint("act.committing")
        failpoint("act.committed")
    except Refused as refusal:
        _record_refusal(act, within, refusal)
        raise


def _record_refusal(act: Act, within: int | None, refusal: Refused) -> None:
    findings = [{"rule": each.rule, "text": str(each.text)} for each in refusal.findings]
    said = Fact(row_id(), "ledger.act.refused", act.permission, within, act.at, None, None, {"findings": findings})
    with transaction.atomic():
        _write(act, [said])
