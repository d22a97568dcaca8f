"""Whose rows the addresses of the notices name: messages are one person's alone."""

from typing import Any

from django.utils import timezone

from hall.core.testing.routes import Thing

things = {
    "notices:reading": Thing("notices.Message", may=("none",), own=True),
    "notices:work": Thing("notices.Work", may=("notices.operate",), own=True, all=True),
    "notices:repeated_work": Thing("notices.Work", all=True),
    "notices:repeated_sending": Thing("notices.Outgoing", all=True, answers=(404,)),
}
opened = dict.fromkeys(("Outgoing.last_error", "Work.error", "Work.name", "Outgoing.channel"), "notices.operate")
says = {"notices:all_reading": {"newest": "999999"}}
reads = {"notices:all_reading": ("newest", "next"), "notices:reading": ("open", "next")}


def values(model: str) -> dict[str, Any]:
    """Columns the rows of these tables need."""
    return {
        "Work": {"name": "dues.issue", "state": "failed", "finished_at": timezone.now()},
        "Outgoing": {"state": "parked", "channel": "mail"},
        "Message": {"fact_name": "members.member.enrolled"},
    }.get(model, {})


def furnish(world: Any, place: Any) -> None:
    """A mail to somebody of the place that was given up."""
    from hall.notices.models import Outgoing

    words = {name: world.token("notices", None) for name in ("subject", "text", "last_error")}
    Outgoing.objects.create(
        account=world.people[place.pk], channel="mail", state="parked", digest=False, created_at=timezone.now(),
        not_before=timezone.now(), **words,
    )  # fmt: skip
