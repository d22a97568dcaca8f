"""The command line and the stand-alone verifier, run as people run them."""

import json
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from hall.core import crypto
from hall.ledger.models import Checkpoint, Entry, Leaf, Pending
from hall.ledger.tests.logs import record, small_log, stranger

pytestmark = pytest.mark.django_db


def run(*words):
    out = StringIO()
    call_command("ledger", *words, stdout=out, stderr=out)
    return out.getvalue()


def strangers(*words, stdin=None):
    """The stand-alone verifier in a process of its own, far from the hall's packages."""
    command = [sys.executable, "-I", "-S", str(settings.BASE_DIR / "bin" / "verify-ledger"), *map(str, words)]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", cwd="/")
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.fixture
def export(tmp_path):
    small_log()
    run("export", str(tmp_path / "log.jsonl"))
    return tmp_path / "log.jsonl"


def test_both_verifiers_agree_that_an_untouched_log_is_whole(export):
    assert "账本完好" in run("verify")
    with translation.override("en"):
        said = run("verify")
    root = stranger_root(strangers(export, "--en"))
    assert "62 entries sealed, 0 waiting" in said
    assert f"Root {root};" in said


def stranger_root(verdict):
    code, said = verdict
    assert (code, "The ledger is whole: 62 entries" in said, "particulars of 1 erased" in said) == (0, True, True)
    return said.strip().rstrip(".").rsplit(" ", 1)[1]


def test_the_stranger_answers_in_chinese_and_reads_standard_input(export):
    code, said = strangers("-", stdin=export.read_text(encoding="utf-8"))
    assert (code, "账本完好：共 62 条记录" in said) == (0, True)


def test_an_export_is_readable_by_its_owner_alone_and_leaves_no_part_behind(export):
    assert export.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in export.parent.iterdir()] == [export.name]


def test_an_export_without_particulars_holds_no_personal_word_and_still_verifies(tmp_path):
    record(5, name="陈志远")
    whole, bare = tmp_path / "whole", tmp_path / "bare"
    run("export", str(whole))
    run("export", str(bare), "--without-particulars")
    assert "陈志远" in whole.read_text(encoding="utf-8")
    assert "陈志远" not in bare.read_text(encoding="utf-8")
    assert strangers(bare)[0] == 0


def test_nothing_erased_can_be_read_any_more(export):  # row 9
    assert sum("particulars" not in json.loads(line) for line in export.read_text().splitlines()[1:63]) == 1
    assert run("verify")


def test_an_altered_log_is_told_by_both_with_code_one(tmp_path):
    small_log()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET about_id = 'x' WHERE about_id = 'thing 3'")
    with pytest.raises(SystemExit) as ended:
        run("verify")
    assert ended.value.code == 1
    run("export", str(tmp_path / "log"))
    code, said = strangers(tmp_path / "log", "--en")
    assert (code, "not what was sealed" in said) == (1, True)


def test_a_checkpoint_taken_out_is_recorded_and_compared_later(tmp_path):
    record(4)
    kept = tmp_path / "head.json"
    run("checkpoint", str(kept))
    assert Entry.objects.filter(name="ledger.checkpoint.taken").count() == 1
    record(3)
    run("export", str(tmp_path / "log"))
    assert "账本完好" in run("verify", "--checkpoint", str(kept))
    assert "账本完好" in run("verify", "--against", str(kept))
    assert strangers(tmp_path / "log", "--checkpoint", kept)[0] == 0
    content = json.loads(kept.read_text())
    kept.write_text(json.dumps({**content, "root": "00" * 32}))
    with pytest.raises(SystemExit) as ended:
        run("verify", "--checkpoint", str(kept))
    assert (ended.value.code, strangers(tmp_path / "log", "--checkpoint", kept)[0]) == (1, 1)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "garbage", '{"kind": "dangwu-hall checkpoint"}', "\x00", "[" * 100_000]
)
def test_what_is_no_checkpoint_or_export_ends_with_code_two(tmp_path, content, export):
    file = tmp_path / "file"
    file.write_text(content)
    with pytest.raises(CommandError) as error:
        run("verify", "--checkpoint", str(file))
    assert error.value.returncode == 2
    assert strangers(export, "--checkpoint", file)[0] == 2
    assert strangers(file)[0] == 2
    assert strangers(tmp_path / "absent")[0] == 2


def test_bytes_that_are_no_text_end_with_code_two(tmp_path):
    (tmp_path / "file").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError) as error:
        run("verify", "--checkpoint", str(tmp_path / "file"))
    assert (error.value.returncode, strangers(tmp_path / "file")[0]) == (2, 2)


def test_a_cut_export_is_called_incomplete_rather_than_altered(export):
    lines = export.read_text(encoding="utf-8").splitlines(keepends=True)
    export.write_text("".join(lines[:-1]), encoding="utf-8")
    code, said = strangers(export)
    assert (code, "不完整" in said) == (2, True)


def test_an_empty_ledger_is_whole_and_has_nothing_to_sign(tmp_path):
    assert "账本完好" in run("verify")
    with pytest.raises(CommandError) as error:
        run("checkpoint", str(tmp_path / "head"))
    assert error.value.returncode == 2
    run("export", str(tmp_path / "log"))
    assert strangers(tmp_path / "log")[0] == 0


def test_an_export_seals_what_waits_first(tmp_path):
    record(3)
    run("export", str(tmp_path / "log"))
    assert (Pending.objects.count(), Leaf.objects.count(), Checkpoint.objects.count()) == (0, 3, 1)


def test_the_strangers_own_sm3_and_sm2_agree_with_ours():
    for length in [*range(130), 1000]:
        data = bytes(range(256)) * 4
        assert stranger.plain_sm3(data[:length]) == crypto.sm3(data[:length])
    for n in range(20):
        text = f"head {n}".encode()
        signature = crypto.sign(text)
        assert stranger.signed_by(text, signature, crypto.public_key())
        assert not stranger.signed_by(text + b".", signature, crypto.public_key())
        broken = bytearray(signature)
        broken[n + 5] ^= 1
        assert not stranger.signed_by(text, bytes(broken), crypto.public_key())


def test_the_stand_alone_verifier_stays_short_and_imports_the_standard_library_only():
    source = (settings.BASE_DIR / "bin" / "verify-ledger").read_text(encoding="utf-8")
    imports = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert len(source.splitlines()) < 300
    assert imports <= sys.stdlib_module_names
