"""Words of the notices: kinds of messages, states of sending and of works."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    READ = "read", _("To read")
    COPY = "copy", _("Copied to me")


class Sending(TextChoices):
    WAITING = "waiting", _("Waiting")
    FAILED = "failed", _("Failed, will be tried again")
    PARKED = "parked", _("Given up")
    SENT = "sent", _("Sent")


class WorkState(TextChoices):
    WAITING = "waiting", _("Waiting for its turn")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Broken off")


DUE = (Sending.WAITING, Sending.FAILED)  # still to be sent
OPEN = (WorkState.WAITING, WorkState.RUNNING)  # still to be done
BADGES = {
    WorkState.WAITING: "waiting",
    WorkState.RUNNING: "info",
    WorkState.DONE: "done",
    WorkState.REFUSED: "error",
    WorkState.FAILED: "error",
}
