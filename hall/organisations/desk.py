"""What the organisations put on a person's desk: elections that are due (ORG-25), and what the search box finds."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hall.core.modules import Hit, Task
from hall.core.viewer import Viewer
from hall.organisations import queries


def tasks(viewer: Viewer) -> list[Task]:
    """One line for each term that ends soon or is over, where the present hat is reminded of elections."""
    today = timezone.localdate()
    due = (
        queries.expiring_terms(viewer.reach("organisations.remind"), today)
        if viewer.holds("organisations.remind")
        else []
    )
    return [
        Task(
            key=f"organisations.term:{each.term.pk}",
            title=_("Re-election is due"),
            url=reverse("organisations:organisation", args=[each.organisation.pk]),
            organisation=str(each.organisation),
            about=each.organisation.name,
            due=each.ends_on,
        )
        for each in due
    ]


def search(viewer: Viewer, words: str, limit: int) -> list[Hit]:
    """Organisations by name, pinyin, initials or code."""
    if not viewer.holds("organisations.view"):
        return []
    return [
        Hit(row.name, reverse("organisations:organisation", args=[row.pk]), row.get_kind_display(), _("Organisation"))
        for row in queries.found_by(words, limit)
    ]
