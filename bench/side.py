"""One side of a comparison in a process of its own: the hall, or the ceiling app. Takes orders as lines of JSON.

`{"do": "pages", "steps": […], "times": 20}` runs requests through the whole WSGI handler, middleware and templates
included, without a socket; `{"do": "work", "name": …}` runs one of `bench.works`. Answers one line each.
"""

import json
import os
import re
import sys
import traceback
from functools import partial
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from io import BytesIO
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

NAMES = {"hall": "hall.settings", "ceiling": "bench.ceiling.settings"}


class Fields(HTMLParser):
    """What the forms of a page would send as they stand."""

    def __init__(self, page: str):
        super().__init__()
        self.found: dict[str, str] = {}
        self._select = self._text = ""
        self.feed(page[max(0, page.find("<main")) :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        name = has.get("name") or ""
        if tag == "input" and name and (has.get("type") not in ("checkbox", "radio") or "checked" in has):
            self.found[name] = has.get("value") or ""
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
            self.found[name] = ""
        elif tag == "option" and "selected" in has:
            self.found[self._select] = has.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._text = "" if tag == "textarea" else self._text

    def handle_data(self, data: str) -> None:
        if self._text:
            self.found[self._text] += data.lstrip("\n")


class Browser:
    """Sends requests straight into the WSGI application, with a session cookie, and keeps what it was told."""

    def __init__(self, application: Any, session: str):
        self.application, self.cookies, self.fields = application, {"hall_session": session}, {}

    def send(self, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        path, _, query = quote(path, safe="/?=&%").partition("?")
        body = urlencode({**self.fields, **form}).encode() if form is not None else b""
        told: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], *_error: Any) -> None:
            told.update(status=int(status[:3]), headers=headers)

        answer = self.application(self._environ(path, query, body, form is not None), start)
        page = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        for name, value in told["headers"]:
            if name.lower() == "set-cookie":
                self.cookies.update({key: morsel.value for key, morsel in SimpleCookie(value).items()})
        return told["status"], page

    def _environ(self, path: str, query: str, body: bytes, posting: bool) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": "POST" if posting else "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1",
            "SERVER_PROTOCOL": "HTTP/1.1", "CONTENT_TYPE": "application/x-www-form-urlencoded" if posting else "",
            "CONTENT_LENGTH": str(len(body)), "HTTP_COOKIE": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr,
            "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip


class Side:
    """The application, its browser for each session, and the meter."""

    def __init__(self, name: str):
        from django.core.wsgi import get_wsgi_application

        self.application = get_wsgi_application()
        from bench.meter import Backends

        self.backends, self.browsers, self.round = Backends(os.environ.get("PGAPPNAME", "")), {}, count(1)

    def pages(self, session: str, steps: list[dict], times: int, counted: bool = False) -> dict[str, Any]:
        """Run the steps `times` over; CPU-milliseconds for one run, or (counted) the statements of one run."""
        from bench.meter import statements, timed

        browser = self.browsers.setdefault(session, Browser(self.application, session))
        if counted:
            for step in (each for each in steps if each.get("free")):
                self._send(browser, step)
            with statements() as sent:
                size = self._run(browser, [each for each in steps if not each.get("free")])
            return {"queries": len(sent), "bytes": size, "statements": sent}
        costs = [
            timed(partial(self._send, browser, step), self.backends)[1]
            for step in self._unrolled(browser, steps, times)
        ]
        owns, databases = [cost.own for cost in costs], [cost.database for cost in costs]
        return {"own": sum(owns) / times, "database": None if None in databases else sum(databases) / times}

    def _unrolled(self, browser: Browser, steps: list[dict], times: int) -> Any:
        """The steps that are measured; those marked free are taken between them."""
        for _n in range(times):
            for step in steps:
                if step.get("free"):
                    self._send(browser, step)
                else:
                    yield step

    def _run(self, browser: Browser, steps: list[dict]) -> int:
        return sum(self._send(browser, step) for step in steps)

    def _send(self, browser: Browser, step: dict) -> int:
        form = step.get("form")
        if form is not None:
            number = str(next(self.round))
            form = {name: value.replace("#", number) for name, value in form.items()}
        status, page = browser.send(step["path"], form)
        if status != step.get("status", 200):
            raise RuntimeError(
                f"{step['path']} answered {status}: {re.sub(rb'<[^>]+>', b' ', page)[:1500].decode('utf-8', 'replace')}"
            )
        if step.get("fill"):
            browser.fields = Fields(page.decode()).found
        return len(page)

    def work(self, name: str, **given: Any) -> dict[str, Any]:
        from bench import works

        return getattr(works, name)(self.backends, **given)


def main(name: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = NAMES[name]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    side = Side(name)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = getattr(side, order.pop("do"))(**order)
        except Exception as error:
            answer = {"failed": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
        answers.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
