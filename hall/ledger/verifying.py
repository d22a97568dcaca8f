"""Verification: reads the whole log once, recomputes what was sealed and says which entry was altered and how.

Each stored hash is compared with what lies under it: entry text under leaf, leaves under nodes, roots under signed
heads, so one alteration is named once. Bounded memory; sealing and writing may go on meanwhile. What this cannot see is
a log rewritten from end to end by somebody with the signing key, or rolled back whole: for that, give it a checkpoint
that was kept outside.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from hall.core import crypto
from hall.ledger import merkle, rows, sealing
from hall.ledger.heads import Head, head_of, log_id
from hall.ledger.models import Checkpoint, Entry, Node, Particulars
from hall.ledger.rows import GARBAGE, as_bytes, as_uuid

type Told = Callable[[int, int], None]
KEPT = 200  # problems told one by one; the rest are counted
ERASED = "ledger.particulars.erased"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was sealed. `place` names it: "entry <id>", "leaf 17", "checkpoint 40", …

    `kind` is the word that bin/verify-ledger uses for it; `index` the leaf it lies at, None where it lies at no leaf.
    """

    place: str
    text: str
    kind: str = ""
    index: int | None = None


@dataclass
class Report:
    """What verification found. `size` leaves, `root` in hex, `pending` entries not sealed yet, `erased` particulars."""

    size: int = 0
    root: str = ""
    pending: int = 0
    erased: int = 0
    checkpoints: int = 0
    uncovered: int = 0
    count: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.count == 0

    def add(self, place: str, text: str, kind: str = "", index: Any = None) -> None:
        self.count += 1
        if len(self.problems) < KEPT:
            number = index if isinstance(index, int) else None
            self.problems.append(Problem("".join(filter(str.isprintable, place)), text, kind, number))

    def sentence(self) -> str:
        """The result in one sentence."""
        figures = {"size": self.size, "pending": self.pending, "count": self.count}
        if not self.ok:
            return _("The ledger was altered: %(count)s problems in %(size)s entries.") % figures
        return _("The ledger is whole: %(size)s entries sealed, %(pending)s waiting to be sealed.") % figures


def verify(outside: Iterable[Head] = (), told: Told = lambda done, total: None) -> Report:
    """Verify everything. `outside` are checkpoints kept elsewhere; the log must still continue each of them.

    `told(done, total)` hears after each thousand leaves how far it is; what it raises ends the verification.
    """
    return _Verification(list(outside), told).run()


class _Verification:
    def __init__(self, outside: list[Head], told: Told):
        self.report, self.told = Report(), told
        self.edge: list[merkle.Place] | None = []  # None once a gap makes the tree unknowable
        self.keys, self.log = set(crypto.public_keys()), log_id()
        self.outside: dict[int, list[Head]] = defaultdict(list)
        for each in outside:
            self.outside[each.size].append(each)
        self.covered = 0

    def run(self) -> Report:
        own = _own_heads(self.report)
        self.next_own = next(own, None)
        total = rows.size()
        for page in rows.leaves():
            self._chunk(page, own)
            self.told(min(self.report.size, total), total)
        self._larger_heads(own)
        for size in sorted(self.outside):
            for each in self.outside.pop(size):
                self._outside_beyond(each)
        self._surplus_nodes()
        self._strays()
        self._pending()
        self.report.root = self._root().hex()
        self.report.uncovered = self.report.size - self.covered
        return self.report

    def _chunk(self, page: list[tuple], own: Iterator[Head]) -> None:
        start = self.report.size
        ids = {row[1]: as_uuid(row[1]) for row in page}
        entries, kept = self._read(Entry, ids.values()), self._read(Particulars, ids.values())
        nodes = sealing.completed(start, start + len(page))
        bare: dict[Any, Any] = {}
        for number, key, value in page:
            if number != self.report.size:
                self._gap(number)
            entry = entries.get(ids[key])
            self._leaf(number, ids[key] or key, entry, as_bytes(value))
            if entry and not self._particulars(entry, kept.get(entry.pk), number):
                bare[entry.pk] = number
            self._grow(as_bytes(value), nodes)
            self._heads_at(own)
        self._erased(bare)

    def _gap(self, number: Any) -> None:
        size = self.report.size
        self.report.add(f"leaf {size}", _("This leaf is missing or out of order."), "order", size)
        self.edge = None
        if isinstance(number, int):
            self.report.size = number

    def _leaf(self, number: Any, entry_id: Any, entry: Entry | None, value: bytes) -> None:
        if entry is None:
            self.report.add(
                f"entry {entry_id}", _("The entry of leaf %(number)s is gone.") % {"number": number}, "gone", number
            )
        elif _leaf_of(entry) != value:
            text = _("The entry of leaf %(number)s is not what was sealed.") % {"number": number}
            self.report.add(f"entry {entry.pk}", text, "leaf", number)

    def _particulars(self, entry: Entry, kept: Particulars | None, number: Any = None) -> bool:
        """Whether there are particulars. Those that are there must fit the entry's digest."""
        if kept and not fits(entry, kept):
            self.report.add(f"entry {entry.pk}", _("The particulars of this entry were altered."), "digest", number)
        return kept is not None

    def _erased(self, bare: dict[Any, Any]) -> None:
        """Particulars may be missing only where a fact says that they were erased (T12). Entry id → leaf."""
        keys = [str(pk) for pk in bare]
        said = Entry.objects.filter(name=ERASED, about_kind=Entry._meta.label_lower, about_id__in=keys)
        known = set(said.values_list("about_id", flat=True)) if keys else set()
        self.report.erased += len(known)
        text = _("The particulars are gone, and no entry says that they were erased.")
        for pk, number in bare.items():
            if str(pk) not in known:
                self.report.add(f"entry {pk}", text, "bare", number)

    def _grow(self, value: bytes, nodes: dict[tuple[int, int], bytes]) -> None:
        self.report.size += 1
        if self.edge is None:
            return
        place = merkle.Place(0, self.report.size - 1, value)
        while self.edge and self.edge[-1].level == place.level:
            place = self._joined(self.edge.pop(), place, nodes)
        self.edge.append(place)

    def _joined(self, left: merkle.Place, right: merkle.Place, nodes: dict[tuple[int, int], bytes]) -> merkle.Place:
        level, number = left.level + 1, left.number >> 1
        computed = merkle.node_hash(left.hash, right.hash)
        stored = nodes.get((level, number))
        if stored != computed:
            covers = {"first": number << level, "last": (number + 1 << level) - 1}
            text = _("The hash over the leaves %(first)s to %(last)s is missing or altered.") % covers
            self.report.add(f"node {level}/{number}", text, "node", covers["first"])
        return merkle.Place(level, number, stored or computed)

    def _root(self) -> bytes:
        if self.edge is None:
            return b""
        frontier = merkle.Frontier()
        frontier.edge = self.edge
        return frontier.root()

    def _heads_at(self, own: Iterator[Head]) -> None:
        size = self.report.size
        while self.next_own and self.next_own.size <= size:
            self._head(f"checkpoint {self.next_own.size}", self.next_own)
            self.next_own = next(own, None)
        for each in self.outside.pop(size, ()):
            self._head(f"outside checkpoint {size}", each)

    def _head(self, place: str, head: Head) -> None:
        self.covered = max(self.covered, head.size)
        self._signature(place, head)
        if head.log != self.log:
            return
        if head.size != self.report.size or head.root != self._root():
            text = _(
                "The log is not the one that this checkpoint of %(at)s signed: it was rewritten before leaf %(size)s."
            )
            self.report.add(place, text % {"at": head.at, "size": head.size}, "root", max(head.size - 1, 0))

    def _signature(self, place: str, head: Head) -> None:
        if head.log != self.log:
            self.report.add(place, _("This checkpoint is of another hall's ledger."), "foreign")
        if not head.signed_by(self.keys):
            text = _("This checkpoint is not signed by a key of this hall, or was altered.")
            self.report.add(place, text, "signature")

    def _larger_heads(self, own: Iterator[Head]) -> None:
        now = sealing.log_size() if self.next_own else 0
        while self.next_own:
            if self.next_own.size > now:
                self._cut(f"checkpoint {self.next_own.size}", self.next_own.size)
            self.next_own = next(own, None)

    def _outside_beyond(self, head: Head) -> None:
        place = f"outside checkpoint {head.size}"
        self._signature(place, head)
        if head.size and head.log == self.log:
            self._cut(place, head.size)

    def _cut(self, place: str, size: int) -> None:
        text = _("The log once had %(size)s entries and now has %(now)s: its end was cut off or an old state restored.")
        self.report.add(place, text % {"size": size, "now": self.report.size}, "short", self.report.size)

    def _surplus_nodes(self) -> None:
        size = self.report.size
        beyond = Q(level__lt=1) | Q(level__gt=size.bit_length()) | Q(number__lt=0)
        for level in range(1, size.bit_length() + 1):
            beyond |= Q(level=level, number__gte=size >> level)
        found = list(Node.objects.filter(beyond).values_list("level", "number")[:KEPT])
        now = sealing.log_size() if found else 0
        for level, number in found:
            if level < 1 or number < 0 or (number + 1) << min(level, 64) > now:
                self.report.add(
                    f"node {level}/{number}", _("This hash covers leaves that the log does not have."), "node"
                )

    def _strays(self) -> None:
        for key, text in rows.strays():
            self.report.add(f"entry {key}", str(text), "stray")

    def _pending(self) -> None:
        """Entries that wait: their particulars must fit already."""
        for page in rows.pages(rows.WAITING):
            keys = [as_uuid(row[0]) for row in page]
            entries, kept = self._read(Entry, keys), self._read(Particulars, keys)
            self.report.pending += len(entries)
            bare = [entry.pk for entry in entries.values() if not self._particulars(entry, kept.get(entry.pk))]
            self._erased(dict.fromkeys(bare))

    def _read(self, model: type[models.Model], keys: Iterable[Any]) -> dict[Any, Any]:
        text = _("A row of this entry cannot be read; it holds values of the wrong kind.")
        return rows.read(model, keys, lambda key: self.report.add(f"entry {key}", text, "gone"))


def fits(entry: Entry, kept: Particulars) -> bool:
    """Whether these are the particulars that the entry was recorded with."""
    text = kept.text.encode("utf-8", "surrogatepass") if isinstance(kept.text, str) else b""
    return crypto.sm3(as_bytes(kept.salt) + text) == as_bytes(entry.digest)


def _leaf_of(entry: Entry) -> bytes:
    try:
        return merkle.leaf_hash(entry.leaf_text().encode("utf-8", "surrogatepass"))
    except GARBAGE:
        return b""


def _own_heads(report: Report) -> Iterator[Head]:
    """The hall's own checkpoints, smallest first. A garbled one is told and left out."""
    for page in rows.pages(rows.CHECKPOINTS):
        for (size,) in page:
            report.checkpoints += 1
            head = _own_head(size)
            if head is None:
                report.add(f"checkpoint {size}", _("This checkpoint cannot be read; it was altered."), "stray")
            else:
                yield head


def _own_head(size: Any) -> Head | None:
    try:
        head = head_of(Checkpoint.objects.get(size=size))
    except (*GARBAGE, Checkpoint.DoesNotExist):
        return None
    return head if isinstance(head.size, int) and head.size > 0 else None
