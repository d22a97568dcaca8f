"""What members tell the front desk: tasks, search hits, cards, data sets, and whom to notify."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.accounts import queries as accounts
from hall.core.days import add_months
from hall.core.modules import Card, Hit, Task
from hall.core.viewer import Viewer
from hall.ledger import clock
from hall.members.models import Correction, Member
from hall.members.queries.lists import gaps, masked_phone, search
from hall.members.queries.people import in_words, title_of
from hall.members.queries.records import corrections_for, listed_for, members_for
from hall.members.rules import LOST_MONTHS, REMOVAL_MONTHS, lost_alert_on, removal_review_from
from hall.members.words import MembershipState
from hall.organisations import queries as organisations

SHOWN = 100  # people the to-do centre names at most

ROSTER = (
    "name",
    "campus_no",
    "sex",
    "ethnicity",
    "birth_date",
    "education",
    "standing",
    "organisation",
    "joined_on",
    "full_on",
    "identity",
    "job",
    "party_post",
    "state",
    "phone",
)


def today() -> date:
    """The day it is in the hall's time zone."""
    return timezone.localtime(clock.now()).date()


def tasks_for(viewer: Viewer) -> list[Task]:
    """Corrections to answer, six months without contact, two years since a stop. Reminders; people decide (LAW-14).

    One query unless somebody asked for a correction.
    """
    if not viewer.holds("members.change"):
        return []
    rows = _concerned(viewer)
    corrections = _correction_tasks(viewer) if any(row.asks for row in rows) else []
    return [*corrections, *_contact_tasks(rows)]


def _concerned(viewer: Viewer) -> list[Any]:
    """Members who asked for a correction, are out of contact for six months or were stopped two years ago."""
    lost = Q(state=MembershipState.NORMAL, lost_since__lte=add_months(today(), -LOST_MONTHS))
    stopped = Q(state=MembershipState.STOPPED, stopped_on__lte=add_months(today(), -REMOVAL_MONTHS))
    asks = Q(pk__in=Correction.objects.filter(state=Correction.State.OPEN).values("member"))
    rows = members_for(viewer, "members.change").annotate(
        asks=ExpressionWrapper(asks, BooleanField()), late=ExpressionWrapper(lost | stopped, BooleanField())
    )
    return list(rows.filter(lost | stopped | asks).select_related("organisation").order_by("-asks", "pk")[:SHOWN])


def _correction_tasks(viewer: Viewer) -> list[Task]:
    rows = corrections_for(viewer).filter(state=Correction.State.OPEN).exclude(member__account=viewer.account_id)[:50]
    return [
        Task(
            key=f"members.correction:{row.pk}",
            title=_("Answer the request for correction: %(field)s") % {"field": title_of(row.field)},
            url=reverse("members:correction", args=[row.pk]),
            organisation=str(row.member.organisation),
            about=row.member.name,
            since=timezone.localtime(row.asked_at).date(),
        )
        for row in rows
    ]


def _contact_tasks(rows: Iterable[Any]) -> list[Task]:
    late = [row for row in rows if row.late]
    begun = [(row, row.stopped_on if row.state == MembershipState.STOPPED else row.lost_since) for row in late]
    return [
        _stopped_task(row, day) if row.state == MembershipState.STOPPED else _lost_task(row, day)
        for row, day in begun
        if day
    ]


def _lost_task(member: Member, since: date) -> Task:
    title = _("Six months without contact: the branch decides (LOST-01)")
    return _contact_task(member, title, "stop", lost_alert_on(since))


def _stopped_task(member: Member, on: date) -> Task:
    title = _("Stopped for two years: the branch may review removal (LOST-01)")
    return _contact_task(member, title, "departure", removal_review_from(on))


def _contact_task(member: Member, title: str, page: str, since: date) -> Task:
    return Task(
        key=f"members.{page}:{member.pk}",
        title=title,
        url=reverse(f"members:{page}", args=[member.pk]),
        organisation=str(member.organisation),
        about=member.name,
        since=since,
    )


def hits(viewer: Viewer, words: str, limit: int) -> list[Hit]:
    """People the search box finds: name, pinyin initials, number."""
    if not viewer.holds("members.view"):
        return []
    rows = search(listed_for(viewer), words).exclude(state=MembershipState.LEFT).order_by("pinyin", "id")
    found = rows.values_list("id", "name", "campus_no", "organisation__short_name", "standing")[:limit]
    return [
        Hit(
            name,
            reverse("members:member", args=[pk]),
            " · ".join(filter(None, (in_words("standing", standing), branch, number))),
            _("Person"),
        )
        for pk, name, number, branch, standing in found
    ]


def cards_for(viewer: Viewer) -> list[Card]:
    """Cards of the home hall."""
    cards = [
        Card(
            _("My information"),
            reverse("members:mine"),
            _("See it, have it corrected, see who looked"),
            icon="user",
            order=60,
        )
    ]
    if viewer.holds("members.view"):
        cards.append(
            Card(
                _("Find a member"),
                reverse("members:members"),
                _("Roster of my branch, one person, print"),
                icon="users",
                order=20,
            )
        )
    cards += [
        Card(
            _("%(what)s is missing") % {"what": gap.title},
            f"{reverse('members:members')}?missing={gap.key}",
            figure=str(gap.count),
            kind="figure",
            order=40,
        )
        for gap in gaps(viewer)[:2]
    ]
    return cards


def roster(viewer: Viewer, **filters: Any) -> Iterable[dict[str, str]]:
    """The data set members.roster: one dict a person within the viewer's right to export. The phone stays masked."""
    rows = (
        members_for(viewer, "members.export")
        .exclude(state=MembershipState.LEFT)
        .order_by("organisation__path", "pinyin", "id")
    )
    if organisation := filters.get("organisation"):
        rows = rows.filter(organisation=organisation)
    return (dict(zip(ROSTER, row, strict=True)) for row in roster_rows(rows))


def roster_rows(rows: Any) -> Iterable[list[str]]:
    """Rows as the export and the print write them, in the order of ROSTER, masked."""
    columns = ["organisation__short_name" if name == "organisation" else name for name in ROSTER]
    for pk, *cells in rows.values_list("id", *columns).iterator(chunk_size=2000):
        yield [
            masked_phone(pk, cell) if name == "phone" else in_words(name, _text(cell))
            for name, cell in zip(ROSTER, cells, strict=True)
        ]


def _text(cell: Any) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell or "")


def roster_titles() -> list[str]:
    return [title_of(name) for name in ROSTER]


def the_person(facts: Iterable[Any]) -> dict[Any, list[int]]:
    """Whom to tell: the person the fact is about, if they have an account and did not do it themselves."""
    return {fact.id: [fact.about.account_id] for fact in facts if getattr(fact.about, "account_id", None)}


def who_asked(facts: Iterable[Any]) -> dict[Any, list[int]]:
    """The person whose correction was answered."""
    return {fact.id: [fact.about.member.account_id] for fact in facts if fact.about.member.account_id}


def who_answers(facts: Iterable[Any]) -> dict[Any, list[int]]:
    """Whoever may change records in the person's branch."""
    facts = list(facts)
    places = {fact.id: fact.about.member.organisation_id for fact in facts}
    found = accounts.holders("members.change", set(places.values()), today())
    return {fact_id: found.get(place, []) for fact_id, place in places.items()}


def who_hears_of_large_exports(facts: Iterable[Any]) -> dict[Any, list[int]]:
    """The organisation department and those who watch, of an export of more people than the college set (T27)."""
    facts = list(facts)
    top = organisations.college()
    if top is None or not facts:
        return {}
    least = organisations.setting("members.large_export", top, today())
    large = [fact for fact in facts if fact.particulars["count"] >= least]
    department = accounts.holders("members.merge", [top.pk], today()).get(top.pk, []) if large else []
    watching = accounts.watchers(large)
    return {fact.id: sorted({*department, *watching.get(fact.id, ())}) for fact in large}


def branches_within(viewer: Viewer, permission: str) -> list[Any]:
    """Active branches in which this viewer has the permission."""
    rows = organisations.branches()
    return list(rows if viewer.reaches_all(permission) else rows.filter(pk__in=viewer.reach(permission)))


def branch(pk: int) -> Any:
    """The organisation a form names, or 404."""
    return organisations.organisation_for(pk)


def roster_of(viewer: Viewer, organisation_id: int) -> Any:
    """Who is in an export of this organisation and everything below it: within the right to export, not who left."""
    below = organisations.ids_at_or_below(branch(organisation_id))
    rows = members_for(viewer, "members.export").filter(organisation__in=below).exclude(state=MembershipState.LEFT)
    return rows.order_by("organisation__path", "pinyin", "id")


def register_lines(rows: Any) -> list[dict[str, str]]:
    """Lines of the official roster, ready to print: no number that identifies or reaches anybody."""
    names = (
        "name",
        "sex",
        "ethnicity",
        "birth_date",
        "education",
        "standing",
        "organisation__short_name",
        "joined_on",
        "full_on",
        "party_post",
        "state",
    )
    return [
        {
            name.split("__")[0]: cell if "__" in name else in_words(name, _text(cell))
            for name, cell in zip(names, row, strict=True)
        }
        for row in rows.values_list(*names)
    ]
