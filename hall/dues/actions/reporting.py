"""Publishing the collection of a month as a paper: totals by branch, never a person's amount (DUE-44)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hall.core.days import first_of_month
from hall.core.findings import refuse
from hall.dues import queries
from hall.dues.actions.billing import local_day
from hall.dues.models import Publication
from hall.ledger.acting import Act, Actor, acting
from hall.papers import actions as papers


def publish_report(*, by: Actor | Act, organisation: Any, period: date, reason: str = "") -> Publication:
    """Issue the collection of that month as a numbered paper with the latest checkpoint of the ledger on it.

    Amounts that few people stand behind are kept back (STA-06). A second issue of the same month is a replacement
    that names the former paper and needs a reason. Notifies nobody.
    """
    month = first_of_month(period)
    with acting(by, "dues.report", within=organisation.pk) as act:
        found = queries.collection(organisation, month)
        if not found.rows:
            raise refuse(_("No bills were issued for this month; there is nothing to publish."))
        copy = papers.Copy(queries.report_of(found, local_day(act)))
        former = queries.publication_of(organisation, month)
        if former is None or former.paper.revoked_at:
            paper = papers.issue(
                by=act, kind="dues.collection", organisation=organisation, copy=copy, on=local_day(act)
            )  # fmt: skip
        else:
            paper = papers.replace(by=act, paper=former.paper, copy=copy, on=local_day(act), reason=reason)
        made = Publication.objects.create(
            organisation=organisation, period=month, paper=paper, published_at=act.at
        )  # fmt: skip
        replaced = former.paper.number if former and not former.paper.revoked_at else ""
        act.record(
            "dues.collection.published", organisation, on=month, period=f"{month:%Y-%m}", paper=paper.number,
            replaces=replaced,
        )  # fmt: skip
    return made
