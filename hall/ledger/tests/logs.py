"""A small sealed log to harm, the tools to harm it with, and the stand-alone verifier as a stranger would run it."""

import importlib.machinery
import importlib.util
import io
import sys

from django.conf import settings

from hall.ledger import actions, exporting, sealing
from hall.ledger.acting import System, acting
from hall.ledger.models import Entry, Leaf, Node

HAND = System("test")


def record(count, name="陈志远"):
    """So many facts about things, written as any action writes them."""
    with acting(HAND, "ledger.verify") as act:
        said = act.record_many("ledger.act.refused", [(f"thing {n}", {"n": n, "name": name}) for n in range(count)])
    return [fact.id for fact in said]


def small_log():
    """Sixty-odd entries, sealed in uneven batches, four checkpoints, one entry erased; nothing waits."""
    ids = record(20)
    sealing.seal_pending(7)
    sealing.checkpoint()
    sealing.seal_all()
    sealing.checkpoint()
    record(21)
    sealing.seal_all()
    sealing.checkpoint()
    actions.erase(by=HAND, entry=Entry.objects.get(pk=ids[5]), reason="本人申请")
    record(20)
    sealing.seal_all()
    sealing.checkpoint()
    return ids


def resealed():
    """Give all entries their places anew with right hashes, as somebody would who controls the database."""
    entries = [leaf.entry for leaf in Leaf.objects.select_related("entry").order_by("number")]
    Leaf.objects.all().delete()
    Node.objects.all().delete()
    sealing._append(entries)


def _load():
    loader = importlib.machinery.SourceFileLoader("verify_ledger", str(settings.BASE_DIR / "bin" / "verify-ledger"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("verify_ledger", loader))
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = kept
    return module


stranger = _load()


def strangers_verdict(outside=(), english=True):
    """(exit code, what it said) of the stand-alone verifier on a fresh export."""
    said = io.StringIO()
    verifier = stranger.Verifier(english, said)
    verifier.read(exporting.lines())
    return verifier.judge([stranger.head_from(head.as_dict()) for head in outside]), said.getvalue()


def stranger_found(outside=()):
    """(word, place) of each problem that the stand-alone verifier names on a fresh export."""
    verifier = stranger.Verifier(True, io.StringIO())
    verifier.read(exporting.lines())
    verifier.judge([stranger.head_from(head.as_dict()) for head in outside])
    return verifier.found
