"""The people of a round: each says on paper what they intend and what was acknowledged, outside the hall, fsynced."""

import http.client
import json
import os
import re
import threading
import time
import uuid
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from faults.place import Place
from hall.core.identity import check_digit

LOST = (OSError, http.client.HTTPException)


class Paper:
    """A person's own record: a line each, on the disk before they go on."""

    def __init__(self, path: Path):
        self.path, self.lock = path, threading.Lock()

    def note(self, **said: Any) -> None:
        with self.lock, open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(said) + "\n")
            file.flush()
            os.fsync(file.fileno())


class Browser:
    """One signed-in session. Signs in again whenever the hall has forgotten it."""

    def __init__(self, place: Place, name: str):
        self.place, self.name, self.cookies = place, name, dict[str, str]()

    def ask(self, path: str, form: dict[str, Any] | None = None, file: tuple[str, bytes] | None = None) -> Any:
        """Status, address it leads to, body. LOST errors if the answer did not come."""
        body, kind = None, ""
        if form is not None:
            form = {**form, "csrfmiddlewaretoken": self.cookies.get("hall_csrf", "")}
            body, kind = _multipart(form, file) if file else (urlencode(form), "application/x-www-form-urlencoded")
        there = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=20)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        try:
            there.request(
                "GET" if form is None else "POST", path, body, headers | ({"Content-Type": kind} if kind else {})
            )
            answer = there.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            there.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), text

    def sign_in(self) -> bool:
        page = self.place.sign_in
        self.cookies.clear()
        self.ask(page)
        said = {"username": self.name, "password": self.place.password}
        return bool(self.ask(page, said)[0] == 302)

    def post(self, path: str, form: dict[str, Any], file: tuple[str, bytes] | None = None) -> Any:
        answer = self.ask(path, form, file)
        if (answer[0] == 302 and answer[1].startswith(self.place.sign_in)) or answer[0] == 403:
            if not self.sign_in():
                raise ConnectionError("not signed in")
            answer = self.ask(path, form, file)
        return answer


def _multipart(form: dict[str, Any], file: tuple[str, bytes]) -> tuple[bytes, str]:
    edge = uuid.uuid4().hex
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in form.items()]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n\r\n'.encode()
    return b"".join([*parts, head, file[1], f"\r\n--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"


class Person(threading.Thread):
    """Goes on until told to stop. A lost answer is asked for again with the same key, as a browser's user does."""

    def __init__(self, place: Place, name: str, paper: Paper, dice: Random, stop: threading.Event):
        super().__init__()
        self.place, self.browser, self.paper, self.dice, self.stop = place, Browser(place, name), paper, dice, stop

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.turn()
            except LOST:
                self.stop.wait(0.2)

    def turn(self) -> None:
        raise NotImplementedError

    def settled(self, key: str, path: str, form: dict[str, Any], right: str | tuple[str, ...], file: Any = None) -> Any:
        """Post until an answer comes; acknowledged if it leads where a done deed leads. None if the round ended first."""
        while True:
            try:
                status, where, _text = self.browser.post(path, form, file)
            except LOST:
                status, where = 0, ""
            if status == 302 and where.startswith(right):
                self.paper.note(key=key, said="acknowledged")
                return where
            if status not in (0, 500, 502, 503) or self.stop.wait(0.3):
                return None


class Cashier(Person):
    """Takes five fen for an open bill; now and then sends the same form twice at once."""

    def turn(self) -> None:
        sql = "SELECT id FROM dues_bill WHERE organisation_id = %s AND status = 'open' ORDER BY random() LIMIT 1"
        rows = self.place.ask(sql, [self.place.branch])
        if not rows:
            self.stop.wait(0.3)
            return
        bill, batch = rows[0][0], uuid.uuid4().hex
        form = {"amount": "0.05", "paid_on": self.place.today, "method": "cash", "reason": "补交", "batch": batch}
        self.paper.note(key=f"{batch}-{bill}", said="pay", bill=bill)
        twice = threading.Thread(target=self._again, args=(bill, form)) if self.dice.random() < 0.5 else None
        if twice:
            twice.start()
        self.settled(f"{batch}-{bill}", f"/dues/bills/{bill}/payment/", form, f"/dues/bills/{bill}/")
        if twice:
            twice.join()

    def _again(self, bill: int, form: dict[str, Any]) -> None:
        other = Browser(self.place, self.browser.name)
        other.cookies = dict(self.browser.cookies)
        try:
            other.post(f"/dues/bills/{bill}/payment/", form)
        except LOST:
            return


class Clerk(Person):
    """Brings rosters of new students in, small and large ones, and issues months for them."""

    number = 0
    month = 0

    def turn(self) -> None:
        count = 320 if Clerk.number % 3 == 1 else 12
        Clerk.number += 1
        numbers = [f"F{Clerk.number:03}{place:04}{self.dice.randrange(10**6):06}" for place in range(count)]
        file = ("名册.csv", _roster(numbers, self.place.branch_name, self.dice))
        self.browser.post("/members/rosters/", {})
        status, where, _text = self.browser.post("/members/rosters/", {"sheet": ""}, file)
        if status != 302 or not (found := re.search(r"/rosters/([0-9a-f-]{36})/", where)):
            self.paper.note(said="not read", status=status)
            return
        self.paper.note(key=found[1], said="enrol", numbers=numbers)
        right = "/notices/works/" if count > 300 else "/members/rosters/"
        path = f"/members/rosters/{found[1]}/application/"
        self.settled(found[1], path, {"mode": "all", "create_organisations": "", "under": ""}, right)
        self._issue()

    def _issue(self) -> None:
        year, month = divmod(2025 * 12 + 11 - Clerk.month, 12)
        Clerk.month += 1
        key = f"{year}-{month + 1:02}"
        known = [row[0] for row in self.place.ask("SELECT campus_no FROM members_member WHERE campus_no LIKE 'F%%'")]
        self.paper.note(key=key, said="issue", numbers=known)
        self.settled(
            key, "/dues/issue/", {"organisation": self.place.branch, "month": key}, ("/dues/", "/notices/works/")
        )


def _roster(numbers: list[str], branch: str, dice: Random) -> bytes:
    lines = ["姓名,身份证号码,性别,民族,出生日期,人员类别,所在党支部,加入党组织日期,转为正式党员日期,学号,身份"]
    for number in numbers:
        seventeen = f"99{dice.randrange(10**4):04}19990102{dice.randrange(100) * 2 + 201:03}"
        name = "赵" + "".join(dice.sample("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰", 2))
        identity = seventeen + check_digit(seventeen)
        lines.append(f"{name},{identity},男,汉族,1999-01-02,正式党员,{branch},2019-05-04,2020-05-04,{number},学生")
    return "\n".join(lines).encode("utf-8-sig")


def wait_for(place: Place, seconds: float = 60) -> None:
    """Until the web server answers. TimeoutError if it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            Browser(place, "").ask("/healthz")
            return
        except LOST:
            time.sleep(0.1)
    raise TimeoutError("the web server does not answer")
