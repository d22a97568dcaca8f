"""Keeping: sealed on the disk, counted, all or nothing; swept; in the back-up."""

import os
import signal
import threading
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from hall.core import crypto
from hall.core.findings import Refused
from hall.files import actions, queries, store
from hall.files.models import Attachment, Shelf
from hall.files.tests import samples
from hall.files.words import FileState
from hall.ledger.acting import System, acting
from hall.members.models import Correction
from hall.organisations.models import LocalSetting


def on_disk() -> list[str]:
    return sorted(path.name for path in store.settings.MEDIA_ROOT.rglob("*") if path.is_file())


def test_a_kept_file_stands_sealed_under_a_name_of_the_halls_own(ask, upload, facts):
    before = len(facts())
    (row,) = ask(upload("text", "户口本 ../../x.txt"))
    assert on_disk() == [f"{row.pk.hex}.sealed"]
    raw = store.place_of(row.pk).read_bytes()
    assert "吴建国".encode() not in raw and store.place_of(row.pk).stat().st_mode & 0o077 == 0
    assert queries.content_of(row) == samples.ordinary()["text"]
    assert (row.name, row.kind, row.state, row.removed) == ("x.txt", "text", FileState.KEPT, [])
    assert facts(after=before) == ["files.attachment.kept", "members.correction.asked"]


def test_three_proofs_are_kept_and_a_fourth_refuses_all(ask, upload):
    assert len(ask(upload("pdf"), upload("jpeg", "a.jpg"), upload("docx", "b.docx"))) == 3
    with pytest.raises(Refused, match="最多只能添加 3 个"):
        ask(*[upload("pdf")] * 4, field="ethnicity")
    assert Attachment.objects.count() == 3


def test_one_unfit_file_refuses_the_request_and_leaves_nothing(ask, upload):
    with pytest.raises(Refused, match="文件含有宏"):
        ask(upload("pdf"), upload(samples.docx(**{"word/vbaProject.bin": b"x"}), "b.pdf"))
    assert (Correction.objects.count(), Attachment.objects.count(), on_disk(), Shelf.objects.count()) == (0, 0, [], 0)


def test_a_kind_that_is_not_wanted_there_is_refused(ask, upload):
    with pytest.raises(Refused, match="不接收这类文件"):
        ask(upload("mp3", "a.mp3"))


def test_a_deed_that_comes_to_nothing_keeps_no_row_and_the_sweeper_takes_the_file(ask, upload, facts):
    """The bytes are unreadable at once: their secret went with the row."""
    with transaction.atomic():
        ask()
        transaction.set_rollback(True)
    (left,) = store.settings.MEDIA_ROOT.rglob("*.sealed")
    actions.sweep(by=System("files.sweep"), on=queries.today())
    assert left.is_file(), "younger than a day: its deed may be under way"
    os.utime(left, (1, 1))
    actions.sweep(by=System("files.sweep"), on=queries.today())
    assert not left.exists() and facts()[-1] == "files.leftovers.removed"


def test_the_sweeper_clears_what_was_never_finished_and_leaves_what_has_a_row(ask):
    (row,) = ask()
    old, fresh = store.incoming() / "x.part", store.incoming() / "tmp1.upload"
    for path in (old, fresh):
        path.write_bytes(b"x")
    for path in (old, store.place_of(row.pk)):
        os.utime(path, (1, 1))
    actions.sweep(by=System("files.sweep"), on=queries.today())
    assert not old.exists() and fresh.exists() and store.place_of(row.pk).exists()


def test_a_sweeper_that_sees_the_wrong_database_removes_nothing(ask, monkeypatch, facts):
    monkeypatch.setattr(actions, "SUSPICIOUS", 2)
    (row,) = ask()
    Attachment.objects.all().delete()
    for number in range(3):
        path = store.settings.MEDIA_ROOT / "00" / f"{number:032x}.sealed"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (1, 1))
    actions.sweep(by=System("files.sweep"), on=queries.today())
    assert len(on_disk()) == 4 and facts()[-1] == "files.sweep.halted" and row.pk


def test_a_row_whose_file_is_gone_is_found_and_told_once(ask, facts):
    (row,) = ask()
    store.drop(row.pk)
    for _twice in range(2):
        actions.sweep(by=System("files.sweep"), on=queries.today())
    row.refresh_from_db()
    assert row.state == FileState.LOST and facts().count("files.attachment.missed") == 1


# ---- room ----


def decide(cast, key: str, megabytes: int) -> None:
    LocalSetting.objects.create(
        organisation=cast.college, key=f"files.{key}", value=megabytes, effective_from="2024-01-01", decision="x",
        decided_at=queries.clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    "key, said", [("person_megabytes", "您的附件空间共 1 MB"), ("organisation_megabytes", "本组织的附件空间共 1 MB")]
)
def test_room_is_asked_for_before_anything_is_read_or_written(ask, upload, cast, key, said, monkeypatch):
    """B14."""
    decide(cast, key, 1)
    ask()
    monkeypatch.setattr(actions, "_examined", lambda *args: pytest.fail("it was read"))
    with pytest.raises(Refused, match=said):
        ask(upload(bytes(1024 * 1024), "big.pdf"), field="ethnicity")
    assert len(on_disk()) == 1


def test_used_room_is_the_sum_of_what_is_kept(ask, upload, cast):
    ask(upload("pdf"), upload("jpeg", "a.jpg"))
    size = sum(Attachment.objects.values_list("size", flat=True))
    assert dict(Shelf.objects.values_list("holder", "used")) == {
        f"account:{cast.wu.account_id}": size,
        f"organisation:{cast.branch.pk}": size,
    }


def test_files_that_are_too_large_together_are_refused_unread(ask, upload, settings):
    """B13: the page refuses a larger request by its length alone; here the sum of the parts."""
    settings.HALL_UPLOAD_LIMIT = 1000
    with pytest.raises(Refused, match="合计超过 0 MB"):
        ask(upload(b"%PDF-" + b"x" * 2000))


def test_a_full_disk_refuses_in_words_and_leaves_nothing_torn(ask, upload, monkeypatch):
    """B14, assurance §5 row 24: before the deed, and when it fills up while the bytes go to the disk."""
    monkeypatch.setattr(store.shutil, "disk_usage", lambda path: SimpleNamespace(free=10 * 1024 * 1024))
    with pytest.raises(Refused, match="系统磁盘已满"):
        ask()
    monkeypatch.undo()
    store.settings.MEDIA_ROOT.mkdir(exist_ok=True)

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(Refused, match="系统磁盘已满"):
        ask()
    assert not Correction.objects.exists() and not Attachment.objects.exists()
    assert on_disk() == [] and list(store.incoming().iterdir()) == []


def _at_once(cast, size: int) -> list[str]:
    """Two people of one branch keep a file of this size at the same instant; what each was told."""
    ready, said = threading.Barrier(2), []

    def one(name: str) -> None:
        try:
            person = getattr(cast, name)
            found = [actions.Examined("a.txt", actions.Clean("text", b"x" * size), True)]
            ready.wait(10)
            actions.keep(
                by=SimpleNamespace(key=f"account:{person.account_id}", label=name, may=lambda *each: True),
                examined=found, about=cast.member(name), organisation=cast.branch,
            )  # fmt: skip
            said.append("kept")
        except Refused:
            said.append("refused")
        finally:
            connection.close()

    hands = [threading.Thread(target=one, args=(name,)) for name in ("wu", "chen")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return sorted(said)


@pytest.fixture
def college(transactional_db):
    from hall.conftest import make_cast

    return make_cast()


@pytest.mark.race
def test_two_at_once_do_not_both_take_the_last_room(college):
    """B14."""
    decide(college, "organisation_megabytes", 1)
    assert _at_once(college, 700 * 1024) == ["kept", "refused"]
    assert Shelf.objects.get(holder=f"organisation:{college.branch.pk}").used == 700 * 1024


@pytest.mark.control
def test_control_without_the_one_statement_both_pass(college, monkeypatch):
    decide(college, "organisation_megabytes", 1)
    seen = threading.Barrier(2)

    def look_then_count(holder, limit, size, whose):
        used = Shelf.objects.filter(holder=holder).values_list("used", flat=True).first() or 0
        if whose == "organisation":
            with suppress(threading.BrokenBarrierError):
                seen.wait(2)  # both have looked before either counts
        if used + size > limit:
            raise Refused([])

    monkeypatch.setattr(actions, "_take_room", look_then_count)
    monkeypatch.setattr(actions, "acting", _without_transaction)
    assert _at_once(college, 700 * 1024) == ["kept", "kept"]


def _without_transaction(by, permission, within=None):
    @contextmanager
    def act():
        yield SimpleNamespace(key=by.key, at=queries.clock.now(), record_many=lambda *args, **more: [])

    return act()


@pytest.mark.fault
def test_a_process_killed_between_the_name_and_the_commit_leaves_no_row_and_nothing_torn(college):
    """Assurance §5 row 22 for files: the bytes are there whole, belong to nobody, open for nobody, and are swept."""
    connection.close()
    if not (child := os.fork()):
        try:
            store._to_disk = lambda folder: os.kill(os.getpid(), signal.SIGKILL)
            found = [actions.Examined("a.txt", actions.Clean("text", "户口本".encode()), True)]
            with acting(college.wu, "members.own") as act:
                actions.keep(by=act, examined=found, about=college.member("wu"), organisation=college.branch)
        finally:
            os._exit(3)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert (Attachment.objects.count(), Shelf.objects.count(), len(on_disk())) == (0, 0, 1)
    (left,) = store.settings.MEDIA_ROOT.rglob("*.sealed")
    assert "户口本".encode() not in left.read_bytes()
    for path in (left, *store.incoming().iterdir()):
        os.utime(path, (1, 1))
    actions.sweep(by=System("files.sweep"), on=queries.today())
    assert on_disk() == []
    assert list(store.incoming().iterdir()) == []


# ---- sealing ----


def test_a_file_moved_to_another_row_or_altered_does_not_open(ask, upload):
    """T18 for files: each has a secret of its own, sealed in its row."""
    one, two = ask(upload("pdf"), upload("text", "a.txt"))
    store.place_of(two.pk).write_bytes(store.place_of(one.pk).read_bytes())
    with pytest.raises(store.Broken):
        queries.content_of(two)
    whole = bytearray(store.place_of(one.pk).read_bytes())
    whole[-20] ^= 1
    store.place_of(one.pk).write_bytes(bytes(whole))
    with pytest.raises(store.Broken):
        queries.content_of(one)


def test_a_renewed_key_leaves_the_files_as_they_are_and_they_still_open(ask, cast):
    """Only the secret in the row is sealed anew (assurance §5 row 36)."""
    from hall.safekeeping import rotation

    (row,) = ask()
    before = store.place_of(row.pk).read_bytes()
    crypto.add_key("fields")
    try:
        for _progress in rotation.rotate():
            pass
        kept = Attachment.objects.get()
        assert queries.content_of(kept) == samples.ordinary()["pdf"]
        assert store.place_of(row.pk).read_bytes() == before
    finally:
        crypto.forget_keys()


def test_the_back_up_takes_the_files_and_brings_them_back(ask, tmp_path, settings, monkeypatch):
    """What is being written is not taken; a file that vanishes meanwhile does not break the back-up."""
    from hall.safekeeping import restoring, taking

    monkeypatch.setattr(taking, "_database", lambda work: ({"engine": "x", "migrations": [], "tables": {}}, []))
    (row,) = ask()
    monkeypatch.setenv("HALL_HOME", str(tmp_path))
    (store.incoming() / "begun.part").write_bytes(b"clear text")
    listed = taking._folder
    monkeypatch.setattr(
        taking,
        "_folder",
        lambda name: [*listed(name), ("files/gone.sealed", tmp_path / "gone")] if name == "files" else [],
    )
    taken = taking.take(tmp_path.parent / f"{tmp_path.name}.backup", "a pass phrase that is long")
    assert taken.files == 1
    into = tmp_path.parent / f"{tmp_path.name}-new"
    into.mkdir()
    restoring._unpacked(tmp_path.parent / f"{tmp_path.name}.backup", "a pass phrase that is long", into)
    settings.MEDIA_ROOT = into / "files"
    assert queries.content_of(row) == samples.ordinary()["pdf"]


def test_keeping_outside_another_deed_is_nobodys_right(cast, upload):
    examined = actions.examine(
        by=cast.lin, uploads=[upload("pdf")], model="members.correction", organisation=cast.branch
    )
    with pytest.raises(Refused):
        actions.keep(by=cast.lin, examined=examined, about=cast.member("wu"), organisation=cast.branch)


def test_a_payment_has_its_slip_and_without_one_nothing_changes(cast, upload):
    from hall.dues import actions as dues
    from hall.dues.models import Bill, Payment

    month = queries.today().replace(day=1)
    dues.assess_members(
        by=System("test"), bases=[dues.Basis(cast.member(name), "wage", 5000_00) for name in ("wu", "chen")],
        organisation=cast.branch, starts_on=month,
    )  # fmt: skip
    dues.issue_bills(by=System("test"), period=month, organisation=cast.branch)
    first, second = Bill.objects.filter(member__in=[cast.member("wu"), cast.member("chen")]).order_by("pk")
    said = {"by": cast.he, "amount": first.amount, "paid_on": queries.today(), "method": "transfer"}
    payment = dues.record_payment(bill=first, reference="one", slip=[upload("jpeg", "回单.jpg")], **said)
    dues.record_payment(bill=second, reference="two", **{**said, "amount": second.amount})
    assert [row.name for row in queries.files_of(payment)] == ["回单.jpg"] and Attachment.objects.count() == 1
    third = {"bill": second, "reference": "three", **said}
    with pytest.raises(Refused):
        dues.record_payment(slip=[upload("docx", "a.docx")], **third)
    assert Payment.objects.count() == 2


def test_what_was_uploaded_stands_in_the_home_and_not_in_a_common_folder(settings):
    """8.1.4.10: the web server's own copy of a large upload."""
    assert settings.FILE_UPLOAD_TEMP_DIR.name == "incoming"
    assert settings.FILE_UPLOAD_TEMP_DIR.stat().st_mode & 0o077 == 0


def test_an_empty_choice_is_no_file(cast):
    assert actions.examine(by=cast.lin, uploads=[None], model="members.correction", organisation=cast.branch) == []
    with pytest.raises(Refused, match="文件是空的"):
        actions.examine(
            by=cast.lin,
            uploads=[SimpleUploadedFile("a.pdf", b"")],
            model="members.correction",
            organisation=cast.branch,
        )
