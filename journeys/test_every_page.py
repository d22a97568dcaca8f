"""Every page, for every post, on a PC and on a phone: it answers, fits, reads aloud, and its English is English.

The hall is first walked by its links without a browser (crawling.py), as each of the cast; the browser then looks at one
page of each route for each of them, save where the markup is that of an earlier person's page. Only GET.
"""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, Page

from hall.core.testing.cast import CAST
from hall.members.rules.roster import COLUMNS
from hall.members.tests import rosters
from journeys.conftest import PHONE, ROOT, WIDE, Hall, enter
from journeys.crawling import Visitor, Walk, chinese_words, walk
from journeys.living import live_in

pytestmark = pytest.mark.journey

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ACTORS = ("", *(role.username for role in CAST))
NARROW = {"width": 320, "height": 640}  # as wide as a page of 1280 at 400 % zoom (WCAG 1.4.10)
DATA = {
    "学校党委",
    "其他",
}  # a name people gave, the name of a national code: Chinese that is data, not ours to translate
READ_BEFORE = {"dues:sheet", "notices:parked"}  # show what was said when it happened, in the language of that moment

NAMED = "only a hall reached by a name keeps passkeys; walked by journeys/test_passkeys.py"
NOT_BY_LINK = {  # pages a link of the furnished hall cannot lead to, and who leads there
    "accounts:set_up": "only an empty hall has it; walked by hall/accounts tests",
    "accounts:activation": "the address stands in a letter; walked by hall/accounts tests",
    "accounts:code": "only between the two steps of signing in; walked by hall/accounts tests",
    "accounts:proof": "only a dangerous act leads there; walked by hall/accounts tests",
    "accounts:factor_picture": "a picture of a factor not yet confirmed; walked by hall/accounts tests",
    **{
        f"accounts:passkey{part}": NAMED
        for part in ("", "_registration", "_removal", "_question", "_entry", "_proof", "_proof_question")
    },
    "accounts:approval": "only an account that waits for approval offers it; walked by hall/accounts tests",
    "accounts:agreement": "only a request of another administrator offers it; walked by hall/accounts tests",
    "signon:begin": "only a hall with doors offers it; walked by journeys/test_campus_sign_on.py",
    "signon:arrival": "the campus leads there; walked by journeys/test_campus_sign_on.py",
    "signon:farewell": "only whoever came by the campus is offered it; walked by journeys/test_campus_sign_on.py",
    "signon:logout": "servers of the campus call it; walked by hall/signon tests",
    "signon:refused": "only after an answer of the campus; walked by journeys/test_campus_sign_on.py",
    "signon:approval": "only a binding that waits offers it; walked by journeys/test_campus_sign_on.py",
    "signon:withdrawal": "only a binding offers it; walked by hall/signon tests",
    "privacy:carrying_out": "only an erasure that was decided offers it; walked by journeys/test_privacy.py",
    "members:pair": "only two records that look alike offer it; walked by hall/members tests",
    "notices:repeated_work": "only a work that failed offers it; walked by hall/notices tests",
    "notices:repeated_sending": "only a message that could not be sent offers it; walked by hall/notices tests",
    "files:file": "a file, not a page; no demo row holds one; walked by journeys/test_uploads.py",
    "safekeeping:refused": "browsers send it by themselves; walked by hall/safekeeping tests",
    "papers:revocation": "only a collection that is in force offers it; walked by hall/papers tests",
    "witness:explanation": "only an open alarm offers it; walked by hall/witness tests",
    "desk:alive": "for the supervisor of the process",
    "desk:ready": "for the supervisor of the process",
}


@pytest.fixture(scope="module")
def walks(hall: Hall, browser: Browser) -> dict[str, Walk]:
    context = browser.new_context(base_url=hall.url, locale="zh-CN")
    ended = live_in(context.new_page(), lambda page, name: enter(page, name, hall.password))
    context.close()
    chinese = chinese_words(ROOT) - DATA
    return {who: walk(hall.url, who, hall.password, chinese, ended.get(who, [])) for who in ACTORS}


def test_every_link_offered_is_answered(walks: dict[str, Walk]) -> None:
    """A link that ends in 403, 404 or 500 for the person it was shown to is a defect of the page that shows it."""
    bad = [
        f"{stop.who or 'a stranger'}: {stop.found_on} → {stop.address}: {stop.status}"
        for walked in walks.values()
        for stop in walked.stops
        if stop.status != 200
    ]
    assert not bad, _lines(bad)


def test_english_is_complete(walks: dict[str, Walk]) -> None:
    """No text of an English page is one of our Chinese texts; only a sheet's own headers keep their names."""
    columns = {str(column.title) for column in COLUMNS} | set(rosters.TITLES.values())
    left = {
        (stop.route, text): f"{stop.who or 'a stranger'}: {stop.address}"
        for walked in walks.values()
        for stop in walked.stops
        for text in stop.foreign
        if not (stop.route == "members:roster" and text in columns) and stop.route not in READ_BEFORE
    }
    assert not left, _lines(f"{key}: {value}" for key, value in left.items())


def test_every_route_is_reached(walks: dict[str, Walk], hall: Hall) -> None:
    """Each page of the resolver is found by a link or explained above; what only takes POST is found as a form."""
    reached = {stop.route for walked in walks.values() for stop in walked.stops}
    missing = {}
    for route in sorted(_routes() - reached - set(NOT_BY_LINK)):
        offered = [(who, walked.deeds[route]) for who, walked in walks.items() if route in walked.deeds]
        if not offered:
            missing[route] = "neither a link nor a form leads there"
        elif (status := _status(hall, *offered[0])) != 405:
            missing[route] = f"only a form leads to this page, which answers {status} to GET"
    assert not missing, _lines(f"{key}: {value}" for key, value in missing.items())
    assert sorted(set(NOT_BY_LINK) - _routes()) == []
    assert sorted(set(NOT_BY_LINK) & reached) == []


def _lines(problems: Iterable[str]) -> str:
    return "\n" + "\n".join(problems)


def _status(hall: Hall, who: str, address: str) -> int:
    visitor = Visitor(hall.url)
    if who:
        visitor.sign_in(who, hall.password)
    return visitor.fetch(address)[0]


@cache
def _routes() -> set[str]:
    return set(_named(get_resolver().url_patterns, ""))


def _named(patterns: list, space: str):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}{pattern.name}"


@pytest.mark.parametrize("who", ACTORS, ids=lambda who: who or "stranger")
def test_every_page_fits_and_reads(who: str, walks: dict[str, Walk], open_page: Callable[..., Page]) -> None:
    """Axe at 1280 and 360 px, no sideways scroll at 360 and 320, a title, one heading of the first rank."""
    page, found = open_page(), []
    page.context.add_cookies(walks[who].cookies)
    for route, address in _unlike_others(walks)[who].items():
        page.set_viewport_size(WIDE)
        page.goto(address)
        found += [f"{route} {address}: {problem}" for problem in _problems(page)]
    assert not found, _lines(found)


def test_large_type_is_large_and_reads(walks: dict[str, Walk], open_page: Callable[..., Page], hall: Hall) -> None:
    """长辈版: each route once, as the first of the cast who reaches it; type of 18 px and more, nothing cut, axe finds nothing."""
    found, seen = [], set()
    for who in ACTORS:
        fresh = {route: address for route, address in _one_of_each(walks[who]).items() if route not in seen}
        if not fresh:
            continue
        seen |= set(fresh)
        page = open_page(viewport=PHONE)
        page.context.add_cookies([*walks[who].cookies, {"name": "hall_elder", "value": "1", "url": hall.url}])
        for route, address in fresh.items():
            page.goto(address)
            size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
            found += [f"{route} {address}: body type of {size} px"] if size < 18 else []
            found += [f"{route} {address}: {problem}" for problem in [*_sideways(page), *_axe(page, "large type")]]
        page.close()
    assert not found, _lines(found)


def _unlike_others(walks: dict[str, Walk]) -> dict[str, dict[str, str]]:
    """For each person the first page of each route, save those of the same markup as an earlier person's; the home
    page, with the person's menu, always."""
    seen: set[tuple[str, str]] = set()
    chosen: dict[str, dict[str, str]] = {}
    for who, walked in walks.items():
        chosen[who] = {}
        for stop in walked.stops:
            new = stop.route == "desk:home" or (stop.route, stop.shape) not in seen
            if stop.sheet and stop.status == 200 and stop.route not in chosen[who] and new:
                chosen[who][stop.route] = stop.address
                seen.add((stop.route, stop.shape))
    return chosen


def _one_of_each(walked: Walk) -> dict[str, str]:
    """The first address of each route that is a page."""
    chosen: dict[str, str] = {}
    for stop in walked.stops:
        if stop.sheet and stop.status == 200:
            chosen.setdefault(stop.route, stop.address)
    return chosen


def _problems(page: Page) -> list[str]:
    found = _axe(page, "1280 px")
    title, headings = page.title().split(" · ")[0].strip(), page.locator("h1").count()
    found += [] if title else ["no title"]
    found += [] if headings == 1 else [f"{headings} headings of the first rank"]
    page.set_viewport_size(PHONE)
    found += _sideways(page) + _axe(page, "360 px")
    page.set_viewport_size(NARROW)
    return found + _sideways(page)


def _sideways(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    width = page.viewport_size["width"] if page.viewport_size else 0
    return [f"{wide} px hang over at {width} px"] if wide > 0 else []


def _axe(page: Page, where: str) -> list[str]:
    """What axe finds. It is handed to the page from outside, so that the page's own policy stays in force."""
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE)
    found = page.evaluate(
        """tags => axe.run(document, {runOnly: tags, resultTypes: ["violations"], preload: false})
        .then(r => r.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(", ")}`))""",
        TAGS,
    )
    return [f"{problem} ({where})" for problem in found]
