"""Erasure carried out: columns by manifest, rows that go whole, mentions, and what the ledger says in detail (T12).

The entries of the ledger stay and the log still verifies; salts and texts are gone. What is erased is counted by kind,
never named. Sealed copies in papers and older back-ups stay until their own time ends.
"""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from hall.accounts import actions as accounts
from hall.core.fields import BlindIndex
from hall.core.findings import refuse
from hall.core.modules import WHOLE, Personal, modules
from hall.ledger import actions as ledger
from hall.ledger.acting import Act, Actor, acting
from hall.privacy.actions.asking import _held
from hall.privacy.models import Erasure
from hall.privacy.queries import erasures, traces
from hall.privacy.queries.holdings import Subject, Table, column_of, rows_of, tables
from hall.privacy.words import Scope, State

By = Actor | Act
Going = list[tuple[Table, list[Personal]]]


def carry_out(*, by: By, erasure: Erasure) -> Erasure:
    """Erase what was agreed, in one act; it cannot be undone. Counts by kind stay, values nowhere (T12).

    Refused unless it was agreed to. Whoever asked is not told by name afterwards: after everything went, nobody is left.
    """
    with acting(by, "privacy.decide") as act:
        held = _held(erasure)
        if held.state != State.AGREED:
            raise refuse(_("Only what was agreed to is erased."))
        whole = held.scope == Scope.ALL
        subject = erasures.subject_asking(held)
        going = _going(held)
        words = traces.words_of(subject, going, whole=whole)
        asked = list(Erasure.objects.filter(account=held.account_id))
        entries = list(traces.entries_to_erase(subject, words, asked, whole=whole))
        counts = _erase_rows(subject, going)
        counts += _strike(words.wide)
        for module in modules():
            if module.erase:
                counts.update(module.erase(by=act, account=held.account_id, members=subject.members, all=whole))
        counts["ledger.particulars"] += ledger.erase_many(by=act, entries=entries, reason=_("erasure of personal data"))
        if whole and held.account.is_active:
            held.account.refresh_from_db()
            accounts.close_account(by=act, account=held.account, reason=_("erasure of personal data"))
        _close(act, held, asked, words, counts)
    return held


def _going(held: Erasure) -> Going:
    found = [(table, erasures.columns_that_go(table, held.scope, held.member)) for table in tables()]
    return [(table, columns) for table, columns in found if columns]


def _erase_rows(subject: Subject, going: Going) -> Counter[str]:
    """Upstairs first, so that nothing hangs on a row that goes."""
    counts: Counter[str] = Counter()
    for table, columns in reversed(going):
        rows = rows_of(table, subject)
        if any(each.blank == WHOLE for each in columns):
            counts[table.name] += rows.delete()[0]
            continue
        for row in rows:
            for each in columns:
                _blank(row, column_of(table, each), each.blank)
            row.save()
            counts[table.name] += 1
    return counts


def _blank(row: Any, column: Any, blank: str) -> None:
    """Empty one column: NULL where it may be, else the declared text, else nothing. A blind index follows its column."""
    if isinstance(column, BlindIndex):
        return
    empty = None if column.null and not blank else blank.format(pk=row.pk)[: column.max_length]
    setattr(row, column.attname, empty)


def _strike(words: set[str]) -> Counter[str]:
    """Replace what names the person in columns about others."""
    counts: Counter[str] = Counter()
    if not words:
        return counts
    for model, column in traces.mentions():
        for row in traces.naming(model, column, words):
            value = traces.struck(getattr(row, column.attname), words, traces.limit_of(column))
            model._base_manager.filter(pk=row.pk).update(**{column.name: value})
            counts[f"{model._meta.label}.{column.name}"] += 1
    return counts


def _close(act: Act, held: Erasure, asked: list[Erasure], words: traces.Words, counts: Counter[str]) -> None:
    for row in asked:
        row.wish, row.answer = "", traces.struck(row.answer, words.own | words.wide, 300)
        if row.pk != held.pk:
            row.save()
    own = next(row for row in asked if row.pk == held.pk)
    held.wish, held.answer = "", own.answer
    held.state, held.done_at = State.DONE, act.at
    held.counts = {kind: count for kind, count in sorted(counts.items()) if count}
    held.save()
    said: dict[str, Any] = {"scope": held.scope, "counts": held.counts, "namesakes": words.namesakes}
    act.record("privacy.erasure.carried_out", held, **said)
