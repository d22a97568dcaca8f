"""Why somebody was not let in, in words for them: what happened and whom to ask. What the log says stands in `NotLetIn.why`."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    UNKNOWN = (
        "unknown",
        _(
            "The campus knows you, but no account of this hall belongs to you yet. "
            "Ask the organiser of your branch to enter you, or the system administrator to bind your account."
        ),
    )
    OUTSIDE = (
        "outside",
        _(
            "You are an external contact, not a member of the college’s address book. External contacts have no account here."
        ),
    )
    CLOSED = "closed", _("Your account of this hall is closed or waits for approval. Ask the system administrator.")
    STALE = (
        "stale",
        _(
            "This sign-in was begun in another browser, was used already, or took longer than ten minutes. Begin it again."
        ),
    )
    CLOCK = (
        "clock",
        _(
            "The clocks of this hall and of the campus sign-on differ by more than a minute, so its answer cannot be believed. "
            "Tell the system administrator to set both clocks by the network time; until then sign in with your account of this hall."
        ),
    )
    AWAY = (
        "away",
        _(
            "The campus sign-on cannot be reached or does not answer as agreed. Try again later, or sign in with your account of this hall."
        ),
    )
    BAD = (
        "bad",
        _(
            "The campus sign-on’s answer is not good, so nobody was signed in. Begin again; if it stays so, tell the system administrator."
        ),
    )
    OTHER = "other", _("The campus says that you are somebody else than the person signed in here. Sign out first.")
    WAIT = (
        "wait",
        _(
            "Too many sign-ins from your network failed. Wait fifteen minutes, or sign in with your account of this hall."
        ),
    )


class NotLetIn(Exception):
    """Nobody is signed in. `reason` is for the person, `why` for the log: it never holds a ticket, a code or a token."""

    def __init__(self, reason: Reason, why: str):
        super().__init__(why)
        self.reason, self.why = reason, why
