"""What is measured, beside what, and what must come of it (stack.md, "Performance targets")."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

WHOLE_COLLEGE = 0  # in place of a branch's id

Steps = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Goal:
    """One target. `holds(result)` answers None where this run cannot say."""

    text: str
    holds: Callable[[dict], bool | None]


def share(least: float) -> Goal:
    return Goal(
        f"≥ {least:.0%} of the ceiling's speed", lambda r: None if not r.get("ratio") else 1 / r["ratio"] >= least
    )


def cpu(sqlite: float, postgres: float) -> Goal:
    text = f"≤ {sqlite:g} ms" if sqlite == postgres else f"≤ {sqlite:g} ms SQLite, {postgres:g} ms PostgreSQL"
    return Goal(text, lambda r: r["ours"] <= (sqlite if r["database"] == "sqlite" else postgres))


def queries(most: int) -> Goal:
    return Goal(f"≤ {most} queries", lambda r: r["queries"] <= most)


def times(factor: float, other: str) -> Goal:
    return Goal(
        f"≤ {factor:g} × {other}",
        lambda r: None if other not in r["others"] else r["ours"] <= factor * r["others"][other]["ours"],
    )


def seconds(most: float, per: int) -> Goal:
    """For `per` rows; other numbers of rows are scaled."""
    return Goal(
        f"≤ {most:g} s for {per:,}", lambda r: None if not r["rows"] else r["ours"] / 1000 * per / r["rows"] <= most
    )


def memory(most: float) -> Goal:
    return Goal(f"≤ {most:g} MB", lambda r: r["peak"] <= most)


def each(most: float) -> Goal:
    return Goal(f"≤ {most:g} ms each", lambda r: r["ours"] / r["rows"] <= most)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the hall beside a page of the ceiling app. Both take the college and answer steps."""

    name: str
    title: str
    ours: Callable[[Any], Steps]
    limit: Callable[[Any], Steps]
    who: str = "secretary"
    must: tuple[Goal, ...] = ()
    stretch: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """Work in bulk beside its limit: names in `bench.works`. `given` answers one set of arguments for each round."""

    name: str
    title: str
    ours: str
    limit: str
    given: Callable[[Any], list[dict]]
    must: tuple[Goal, ...] = ()
    stretch: tuple[Goal, ...] = ()
    largest: int = 50_000  # members; on a larger college this case is left out
    prepare: bool = False  # the first call of ours only prepares


@dataclass(frozen=True, slots=True)
class Server:
    """The real web server on this machine's own address."""

    name: str
    title: str
    must: tuple[Goal, ...] = ()
    stretch: tuple[Goal, ...] = ()


def get(*paths: str, **more: Any) -> Steps:
    return [{"path": path, **more} for path in paths]


def _months_before(period: str, first: int, count: int) -> list[str]:
    year, month = int(period[:4]), int(period[5:7])
    return [
        f"{(year * 12 + month - 1 - back) // 12}-{(year * 12 + month - 1 - back) % 12 + 1:02d}-01"
        for back in range(first, first + count)
    ]


def _change(college: Any) -> Steps:
    page = f"/members/{college['member']}/change/"
    return [
        {"path": page, "free": True, "fill": True},
        {"path": page, "form": {"party_post": "宣传委员#"}, "status": 302},
    ]


def _change_limit(college: Any) -> Steps:
    page = f"/change/{college['member']}/"
    return [
        {"path": page, "free": True, "fill": True},
        {"path": page, "form": {"party_post": "宣传委员#"}, "status": 302},
    ]


LIST = (share(0.6), cpu(7.5, 14), queries(8))
LIST_MORE = (share(0.8),)

PAGES = (
    Page(
        "list", "member list, 50 rows, secretary of a branch", lambda c: get("/members/"), lambda c: get(f"/members/{c['branch']}/"),
        must=LIST, stretch=LIST_MORE,
    ),
    Page(
        "filters", "member list with three filters", lambda c: get("/members/?standing=full&identity=teacher&age=36-45"),
        lambda c: get(f"/members/{c['branch']}/"), must=(times(1.3, "list"), queries(8)), stretch=(times(1.0, "list"),),
    ),
    Page(
        "search", "member list, search by the beginning of the name", lambda c: get(f"/members/?q={c['surname']}"),
        lambda c: get(f"/members/{c['branch']}/?q={c['surname']}"), must=(times(1.3, "list"), queries(8)), stretch=(times(1.0, "list"),),
    ),
    Page(
        "pinyin", "member list, search by pinyin initials", lambda c: get(f"/members/?q={c['initials']}"),
        lambda c: get(f"/members/{c['branch']}/?i={c['initials']}"), must=(times(1.3, "list"), queries(8)), stretch=(times(1.0, "list"),),
    ),
    Page(
        "list-all", "member list, 50 of everybody, organisation department", lambda c: get("/members/"), lambda c: get("/members/0/"),
        who="department", must=LIST, stretch=LIST_MORE,
    ),
    Page(
        "search-all", "search among everybody by two characters of the name", lambda c: get(f"/members/?q={c['begins']}"),
        lambda c: get(f"/members/0/?q={c['begins']}"), who="department", must=(times(1.3, "list-all"), queries(8)),
        stretch=(times(1.0, "list-all"),),
    ),
    Page(
        "pinyin-all", "search among everybody by all initials", lambda c: get(f"/members/?q={c['all_initials']}"),
        lambda c: get(f"/members/0/?i={c['all_initials']}"), who="department", must=(times(1.3, "list-all"), queries(8)),
        stretch=(times(1.0, "list-all"),),
    ),
    Page(
        "member", "member page with history", lambda c: get(f"/members/{c['member']}/"), lambda c: get(f"/member/{c['member']}/"),
        must=(cpu(4.6, 7), queries(10)),
    ),
    Page(
        "home", "home hall", lambda c: get("/"), lambda c: get(f"/home/{c['branch']}/"), must=(cpu(11, 11), queries(12)),
        stretch=(cpu(6, 6),),
    ),
    Page(
        "home-all", "home hall, organisation department", lambda c: get("/"), lambda c: get(f"/home/{WHOLE_COLLEGE}/"), who="department",
        must=(cpu(11, 11), queries(12)), stretch=(cpu(6, 6),),
    ),
    Page(
        "home-cold", "home hall right after a deed of one's own, nothing kept", lambda c: [{**step, "free": True} for step in _change(c)] + get("/"),
        lambda c: get(f"/home/{c['branch']}/"),
    ),
    Page("todo", "to-do centre", lambda c: get("/tasks/"), lambda c: get(f"/home/{c['branch']}/"), must=(cpu(11, 11), queries(15))),
    Page(
        "form", "a form submitted: a record changed, with its facts", _change, _change_limit, must=(cpu(12, 12),), stretch=(cpu(7, 7),)
    ),
    Page(
        "board", "month board of a branch", lambda c: get(f"/dues/?month={_months_before(c['period'], 1, 1)[0][:7]}"),
        lambda c: get(f"/board/{c['branch']}/{_months_before(c['period'], 1, 1)[0]}/"),
    ),
)  # fmt: skip

WORKS = (
    Work(
        "bills", "a month's bills for everybody, facts sealed", "bills", "bills_sql",
        lambda c: [{"period": period} for period in _months_before(c["period"], 8, 3)],
        must=(seconds(6, 10_000),), stretch=(seconds(1.5, 10_000),),
    ),
    Work(
        "export-csv", "export of the roster, CSV", "export", "export_sql", lambda c: [{"form": "csv"}] * 3,
        must=(seconds(0.5, 10_000),), stretch=(seconds(0.2, 10_000),), largest=10**9,
    ),
    Work(
        "export-xlsx", "export of the roster, XLSX", "export", "export_sql", lambda c: [{"form": "xlsx"}] * 3,
        must=(seconds(2, 10_000),), stretch=(seconds(1, 10_000),),
    ),
    Work("receipt", "receipt as PDF", "receipts", "receipts_bare", lambda c: [{}] * 3, must=(each(15),), stretch=(each(8),)),
    Work(
        "import", "roster of 10,000 rows imported, faults by row, one act", "imported", "imported_sql", lambda c: [{"rows": 10_000}],
        must=(seconds(6, 10_000), memory(300)), stretch=(seconds(3, 10_000),), prepare=True,
    ),
    Work(
        "import-20k", "roster of 20,000 rows imported", "imported", "imported_sql", lambda c: [{"rows": 20_000}],
        must=(seconds(6, 10_000),), stretch=(seconds(3, 10_000),), prepare=True,
    ),
    Work("verify", "ledger verified in the hall", "verify", "verify_hashes", lambda c: [{}], largest=10**9),
    Work(
        "verify-alone", "ledger verified by bin/verify-ledger", "verify_alone", "verify_hashes", lambda c: [{}],
        must=(seconds(60, 1_000_000),), stretch=(seconds(20, 1_000_000),), largest=10**9,
    ),
)  # fmt: skip

SERVERS = (
    Server("people", "32 signed-in people at once on the list", must=(share(0.55),), stretch=(share(0.75),)),
    Server(
        "start", "start until the first answer", must=(Goal("≤ 3 s", lambda r: r["ours"] <= 3000),),
        stretch=(Goal("≤ 2 s", lambda r: r["ours"] <= 2000),),
    ),
    Server("memory", "memory of two workers after use", must=(memory(220),), stretch=(memory(160),)),
)  # fmt: skip

ALL = {case.name: case for case in (*PAGES, *WORKS, *SERVERS)}


def chosen(words: str) -> list[Any]:
    """The cases named, in their order; all for an empty text. KeyError for an unknown one."""
    names = [name for name in words.split(",") if name]
    for name in names:
        ALL[name]
    return [case for name, case in ALL.items() if not names or name in names]


def judged(result: dict, goals: Iterable[Goal]) -> list[dict]:
    return [{"goal": goal.text, "met": goal.holds(result)} for goal in goals]
