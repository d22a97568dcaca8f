"""No secret in log lines, error pages and failed works (T11, T25, §5 row 38): canaries are posted, the rest is read."""

import logging

import pytest

from hall.core.logs import Lines
from hall.notices import worker
from hall.notices.models import Work

ID_NO, PHONE, PASSWORD, TOKEN = "330102200403077725", "13777888991", "Qx7-canary-pass!", "c9zq1x-" + "ab12" * 8
CANARIES = (ID_NO, PHONE, PASSWORD, TOKEN)
POSTED = {
    "/accounts/sign-in/": {"username": "lin", "password": PASSWORD},
    "/members/new/": {"name": "仉督雯", "id_no": ID_NO, "phone": PHONE, "standing": "full"},
    "/members/lookup/": {"number": ID_NO},
    "/members/mine/correction/": {"field": "phone", "wanted": PHONE, "why": PASSWORD},
    "/accounts/password/": {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD},
    "/accounts/proof/": {"password": PASSWORD},
    "/privacy/erasure/": {"wish": f"{ID_NO} {PHONE} {PASSWORD}"},
    f"/accounts/activation/MQ/{TOKEN}/": {"password": PASSWORD, "again": PASSWORD},
    f"/nothing/{TOKEN}/": {"x": ID_NO},
}


@pytest.fixture
def written():
    """Every log line of the root and all below it, as the hall writes it."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler, root = Kept(logging.DEBUG), logging.getLogger()
    handler.setFormatter(Lines())
    before, django = root.level, logging.getLogger("django")
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    django.addHandler(handler)
    yield lines
    root.removeHandler(handler)
    django.removeHandler(handler)
    root.setLevel(before)


def found(texts):
    return sorted({canary for canary in CANARIES for text in texts if canary in text})


@pytest.mark.parametrize("who", ["lin", "wu", ""])
def test_forms_full_of_secrets_leave_none_in_the_log(cast, written, who, client):  # T11
    browser = cast.browser(who) if who else client
    browser.raise_request_exception = False
    for address, said in POSTED.items():
        browser.post(address, said)
        browser.get(address, {"q": ID_NO, "token": TOKEN})
    assert any("/nothing/" in line for line in written), "the log was read"
    assert found(written) == []
    assert all(len(line.splitlines()) == 1 for line in written)


def test_a_crash_with_secrets_in_hand_shows_a_number_and_logs_none(cast, written, monkeypatch):  # T25
    def broken(**given):
        raise ValueError(f"cannot take {given!r} of {ID_NO} with password={PASSWORD} and '{TOKEN}'")

    monkeypatch.setattr("hall.members.actions.ask_correction", broken)
    browser = cast.browser("wu")
    browser.raise_request_exception = False
    answer = browser.post("/members/mine/correction/", {"field": "phone", "wanted": PHONE, "why": PASSWORD})
    page = answer.content.decode()
    number = next(line for line in written if "hall.errors" in line).split("error ")[1][:8]
    assert (answer.status_code, number in page) == (500, True)
    assert found([page, *written]) == []
    assert "Traceback" not in page and "ValueError" not in page


def test_a_work_that_breaks_off_shows_a_number_and_no_secret(cast, written, monkeypatch):  # T11, H14
    def broken(**given):
        raise RuntimeError(f"row of {ID_NO}, {PHONE}: password={PASSWORD}")

    from hall.core.modules import LongWork, long_works
    from hall.notices import actions

    monkeypatch.setitem(long_works(), "members.apply_roster", LongWork("members.apply_roster", "x", broken))
    work = actions.start_work(by=cast.lin, name="members.apply_roster")
    for _each in range(8):
        Work.objects.filter(pk=work.pk).update(not_before=work.asked_at)
        worker.work_one()
    work.refresh_from_db()
    assert work.state == "failed"
    assert found([work.error, str(work.result), *written]) == []


def test_control_the_canaries_are_seen_without_the_masks(cast, written):  # T11
    record = logging.LogRecord("x", logging.ERROR, "x", 1, f"{ID_NO} {PHONE} {TOKEN} {PASSWORD}", (), None)
    assert found([logging.Formatter().format(record)]) == sorted(CANARIES)
