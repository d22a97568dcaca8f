"""Sealing: the worker puts committed entries into the Merkle log and signs its head. Writers never wait for it."""

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from hall.core.failpoints import failpoint
from hall.ledger import clock, merkle
from hall.ledger.heads import signed
from hall.ledger.models import Checkpoint, Entry, Leaf, Node, Pending, SealLock
from hall.ledger.rows import as_bytes

BATCH = 2000


class LedgerAltered(Exception):
    """The stored log does not continue the last signed head. Nothing more is signed until it was looked into."""


def seal_pending(limit: int = BATCH) -> int:
    """Give up to `limit` waiting entries their leaves, oldest id first; how many. 0 also while another sealer works."""
    SealLock.objects.get_or_create(id=1)
    with transaction.atomic():
        if not SealLock.objects.select_for_update(skip_locked=True).filter(id=1).exists():
            return 0
        entries = list(Entry.objects.filter(pending__isnull=False).order_by("id")[:limit])
        if entries:
            _append(entries)
            Pending.objects.filter(entry__in=[entry.pk for entry in entries]).delete()
            failpoint("seal.unpended")
    return len(entries)


def seal_all() -> int:
    """Seal until nothing waits; how many."""
    total = 0
    while sealed := seal_pending():
        total += sealed
    return total


def _append(entries: list[Entry]) -> None:
    size = log_size()
    frontier = merkle.Frontier(size, stored_hashes(merkle.peaks(size)))
    leaves, nodes = [], []
    for number, entry in enumerate(entries, size):
        value = merkle.leaf_hash(entry.leaf_text().encode())
        leaves.append(Leaf(number=number, entry=entry, hash=value))
        nodes += [Node(level=p.level, number=p.number, hash=p.hash) for p in frontier.append(value)]
    Leaf.objects.bulk_create(leaves)
    failpoint("seal.leaves")
    Node.objects.bulk_create(nodes)


def log_size() -> int:
    """How many leaves the log has."""
    last = Leaf.objects.aggregate(last=Max("number"))["last"]
    return 0 if last is None else last + 1


def stored_hashes(places: list[tuple[int, int]]) -> merkle.Stored:
    """Hashes of these full subtrees, read at once. LedgerAltered if one is gone."""
    numbers = [number for level, number in places if level == 0]
    found = {
        (0, number): bytes(value)
        for number, value in Leaf.objects.filter(number__in=numbers).values_list("number", "hash")
    }
    wanted = Q(pk__in=[])
    for level, number in places:
        if level:
            wanted |= Q(level=level, number=number)
    for level, number, value in Node.objects.filter(wanted).values_list("level", "number", "hash"):
        found[level, number] = bytes(value)

    def stored(level: int, number: int) -> bytes:
        if (level, number) not in found:
            raise LedgerAltered(_("Parts of the sealed log are missing. Run manage.py ledger verify."))
        return found[level, number]

    return stored


def completed(start: int, end: int) -> merkle.Hashes:
    """(level, number) → stored hash of the subtrees that the leaves from start to end complete."""
    wanted = Q(pk__in=[])
    for level in range(1, end.bit_length() + 1):
        if start >> level < end >> level:
            wanted |= Q(level=level, number__gte=start >> level, number__lt=end >> level)
    stored = Node.objects.filter(wanted).values_list("level", "number", "hash")
    return {(level, number): as_bytes(value) for level, number, value in stored}


def root_at(size: int) -> bytes:
    """Root of the first `size` leaves, from the stored subtrees."""
    return merkle.Frontier(size, stored_hashes(merkle.peaks(size))).root()


def checkpoint() -> Checkpoint | None:
    """Sign the tree head if the log grew since the last one; None if it did not.

    LedgerAltered if the log does not continue the last signed head. Two at once sign one and the same.
    """
    size = log_size()
    last = last_checkpoint()
    if last is not None:
        _heed_last(last, size)
    if size == (last.size if last else 0):
        return None
    head = signed(size, root_at(size), at := clock.now())
    content = {"root": head.root, "at": at, "signature": head.signature, "public_key": head.public_key}
    return Checkpoint.objects.get_or_create(size=size, defaults=content)[0]


def last_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def _heed_last(last: Checkpoint, size: int) -> None:
    if last.size > size or root_at(last.size) != bytes(last.root):
        raise LedgerAltered(
            _("The log does not continue its last signed head. Nothing was signed; run manage.py ledger verify.")
        )
