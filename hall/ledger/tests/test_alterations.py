"""A thousand random alterations by raw SQL, all found (assurance row 8; T01, T03–T07), and what only an outside
checkpoint can show."""

from contextlib import contextmanager
from random import Random

import pytest
from django.db import connection, transaction
from django.utils import timezone

from hall.core import crypto
from hall.core.fields import row_id
from hall.ledger import sealing
from hall.ledger.heads import head_of, signed
from hall.ledger.models import Checkpoint, Entry, Leaf, Node, Particulars, Pending
from hall.ledger.tests.logs import resealed, small_log, strangers_verdict
from hall.ledger.verifying import verify

pytestmark = pytest.mark.django_db
ALTERATIONS = 1000


def sql(text, *params):
    with connection.cursor() as cursor:
        cursor.execute(text, list(params))
        return cursor.rowcount


def raw(value):
    """A row id as the database holds it."""
    return value if connection.vendor == "postgresql" else value.hex


class Vandal:
    """Somebody with the database in their hands. Each deed answers whether it can be seen in an export."""

    def __init__(self, seed, entries, leaves, nodes, heads):
        self.rng = Random(seed)
        self.entries, self.leaves, self.nodes, self.heads = entries, leaves, nodes, heads

    def entry(self):
        return raw(self.rng.choice(self.entries))

    def noise(self):
        return self.rng.randbytes(32)

    def changes_a_field(self):
        column, value = self.rng.choice(
            [
                ("name", "dues.payment.recorded"),
                ("about_kind", "members.member"),
                ("about_id", str(self.rng.random())),
                ("by", "account:1"),
                ("organisation", self.rng.randrange(1000)),
                ("act", raw(row_id())),
                ("because_of", raw(row_id())),
                ("digest", self.noise()),
                ("at", "2020-01-01 00:00:00"),
                ("on", "2020-01-01"),
            ]
        )
        assert sql(f'UPDATE ledger_entry SET "{column}" = %s WHERE id = %s', value, self.entry()) == 1
        return True

    def renames_an_entry(self):
        assert sql("UPDATE ledger_entry SET id = %s WHERE id = %s", raw(row_id()), self.entry()) == 1
        return True

    def deletes_an_entry(self):
        assert sql("DELETE FROM ledger_entry WHERE id = %s", self.entry()) == 1
        return True

    def deletes_an_entry_with_all_that_hangs_on_it(self):
        entry = self.entry()
        sql("DELETE FROM ledger_particulars WHERE entry_id = %s", entry)
        sql("DELETE FROM ledger_leaf WHERE entry_id = %s", entry)
        assert sql("DELETE FROM ledger_entry WHERE id = %s", entry) == 1
        return True

    def cuts_the_tail(self):
        kept = self.rng.randrange(len(self.leaves))
        gone = [raw(entry) for entry in self.leaves[kept:]]
        marks = ",".join(["%s"] * len(gone))
        for table, column in (("particulars", "entry_id"), ("leaf", "entry_id"), ("entry", "id")):
            sql(f"DELETE FROM ledger_{table} WHERE {column} IN ({marks})", *gone)
        for level in range(1, 8):
            sql("DELETE FROM ledger_node WHERE level = %s AND number >= %s", level, kept >> level)
        return True

    def forges_an_entry(self):
        forged = raw(row_id())
        columns = 'act, name, about_kind, about_id, organisation, "by", "at", "on", because_of, digest'
        copy = f"INSERT INTO ledger_entry (id, {columns}) SELECT %s, {columns} FROM ledger_entry WHERE id = %s"
        assert sql(copy, forged, self.entry()) == 1
        if self.rng.random() < 0.5:  # … and puts it in the place of another
            number = self.rng.randrange(len(self.leaves))
            sql("UPDATE ledger_leaf SET entry_id = %s WHERE number = %s", forged, number)
        return True

    def reorders(self):
        one, two = self.rng.sample(range(len(self.leaves)), 2)
        for old, new in ((one, -1), (two, one), (-1, two)):
            sql("UPDATE ledger_leaf SET number = %s WHERE number = %s", new, old)
        return True

    def swaps_two_entries(self):
        one, two = self.rng.sample(range(len(self.leaves)), 2)
        for number, entry in ((one, raw(row_id())), (two, raw(self.leaves[one])), (one, raw(self.leaves[two]))):
            sql("UPDATE ledger_leaf SET entry_id = %s WHERE number = %s", entry, number)
        return True

    def alters_particulars(self):
        deed = self.rng.choice(["text = 'x'", "text = text || ' '", "salt = digest", "gone", "swapped"])
        kept = list(Particulars.objects.values_list("entry_id", flat=True).order_by("entry_id"))
        one, two = map(raw, self.rng.sample(kept, 2))
        if deed == "gone":
            sql("DELETE FROM ledger_particulars WHERE entry_id = %s", one)
        elif deed == "swapped":
            text = Particulars.objects.get(entry=two).text
            salt = bytes(Particulars.objects.get(entry=two).salt)
            sql("UPDATE ledger_particulars SET text = %s, salt = %s WHERE entry_id = %s", text, salt, one)
        elif deed == "salt = digest":
            sql("UPDATE ledger_particulars SET salt = %s WHERE entry_id = %s", self.noise()[:16], one)
        else:
            sql(f"UPDATE ledger_particulars SET {deed} WHERE entry_id = %s", one)
        return True

    def alters_a_node(self):
        level, number = self.rng.choice(self.nodes)
        place = "WHERE level = %s AND number = %s"
        deed = self.rng.randrange(4)
        if deed == 0:
            sql(f"UPDATE ledger_node SET hash = %s {place}", self.noise(), level, number)
        elif deed == 1:
            sql(f"DELETE FROM ledger_node {place}", level, number)
        elif deed == 2:
            sql(f"UPDATE ledger_node SET number = number + 1000 {place}", level, number)
        else:
            new = self.rng.choice([(level, 500), (0, 3), (50, 0), (level, -4)])
            sql("INSERT INTO ledger_node (level, number, hash) VALUES (%s, %s, %s)", *new, self.noise())
        return False

    def alters_a_leaf(self):
        number = self.rng.randrange(len(self.leaves))
        if self.rng.random() < 0.5:
            sql("UPDATE ledger_leaf SET hash = %s WHERE number = %s", self.noise(), number)
        elif self.rng.random() < 0.5:
            sql("DELETE FROM ledger_leaf WHERE number = %s", number)
        else:
            sql("UPDATE ledger_leaf SET number = number + 1000 WHERE number = %s", number)
        return True

    def alters_a_checkpoint(self):
        size = self.rng.choice(self.heads)
        column, value = self.rng.choice(
            [
                ("root", self.noise()),
                ("size", size + self.rng.choice([-1, 1, 1000])),
                ("at", "2020-01-01 00:00:00"),
                ("signature", self.noise()),
                ("public_key", b"\x04" + self.noise() + self.noise()),
            ]
        )
        assert sql(f'UPDATE ledger_checkpoint SET "{column}" = %s WHERE size = %s', value, size) == 1
        return True

    def marks_a_sealed_entry_as_waiting(self):
        assert sql("INSERT INTO ledger_pending (entry_id) VALUES (%s)", self.entry()) == 1
        return True

    def rewrites_the_whole_chain(self):
        self.changes_a_field()
        resealed()
        return True

    def rewrites_the_whole_chain_and_signs_with_a_key_of_their_own(self):
        self.changes_a_field()
        resealed()
        private, public = FOREIGN
        for size in self.heads:
            root = sealing.root_at(size)
            text = signed(size, root, timezone.now())
            signature = crypto.gmssl_pyx.sm2_sign_sm3_digest(private, crypto.signed_digest(text.root, public))
            columns = "root = %s, signature = %s, public_key = %s"
            sql(f"UPDATE ledger_checkpoint SET {columns} WHERE size = %s", root, signature, b"\x04" + public, size)
        return True


FOREIGN = tuple(reversed(crypto.gmssl_pyx.sm2_key_generate()))
DEEDS = sorted(name for name, deed in vars(Vandal).items() if "_" in name and not name.startswith("_"))


def vandal(seed):
    return Vandal(
        seed,
        list(Entry.objects.order_by("id").values_list("id", flat=True)),
        list(Leaf.objects.order_by("number").values_list("entry_id", flat=True)),
        list(Node.objects.order_by("level", "number").values_list("level", "number")),
        list(Checkpoint.objects.order_by("size").values_list("size", flat=True)),
    )


class Undo(Exception):
    pass


@contextmanager
def undone():
    """What happens inside is taken back at the end."""
    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass


def test_a_thousand_random_alterations_are_all_found():
    small_log()
    assert (verify().ok, strangers_verdict()[0]) == (True, 0)  # the control: what nobody touched is whole
    template, missed = vandal(0), []
    for seed in range(ALTERATIONS):
        deed = DEEDS[seed % len(DEEDS)]
        template.rng = Random(seed)
        with undone():
            visible = getattr(template, deed)()
            if verify().ok:
                missed.append((seed, deed, "verify"))
            if visible and seed % 3 == 0 and strangers_verdict()[0] != 1:
                missed.append((seed, deed, "verify-ledger"))
    assert missed == []
    assert (verify().ok, strangers_verdict()[0]) == (True, 0)


def test_the_altered_entry_is_named():  # T01
    small_log()
    victim = Leaf.objects.get(number=23).entry
    sql("UPDATE ledger_entry SET about_id = 'other' WHERE id = %s", raw(victim.pk))
    assert [problem.place for problem in verify().problems] == [f"entry {victim.pk}"]
    assert f"entry {victim.pk} (leaf 23): not what was sealed." in strangers_verdict()[1]


@pytest.mark.sqlite  # PostgreSQL refuses values of the wrong kind by itself
@pytest.mark.parametrize(
    "column, value",
    [("act", "no uuid"), ("at", "no date"), ("on", "x"), ("digest", "text"), ("organisation", "x"), ("id", "x")],
)
def test_values_of_the_wrong_kind_are_found_and_not_stumbled_over(column, value):
    small_log()
    victim = Leaf.objects.get(number=23).entry
    with undone():
        sql(f'UPDATE ledger_entry SET "{column}" = %s WHERE id = %s', value, victim.pk.hex)
        assert f"entry {victim.pk}" in {problem.place for problem in verify().problems}
        assert strangers_verdict()[0] == 1


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "table, column", [("leaf", "number"), ("leaf", "entry_id"), ("leaf", "hash"), ("node", "hash")]
)
def test_garbage_in_the_log_itself_is_found(table, column):
    small_log()
    where = "number = 23" if table == "leaf" else "level = 1 AND number = 3"
    with undone():
        assert sql(f"UPDATE ledger_{table} SET {column} = 'garbage' WHERE {where}") == 1
        assert not verify().ok
        assert table == "node" or strangers_verdict()[0] == 1


def test_a_chain_rewritten_with_the_halls_own_key_shows_beside_an_outside_checkpoint():  # T06
    small_log()
    kept = head_of(Checkpoint.objects.order_by("size")[1])
    sql("UPDATE ledger_entry SET about_id = 'other' WHERE id = %s", raw(Leaf.objects.get(number=3).entry_id))
    resealed()
    for size in Checkpoint.objects.values_list("size", flat=True):
        root, at = sealing.root_at(size), timezone.now()
        Checkpoint.objects.filter(size=size).update(root=root, at=at, signature=signed(size, root, at).signature)
    assert (verify().ok, strangers_verdict()[0]) == (True, 0)  # nothing inside can tell
    assert [problem.place for problem in verify([kept]).problems] == [f"outside checkpoint {kept.size}"]
    assert strangers_verdict([kept])[0] == 1


def test_an_old_state_restored_quietly_shows_beside_an_outside_checkpoint():  # T07
    small_log()
    heads = [head_of(each) for each in Checkpoint.objects.order_by("size")]
    back = heads[1].size
    gone = list(Leaf.objects.filter(number__gte=back).values_list("entry_id", flat=True))
    for model in (Leaf, Particulars, Pending):
        model.objects.filter(entry__in=gone).delete()
    Entry.objects.filter(pk__in=gone).delete()
    Checkpoint.objects.filter(size__gt=back).delete()
    for level in range(1, 8):
        Node.objects.filter(level=level, number__gte=back >> level).delete()
    erased = Entry.objects.get(particulars=None)
    Particulars.objects.create(
        entry=erased, salt=b"", text=""
    )  # the back-up still had them; only its digest is checked
    assert [problem.place for problem in verify().problems] == [f"entry {erased.pk}"]
    for kept in heads[2:]:
        assert f"outside checkpoint {kept.size}" in {problem.place for problem in verify([kept]).problems}
        assert "cut or rolled back" in strangers_verdict([kept])[1]
    assert f"outside checkpoint {heads[0].size}" not in {problem.place for problem in verify(heads[:2]).problems}


def test_the_hall_signs_nothing_on_top_of_an_altered_log():
    small_log()
    sql("UPDATE ledger_node SET hash = %s WHERE level = 5 AND number = 0", b"x" * 32)
    with pytest.raises(sealing.LedgerAltered):
        sealing.checkpoint()
