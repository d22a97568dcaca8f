"""Tables of the ledger. Entries are only ever added; particulars may be erased, and the log still verifies (T12)."""

import json
import secrets
from datetime import UTC, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from hall.core.crypto import sm3
from hall.core.fields import row_id


def canonical(value: dict) -> str:
    """One text for one content: sorted keys, no spaces, characters as they are. What the digests are taken of."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


class Entry(models.Model):
    """A fact: what was done, to what, by whom, when it was entered (`at`) and when it happened (`on`)."""

    id = models.UUIDField(primary_key=True, default=row_id, editable=False)
    act = models.UUIDField(db_index=True)
    name = models.CharField(max_length=80)
    about_kind = models.CharField(max_length=40)
    about_id = models.CharField(max_length=40)
    organisation = models.BigIntegerField(null=True)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    on = models.DateField(null=True)
    because_of = models.UUIDField(null=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("Ledger entry")
        indexes = [
            models.Index(fields=["about_kind", "about_id", "id"], name="entry_about"),
            models.Index(fields=["by", "id"], name="entry_by"),
            models.Index(fields=["name", "id"], name="entry_name"),
        ]

    def __str__(self):
        return f"{self.name} {self.about_kind}:{self.about_id}"

    def leaf_text(self) -> str:
        """The canonical text whose SM3 is the leaf. Holds no personal data: people stand in it by their key."""
        return canonical(
            {
                "id": str(self.id),
                "act": str(self.act),
                "name": self.name,
                "about": f"{self.about_kind}:{self.about_id}",
                "organisation": self.organisation,
                "by": self.by,
                "at": moment_text(self.at),
                "on": self.on.isoformat() if self.on else None,
                "because_of": str(self.because_of) if self.because_of else None,
                "digest": bytes(self.digest).hex(),
            }
        )


def moment_text(moment: datetime) -> str:
    """UTC with microseconds, the same on every database."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


class Particulars(models.Model):
    """What the fact says in detail. Bound to the entry by a salted digest; erasing the row leaves the log whole."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="particulars")
    salt = models.BinaryField(max_length=16)
    text = models.TextField()

    class Meta:
        verbose_name = _("Particulars")

    @staticmethod
    def bound(content: dict) -> tuple[bytes, str, bytes]:
        """Salt, canonical text and the digest that binds them: SM3(salt ‖ text)."""
        salt, text = secrets.token_bytes(16), canonical(content)
        return salt, text, sm3(salt + text.encode())


class Pending(models.Model):
    """Entries committed and not yet sealed. A queue beside the log, so that writers never share a row with the sealer."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="pending")

    class Meta:
        verbose_name = _("Waiting to be sealed")


class Leaf(models.Model):
    """The entry's place in the Merkle log, counted from 0 without gaps."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="leaf")
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("Leaf")


class Node(models.Model):
    """Hash of a full subtree: level 0 are the leaves, node `number` of level l covers leaves number·2^l …"""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("Tree node")
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="one_node_a_place")]


class Checkpoint(models.Model):
    """A signed tree head. Copies leave the building; an old one proves that nothing before it was rewritten."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    signature = models.BinaryField(max_length=100)
    public_key = models.BinaryField(max_length=65)

    class Meta:
        verbose_name = _("Checkpoint")


class SealLock(models.Model):
    """One row, locked while a sealer works, so that two sealers cannot number leaves at once."""

    id = models.SmallIntegerField(primary_key=True, default=1)

    class Meta:
        verbose_name = _("Seal lock")
