"""Each kind of alteration named by both verifiers at the same place (T01, T03, T04, T05, T06, T07; D18: whoever rules
the database writes past the hall, and is found).

One deed, its leaf, and the word both verifiers use for it. The thousand random ones are in test_alterations.py.
"""

import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from hall.core.fields import row_id
from hall.ledger import exporting, sealing
from hall.ledger.heads import Head, head_of, signed
from hall.ledger.models import Checkpoint, Entry, Leaf, Node, Particulars
from hall.ledger.tests.logs import record, resealed, small_log, stranger, stranger_found
from hall.ledger.tests.test_alterations import raw, sql, undone
from hall.ledger.verifying import verify

pytestmark = pytest.mark.django_db
AT = 23  # the leaf that suffers
COLUMNS = 'act, name, about_kind, about_id, organisation, "by", "at", "on", because_of, digest'


def entry(number: int = AT) -> Any:
    return raw(Leaf.objects.get(number=number).entry_id)


def field(column: str, value: Any) -> None:
    sql(f'UPDATE ledger_entry SET "{column}" = %s WHERE id = %s', value, entry())


def cut(kept: int = AT) -> None:
    gone = list(Leaf.objects.filter(number__gte=kept).values_list("entry_id", flat=True))
    for model in (Leaf, Particulars):
        model.objects.filter(entry__in=gone).delete()
    Entry.objects.filter(pk__in=gone).delete()
    for level in range(1, 8):
        Node.objects.filter(level=level, number__gte=kept >> level).delete()


def forged_copy() -> Any:
    forged = row_id()
    sql(
        f"INSERT INTO ledger_entry (id, {COLUMNS}) SELECT %s, {COLUMNS} FROM ledger_entry WHERE id = %s",
        raw(forged),
        entry(),
    )
    return raw(forged)


def forged_in_place() -> None:
    sql("UPDATE ledger_leaf SET entry_id = %s WHERE number = %s", forged_copy(), AT)


def leaves_change_places(one: int = AT, two: int = 40) -> None:
    for old, new in ((one, -1), (two, one), (-1, two)):
        sql("UPDATE ledger_leaf SET number = %s WHERE number = %s", new, old)


def entries_change_places(one: int = AT, two: int = 40) -> None:
    first, second = entry(one), entry(two)
    for number, key in ((one, raw(row_id())), (two, first), (one, second)):
        sql("UPDATE ledger_leaf SET entry_id = %s WHERE number = %s", key, number)


def particulars_of_another() -> None:
    other = Particulars.objects.get(entry=Leaf.objects.get(number=40).entry_id)
    change = "UPDATE ledger_particulars SET salt = %s, text = %s WHERE entry_id = %s"
    sql(change, bytes(other.salt), other.text, entry())


def rewritten() -> None:
    """T06: right hashes everywhere, heads signed anew with the hall's own stolen key."""
    field("about_id", "other")
    resealed()
    for size in Checkpoint.objects.values_list("size", flat=True):
        root, at = sealing.root_at(size), timezone.now()
        Checkpoint.objects.filter(size=size).update(root=root, at=at, signature=signed(size, root, at).signature)


def rolled_back() -> None:
    """T07: the tables as they were at the second checkpoint."""
    size = Checkpoint.objects.order_by("size")[1].size
    Checkpoint.objects.filter(size__gt=size).delete()
    cut(size)


def head_altered(column: str, value: Any) -> None:
    size = Checkpoint.objects.order_by("size")[1].size
    sql(f'UPDATE ledger_checkpoint SET "{column}" = %s WHERE size = %s', value, size)


@dataclass(frozen=True)
class Deed:
    """What is done, and what both verifiers say of it: the word and the leaf (None: it lies at no leaf)."""

    name: str
    do: Any
    says: str
    at: int | None = AT
    outside: bool = False  # only a checkpoint kept elsewhere shows it


NOISE = bytes(range(32))
DEEDS = [
    *(
        Deed(f"T01 changes {column}", lambda c=column, v=value: field(c, v), "leaf")
        for column, value in [
            ("name", "dues.payment.recorded"),
            ("about_kind", "members.member"),
            ("about_id", "7"),
            ("by", "account:1"),
            ("organisation", 4711),
            ("at", "2020-01-01 00:00:00"),
            ("on", "2020-01-01"),
            ("digest", NOISE),
        ]
    ),
    Deed("T01 changes act", lambda: field("act", raw(row_id())), "leaf"),
    Deed("T01 changes because_of", lambda: field("because_of", raw(row_id())), "leaf"),
    Deed("T03 cuts the tail", cut, "short"),
    Deed("T04 inserts one beside the log", lambda: forged_copy(), "stray", None),
    Deed("T04 puts one in another's place", forged_in_place, "leaf"),
    Deed("T05 exchanges two leaves", leaves_change_places, "node", 22),
    Deed("T05 exchanges two entries", entries_change_places, "leaf"),
    Deed("T05 moves a leaf away", lambda: sql("UPDATE ledger_leaf SET number = 1023 WHERE number = 23"), "order"),
    Deed("T06 rewrites the whole chain with the hall's key", rewritten, "root", None, outside=True),
    Deed("T07 restores an old state", rolled_back, "short", None, outside=True),
    Deed("swaps the particulars of two entries", particulars_of_another, "digest"),
    Deed("changes a salt", lambda: sql("UPDATE ledger_particulars SET salt = %s WHERE entry_id = %s", NOISE[:16], entry()), "digest"),
    Deed("changes the text", lambda: sql("UPDATE ledger_particulars SET text = '{}' WHERE entry_id = %s", entry()), "digest"),
    Deed("takes the particulars away", lambda: sql("DELETE FROM ledger_particulars WHERE entry_id = %s", entry()), "bare"),
    Deed("takes a leaf away", lambda: sql("DELETE FROM ledger_leaf WHERE number = 23"), "order"),
    Deed("takes an entry away", lambda: sql("DELETE FROM ledger_entry WHERE id = %s", entry()), "gone"),
    Deed("changes a leaf's hash", lambda: sql("UPDATE ledger_leaf SET hash = %s WHERE number = 23", NOISE), "leaf"),
    Deed("changes a node", lambda: sql("UPDATE ledger_node SET hash = %s WHERE level = 2 AND number = 5", NOISE), "node", 20),
    Deed("takes a node away", lambda: sql("DELETE FROM ledger_node WHERE level = 2 AND number = 5"), "node", 20),
    Deed("changes the root of a checkpoint", lambda: head_altered("root", NOISE), "root", None),
    Deed("changes the moment of a checkpoint", lambda: head_altered("at", "2020-01-01 00:00:00"), "signature", None),
    Deed("changes the signature of a checkpoint", lambda: head_altered("signature", NOISE), "signature", None),
    Deed("gives a checkpoint a larger size", lambda: head_altered("size", 900), "short", None),
    Deed("marks a sealed entry as waiting", lambda: sql("INSERT INTO ledger_pending (entry_id) VALUES (%s)", entry()), "stray", None),
]  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_both_verifiers_name_the_deed_and_its_place(deed: Deed) -> None:
    """T01, T03, T04, T05, T06, T07, D18: the same word at the same leaf from both."""
    small_log() if not deed.outside else plain_log()
    kept = [head_of(each) for each in Checkpoint.objects.order_by("size")]
    with undone():
        deed.do()
        _named(deed, kept if deed.outside else [])


def plain_log() -> None:
    """Three checkpoints and nothing erased: an old state of it holds all that it held then."""
    for _each in range(3):
        record(20)
        sealing.seal_all()
        sealing.checkpoint()


def _named(deed: Deed, outside: list[Head]) -> None:
    if deed.outside:
        assert (verify().ok, stranger_found()) == (True, [])  # inside nothing can tell: the control
    ours = [(problem.kind, problem.index) for problem in verify(outside).problems]
    theirs = stranger_found(outside)
    words = {word for word, _place in theirs}
    assert deed.says in {word for word, _place in ours}, ours
    assert deed.says in words, theirs
    if deed.at is not None:
        assert (deed.says, deed.at) in ours, ours
        assert deed.says in ("short",) or (deed.says, deed.at) in theirs, theirs


def test_what_is_sealed_and_signed_during_an_export_does_not_make_it_look_cut() -> None:
    """A worker seals and signs while somebody takes the log out."""
    small_log()
    lines = exporting.lines()
    said = [next(lines) for _each in range(4)]
    record(5)
    sealing.seal_all()
    sealing.checkpoint()
    verifier = stranger.Verifier(True, io.StringIO())
    verifier.read([*said, *lines])
    assert verifier.judge([]) == 0


def test_an_untouched_log_is_named_nowhere() -> None:
    """The control of all of the above, and progress is told to the end."""
    small_log()
    told: list[tuple[int, int]] = []
    report = verify(
        [head_of(each) for each in Checkpoint.objects.all()], lambda done, total: told.append((done, total))
    )
    assert (report.problems, stranger_found()) == ([], [])
    assert told[-1] == (report.size, report.size)
