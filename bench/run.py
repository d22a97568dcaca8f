"""bin/bench: makes a college, measures every case beside its limit in turns, writes the report."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bench import cases, report, serving

BASE = Path(__file__).resolve().parent.parent
TIMES = 15  # requests a round


class Failed(RuntimeError):
    """A side could not do what it was told."""


class Process:
    """One side (bench.side) as a process, asked line by line."""

    def __init__(self, name: str, env: dict[str, str]):
        given = {**env, "PGAPPNAME": f"bench-{name}"}
        self.child = subprocess.Popen(
            [sys.executable, "-m", "bench.side", name],
            cwd=BASE,
            env=given,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, do: str, **order: Any) -> dict[str, Any]:
        self.child.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        answer = json.loads(line) if line else {"failed": "the process ended"}
        if "failed" in answer:
            raise Failed(answer["failed"] + "\n" + answer.get("trace", ""))
        return answer

    def close(self) -> None:
        self.child.stdin.close()
        self.child.wait(30)

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_error: Any) -> None:
        self.close()


def total(cost: dict[str, Any]) -> float:
    return cost["own"] + (cost["database"] or 0.0)


@dataclass
class Bench:
    """One college on one database."""

    database: str
    members: int
    env: dict[str, str]
    rounds: int
    college: dict[str, Any] = field(default_factory=dict)
    results: dict[str, dict] = field(default_factory=dict)

    def fill(self) -> None:
        for command in (
            ("migrate", "--verbosity", "0"),
            ("translations",),
            ("collectstatic", "--noinput", "--verbosity", "0"),
        ):
            subprocess.run(
                [sys.executable, "manage.py", *command], cwd=BASE, env=self.env, check=True, stdout=subprocess.DEVNULL
            )
        with Process("hall", self.env) as hall:
            made = hall.ask("work", name="make", members=self.members)
        self.college = made["college"]
        tell(f"{self.database}, {self.members:,} members made in {made['wall'] / 1000:.0f} s")

    def measure(self, wanted: list[Any]) -> None:
        pages = [case for case in wanted if isinstance(case, cases.Page)]
        if pages:
            with Process("hall", self.env) as hall, Process("ceiling", self.env) as ceiling:
                for case in pages:
                    self.keep(case, self.page, hall, ceiling)
        for case in wanted:
            if isinstance(case, cases.Server):
                self.keep(case, getattr(serving, case.name), self.env, self.college, max(2, self.rounds // 2))
        for case in wanted:
            if isinstance(case, cases.Work) and self.members <= case.largest:
                self.keep(case, self.work)

    def keep(self, case: Any, measure: Any, *given: Any) -> None:
        """Measure one case; what cannot be measured is told in the report and does not end the run."""
        result = {"case": case.name, "title": case.title, "database": self.database, "members": self.members}
        try:
            result |= measure(*given) if isinstance(case, cases.Server) else measure(case, *given)
            result["others"] = self.results
            result |= {"must": cases.judged(result, case.must), "stretch": cases.judged(result, case.stretch)}
        except (Failed, OSError) as error:
            result["failed"] = str(error)
        result.pop("others", None)
        self.results[case.name] = result
        tell("  " + report.line(result))

    def page(self, case: cases.Page, hall: Process, ceiling: Process) -> dict[str, Any]:
        """Both sides in turns; medians of the rounds. The first round warms them up."""
        session = self.college[case.who]["cookie"]
        mine = {"session": session, "steps": case.ours(self.college), "times": TIMES}
        least = {"session": session, "steps": case.limit(self.college), "times": TIMES}
        hall.ask("pages", **mine), ceiling.ask("pages", **least)
        rounds = [(hall.ask("pages", **mine), ceiling.ask("pages", **least)) for _n in range(self.rounds)]
        ours, limit = (statistics.median(total(cost[side]) for cost in rounds) for side in (0, 1))
        counted = hall.ask("pages", **mine, counted=True)
        result = {
            "ours": ours, "limit": limit, "ratio": statistics.median(total(a) / total(b) for a, b in rounds), "unit": "ms",
            "ours_database": median(a["database"] for a, _b in rounds), "limit_database": median(b["database"] for _a, b in rounds),
            "queries": counted["queries"], "bytes": counted["bytes"],
            "limit_queries": ceiling.ask("pages", **least, counted=True)["queries"],
        }  # fmt: skip
        if case.name in ("list", "list-all"):
            organisation = self.college["branch"] if case.name == "list" else 0
            result["by_hand"] = total(ceiling.ask("work", name="list_sql", organisation=organisation))
        return result

    def work(self, case: cases.Work) -> dict[str, Any]:
        """Each call in a fresh process, so that its peak memory is its own; ours and the limit in turns."""
        given = case.given(self.college)
        if case.prepare:
            self.fresh(case.ours, **given[0])
        rounds = [(self.fresh(case.limit, **each), self.fresh(case.ours, **each)) for each in given]
        ours = statistics.median(total(b) for _a, b in rounds)
        limit = statistics.median(total(a) for a, _b in rounds)
        last = rounds[-1][1]
        return {
            "ours": ours, "limit": limit, "ratio": ours / limit if limit else None, "unit": "ms", "rows": last["rows"],
            "queries": last["queries"], "peak": max(b["peak"] for _a, b in rounds), "rows_a_second": last["rows"] / ours * 1000,
            "limit_rows": rounds[-1][0]["rows"], "ours_database": median(b["database"] for _a, b in rounds),
            "more": {k: v for k, v in last.items() if k in ("again", "counts", "ok", "bytes")},
        }  # fmt: skip

    def fresh(self, work: str, **given: Any) -> dict[str, Any]:
        with Process("hall", self.env) as side:
            return side.ask("work", name=work, **given)


def median(values: Any) -> float | None:
    found = list(values)
    return None if None in found else statistics.median(found)


def tell(text: str) -> None:
    print(text, flush=True)


# --- databases ---


def server() -> dict[str, Any] | None:
    """How to reach PostgreSQL for a bench, or None where none answers."""
    host, _, port = os.environ.get("HALL_TEST_POSTGRES", "127.0.0.1:5432").partition(":")
    given = {"host": host, "port": int(port or 5432), "user": "postgres"}
    try:
        psycopg.connect(**given, dbname="postgres", connect_timeout=3).close()
    except psycopg.Error:
        return None
    return given


def created(given: dict[str, Any], name: str) -> str:
    with psycopg.connect(**given, dbname="postgres", autocommit=True) as there:
        there.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        there.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    return f"postgres://{given['user']}@{given['host']}:{given['port']}/{name}"


def dropped(given: dict[str, Any], name: str) -> None:
    with psycopg.connect(**given, dbname="postgres", autocommit=True) as there:
        there.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def environment(home: Path, url: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HALL_", "DJANGO_", "PG"))}
    return {
        **kept,
        "HALL_HOME": str(home),
        "HALL_DATABASE_URL": url,
        "HALL_URL": "http://127.0.0.1:8000",
        "PYTHONPATH": str(BASE),
        "PYTHONHASHSEED": "0",
    }


def one(database: str, members: int, options: argparse.Namespace, wanted: list[Any]) -> list[dict]:
    """Make, measure and clear away one college."""
    home, name, given = Path(tempfile.mkdtemp(prefix="hall-bench-")), f"hall_bench_{os.getpid()}_{members}", None
    try:
        url = ""
        if database == "postgres":
            given = server()
            url = created(given, name)
        env = environment(home, url)
        subprocess.run([sys.executable, "-m", "hall.home"], cwd=BASE, env=env, check=True)
        bench = Bench(database, members, env, options.rounds)
        bench.fill()
        bench.measure(wanted)
        return list(bench.results.values())
    finally:
        if given and not options.keep:
            dropped(given, name)
        if options.keep:
            tell(f"kept: {home} {name if given else ''}")
        else:
            shutil.rmtree(home, ignore_errors=True)


def asked() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="bin/bench", description="Measures the hall beside its limits.")
    reader.add_argument("--members", default="1200,10000", help="sizes of the college, with commas")
    reader.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    reader.add_argument("--cases", default="", help="names with commas; help lists them")
    reader.add_argument("--rounds", type=int, default=7)
    reader.add_argument("--quick", action="store_true", help="two rounds: only to see that everything runs")
    reader.add_argument("--keep", action="store_true", help="leave home and database for looking at")
    reader.add_argument(
        "--report", default=str(BASE / "bench" / "report"), help="where to write, without .json and .md"
    )
    return reader.parse_args()


def main() -> int:
    options = asked()
    if options.cases == "help":
        tell("\n".join(f"{name:12} {case.title}" for name, case in cases.ALL.items()))
        return 0
    options.rounds = 2 if options.quick else options.rounds
    wanted = cases.chosen(options.cases)
    databases = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    if "postgres" in databases and server() is None:
        tell("PostgreSQL does not answer; only SQLite is measured.")
        databases = ["sqlite"]
    began, results = time.monotonic(), []
    for members in sorted(int(size) for size in options.members.split(",")):
        for database in databases:
            results += one(database, members, options, wanted)
    report.write(Path(options.report), results, options, time.monotonic() - began)
    tell(f"{options.report}.md")
    return 1 if any("failed" in result for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
