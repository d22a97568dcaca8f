"""Nothing is deleted to hide it (T32): the source of the hall is read for every call that takes rows away.

Each one that is there is named here with what it takes and why nothing of the record goes with it. States, papers and
reasons are how a deed is taken back; rows that are allowed to go are queues, claims, drafts, keys and sessions.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import PROTECT, ForeignKey

HALL = Path(settings.BASE_DIR) / "hall"
DELETING = {"delete", "raw_delete", "_raw_delete", "adelete"}
SQL = ("DELETE FROM", "TRUNCATE ")
DECLARED = {  # file and function → what goes, and why that hides nothing
    "accounts/factors.py:prepare_factor": "a second factor that was never confirmed; the new one is recorded",
    "accounts/factors.py:remove": "the secret and codes of a factor; that it was taken away stays in the ledger",
    "accounts/factors.py:_renew_codes": "digests of old recovery codes; the renewal stays in the ledger",
    "accounts/actions.py:end_sessions_of": "sessions the campus began; who ended them stays in the ledger",
    "accounts/actions.py:forget_sessions": "sessions, which are no record",
    "accounts/factors.py:_forget_codes_of_nothing": "recovery codes of an account that has no factor left",
    "accounts/factors.py:remove_passkey": "one's own passkey; its removal stays in the ledger",
    "accounts/factors.py:take_factor_away": "one's own second factor; that it was taken away stays in the ledger",
    "accounts/sessions.py:end": "sessions, which are no record",
    "accounts/throttle.py:forget": "counts of failed sign-ins; the delay itself stays in the ledger",
    "ledger/actions.py:erase": "particulars by law (T12); who, when and why stay, and the log still verifies",
    "ledger/actions.py:erase_many": "the same for several entries; each erasure is a deed of the organisation department",
    "ledger/sealing.py:seal_pending": "the mark of waiting, once the entry has its leaf",
    "members/actions/roster/reading.py:_compared": "lines of a preview that is reckoned anew",
    "members/actions/roster/reading.py:_erase": "lines of a sheet nobody applied, after a year or by its reader",
    "members/actions/roster/taking_back.py:_withdraw": "records the same import made, untouched since; each with a fact and the import's reason",
    "notices/actions.py:clear_outbox": "letters that went out half a year ago; the clearing stays in the ledger",
    "notices/worker.py:seen": "worker processes that are gone",
    "privacy/actions/anonymising.py:_table": "rows of a test copy that is made anonymous, never of the hall itself",
    "privacy/actions/erasing.py:_erase_rows": "rows about one person alone, by law (T12); basis and kinds stay in the ledger",
    "privacy/actions/keeping.py:_delete": "rows whose declared time of keeping has ended; the count stays in the ledger",
    "safekeeping/actions.py:count_refusal": "counts of what browsers refused, after ninety days",
    "safekeeping/tables.py:load_postgres": "the empty tables of a machine that a back-up is put back onto",
    "signon/actions.py:forget_spent": "digests of answers of the campus that can no longer be sent twice",
    "signon/actions.py:withdraw": "a binding of an account to the campus; proposal and withdrawal stay in the ledger",
}
LOOSE = {  # columns that do not hold on to what they name, and why nothing of the record goes with it
    "accounts.Factor.account": "a secret is of no use without its account; accounts are closed, never deleted",
    "accounts.FormerPassword.account": "the same of a used password",
    "accounts.Passkey.account": "a public key is of no use without its account",
    "accounts.RecoveryCode.account": "the same of a recovery code",
    "privacy.Pace.account": "a count of opened records in the last minutes goes with its account",
    "members.RosterRow.preview": "lines of a sheet go with the sheet",
    "members.RosterRow.member": "the line of a sheet stays when the record it made is taken back",
}


def deletions(text: str) -> Iterator[str]:
    """Names of the functions of this source that delete rows."""
    tree = ast.parse(text)
    for outer in ast.walk(tree):
        if isinstance(outer, ast.FunctionDef):
            for node in ast.walk(outer):
                called = isinstance(node, ast.Call) and _deletes(node.func)
                said = (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and node.value.upper().startswith(SQL)
                )
                if called or said:
                    yield outer.name


def _deletes(called: ast.expr) -> bool:
    """rows.delete(), but not cache.delete()."""
    if not isinstance(called, ast.Attribute) or called.attr not in DELETING:
        return False
    return not (isinstance(called.value, ast.Name) and called.value.id == "cache")


def sources() -> Iterator[tuple[str, str]]:
    for path in sorted(HALL.rglob("*.py")):
        parts = path.relative_to(HALL).parts
        if "tests" not in parts and "migrations" not in parts and "testing" not in parts:
            yield "/".join(parts), path.read_text("utf-8")


def test_every_deletion_is_declared_with_its_reason() -> None:
    """T32: a new one fails here until it is named with its reason; one that went must leave the list."""
    found = {f"{name}:{function}" for name, text in sources() for function in deletions(text)}
    assert found == set(DECLARED)
    assert all(len(reason) > 10 for reason in DECLARED.values())


def test_no_foreign_key_takes_rows_along() -> None:
    """T32: what a row hangs on cannot be deleted under it, so nothing goes silently with something else."""
    loose = {
        f"{model._meta.label}.{field.name}"
        for name in settings.MODULES
        for model in apps.get_app_config(name).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.remote_field.on_delete is not PROTECT
    }
    assert loose == set(LOOSE)


@pytest.mark.control
@pytest.mark.parametrize(
    "line",
    [
        "Bill.objects.filter(pk=1).delete()",
        "bill.delete()",
        'cursor.execute("delete from dues_bill")',
        "rows._raw_delete(x)",
    ],
)
def test_control_a_deletion_is_seen(line: str) -> None:
    assert list(deletions(f"def hide(bill):\n    {line}\n")) == ["hide"]


@pytest.mark.control
def test_control_forgetting_what_was_remembered_is_no_deletion() -> None:
    assert list(deletions("def forget():\n    cache.delete('x')\n")) == []
