"""The member record: lists and single people within the viewer's reach."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from hall.core.days import add_months
from hall.core.fields import blind
from hall.core.viewer import Viewer
from hall.members.models import Correction, Member
from hall.members.words import MEMBERS, Departure, MembershipState


def members_for(viewer: Viewer, permission: str = "members.view") -> QuerySet[Member]:
    """People of the organisations this viewer looks after; for `members.view` also the viewer's own record."""
    rows = Member.objects.exclude(departure=Departure.MERGED)
    if viewer.reaches_all(permission):
        return rows
    within = Q(organisation__in=viewer.reach(permission))
    return rows.filter(within | Q(account=viewer.account_id) if permission == "members.view" else within)


def listed_for(viewer: Viewer) -> QuerySet[Member]:
    """The list of those this viewer looks after, in an order an index holds; their own record only if they look after nobody.

    (Their own record elsewhere is found under “my information” and by its address.)
    """
    if viewer.reaches_all("members.view") or not viewer.reach("members.view"):
        return members_for(viewer)
    return Member.objects.exclude(departure=Departure.MERGED).filter(organisation__in=viewer.reach("members.view"))


def member_for(viewer: Viewer, pk: Any, permission: str = "members.view") -> Member:
    """The person, or 404 for whoever may not see them."""
    found = members_for(viewer, permission).filter(pk=pk).select_related("organisation").first()
    if found is None:
        raise Http404
    return found


def own_member(viewer: Viewer) -> Member | None:
    """The viewer's own record, if they are a person of the hall. A merged record leads to the one that was kept."""
    found = (
        Member.objects.filter(account=viewer.account_id)
        .select_related("organisation", "merged_into__organisation")
        .first()
    )
    return found.merged_into if found and found.merged_into_id else found


def members_on(day: date) -> QuerySet[Member]:
    """Members whose formal relation stands here that day: joined, arrived, not stopped, not gone (ORG-15, LOST-05)."""
    here = Q(arrived_on__isnull=True) | Q(arrived_on__lte=day)
    still = Q(departed_on__isnull=True) | Q(departed_on__gt=day)
    joined = Q(joined_on__isnull=True) | Q(joined_on__lte=day)
    return Member.objects.filter(here & still & joined, standing__in=MEMBERS).exclude(state=MembershipState.STOPPED)


def payers_on(period: date) -> QuerySet[Member]:
    """Members who owe dues for the month beginning on `period`: there by its last day, neither gone nor stopped.

    DUE-20, DUE-28, LOST-05.
    """
    month_end = add_months(period, 1)
    joined = Q(joined_on__isnull=True) | Q(joined_on__lt=month_end)
    still = Q(departed_on__isnull=True) | Q(departed_on__gte=month_end)
    paid_elsewhere = Q(dues_paid_to__isnull=True) | Q(dues_paid_to__lt=period)
    return Member.objects.filter(joined & still & paid_elsewhere, standing__in=MEMBERS).exclude(
        state=MembershipState.STOPPED
    )


def accounts_of(members: Iterable[Any]) -> dict[Any, int]:
    """Member id → account id, where there is one."""
    return dict(Member.objects.filter(pk__in=list(members), account__isnull=False).values_list("pk", "account"))


def member_by_number(viewer: Viewer, number: str) -> Member | None:
    """The person with exactly this ID number, within reach. Asked by POST only: never in an address (ID-03)."""
    fingerprint = blind(Member, "id_no", number)
    return members_for(viewer).filter(id_no_index=fingerprint).first() if fingerprint else None


def corrections_for(viewer: Viewer) -> QuerySet[Correction]:
    """Requests for correction of people this viewer may change, open ones first."""
    rows = Correction.objects.select_related("member__organisation").order_by("answered_at", "asked_at")
    if viewer.reaches_all("members.change"):
        return rows
    return rows.filter(member__organisation__in=viewer.reach("members.change"))


def correction_for(viewer: Viewer, pk: Any) -> Correction:
    """One request, or 404."""
    found = corrections_for(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def sees_correction(viewer: Viewer, pk: str) -> bool:
    """May this viewer see the request and its proofs: who answers it, and who asked?"""
    asked = Q(member__account=viewer.account_id) if viewer.account_id else Q(pk__in=[])
    return corrections_for(viewer).filter(pk=pk).exists() or Correction.objects.filter(asked, pk=pk).exists()


def own_corrections(member: Member) -> list[Correction]:
    """What this person asked to have corrected, newest first."""
    return list(member.corrections.order_by("-asked_at")[:20])
