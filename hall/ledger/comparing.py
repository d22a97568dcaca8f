"""Beside an old checkpoint: is it of this log, truly signed, and does today's log still begin with what it signed?

Quick: asks the stored subtrees alone, a few rows however long the log is. That those fit the entries is what
verification shows; both together leave no way past an old checkpoint.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hall.core import crypto
from hall.ledger import rows, sealing
from hall.ledger.heads import Head, log_id
from hall.ledger.models import Entry
from hall.ledger.rows import as_uuid

SHORTEST = 16  # hex digits of a root that a printed checkpoint shows
AROUND = "SELECT number, entry_id FROM ledger_leaf WHERE number BETWEEN %s AND %s ORDER BY number"


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not agree with the checkpoint; `kind` is the verifiers' word for it."""

    kind: str
    text: str


def differences(head: Head) -> list[Difference]:
    """What differs between this checkpoint and the log of today; empty if the log continues it."""
    found = []
    if head.log != log_id():
        found.append(Difference("foreign", _("This checkpoint is of another hall's ledger.")))
    if not head.signed_by(set(crypto.public_keys())):
        text = _("This checkpoint is not signed by a key of this hall, or was altered.")
        found.append(Difference("signature", text))
    return found if head.log != log_id() else [*found, *printed_differences(head.size, head.root.hex())]


def printed_differences(size: int, root: str) -> list[Difference]:
    """The same for what stands on paper: so many entries and the beginning of the root in hex."""
    now = sealing.log_size()
    if size > now:
        text = _("The log once had %(size)s entries and now has %(now)s: its end was cut off or an old state restored.")
        return [Difference("short", text % {"size": size, "now": now})]
    try:
        ours = sealing.root_at(size).hex()
    except sealing.LedgerAltered as altered:
        return [Difference("root", str(altered))]
    if len(root) < SHORTEST or not ours.startswith(root):
        text = _("The root over the first %(size)s entries is %(root)s… now: what was recorded before was rewritten.")
        return [Difference("root", text % {"size": size, "root": ours[: max(len(root), SHORTEST)]})]
    return []


def neighbours(index: int) -> list[dict[str, Any]]:
    """The entries at this leaf and on both sides of it as the tables hold them now, as plain JSON."""
    found = rows.select(AROUND, index - 1, index + 1)
    entries = rows.read(Entry, [as_uuid(key) for _number, key in found], lambda _key: None)
    return [_line(number, as_uuid(key) or key, entries.get(as_uuid(key))) for number, key in found]


def _line(number: Any, key: Any, entry: Entry | None) -> dict[str, Any]:
    if entry is None:
        return {"index": number, "id": str(key)}
    return {
        "index": number,
        "id": str(key),
        "name": entry.name,
        "at": str(entry.at),
        "by": entry.by,
        "about": f"{entry.about_kind}:{entry.about_id}",
    }
