"""Reads of the papers: what this viewer may see, and the public check by code."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from hall.core import crypto
from hall.core.modules import paper_kinds
from hall.core.viewer import Viewer
from hall.core.wall.reach import whole_house
from hall.papers import rules
from hall.papers.models import Paper
from hall.papers.rules import number_text as number_text

NUMBER = re.compile(r"(\d{4})-(\d{1,9})", re.ASCII)


def papers_for(viewer: Viewer) -> QuerySet[Paper]:
    """Papers of the organisations this viewer looks after, and those about themselves."""
    own = Q(concerns=viewer.account_id)
    if viewer.reaches_all("papers.view"):
        return Paper.objects.all()
    return Paper.objects.filter(own | Q(organisation__in=viewer.reach("papers.view")))


def paper_for(viewer: Viewer, pk: Any) -> Paper:
    """The paper, or 404 for whoever may not see it."""
    found = papers_for(viewer).filter(pk=pk).select_related("organisation").first()
    if found is None:
        raise Http404
    return found


def content_of(paper: Paper) -> dict[str, Any]:
    """What the paper says, from its own copy."""
    return json.loads(str(paper.snapshot))


@dataclass(frozen=True, slots=True)
class Checked:
    """The public answer to a code: nothing that is not printed on the paper, the name masked (PRF-04)."""

    number: str
    code: str
    title: Any
    organisation: str
    issued_on: date
    name: str
    digest: str
    replaced_by: str
    void_since: datetime | None  # withdrawn or replaced
    void_why: str  # of a withdrawn paper
    untouched: bool
    head: dict[str, Any] | None  # the ledger's checkpoint on the paper
    signature: str  # "valid", "wrong", or "" for a paper of before there were signatures


def check(code: str) -> Checked | None:
    """What the register says of this code; None if there is no such paper. A copy that cannot be opened was touched."""
    with whole_house():  # whoever holds the code holds the paper
        found = Paper.objects.filter(code=rules.clean_code(code)).select_related("organisation", "replaced_by").first()
    if found is None:
        return None
    replaced = getattr(found, "replaced_by", None)
    whole = untouched(found)
    said = content_of(found) if whole else {}
    return Checked(
        number=found.number,
        code=rules.shown_code(found.code),
        title=paper_kinds()[found.kind].title if found.kind in paper_kinds() else found.kind,
        organisation=said.get("organisation", found.organisation.name),
        issued_on=found.issued_on,
        name=rules.masked_name(found.name),
        digest=bytes(found.digest).hex(),
        replaced_by=replaced.number if replaced else "",
        void_since=found.revoked_at or (replaced.issued_at if replaced else None),
        void_why=found.revoke_reason,
        head=head_of(said),
        untouched=whole,
        signature=signature_of(found),
    )


def head_of(content: dict[str, Any]) -> dict[str, Any] | None:
    """The checkpoint of the ledger that a paper carries, its moment read; None on papers of before."""
    head = content.get("ledger")
    return {**head, "at": datetime.fromisoformat(head["at"])} if head else None


def may_revoke(viewer: Viewer, paper: Paper) -> bool:
    """May this person withdraw this paper now?"""
    kind = paper_kinds().get(paper.kind)
    allowed = bool(kind and kind.revoke and viewer.may(kind.revoke, paper.organisation_id))
    return allowed and paper.revoked_at is None and not hasattr(paper, "replaced_by")


def untouched(paper: Paper) -> bool:
    """Is the copy the one the digest was taken of, and the digest the one the hall signed?"""
    try:
        whole = rules.digest(str(paper.snapshot)) == bytes(paper.digest)
    except crypto.Unreadable:
        return False
    return whole and signature_of(paper) != "wrong"


def signature_of(paper: Paper) -> str:
    """Did a key of this hall sign the paper's code and digest? "valid", "wrong", or "" where there is none."""
    if paper.signature is None:
        return ""
    text = rules.signed_text(paper.code, bytes(paper.digest))
    known = any(crypto.verify(text, bytes(paper.signature), key) for key in reversed(crypto.public_keys()))
    return "valid" if known else "wrong"


def kinds_seen(viewer: Viewer) -> list[tuple[str, Any]]:
    """Kinds of papers the hall issues, for the filter."""
    return [(kind.kind, kind.title) for kind in paper_kinds().values()]


def years_seen(viewer: Viewer) -> list[tuple[str, str]]:
    """Years in which the viewer's papers were issued, the latest first."""
    years = papers_for(viewer).order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]


def organisations_seen(viewer: Viewer) -> list[tuple[str, str]]:
    """Organisations whose papers the viewer sees, in tree order."""
    rows = (
        papers_for(viewer)
        .order_by("organisation__path")
        .values_list("organisation", "organisation__short_name")
        .distinct()
    )
    return [(str(pk), name) for pk, name in rows]


def found_by(rows: QuerySet[Paper], words: str) -> QuerySet[Paper]:
    """Narrow to a number (2026-00031), a verification code or the beginning of a name."""
    number = NUMBER.fullmatch(words.strip())
    wanted = Q(name__startswith=words) | Q(code=rules.clean_code(words))
    if number:
        wanted |= Q(year=int(number[1]), serial=int(number[2]))
    return rows.filter(wanted)


def answers_of(paper: Paper) -> "Paper | None":
    """The paper that replaced this one."""
    return Paper.objects.filter(replaces=paper).defer("snapshot").first()
