"""Reads of the papers: what this viewer may see, and the public check by code."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from hall.core.modules import paper_kinds
from hall.papers import rules
from hall.papers.models import Paper


def papers_for(viewer: Any) -> QuerySet[Paper]:
    """Papers of the organisations this viewer looks after, and those about themselves."""
    own = Q(concerns=viewer.account_id)
    if viewer.reaches_all("papers.view"):
        return Paper.objects.all()
    return Paper.objects.filter(own | Q(organisation__in=viewer.reach("papers.view")))


def paper_for(viewer: Any, pk: Any) -> Paper:
    """The paper, or 404 for whoever may not see it."""
    found = papers_for(viewer).filter(pk=pk).select_related("organisation").first()
    if found is None:
        raise Http404
    return found


def content_of(paper: Paper) -> dict[str, Any]:
    """What the paper says, from its own copy."""
    return json.loads(paper.snapshot)


@dataclass(frozen=True, slots=True)
class Checked:
    """The public answer to a code: nothing that is not printed on the paper, the name masked (PRF-04)."""

    number: str
    title: Any
    organisation: str
    issued_on: date
    name: str
    digest: str
    replaced_by: str
    untouched: bool


def check(code: str) -> Checked | None:
    """What the register says of this code; None if there is no such paper."""
    found = Paper.objects.filter(code=rules.clean_code(code)).select_related("organisation", "replaced_by").first()
    if found is None:
        return None
    replaced = getattr(found, "replaced_by", None)
    return Checked(
        number=found.number,
        title=paper_kinds()[found.kind].title,
        organisation=content_of(found).get("organisation", str(found.organisation)),
        issued_on=found.issued_on,
        name=rules.masked_name(found.name),
        digest=bytes(found.digest).hex(),
        replaced_by=replaced.number if replaced else "",
        untouched=rules.digest(found.snapshot) == bytes(found.digest),
    )
