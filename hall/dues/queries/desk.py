"""What dues tells the front desk: tasks, cards, and whom to notify."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.accounts import queries as accounts
from hall.core.days import first_of_month, month_text
from hall.core.modules import Card, Task
from hall.core.viewer import Viewer
from hall.dues.models import Bill
from hall.dues.queries.bills import six_months_unpaid, waiting
from hall.dues.queries.collecting import heads
from hall.dues.queries.months import board_address
from hall.dues.words import BillStatus
from hall.ledger import clock
from hall.ledger.acting import Fact
from hall.members import queries as members
from hall.organisations import queries as organisations

NAMED = 20  # people named one by one; more are one row


def today() -> date:
    """The day it is in the hall's time zone."""
    return timezone.localtime(clock.now()).date()


def tasks_for(viewer: Viewer) -> list[Task]:
    """Bills to issue, people to assess, six months unpaid; and one's own open bill."""
    return [*_own_tasks(viewer), *_issue_tasks(viewer), *_assess_tasks(viewer), *_alert_tasks(viewer)]


def _own_tasks(viewer: Viewer) -> list[Task]:
    months = sorted(period for period, status in _own_months(viewer) if status == BillStatus.OPEN)
    if not months:
        return []
    about = "、".join(month_text(period) for period in months[:6])
    return [Task(key="dues.own", title=_("Pay your dues"), url=reverse("dues:mine"), about=about, since=months[0])]


def _own_months(viewer: Viewer) -> list[tuple[date, str]]:
    """(month, status) of the viewer's own bills; asked once a request."""
    if "dues.own_months" not in viewer.asked:
        own = Bill.objects.filter(member__account=viewer.account_id)
        viewer.asked["dues.own_months"] = list(own.values_list("period", "status"))
    return viewer.asked["dues.own_months"]


def _waiting(viewer: Viewer) -> tuple[int, int]:
    """How many bills and assessments of this month wait within the viewer's reach; asked once a request."""
    if "dues.waiting" not in viewer.asked:
        ids = viewer.reach("dues.issue") | viewer.reach("dues.assess")
        viewer.asked["dues.waiting"] = waiting(first_of_month(today()), ids)
    return viewer.asked["dues.waiting"]


def _issue_tasks(viewer: Viewer) -> list[Task]:
    if not viewer.holds("dues.issue"):
        return []
    month = first_of_month(today())
    count, _unassessed = _waiting(viewer)
    if not count:
        return []
    title = _("Issue the bills of %(month)s") % {"month": month_text(month)}
    place = viewer.hat.organisation
    about = _("%(count)d members wait for their bill") % {"count": count}
    return [
        Task(
            key=f"dues.issue:{month:%Y-%m}", title=title, url=board_address(place.pk, month), organisation=str(place),
            about=about, since=month,
        )
    ]  # fmt: skip


def _assess_tasks(viewer: Viewer) -> list[Task]:
    if not viewer.holds("dues.assess"):
        return []
    _to_bill, count = _waiting(viewer)
    if not count:
        return []
    title = _("Assess the dues of %(count)d members") % {"count": count}
    return [
        Task(key="dues.assess", title=title, url=reverse("dues:assessments"), organisation=str(viewer.hat.organisation))
    ]


def _alert_tasks(viewer: Viewer) -> list[Task]:
    """The reminder of DUE-25: a talk, not a verdict."""
    if not viewer.holds("dues.issue") or viewer.hat.organisation.depth == 1:
        return []
    found = list(six_months_unpaid(today(), viewer.reach("dues.issue")).items())[:NAMED]
    return [
        Task(
            key=f"dues.unpaid:{member.pk}", url=reverse("dues:account", args=[member.pk]), organisation=str(member.organisation),
            title=_("Talk with %(name)s: unpaid for six months running") % {"name": member.name},
            about=_("since %(month)s; nothing happens by itself (DUE-25)") % {"month": month_text(since)},
        )
        for member, since in found
    ]  # fmt: skip


def cards_for(viewer: Viewer) -> list[Card]:
    """交党费 for whoever has bills, 本月收缴 for the clerk."""
    cards = []
    if _own_months(viewer):
        cards.append(
            Card(
                _("Pay dues"),
                reverse("dues:mine"),
                _("My months, receipts, and why this amount"),
                icon="cash",
                order=20,
            )
        )
    if viewer.holds("dues.view") and viewer.hat.organisation.depth > 1:
        billed, settled = heads(viewer.hat.organisation, first_of_month(today()))
        text = _("%(paid)d of %(heads)d paid this month") % {"paid": settled, "heads": billed}
        cards.append(Card(_("Dues of the month"), reverse("dues:bills"), text, icon="report-money", order=25))
    elif viewer.holds("dues.view"):
        cards.append(
            Card(
                _("Dues of the month"),
                reverse("dues:bills"),
                _("What came in, branch by branch"),
                icon="report-money",
                order=25,
            )
        )
    return cards


# --- whom to tell ---


def payers_of(facts: list[Fact]) -> dict[UUID, list[int]]:
    """Facts about bills → the member's account. One query."""
    return _accounts({fact.id: fact.about.member_id for fact in facts})


def payers_of_payments(facts: list[Fact]) -> dict[UUID, list[int]]:
    return _accounts({fact.id: fact.about.bill.member_id for fact in facts})


def _accounts(asked: dict[UUID, Any]) -> dict[UUID, list[int]]:
    known = members.accounts_of(set(asked.values()))
    return {fact: [known[member]] for fact, member in asked.items() if member in known}


def secretaries_of(facts: list[Fact]) -> dict[UUID, list[int]]:
    """Facts about members → whoever issues the bills of their branch, not the member themself."""
    places: Iterable[int] = {fact.about.organisation_id for fact in facts}
    known = accounts.holders("dues.issue", places, today())
    return {
        fact.id: [account for account in known.get(fact.about.organisation_id, []) if account != fact.about.account_id]
        for fact in facts
    }


def branches_of(viewer: Viewer, permission: str = "dues.view") -> list[Any]:
    """The organisations a viewer may switch between: those within reach, branches and what stands above them."""
    rows = organisations.organisations().filter(state="active").exclude(kind="group")
    if not viewer.reaches_all(permission):
        rows = rows.filter(pk__in=viewer.reach(permission))
    return list(rows.only("pk", "name", "short_name", "kind", "depth", "path"))
