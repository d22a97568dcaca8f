"""What the second wall costs: the same pages of one college, asked as owner of the tables and as hall_app, in turns.

.venv/bin/python -m bench.wall [--members 10000] [--rounds 7]   needs PostgreSQL as bin/bench does; prints a table
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from bench import cases
from bench.run import BASE, TIMES, Bench, Process, created, dropped, environment, server, tell, total

PAGES = ("list", "search", "pinyin", "list-all", "pinyin-all", "member", "home", "board", "form")


def command(env: dict[str, str], *words: str) -> str:
    ran = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=BASE, env=env, check=True, capture_output=True, text=True
    )
    return ran.stdout


def compare(bench: Bench, walled: dict[str, str], rounds: int) -> None:
    """Median CPU-milliseconds (process and database) of both, and the median of their ratio round by round."""
    with Process("hall", bench.env) as without, Process("hall", walled) as behind:
        for case in (cases.ALL[name] for name in PAGES):
            asked = {"session": bench.college[case.who]["cookie"], "steps": case.ours(bench.college), "times": TIMES}
            without.ask("pages", **asked), behind.ask("pages", **asked)
            pairs = [(without.ask("pages", **asked), behind.ask("pages", **asked)) for _round in range(rounds)]
            plain, wall = (statistics.median(total(pair[side]) for pair in pairs) for side in (0, 1))
            ratio = statistics.median(total(behind_) / total(plain_) for plain_, behind_ in pairs)
            tell(f"| {case.title} | {plain:.2f} ms | {wall:.2f} ms | {ratio:.2f} |")


def main() -> None:
    reader = argparse.ArgumentParser(prog="bench.wall")
    reader.add_argument("--members", type=int, default=10_000)
    reader.add_argument("--rounds", type=int, default=7)
    options = reader.parse_args()
    home, name, given = Path(tempfile.mkdtemp(prefix="hall-bench-")), f"hall_bench_wall_{os.getpid()}", server()
    if given is None:
        raise SystemExit("PostgreSQL does not answer.")
    try:
        env = environment(home, created(given, name))
        subprocess.run([sys.executable, "-m", "hall.home"], cwd=BASE, env=env, check=True)
        bench = Bench("postgres", options.members, env, options.rounds)
        bench.fill()
        with psycopg.connect(**given, dbname=name, autocommit=True) as there:
            there.execute(command(env, "wall", "--roles").encode())
            there.execute("ANALYZE")
        command(env, "wall", "--apply")
        address = f"postgres://hall_app@{given['host']}:{given['port']}/{name}"
        tell("| page | owner | hall_app | ratio |\n|---|---:|---:|---:|")
        compare(bench, {**env, "HALL_DATABASE_URL": address}, options.rounds)
    finally:
        dropped(given, name)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
