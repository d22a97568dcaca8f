"""Five pages as lean as Django allows: session, user, a few un-joined reads, a plain template with ready rows."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bench.ceiling.models import Bill, Entry, Member, Message

SHOWN = 50
COLUMNS = ("id", "name", "campus_no", "standing", "organisation__short_name", "joined_on", "party_post", "state")


def _scope(organisation: int) -> Any:
    rows = Member.objects.exclude(state="left")
    return rows.filter(organisation=organisation) if organisation else rows


@login_required
def members(request: HttpRequest, organisation: int) -> HttpResponse:
    """50 people; of everybody if the organisation is 0. ?q= is the beginning of a name, ?i= of its initials."""
    rows = _scope(organisation)
    if begins := request.GET.get("q"):
        rows = rows.filter(name_key__gte=begins, name_key__lt=begins + "\U0010ffff")
    if begins := request.GET.get("i"):
        rows = rows.filter(initials__gte=begins, initials__lt=begins + "\U0010ffff")
    count = rows[:10_001].count()
    shown = [_ready(row) for row in rows.order_by("pinyin", "id").values(*COLUMNS)[:SHOWN]]
    return render(request, "ceiling/members.html", {"rows": shown, "count": count})


def _ready(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "branch": row["organisation__short_name"],
        "joined": row["joined_on"].isoformat() if row["joined_on"] else "",
    }


@login_required
def member(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = Member.objects.select_related("organisation").get(pk=pk)
    history = (
        Entry.objects.filter(about_kind="members.member", about_id=str(pk))
        .order_by("-id")
        .values("name", "at", "by")[:20]
    )
    return render(request, "ceiling/member.html", {"member": row, "history": history})


@login_required
def home(request: HttpRequest, organisation: int) -> HttpResponse:
    counts = {
        "members": _scope(organisation).count(),
        "open": Bill.objects.filter(organisation=organisation, status="open").count(),
        "unread": Message.objects.filter(account=request.user.pk, read_at__isnull=True).count(),
    }
    return render(request, "ceiling/home.html", counts)


@login_required
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read one row, change one column if its version still stands, write one line of a log."""
    if request.method == "POST":
        with transaction.atomic():
            row = Member.objects.select_for_update().get(pk=pk)
            Member.objects.filter(pk=pk, version=row.version).update(
                party_post=request.POST["party_post"], version=row.version + 1
            )
            Message.objects.filter(account=request.user.pk, title=str(pk)).update(title=str(pk))
        return redirect("member", pk)
    return render(request, "ceiling/change.html", {"member": Member.objects.get(pk=pk)})


@login_required
def board(request: HttpRequest, organisation: int, period: str) -> HttpResponse:
    """50 bills of a month with the names."""
    rows = Bill.objects.filter(organisation=organisation, period=period)
    columns = ("id", "member__name", "amount", "status", "settled_on")
    shown = rows.order_by("member__pinyin", "id").values(*columns)[:SHOWN]
    return render(request, "ceiling/board.html", {"rows": list(shown), "count": rows.count()})


def by_hand(organisation: int) -> str:
    """The rows of the list by hand-written SQL and joined strings: no framework, no session, no escaping."""
    where = "m.state <> 'left'" + (" AND m.organisation_id = %s" if organisation else "")
    given = [organisation] if organisation else []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM members_member m WHERE {where} LIMIT 10001) t", given)
        count = cursor.fetchone()[0]
        cursor.execute(
            "SELECT m.id, m.name, m.campus_no, m.standing, o.short_name, m.joined_on, m.party_post, m.state FROM members_member m"
            f" JOIN organisations_organisation o ON o.id = m.organisation_id WHERE {where} ORDER BY m.pinyin, m.id LIMIT 50",
            given,
        )
        rows = cursor.fetchall()
    return f"{count}" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
