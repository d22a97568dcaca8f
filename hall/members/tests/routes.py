"""Whose rows the addresses of the members name; a roster that was read and a proof that was sent, by the real actions."""

import io
from typing import Any

from hall.core.testing.routes import Thing

ROW, ROSTER = Thing("members.Member"), Thing("members.RosterPreview")
DEEDS = ("change", "reveal", "placement", "departure", "stop", "restoration", "contact", "absence")
things = {
    "members:member": Thing("members.Member", own=True),
    **{f"members:{name}": ROW for name in DEEDS},
    "members:return": Thing("members.Member", answers=(404,)),
    "members:pair": Thing("members.Member", twice=("second",), answers=(404,)),
    "members:correction": Thing("members.Correction"),
    "members:roster": ROSTER,
    "members:roster_workbook": Thing("members.RosterPreview", answers=(302,)),
    **{
        f"members:roster_{name}": ROSTER
        for name in ("columns", "confirmation", "application", "taking_back", "dropping")
    },
}
quiet = {"members:lookup": "a search by POST, so that the number stands in no address"}
says = {
    "members:change": {
        "name": "吴建国",
        "native_place": "浙江温州",
        "campus_no": "T98765",
        "party_post": "",
        "reason": "更正",
    },
    "members:stop": {"since": "2025-01-01", "on": "2026-01-01"},
    "members:contact": {"since": "2026-01-01"},
    "members:absence": {"expected_to": ""},
}
reads = {"members:roster_confirmation": ("all", "shown", "pick"), "members:copy": ("form",)}
machine = ("RosterPreview.table", "RosterRow.values", "RosterRow.before", "RosterRow.problems")


def values(model: str) -> dict[str, Any]:
    """Columns the rows of these tables need."""
    return {"Correction": {"field": "native_place"}, "Look": {"fields": ["phone"]}}.get(model, {})


def furnish(world: Any, place: Any) -> None:
    """Read a roster of two people, one of them with a fault; ask for a correction with a proof."""
    from hall.members.actions.roster import read_roster

    _ask(world, place)
    person = world.clerk(place)
    if person is None:
        return
    one, two = world.token("members", place), world.token("members", place)
    text = f"姓名,手机号码,家庭住址,党员类别,所在党支部名称\n{one},13800000000,{two},正式党员,{place.name}\n{two},1,,不知道,{place.name}\n"
    read_roster(by=person, file=io.BytesIO(text.encode()), name=f"{world.token('members', place)}.csv")


def _ask(world: Any, place: Any) -> None:
    """What a plain member of the place sends, with a proof that names a canary."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from hall.accounts.queries import person
    from hall.members.actions import ask_correction
    from hall.members.models import Member

    account = world.people[place.pk]
    member = Member.objects.filter(account=account).first()
    if member is not None:
        token = world.token("members", place, {account.pk})
        proof = SimpleUploadedFile("x.txt", f"户口本 {world.token('files', place, {account.pk})}".encode())
        by = person(account, today=timezone.localdate())
        ask_correction(by=by, member=member, field="native_place", wanted=token, why="户口本", proofs=[proof])
