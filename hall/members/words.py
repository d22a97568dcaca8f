"""States and code lists of the member record (domain-rules §8.1, §8.3)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Standing(TextChoices):
    """Where a person stands. Applicants to targets are people of the hall, not members (GB/T 4762 note in §8.3)."""

    APPLICANT = "applicant", _("Applicant")
    ACTIVIST = "activist", _("Activist")
    TARGET = "target", _("Development target")
    PROBATIONARY = "probationary", _("Probationary member")
    FULL = "full", _("Full member")


MEMBERS = (Standing.PROBATIONARY, Standing.FULL)


class MembershipState(TextChoices):
    NORMAL = "normal", _("Normal")
    STOPPED = "stopped", _("Membership stopped")
    LEFT = "left", _("Left")


class Departure(TextChoices):
    """How someone left (§8.3 exit codes)."""

    TRANSFERRED = "transferred", _("Transferred out")
    EXPELLED = "expelled", _("Expelled")
    REMOVED = "removed", _("Removed")
    WITHDREW = "withdrew", _("Withdrew")
    PROBATION_CANCELLED = "probation_cancelled", _("Probation cancelled")
    NOT_RECOGNISED = "not_recognised", _("Not recognised")
    DIED = "died", _("Died")
    MERGED = "merged", _("Merged with another record")


class Sex(TextChoices):
    UNKNOWN = "0", _("Unknown")
    MALE = "1", _("Male")
    FEMALE = "2", _("Female")
    NOT_STATED = "9", _("Not stated")


class Identity(TextChoices):
    STUDENT = "student", _("Student")
    TEACHER = "teacher", _("Teacher")
    STAFF = "staff", _("Staff")
    RETIRED = "retired", _("Retired")
    OTHER = "other", _("Other")


class Job(TextChoices):
    """Job groups of the national statistics bulletin (§8.3)."""

    WORKER = "worker", pgettext_lazy("job", "Worker")
    FARMER = "farmer", _("Farmer, herder or fisher")
    SPECIALIST = "specialist", _("Specialist of an enterprise, institution or social organisation")
    MANAGER = "manager", _("Manager of an enterprise, institution or social organisation")
    CIVIL_SERVANT = "civil_servant", _("Staff of a Party or government body")
    STUDENT = "student", _("Student")
    OTHER = "other", _("Other occupation")
    RETIRED = "retired", _("Retired")


class Away(TextChoices):
    """Why a member is away while the relation stays (F5, §6.4)."""

    FLOATING = "floating", _("Floating member")
    ABROAD = "abroad", _("Abroad")
