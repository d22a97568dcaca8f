"""Issuing papers. Called inside another deed (`by=act`): the number is taken and the copy made in its transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hall.core import crypto
from hall.core.failpoints import failpoint
from hall.core.findings import refuse
from hall.core.modules import paper_kinds
from hall.ledger.acting import Act, Actor, acting
from hall.ledger.queries import latest_head
from hall.organisations.models import Organisation
from hall.papers import rules
from hall.papers.models import Counter, Paper


@dataclass(frozen=True, slots=True)
class Copy:
    """All that one paper says. `concerns` is the account of the person it is about, `name` their name."""

    content: dict[str, Any]
    name: str = ""
    concerns_id: int | None = None


def issue(*, by: Act, kind: str, organisation: Organisation, copy: Copy, on: date) -> Paper:
    """Issue one paper. Its number follows the last one of this kind, organisation and year without a gap."""
    return issue_many(by=by, kind=kind, organisation=organisation, copies=[copy], on=on)[0]


def issue_many(*, by: Act, kind: str, organisation: Organisation, copies: Iterable[Copy], on: date) -> list[Paper]:
    """Issue papers with consecutive numbers in the order given. All or none; three statements however many."""
    with acting(by, "papers.issue", within=organisation.pk) as act:
        wanted = list(copies)
        last, head = _take(kind, organisation, on.year, len(wanted)), ledger_foot()
        papers = [
            _paper(act, kind, organisation, each, on, last + place, head) for place, each in enumerate(wanted, start=1)
        ]
        Paper.objects.bulk_create(papers, batch_size=1000)
        act.record_many(
            "papers.paper.issued",
            [(p, {"kind": kind, "number": p.number, "digest": bytes(p.digest).hex()}) for p in papers],
            on=on,
        )
    return papers


def _take(kind: str, organisation: Organisation, year: int, count: int) -> int:
    """Take `count` numbers from the locked counter; answers the last one taken before."""
    Counter.objects.get_or_create(kind=kind, organisation=organisation, year=year)
    counter = Counter.objects.select_for_update().get(kind=kind, organisation=organisation, year=year)
    before = counter.taken
    counter.taken = before + count
    counter.save(update_fields=["taken"])
    failpoint("papers.numbered")
    return before


def ledger_foot() -> dict[str, Any] | None:
    """The newest checkpoint of the ledger as every paper carries it at its foot: a copy of it in many hands (T06)."""
    head = latest_head()
    return {"size": head.size, "root": head.root.hex(), "at": head.at} if head else None


def _paper(
    act: Act, kind: str, organisation: Organisation, copy: Copy, on: date, serial: int, head: dict[str, Any] | None
) -> Paper:
    code = rules.new_code()
    said = {
        **copy.content,
        "number": f"{on.year}-{serial:05d}",
        "code": rules.shown_code(code),
        "organisation": organisation.name,
        "issued_on": on.isoformat(),
    } | ({"ledger": head} if head else {})
    text = rules.copy_text(said)
    digest = rules.digest(text)
    return Paper(
        kind=kind, organisation=organisation, year=on.year, serial=serial, code=code, issued_at=act.at, issued_on=on,
        concerns_id=copy.concerns_id, name=copy.name, template_version=paper_kinds()[kind].version,
        snapshot=text, digest=digest, signature=crypto.sign(rules.signed_text(code, digest)),
    )  # fmt: skip


def replace(*, by: Act, paper: Paper, copy: Copy, on: date, reason: str) -> Paper:
    """Answer a wrong paper with a right one that names it. The wrong one stays, and its check page says so."""
    with acting(by, "papers.issue", within=paper.organisation_id) as act:
        row = Paper.objects.select_for_update().select_related("organisation").get(pk=paper.pk)
        if Paper.objects.filter(replaces=row).exists():
            raise refuse(_("This paper was replaced already."))
        if row.revoked_at is not None:
            raise refuse(_("This paper was withdrawn already."))
        if not reason.strip():
            raise refuse(_("Give the reason for the new paper."))
        made = issue(
            by=act,
            kind=row.kind,
            organisation=row.organisation,
            copy=Copy({**copy.content, "replaces": row.number}, copy.name, copy.concerns_id),
            on=on,
        )
        made.replaces, made.replace_reason = row, reason.strip()
        made.save(update_fields=["replaces", "replace_reason"])
        act.record("papers.paper.replaced", row, on=on, by_number=made.number, reason=reason)
    return made


def revoke(*, by: Act | Actor, paper: Paper, reason: str) -> None:
    """Withdraw a paper: it stays, reads as before, and its check page says that it is void, since when and why.

    A person needs the permission that the kind names, within the organisation that issued it; inside another deed
    (`by=act`) any kind may be withdrawn. Refused without a reason, and for a paper that is void already. Cannot be
    undone; issue another paper.
    """
    kind = paper_kinds().get(paper.kind)
    allowed = kind.revoke if kind else ""
    with acting(by, allowed or "papers.issue", within=paper.organisation_id) as act:
        row = Paper.objects.select_for_update().get(pk=paper.pk)
        if not allowed and not isinstance(by, Act):
            raise refuse(_("A paper of this kind is not withdrawn; issue another that answers it."))
        if row.revoked_at is not None:
            raise refuse(_("This paper was withdrawn already."))
        if Paper.objects.filter(replaces=row).exists():
            raise refuse(_("This paper was replaced already."))
        if not reason.strip():
            raise refuse(_("Give the reason for withdrawing the paper; its check page shows that it is void."))
        row.revoked_at, row.revoke_reason = act.at, reason.strip()[:200]
        row.save(update_fields=["revoked_at", "revoke_reason"])
        act.record("papers.paper.revoked", row, number=row.number, reason=row.revoke_reason)
