"""bin/faults [--rounds N] [--seed S] [--seconds T] [--server HOST:PORT] [--controls] [--report FILE]

Rounds of load and breakage on a real PostgreSQL, each followed by the checker. Exit 0: nothing acknowledged was lost or
doubled, and (with --controls) every control was caught. --report replaces the figures in FILE by those of this run.
"""

import argparse
import datetime
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random

from faults import CONTROLS
from faults.check import settle, wrongs
from faults.load import Cashier, Clerk, Paper, wait_for
from faults.place import Breaker, Children, Place

WEAKENED = {
    "reference": [("dues_payment", "reference")],
    "numbers": [("papers_paper", "serial")],
    "sealing": [("ledger_leaf", "number"), ("ledger_leaf", "entry_id"), ("ledger_node", "level")],
}
BEGIN, END = "<!-- faults: written by bin/faults -->", "<!-- faults: end -->"


def look_around(place: Place) -> None:
    """What the people of a round must know."""
    sql = "SELECT id, name FROM organisations_organisation WHERE name LIKE %s ORDER BY id LIMIT 1"
    place.branch, place.branch_name = place.ask(sql, ["%机电工程学院教工第一党支部"])[0]
    place.today = f"{datetime.date.today():%Y-%m-%d}"


def round_of(place: Place, seed: int, seconds: float, without: str = "") -> tuple[list[str], Counter, Counter]:
    """One round; what is wrong afterwards, its figures, and what was broken."""
    place.fresh()
    look_around(place)
    for table, column in WEAKENED.get(without, ()):
        _drop_keys(place, table, column)
    Clerk.number = Clerk.month = 0
    dice, paper, stop = Random(seed), place.home / f"paper-{seed}{without}.jsonl", threading.Event()
    paper.write_text("")
    children = Children(place, without, workers=2)
    try:
        wait_for(place)
        record = Paper(paper)
        people = [Cashier(place, name, record, Random(dice.random()), stop) for name in ("lin", "chen", "he")]
        people.append(Clerk(place, "lin", record, Random(dice.random()), stop))
        for person in people:
            person.start()
        time.sleep(6)  # the first roster and the first month
        breaker = Breaker(place, children, Random(dice.random()), seconds)
        breaker.start()
        breaker.join()
        stop.set()
        for person in people:
            person.join()
        found = settle(place)
    finally:
        stop.set()
        children.end()
    more, figures = wrongs(place, paper)
    return found + more, figures, breaker.done


def _drop_keys(place: Place, table: str, column: str) -> None:
    """Drop every unique key of the table that holds this column."""
    sql = """SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
             WHERE c.conrelid = %s::regclass AND a.attname = %s AND c.contype IN ('u', 'p')"""
    for (name,) in place.ask(sql, [table, column]):
        place.ask(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')


def main(words: list[str]) -> int:
    reader = argparse.ArgumentParser(usage=__doc__)
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--seconds", type=float, default=20)
    reader.add_argument("--server", default="127.0.0.1:5432")
    reader.add_argument("--controls", action="store_true")
    reader.add_argument("--report", type=Path)
    said = reader.parse_args(words)
    lines: list[tuple[str, int, str]] = []
    total, broken, failed, begun = Counter[str](), Counter[str](), 0, time.monotonic()
    place = Place(said.server)
    try:
        for seed in range(said.seed, said.seed + said.rounds):
            found, figures, done = round_of(place, seed, said.seconds)
            total.update(figures)
            broken.update(done)
            failed += bool(found)
            print(
                f"seed {seed}: {sum(done.values())} faults, {dict(figures)}: {'; '.join(found[:5]) or 'whole'}",
                flush=True,
            )
        for name in CONTROLS if said.controls else ():
            found, _figures, _done = round_of(place, said.seed, said.seconds, name)
            failed += not found
            lines.append((name, len(found), " ".join(found[0].split())[:160] if found else "NOT CAUGHT"))
            print(f"control {name}: {found[0][:200] if found else 'NOT CAUGHT'}", flush=True)
    finally:
        place.close()
    if said.report:
        _write(said.report, said, total, broken, lines, failed, time.monotonic() - begun)
    return 1 if failed else 0


def _write(
    file: Path, said: argparse.Namespace, total: Counter, broken: Counter, controls: list, failed: int, seconds: float
) -> None:
    """Put the figures between the two marks of the report; the rest of it stays."""
    seeds = (
        f"Seeds {said.seed}–{said.seed + said.rounds - 1}, {said.rounds} rounds of {said.seconds:g} seconds of breakage"
    )
    head = "| Deed | intended | acknowledged | begun, then refused in words |"
    text = ["", f"{seeds}, {seconds / 60:.0f} minutes in all. Failed: {failed}.", "", head, "|---|---:|---:|---:|"]
    for deed in ("pay", "enrol", "issue"):
        text.append(
            f"| {deed} | {total[f'{deed} intended']} | {total[f'{deed} acknowledged']} | {total[f'{deed} begun, ended with a refusal']} |"
        )
    text += ["", f"Faults: {sum(broken.values())} of {len(broken)} kinds.", "", "| Fault | times |", "|---|---:|"]
    text += [f"| {kind} | {count} |" for kind, count in sorted(broken.items())]
    text += ["", "| Guard taken away | found | first finding |", "|---|---:|---|"]
    text += [f"| {CONTROLS[name]} | {count} | {first} |" for name, count, first in controls]
    old = file.read_text("utf-8") if file.exists() else f"# Assurance report\n\n## Faults\n\n{BEGIN}\n{END}\n"
    before, _, rest = old.partition(BEGIN)
    after = rest.partition(END)[2]
    file.write_text(f"{before}{BEGIN}\n" + "\n".join(text) + f"\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
