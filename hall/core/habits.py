"""What each layer may not do, read from the source (design §4). Together with `plan` it is what `house --check` proves.

rules     no database, no clock, no request
queries   never write; neither do forms, views and template tags
actions   no `now()` (use `act.at`), no HTTP, no templates
views     never `.objects`
anywhere  no utils.py, no Django signals, no Django admin, no calling out but by hall.core.outgoing (decision 0012)
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from hall.core.plan import Breach, House, Source, reached

WRITES = {"create", "save", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
READERS = ("queries", "forms", "views", "templatetags")
CLOCKS = {"now", "today", "utcnow", "localdate", "localtime"}
CLOCK_OWNERS = {"timezone", "datetime", "date", "clock", "time"}
IMPURE = (
    "django.db",
    "django.utils.timezone",
    "django.http",
    "django.shortcuts",
    "requests",
    "httpx",
    "urllib.request",
    "time",
    "hall.ledger.clock",
)
CALLING = (
    "http.client",
    "urllib.request",
    "urllib3",
    "requests",
    "httpx",
    "aiohttp",
    "socket",
    "asyncio.open_connection",
    "ftplib",
    "smtplib",
    "poplib",
    "imaplib",
    "xmlrpc.client",
    "pycurl",
    "websockets",
    "paramiko",
    "ldap3",
)  # Django's mail backends call the mail server, psycopg the database; neither is imported here by these names
OUTGOING = (
    "hall/core/outgoing.py",
    "hall/files/scanner.py",
)  # the second: clamd, which speaks no HTTP, on its own socket
HTTP = ("django.http", "django.shortcuts", "django.template", "requests")


def habit_breaches(house: House) -> list[Breach]:
    """Every place where a layer does what it may not, by file and line."""
    found: list[Breach] = [each for source in house.sources for each in _calling_breaches(source)]
    for name in house.names:
        parts = house.parts(name)
        pure = reached(parts, "rules")
        for part, sources in parts.items():
            for source in sources:
                found += [each for check in _checks(part, part in pure) for each in check(source)]
    return sorted(set(found))


def _checks(part: str, pure: bool) -> Iterator[Callable[[Source], Iterator[Breach]]]:
    yield _house_breaches
    if pure:
        yield _purity_breaches
    if part in READERS:
        yield _write_breaches
    if part == "actions":
        yield _action_breaches
    if part == "views":
        yield _view_breaches


def _house_breaches(source: Source) -> Iterator[Breach]:
    if Path(source.file).stem in ("utils", "helpers", "signals", "admin"):
        yield Breach(
            source.file,
            1,
            f"There is no {Path(source.file).name} in this house; name the file after the one thing it is for.",
        )
    for line, name in _imported(source.tree):
        if name.startswith("django.dispatch") or (name.startswith("django.") and ".signals" in name):
            yield Breach(
                source.file, line, "Django signals are not used here; say a fact and listen to it in module.py."
            )
        if name.startswith("django.contrib.admin"):
            yield Breach(source.file, line, "Django's admin stays off: it writes without acts.")


def _calling_breaches(source: Source) -> Iterator[Breach]:
    """Out of the house by one door only (B23)."""
    if source.file in OUTGOING:
        return
    for line, name in _imported(source.tree):
        if any(name == each or name.startswith(f"{each}.") for each in CALLING):
            text = f"{name} opens a connection; the hall calls out by hall.core.outgoing alone (decision 0012)."
            yield Breach(source.file, line, text)


def _purity_breaches(source: Source) -> Iterator[Breach]:
    for line, name in _imported(source.tree):
        if any(name == each or name.startswith(f"{each}.") for each in IMPURE):
            yield Breach(
                source.file, line, f"rules import {name}; they touch neither the database, the clock nor the request."
            )
    for line, call in _clock_calls(source.tree):
        yield Breach(source.file, line, f"rules call {call}(); let the caller hand the day in.")


def _write_breaches(source: Source) -> Iterator[Breach]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node, node.func.attr):
            yield Breach(source.file, node.lineno, f"{source.part} call .{node.func.attr}(…); only actions write.")


def _writes(node: ast.Call, name: str) -> bool:
    """A QuerySet's update() takes keywords only, which tells it from that of a dict or a hash."""
    return name in WRITES or (name == "update" and bool(node.keywords) and not node.args)


def _action_breaches(source: Source) -> Iterator[Breach]:
    for line, call in _clock_calls(source.tree):
        yield Breach(source.file, line, f"actions call {call}(); the clock is read once per act, use act.at.")
    for line, name in _imported(source.tree):
        if any(name == each or name.startswith(f"{each}.") for each in HTTP):
            yield Breach(source.file, line, f"actions import {name}; they know no HTTP and no templates.")


def _view_breaches(source: Source) -> Iterator[Breach]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager"):
            yield Breach(
                source.file, node.lineno, "views use .objects; ask queries, which know what this viewer may see."
            )


def _clock_calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            owner = ast.unparse(node.func.value)
            reads = node.func.attr not in ("localtime", "localdate") or not node.args
            if reads and owner.split(".")[-1] in CLOCK_OWNERS:
                yield node.lineno, f"{owner}.{node.func.attr}"


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name the file imports, dotted in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
