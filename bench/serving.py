"""The real web server (granian) on this machine's own address: many people at once, start-up, memory."""

import asyncio
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from bench.meter import tree_cpu, tree_megabytes

BASE = Path(__file__).resolve().parent.parent
THREADS = "4"  # as manage.py serve has it
SECONDS = 3.0  # a round
TARGETS = {"hall": "hall.wsgi:application", "ceiling": "bench.ceiling.wsgi:application"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _server(name: str, env: dict[str, str], workers: int = 2) -> Iterator[tuple[subprocess.Popen, int]]:
    """A server of two processes as `manage.py serve` starts it."""
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        THREADS,
    ]
    child = subprocess.Popen(
        [*command, "--no-access-log", "--log-level", "error", TARGETS[name]],
        cwd=BASE,
        env={**env, "PGAPPNAME": f"bench-{name}"},
    )
    try:
        yield child, port
    finally:
        _end(child)


def _end(child: subprocess.Popen) -> None:
    """Ask the server to end; one that is still starting its workers may have to be made to."""
    family = [child, *psutil.Process(child.pid).children(recursive=True)]
    child.terminate()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        child.wait(5)


def _answers(port: int, path: str, child: subprocess.Popen) -> None:
    """Wait for the first answer."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as there:
                there.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nConnection: close\r\n\r\n".encode())
                if there.recv(12)[9:10] in (b"2", b"3"):
                    return
        except OSError:
            time.sleep(0.01)
    raise OSError("the server did not answer")


async def _client(port: int, path: str, cookie: str, until: float) -> int:
    """One person who opens the page again and again."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nCookie: hall_session={cookie}\r\n\r\n".encode()
    done = 0
    while time.monotonic() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise OSError(head.split(b"\r\n", 1)[0].decode())
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        done += 1
    writer.close()
    return done


async def _crowd(port: int, paths: list[tuple[str, str]], seconds: float) -> int:
    until = time.monotonic() + seconds
    return sum(await asyncio.gather(*(_client(port, path, cookie, until) for path, cookie in paths)))


def _round(
    port: int, paths: list[tuple[str, str]], pid: int, database: list[psutil.Process], seconds: float = SECONDS
) -> dict[str, float]:
    before, began = tree_cpu(pid) + _cpu(database), time.monotonic()
    done = asyncio.run(_crowd(port, paths, seconds))
    return {"rate": done / (time.monotonic() - began), "cpu": (tree_cpu(pid) + _cpu(database) - before) / done}


def _backends(env: dict[str, str]) -> list[psutil.Process]:
    """All processes of the database; between two rounds only one side works."""
    if not env["HALL_DATABASE_URL"]:
        return []
    return [process for process in psutil.process_iter(["name"]) if process.info["name"] in ("postgres", "postmaster")]


def _cpu(processes: list[psutil.Process]) -> float:
    found = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        found += (times.user + times.system) * 1000
    return found


def people(env: dict[str, str], college: dict[str, Any], rounds: int) -> dict[str, Any]:
    """32 people of different branches on the list; both servers up, in turns. The ratio is of CPU a request."""
    ours = [("/members/", each["cookie"]) for each in college["clients"]]
    limit = [(f"/members/{each['organisation']}/", each["cookie"]) for each in college["clients"]]
    with _server("hall", env) as (hall, port), _server("ceiling", env) as (ceiling, other):
        _answers(port, "/healthz", hall)
        _answers(other, "/members/0/", ceiling)
        for warm in ((port, ours, hall.pid), (other, limit, ceiling.pid)):
            _round(*warm, [], 1.0)
        database = _backends(env)
        found = [
            (_round(port, ours, hall.pid, database), _round(other, limit, ceiling.pid, database))
            for _n in range(rounds)
        ]
    mine, least = (
        {name: statistics.median(each[side][name] for each in found) for name in ("rate", "cpu")} for side in (0, 1)
    )
    return {
        "ours": mine["cpu"], "limit": least["cpu"], "ratio": mine["cpu"] / least["cpu"], "unit": "ms", "rows_a_second": mine["rate"],
        "requests_a_second": mine["rate"], "limit_requests_a_second": least["rate"], "queries": "",
    }  # fmt: skip


def start(env: dict[str, str], college: dict[str, Any], rounds: int) -> dict[str, Any]:
    """From the command to the first answer, two workers. The CPU they used is told beside it."""
    walls, cpus = [], []
    for _n in range(rounds):
        began = time.monotonic()
        with _server("hall", env) as (hall, port):
            _answers(port, "/healthz", hall)
            walls.append((time.monotonic() - began) * 1000)
            cpus.append(tree_cpu(hall.pid))
    least = []
    for _n in range(rounds):
        began = time.monotonic()
        with _server("ceiling", env) as (ceiling, port):
            _answers(port, "/members/0/", ceiling)
            least.append((time.monotonic() - began) * 1000)
    ours, limit = statistics.median(walls), statistics.median(least)
    return {
        "ours": ours,
        "limit": limit,
        "ratio": ours / limit,
        "unit": "ms",
        "cpu": statistics.median(cpus),
        "queries": "",
    }


def memory(env: dict[str, str], college: dict[str, Any], rounds: int) -> dict[str, Any]:
    """Resident memory of the server and its two workers after some hundred pages; shared pages are counted twice."""
    found = {}
    pages = {
        "hall": ["/", "/members/", "/tasks/", f"/members/{college['member']}/"],
        "ceiling": [f"/members/{college['branch']}/"],
    }
    for name in ("hall", "ceiling"):
        cookie = college["secretary"]["cookie"]
        with _server(name, env) as (child, port):
            _answers(port, "/healthz" if name == "hall" else "/members/0/", child)
            for path in pages[name]:
                asyncio.run(_crowd(port, [(path, cookie)] * 8, 1.0))
            found[name] = tree_megabytes(child.pid)
    (ours, proportional), (limit, _least) = found["hall"], found["ceiling"]
    return {
        "ours": ours,
        "limit": limit,
        "ratio": ours / limit,
        "unit": "MB",
        "peak": ours,
        "proportional": proportional,
        "queries": "",
    }
