"""After a round: what was acknowledged is there exactly once, what was not is there once or not at all, all else whole."""

import json
import time
from collections import Counter
from pathlib import Path

from faults.place import Place


def read(path: Path) -> tuple[dict[str, dict], set[str]]:
    """What was intended, by key, and which keys were acknowledged."""
    notes = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    intended = {note["key"]: note for note in notes if note["said"] in ("pay", "enrol", "issue")}
    return intended, {note["key"] for note in notes if note["said"] == "acknowledged"}


def settle(place: Place, seconds: float = 90) -> list[str]:
    """Wait until no work waits or runs, then seal. What would not end."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not place.ask("SELECT 1 FROM notices_work WHERE state IN ('waiting', 'running')"):
            return []
        time.sleep(0.5)
    return ["a work neither ended nor was given up"]


def wrongs(place: Place, paper: Path) -> tuple[list[str], Counter[str]]:
    """Everything that is not as it must be, and the figures of the round."""
    intended, acknowledged = read(paper)
    found: list[str] = []
    figures: Counter[str] = Counter()
    booked = Counter(row[0] for row in place.ask("SELECT reference FROM dues_payment"))
    enrolled = Counter(row[0] for row in place.ask("SELECT campus_no FROM members_member"))
    works = place.ask("SELECT arguments->>'preview', state, error FROM notices_work WHERE arguments ? 'preview'")
    refused = {str(preview): error for preview, state, error in works if state in ("failed", "refused")}
    months = place.ask("SELECT arguments->>'period', state, error FROM notices_work WHERE arguments ? 'period'")
    refused |= {str(period)[:7]: error for period, state, error in months if state in ("failed", "refused")}
    for key, note in intended.items():
        said = key in acknowledged
        figures[f"{note['said']} intended"] += 1
        figures[f"{note['said']} acknowledged"] += said
        figures[f"{note['said']} begun, ended with a refusal"] += said and key in refused
        if said and key in refused:
            print(f"  {note['said']} {key}: {refused[key]}", flush=True)
        if note["said"] == "pay":
            found += _once(f"payment {key}", booked[key], said)
        elif note["said"] == "enrol":
            counts = {enrolled[number] for number in note["numbers"]}
            found += [f"roster {key}: half applied"] if len(counts) > 1 else []
            found += _once(f"roster {key}", max(counts), said and key not in refused)
            found += [f"roster {key}: refused and applied"] if key in refused and max(counts) else []
        elif said and key not in refused:
            found += _unbilled(place, key, note["numbers"])
    return found + _invariants(place), figures


def _once(what: str, count: int, acknowledged: bool) -> list[str]:
    if count > 1:
        return [f"{what}: there {count} times"]
    return [f"{what}: acknowledged and lost"] if acknowledged and not count else []


def _unbilled(place: Place, month: str, numbers: list[str]) -> list[str]:
    sql = """SELECT count(*) FROM members_member m WHERE m.campus_no = ANY(%s) AND NOT EXISTS
             (SELECT 1 FROM dues_bill b WHERE b.member_id = m.id AND b.period = %s AND b.status <> 'withdrawn')"""
    missing = place.ask(sql, [numbers, f"{month}-01"])[0][0]
    return [f"month {month}: acknowledged, and {missing} have no bill"] if missing else []


INVARIANTS = {
    "a member has two bills of a month": """SELECT 1 FROM dues_bill WHERE status <> 'withdrawn'
        GROUP BY member_id, period HAVING count(*) > 1""",
    "receipt numbers have a gap or a double": """SELECT 1 FROM papers_paper GROUP BY kind, organisation_id, year
        HAVING min(serial) <> 1 OR max(serial) <> count(*) OR count(DISTINCT serial) <> count(*)""",
    "a counter does not stand where its papers end": """SELECT 1 FROM papers_counter c WHERE taken <>
        (SELECT count(*) FROM papers_paper p WHERE (p.kind, p.organisation_id, p.year) = (c.kind, c.organisation_id, c.year))""",
    "a payment without a receipt of its own, or a receipt without its payment": """SELECT 1 FROM papers_paper p
        FULL JOIN dues_payment d ON d.receipt_id = p.id WHERE (p.kind = 'dues.receipt' AND d.id IS NULL) OR p.id IS NULL""",
    "more was taken than was owed": """SELECT 1 FROM dues_bill b JOIN dues_payment p ON p.bill_id = b.id
        LEFT JOIN dues_refund r ON r.payment_id = p.id WHERE r.id IS NULL GROUP BY b.id HAVING sum(p.amount) > b.amount""",
    "a payment is not once in the ledger": """SELECT 1 FROM dues_payment p LEFT JOIN ledger_entry e
        ON e.name = 'dues.payment.recorded' AND e.about_id = p.id::text GROUP BY p.id HAVING count(e.id) <> 1""",
    "an entry without particulars": """SELECT 1 FROM ledger_entry e LEFT JOIN ledger_particulars p
        ON p.entry_id = e.id WHERE p.entry_id IS NULL""",
}


def _invariants(place: Place) -> list[str]:
    found = [text for text, sql in INVARIANTS.items() if place.ask(sql)]
    place.manage("work", "--once")
    verified = place.manage("ledger", "verify")
    if verified.returncode:
        found.append(f"the ledger does not verify: {(verified.stdout + verified.stderr)[-300:]}")
    return found
