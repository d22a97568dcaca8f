"""Walk the hall by its links, as each of the cast: what can be reached, what answers badly, and what English leaves in Chinese.

This is done without a browser, thirty pages a second; the browser then looks at what was found. Only GET, only links
the pages themselves offer, a few addresses of each route.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import Cookie, CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

import polib
from django.urls import Resolver404, resolve

EACH_ROUTE = 3  # addresses of one route that are fetched for one person
SEEN_WORDS = ("aria-label", "placeholder", "title", "alt", "data-label", "data-empty")
UNSEEN = {"script", "style", "template", "head"}
HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Stop:
    """One address as one person finds it. `sheet` is a page of HTML, not a file to save.

    `foreign` is the Chinese that English leaves; `shape` is the markup between the page's own heading and its foot
    without its words: two pages of one shape look alike to axe.
    """

    who: str
    route: str
    address: str
    status: int
    sheet: bool
    found_on: str
    foreign: tuple[str, ...] = ()
    shape: str = ""


@dataclass
class Walk:
    """What one person can reach, and where the forms they were offered lead."""

    who: str
    stops: list[Stop] = field(default_factory=list)
    deeds: dict[str, str] = field(default_factory=dict)
    cookies: list[dict] = field(default_factory=list)


class Reader(HTMLParser):
    """The links, forms and visible words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.deeds: list[str] = []
        self.words: list[str] = []
        self.token = ""
        self.marks: list[str] = []
        self._unseen = 0
        self._in_main = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._unseen += tag in UNSEEN
        self._in_main |= tag == "main"
        if self._in_main:
            self.marks.append(" ".join((tag, values.get("class", ""), values.get("type", ""), *sorted(values))))
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "form":
            (self.deeds if values.get("method", "").lower() == "post" else self.links).append(values.get("action", ""))
        if values.get("name") == "csrfmiddlewaretoken":
            self.token = values["value"]
        self.words += [values[name] for name in SEEN_WORDS if values.get(name)]
        self.deeds += [values["formaction"]] if "formaction" in values else []

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN
        self._in_main &= tag != "main"

    @property
    def shape(self) -> str:
        """Rows alike count once."""
        return "\n".join(dict.fromkeys(self.marks))

    def handle_data(self, data: str) -> None:
        if not self._unseen and data.strip():
            self.words.append(data)


class Visitor:
    """Somebody with a cookie jar."""

    def __init__(self, hall_url: str) -> None:
        self.hall = hall_url
        self.jar = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))

    def in_english(self) -> "Visitor":
        """The same person, who has chosen English."""
        twin = Visitor(self.hall)
        for cookie in self.jar:
            twin.jar.set_cookie(cookie)
        twin.jar.set_cookie(_cookie("hall_language", "en", urlsplit(self.hall).hostname or ""))
        return twin

    def fetch(self, address: str, data: dict | None = None) -> tuple[int, str, str, bytes]:
        """Status, the address it ended at, the content type, the body."""
        request = Request(urljoin(self.hall, address), urlencode(data).encode() if data else None)
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.url, answer.headers.get_content_type(), answer.read()
        except HTTPError as error:
            return error.code, error.url, error.headers.get_content_type(), error.read()

    def sign_in(self, name: str, password: str) -> None:
        page = Reader(self.fetch("/accounts/sign-in/")[3].decode())
        status, address, _kind, _body = self.fetch(
            "/accounts/sign-in/", {"csrfmiddlewaretoken": page.token, "username": name, "password": password}
        )
        assert (status, urlsplit(address).path) == (200, "/"), f"{name} could not sign in"


def _cookie(name: str, value: str, host: str) -> Cookie:
    return Cookie(0, name, value, None, False, host, False, False, "/", True, False, None, False, None, None, {})


def walk(hall_url: str, who: str, password: str, chinese: frozenset[str], ended: Iterable[str] = ()) -> Walk:
    """Follow the links from the home hall, and from where the person's deeds ended, breadth first.

    A stranger ("") begins at the sign-in page.
    """
    visitor, made = Visitor(hall_url), Walk(who)
    if who:
        visitor.sign_in(who, password)
    english = visitor.in_english()
    waiting = deque((address, "") for address in ("/" if who else "/accounts/sign-in/", *ended))
    seen, fetched = {address for address, _from in waiting}, Counter()
    while waiting:
        address, found_on = waiting.popleft()
        route = route_of(address)
        if fetched[route] >= EACH_ROUTE:
            continue
        fetched[route] += 1
        stop, page = _visit(visitor, english, (who, route, address), found_on, chinese)
        made.stops.append(stop)
        for link in _inside(page.links, address) if page else ():
            if link not in seen:
                seen.add(link)
                waiting.append((link, address))
        for deed in _inside(page.deeds, address) if page else ():
            made.deeds.setdefault(route_of(deed), deed)
    made.cookies = [{"name": c.name, "value": c.value or "", "url": hall_url} for c in visitor.jar]
    return made


def _visit(
    visitor: Visitor, english: Visitor, stop: tuple[str, str, str], found_on: str, chinese: frozenset[str]
) -> tuple[Stop, Reader | None]:
    address = stop[2]
    status, _ended, kind, body = visitor.fetch(address)
    if kind != "text/html":
        return Stop(*stop, status, False, found_on), None
    foreign: tuple[str, ...] = ()
    if status == 200:
        words = Reader(english.fetch(address)[3].decode()).words
        foreign = tuple(sorted({word.strip() for word in words} & chinese))
    page = Reader(body.decode())
    return Stop(*stop, status, True, found_on, foreign, page.shape), page


def _inside(links: list[str], here: str) -> Iterator[str]:
    """Addresses of this hall, without fragments."""
    for link in links:
        parts = urlsplit(urljoin(f"http://hall{here}", link))
        if parts.scheme == "http" and parts.netloc == "hall":
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def route_of(address: str) -> str:
    """The name of the route, e.g. dues:month; "static" for files, "?" for what the hall does not know."""
    path = urlsplit(address).path
    if path.startswith("/static/"):
        return "static"
    try:
        return resolve(path).view_name
    except Resolver404:
        return "?"


def chinese_words(root: Path) -> frozenset[str]:
    """Every Chinese text of our catalogues that differs from its English and has no gap to fill in.

    Not those of notices: a message is kept as it was sent, in the language of the hall.
    """
    sent = " ".join(path.read_text() for path in root.glob("hall/*/templates/*/notices/*.txt"))
    return frozenset(
        text
        for catalogue in root.glob("hall/*/locale/zh_Hans/LC_MESSAGES/django.po")
        for entry in polib.pofile(str(catalogue))
        if entry.msgid not in sent
        for text in (entry.msgstr, *entry.msgstr_plural.values())
        if HAN.search(text) and "%(" not in text and text != entry.msgid
    )
