"""The report: bench/report.json for machines, bench/report.md for people. Sizes that were not measured again are kept."""

import json
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from bench.meter import machine

SAID = {True: "met", False: "**missed**", None: "—"}
HEAD = """# How fast the hall is

Measured by `bin/bench` on {date}, commit {commit}: {processor}, {cores} cores, {memory_gb} GB; Python {python}, Django {django},
SQLite {sqlite}{postgres}. {seconds:.0f} s in all.

Figures are CPU-milliseconds of the server process and of the database's processes together (a page: one request, median of {rounds} rounds taken in
turns with the limit). The limit of a page is the ceiling app (`bench/ceiling/`): the same database, session and sign-in, one view, a count,
50 rows of chosen columns and a plain template. The limit of work in bulk is the same rows by hand-written SQL. Ratio: ours ÷ limit, so
60 % of the ceiling's speed is a ratio of 1.67. Wall-clock times decide nothing, but for the start. Targets: must / stretch of the performance table.
{shares}"""
SHARES = """With more than 50,000 members, sealed columns are filled for the first branch and every 50th person only; accounts, history and
payments for the first branch, and one month of bills instead of six.
"""
COLUMNS = """| case | ours | limit | ratio | must | stretch | queries | rows/s | peak MB |
|---|---:|---:|---:|---|---|---:|---:|---:|
"""
GROWING = ("list", "search", "pinyin", "list-all", "search-all", "pinyin-all", "member", "home", "home-all", "todo")


def write(path: Path, results: list[dict], options: Any, seconds: float) -> None:
    """Put this run's results in place of those of the same database and size."""
    file = path.with_suffix(".json")
    before = json.loads(file.read_text("utf-8"))["results"] if file.exists() else []
    new = {key(result) for result in results}
    kept = sorted(
        [each for each in before if key(each) not in new] + results,
        key=lambda r: (r["members"], r["database"] != "sqlite"),
    )
    content = {"about": about(options, seconds), "results": kept}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    path.with_suffix(".md").write_text(page(content), "utf-8")


def key(result: dict) -> tuple:
    return result["case"], result["database"], result["members"]


def about(options: Any, seconds: float) -> dict[str, Any]:
    from bench.run import server

    given, version = server(), ""
    if given:
        import psycopg

        with psycopg.connect(**given, dbname="postgres") as there:
            number = there.info.server_version
            version = f"{number // 10000}.{number % 10000}"
    return {
        **machine(), "python": platform.python_version(), "django": metadata.version("django"), "sqlite": sqlite3.sqlite_version,
        "postgres": version, "date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": commit(), "rounds": options.rounds, "seconds": seconds,
    }  # fmt: skip


def commit() -> str:
    ran = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent
    )
    return ran.stdout.strip() or "unknown"


def page(content: dict) -> str:
    told = content["about"]
    large = any(result["members"] > 50_000 for result in content["results"])
    head = HEAD.format(
        **{
            **told,
            "postgres": f", PostgreSQL {told['postgres']}" if told["postgres"] else "",
            "shares": SHARES if large else "",
        }
    )
    return head + "".join(tables(content["results"])) + growth(content["results"])


def tables(results: list[dict]) -> list[str]:
    found = []
    for group in sorted({(r["members"], r["database"] != "sqlite", r["database"]) for r in results}):
        name = "SQLite" if group[2] == "sqlite" else "PostgreSQL"
        rows = [r for r in results if (r["members"], r["database"]) == (group[0], group[2])]
        found.append(f"\n## {group[0]:,} members, {name}\n\n{COLUMNS}")
        found += [row(result) for result in rows]
    return found


def row(r: dict) -> str:
    if "failed" in r:
        return f"| {r['title']} | not measured: {r['failed'].splitlines()[0][:80]} | | | | | | | |\n"
    cells = (
        r["title"], figure(r.get("ours"), r.get("unit")), figure(r.get("limit"), r.get("unit")), f"{r['ratio']:.2f}" if r.get("ratio") else "",
        said(r["must"]), said(r["stretch"]), r.get("queries", ""), f"{r['rows_a_second']:,.0f}" if r.get("rows_a_second") else "",
        f"{r['peak']:.0f}" if r.get("peak") else "",
    )  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def said(goals: list[dict]) -> str:
    return "; ".join(f"{each['goal']}: {SAID[each['met']]}" for each in goals)


def figure(value: float | None, unit: str | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.2f} {unit}"


def growth(results: list[dict]) -> str:
    """From the usual size to the large one: ours ÷ ours. Target 13: lists and searches at most twofold."""
    by_key = {key(r): r for r in results if "ours" in r}
    lines = []
    for (case, database, members), r in by_key.items():
        small = by_key.get((case, database, 10_000))
        if members > 10_000 and small and case in GROWING:
            factor = r["ours"] / small["ours"]
            goal = SAID[factor <= 2] if case.startswith(("list", "search", "pinyin")) else ""
            lines.append(
                f"| {r['title']} | {database} | {small['ours']:.2f} ms | {r['ours']:.2f} ms | {factor:.2f} | {goal} |\n"
            )
    if not lines:
        return ""
    return (
        "\n## Growth from 10,000 to more members\n\n| case | database | 10,000 | more | factor | ≤ 2 × |\n|---|---|---:|---:|---:|---|\n"
        + "".join(lines)
    )


def line(r: dict) -> str:
    """One result for the terminal."""
    if "failed" in r:
        return f"{r['case']:12} not measured: {r['failed'].splitlines()[0]}"
    ratio = f"{r['ratio']:.2f}" if r.get("ratio") else ""
    marks = " ".join(f"[{each['goal']}: {SAID[each['met']]}]" for each in r["must"])
    peak = f"{r['peak']:.0f} MB" if r.get("peak") else ""
    ours, limit = (figure(r.get(side), r.get("unit")) for side in ("ours", "limit"))
    return f"{r['case']:12} {ours:>12} {limit:>12} {ratio:>6} q={r.get('queries', '')} {peak} {marks}"
