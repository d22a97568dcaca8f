"""Hostile files are boring (assurance §5 row 27; B09–B12, B17, B21 in spirit): a sentence, little memory, no connection.

Short: all bombs and 300 altered files through both doors, and a few dozen through the pages. HALL_PROOFS=long: 10,000.
"""

import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hall.files.cleaning.apart import clean_apart
from hall.files.cleaning.unfit import Unfit
from hall.files.tests import hostile

MEMORY = 512  # MB
SECONDS = 10  # of work for one file


@contextmanager
def canary() -> Iterator[tuple[str, list[str]]]:
    """A listener of this machine that nobody may reach: its address, and who came."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    line, where = listener.accept()
                    heard.append(repr(where))
                    line.close()
                except TimeoutError:
                    continue

        ear = threading.Thread(target=listen)
        ear.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        over.set()
        ear.join()


def boring(count: int, seed: int) -> dict:
    with canary() as (url, heard):
        found = hostile.sent_through(hostile.everything(count, seed, url))
    assert found["errors"] == [] and found["connections"] == [] and heard == []
    assert found["files"] == count + len(hostile.bombs())
    assert found["memory_mb"] <= MEMORY, found["memory_mb"]
    assert found["slowest"][1] <= SECONDS, found["slowest"]
    return found


def test_bombs_and_three_hundred_altered_files_are_boring():
    found = boring(300, 27)
    assert sum(found["said"]["cleaning"].values()) == sum(found["said"]["reading"].values()) == found["files"]
    assert {"bomb", "pixels", "doctype", "outside", "names", "damaged"} <= set(found["said"]["cleaning"])


@pytest.mark.long
def test_ten_thousand_altered_files_are_boring(capsys):
    found = boring(10_000, 2026)
    with capsys.disabled():
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


def test_control_the_canary_hears_and_the_watch_sees():
    """What would be found if a reader did connect."""
    with canary() as (url, heard):
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=2).close()
        threading.Event().wait(0.5)
    assert len(heard) == 1
    tried: list[str] = []
    plain, ask = (socket.socket.connect, socket.socket.connect_ex), socket.getaddrinfo
    try:
        hostile._forbid_connections(tried)
        with pytest.raises(OSError, match="leaves"):
            socket.socket().connect(("127.0.0.1", 9))
    finally:
        socket.socket.connect, socket.socket.connect_ex = plain
        socket.getaddrinfo = ask
    assert len(tried) == 1


@pytest.mark.parametrize("name", ["as many pixels as pass", "zip in zip in zip", "PDF: a packed stream of objects"])
def test_the_process_apart_ends_a_bomb_within_its_bounds(name):
    """Its own ceilings hold whatever the library does: an answer, and never more than a refusal."""
    try:
        said = clean_apart(hostile.bombs()[name]()).kind
    except Unfit as refusal:
        said = refusal.code
    assert said in ("png", "archive", "damaged", "heavy")


DOORS = {
    "/members/mine/correction/": ("wu", "proofs", {"field": "native_place", "wanted": "温州", "why": "x"}),
    "/members/rosters/": ("lin", "file", {}),
    "/dues/assessments/sheets/": ("lin", "file", {"organisation": "", "month": "2026-01"}),
}
CHOSEN = (
    "zip bomb", "pixel flood", "every cell declared", "shared strings", "billion laughs in xlsx", "outside entity in xlsx",
    "content elsewhere", "symlink", "name '..\\\\x.xml'", "name with NUL", "PDF: nested without end", "a million columns",
    "PDF, picture and zip in one",
)  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_through_the_pages_every_file_gets_a_page_and_never_an_error(door, cast):
    """B10: status below 500 with a sentence, whoever sends it where."""
    name, field, said = DOORS[door]
    browser = cast.browser(name)
    made = hostile.bombs()
    files = [(each, made[each]()) for each in CHOSEN] + list(hostile.mutations(24, 5))
    for title, data in files:
        sent = {**said, field: SimpleUploadedFile("名册.xlsx", data)}
        if "organisation" in said:
            sent["organisation"] = cast.branch.pk
        answer = browser.post(door, sent)
        assert answer.status_code in (200, 302, 422), f"{title}: {answer.status_code}"
        assert "Traceback" not in answer.content.decode("utf-8", "replace")
