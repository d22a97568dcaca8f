"""B16: the scanner is asked by its own protocol; what it finds stays out; its silence never becomes a clean verdict."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from hall.core.findings import Refused
from hall.files import actions, queries, scanner, store
from hall.files.models import Attachment, Shelf
from hall.files.tests import samples
from hall.files.tests.clamd import clamd
from hall.files.words import FileState
from hall.ledger import clock
from hall.ledger.models import Particulars
from hall.members.models import Correction
from hall.notices.models import Message
from hall.settings import clamd as address_of

SILENT = ("error", "nonsense", "half", "endless", "hang up", "other file")


@pytest.fixture
def daemon(settings):
    with clamd() as running:
        settings.HALL_CLAMAV = running.address
        yield running


def infected() -> bytes:
    return "附：".encode() + samples.EICAR


def test_a_clean_file_is_kept_as_scanned_and_the_scanner_saw_every_byte(daemon, ask, upload):
    big = "证明\n".encode() * 40_000
    (row,) = ask(upload(big, "a.txt"))
    assert (row.state, row.scanned_at is not None, daemon.seen) == (FileState.KEPT, True, [big])


def test_the_scanner_answers_over_a_unix_socket_as_well(settings, tmp_path):
    with clamd(tmp_path / "c") as running:
        settings.HALL_CLAMAV = running.address
        assert scanner.scan(b"x").malware == ""
        assert scanner.scan(samples.EICAR).malware == "Win.Test.EICAR_HDB-1"


def test_an_infected_file_is_refused_kept_out_recorded_and_told(daemon, ask, upload, cast, facts):
    """B16: a sentence for the person, a fact in the ledger, an alarm for whoever runs the hall; no byte on the disk."""
    before = len(facts())
    with pytest.raises(Refused, match="发现恶意代码（Win"):
        ask(upload(infected(), "证明.txt"))
    assert facts(after=before) == ["files.malware.refused"]
    assert not Correction.objects.exists() and not Attachment.objects.exists() and not Shelf.objects.exists()
    assert list(store.settings.MEDIA_ROOT.iterdir()) == []
    told = Message.objects.filter(fact_name="files.malware.refused").values_list("account__username", flat=True)
    assert list(told) == ["sysadmin"]
    assert "证明" not in Particulars.objects.get(entry__name="files.malware.refused").text


def test_an_infected_upload_through_the_page_is_one_sentence(daemon, cast, upload):
    said = {"field": "native_place", "wanted": "温州", "why": "x", "proofs": upload(infected(), "a.txt")}
    answer = cast.browser("wu").post("/members/mine/correction/", said)
    assert answer.status_code == 422 and "发现恶意代码" in answer.content.decode()


@pytest.mark.parametrize("mood", SILENT)
def test_a_broken_answer_is_no_verdict_and_the_file_waits(daemon, ask, cast, mood):
    daemon.mood = mood
    (row,) = ask()
    assert (row.state, row.scanned_at) == (FileState.WAITING, None)
    answer = cast.browser("lin").get(f"/files/{row.pk}/")
    assert answer.status_code == 409 and "等待查毒" in answer.content.decode()
    assert "等待查毒" in cast.browser("lin").get(f"/members/corrections/{row.about_id}/").content.decode()


@pytest.mark.parametrize("mood", ["hang", "drip"])
def test_a_scanner_that_hangs_or_drips_costs_only_its_time(daemon, ask, mood, monkeypatch):
    monkeypatch.setattr(scanner, "PATIENCE", 0.4)
    daemon.mood = mood
    began = time.monotonic()
    (row,) = ask()
    assert row.state == FileState.WAITING and time.monotonic() - began < 5


def test_a_scanner_that_is_down_makes_the_file_wait(settings, ask):
    settings.HALL_CLAMAV = "tcp://127.0.0.1:1"
    assert ask()[0].state == FileState.WAITING


def test_what_waited_is_freed_when_the_scanner_is_back(daemon, ask, cast, facts):
    daemon.mood = "hang up"
    (row,) = ask()
    assert actions.scan_waiting() == 0
    daemon.mood = ""
    assert actions.scan_waiting() == 1 and actions.scan_waiting() == 0
    assert facts()[-1] == "files.attachment.cleared"
    assert cast.browser("lin").get(f"/files/{row.pk}/").status_code == 200


def test_what_waited_and_is_infected_is_taken_out_with_its_room_its_secret_and_its_bytes(
    daemon, ask, upload, facts, django_capture_on_commit_callbacks
):
    daemon.mood = "error"
    (row,) = ask(upload(infected(), "a.txt"))
    daemon.mood = ""
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.scan_waiting() == 1
    row.refresh_from_db()
    assert (row.state, row.secret, store.is_there(row.pk)) == (FileState.INFECTED, "", False)
    assert facts()[-1] == "files.malware.found" and set(Shelf.objects.values_list("used", flat=True)) == {0}
    told = Message.objects.filter(fact_name="files.malware.found").values_list("account__username", flat=True)
    assert sorted(told) == ["sysadmin", "wu"]


def test_what_was_kept_before_there_was_a_scanner_is_scanned_afterwards_and_stays_open_meanwhile(ask, cast, settings):
    (row,) = ask()
    assert row.state == FileState.KEPT and row.scanned_at is None and actions.scan_waiting() == 0
    with clamd() as running:
        settings.HALL_CLAMAV = running.address
        assert cast.browser("lin").get(f"/files/{row.pk}/").status_code == 200
        assert actions.scan_waiting() == 1
    row.refresh_from_db()
    assert row.scanned_at is not None


def test_a_long_silence_is_told_once_a_day(daemon, ask, facts):
    daemon.mood = "hang up"
    ask()
    later = clock.now()
    for hours, times in ((0, 0), (2, 1), (3, 1), (27, 2)):
        with clock.played(later + timedelta(hours=hours)):
            actions.scan_waiting()
        assert facts().count("files.scanner.silent") == times


def test_the_name_the_scanner_gives_is_text_of_one_line(daemon):
    daemon.mood = "nasty name"
    assert scanner.scan(b"x").malware == "scriptX: y/script"


@pytest.mark.parametrize("text", ["clamd", "http://x/", "tcp://", "unix:"])
def test_an_address_that_is_none_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="HALL_CLAMAV"):
        address_of(text)


def test_no_address_means_no_scanner(ask):
    assert address_of("") == "" and not scanner.configured() and queries.count() == 0
