"""Page 23: who sees it, what it says, verifying now, comparing an old checkpoint, what goes out (T01, T06; rows 8, 10)."""

import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from hall.accounts import actions as accounts
from hall.ledger import actions as ledger_actions
from hall.ledger import sealing
from hall.ledger.acting import System
from hall.ledger.models import Checkpoint, Entry, Leaf, Node
from hall.ledger.tests.logs import record, stranger
from hall.ledger.tests.test_each_kind import rewritten
from hall.notices import worker
from hall.witness import actions, queries
from hall.witness.models import Verification

pytestmark = pytest.mark.django_db
HAND = System("tests")


def page(name="ledger", *args):
    return reverse(f"witness:{name}", args=args)


def body(response):
    return response.content.decode()


def altered(number=7):
    """Somebody changes one entry past the hall (T01)."""
    entry = Leaf.objects.get(number=number).entry
    with connection.cursor() as cursor:
        key = entry.pk if connection.vendor == "postgresql" else entry.pk.hex
        cursor.execute("UPDATE ledger_entry SET about_id = 'x' WHERE id = %s", [key])
    return entry


def checkpoint():
    sealing.seal_all()
    sealing.checkpoint()
    return ledger_actions.take_checkpoint(by=HAND)


def compared(log, **said):
    return log.browser("audadmin").post(page("comparison"), said)


@pytest.mark.parametrize(
    "name, status", [("audadmin", 200), ("lin", 403), ("sun", 403), ("sysadmin", 403), ("li", 403)]
)
def test_only_the_auditor_and_who_is_invited_opens_it(log, name, status):
    assert log.browser(name).get(page()).status_code == status


def test_whoever_is_invited_verifies_but_signs_no_review_and_searches_no_deeds(log):
    (guest,) = accounts.open_accounts(by=HAND, people=[accounts.Newcomer("guest", "高见", "guest@example.edu.cn")])
    accounts.grant_post(
        by=HAND, account=guest, post="witness", organisation=log.college, starts_on=date(2024, 1, 1), reason="邀请"
    )
    log.accounts["guest"] = guest
    browser = log.browser("guest")
    assert browser.get(page()).status_code == 200
    assert browser.get(reverse("accounts:ledger")).status_code == 403
    assert reverse("accounts:ledger") not in body(browser.get(page()))
    assert browser.post(reverse("accounts:review"), {"note": "x"}).status_code == 403


def test_the_page_and_the_search_of_deeds_lead_to_each_other(log):
    browser = log.browser("audadmin")
    assert reverse("accounts:ledger") in body(browser.get(page()))
    assert page() in body(browser.get(reverse("accounts:ledger")))


def test_verify_now_is_a_work_that_may_be_left_and_its_result_is_kept(log):
    browser = log.browser("audadmin")
    assert "还没有人核验" in body(browser.get(page()))
    assert browser.post(page("beginning")).status_code == 302
    assert "progress-box" in body(browser.get(page()))
    browser.post(page("beginning"))  # a second press begins nothing
    assert Entry.objects.filter(name="notices.work.begun").count() == 1
    worker.once()
    shown = body(browser.get(page()))
    row = Verification.objects.filter(account=log.accounts["audadmin"]).get()
    assert (row.ok, actions.sentence(queries.last_verification()) in shown, "条，未发现改动" in shown) == (
        True,
        True,
        True,
    )
    assert "progress-box" not in shown
    assert page("verification", row.pk) in shown
    assert browser.get(page("verification", row.pk)).status_code == 200


def test_a_failure_names_the_entry_and_its_neighbours(log):
    """T01 on the page."""
    entry = altered()
    made = actions.verify(by=log.audadmin, progress=lambda done, total: None)
    assert (made.problems, made.findings[0]["index"]) == (1, 7)
    assert [line["index"] for line in made.findings[0]["around"]] == [6, 7, 8]
    browser = log.browser("audadmin")
    assert "账本被改动过" in body(browser.get(page()))
    shown = body(browser.get(page("verification", made.pk)))
    assert str(entry.pk) in shown and "此处" in shown
    assert "账本与签名时不一致" in body(log.browser("wu").get("/"))  # everybody sees that something is wrong


def test_an_old_checkpoint_as_a_file_as_text_and_in_a_letter(log):
    kept = json.dumps(checkpoint().as_dict())
    record(3)
    sealing.seal_all()
    file = SimpleUploadedFile("checkpoint.json", kept.encode())
    for said in ({"file": file}, {"text": kept}, {"text": f"您好！\n> 请保存\n{kept}\n--\n落款"}):
        answer = compared(log, **said)
        assert (answer.status_code, "账本是该核对点的延续" in body(answer)) == (200, True)
    assert Entry.objects.filter(name="witness.checkpoint.compared").count() == 3


def test_a_checkpoint_printed_on_paper(log):
    head = checkpoint()
    record(3)
    assert "账本是该核对点的延续" in body(compared(log, size=str(head.size), root=head.root.hex()[:16].upper() + "…"))
    assert "现在的账本与" in body(compared(log, size=str(head.size), root="0" * 16))


@pytest.mark.parametrize(
    "change, says",
    [
        ({"root": "00" * 32}, ("签名", "改写")),
        ({"log": "00" * 16}, ("另一套", "签名")),
        ({"size": 9999}, ("只有", "签名")),
        ({"signature": "00" * 70}, ("签名",)),
        ({"at": "2020-01-01T00:00:00.000000Z"}, ("签名",)),
    ],
)
def test_what_differs_is_said(log, change, says):
    text = json.dumps({**checkpoint().as_dict(), **change})
    shown = body(compared(log, text=text))
    assert all(word in shown for word in says)


def test_a_log_rewritten_with_the_stolen_key_differs(log):
    """T06: right hashes, right signatures, and yet another log than the one that left the building."""
    record(30)
    kept = checkpoint()
    rewritten()
    assert actions.verify(by=log.audadmin, progress=lambda done, total: None).ok  # inside nothing can tell: the control
    assert "改写" in body(compared(log, text=json.dumps(kept.as_dict())))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"text": "x"},
        {"text": "{" * 19_000},
        {"size": "3"},
        {"root": "ab" * 8},
        {"size": "x", "root": "ab" * 8},
        {"size": "3", "root": "zz" * 8},
        {"text": "{}", "size": "3", "root": "ab" * 8},
        {"file": SimpleUploadedFile("x.json", b"\xff\xfe\x00")},
        {"file": SimpleUploadedFile("x.json", b" " * 30_000)},
    ],
)
def test_bad_input_gets_one_sentence_and_leaves_nothing(log, said):
    before = Entry.objects.count()
    answer = compared(log, **said)
    assert (answer.status_code, body(answer).count('class="summary"') <= 1) == (422, True)
    assert Entry.objects.count() == before


def test_verifier_log_and_checkpoint_go_out_and_agree_elsewhere(log, tmp_path):
    """Row 10: what the page hands out verifies without the hall; no particulars go along."""
    browser = log.browser("audadmin")
    head = json.loads(browser.post(page("checkpoint")).content)
    data = b"".join(browser.post(page("data")).streaming_content).decode()
    code = b"".join(browser.get(page("verifier")).streaming_content)
    assert b"Needs python3" in code
    assert "particulars" not in data.splitlines()[1] and "陈志远" not in data
    verifier = stranger.Verifier(True, io.StringIO())
    verifier.read(data.splitlines())
    assert verifier.judge([stranger.head_from(head)]) == 0
    assert Entry.objects.filter(name__in=("witness.data.taken", "ledger.checkpoint.taken")).count() == 2


def test_a_checkpoint_is_refused_on_top_of_an_altered_log(log):
    checkpoint()
    Leaf.objects.filter(number=3).update(hash=b"x" * 32)
    Node.objects.filter(level=4).update(hash=b"x" * 32)
    before = Checkpoint.objects.count()
    assert log.browser("audadmin").post(page("checkpoint")).status_code == 302
    assert Checkpoint.objects.count() == before
    assert Entry.objects.filter(name="ledger.act.refused", about_id="witness.verify").exists()
