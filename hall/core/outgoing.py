"""The one door by which the hall calls out. Nothing else in the house opens a connection (habits.py refuses it).

    answer = call("signon", "GET", "https://cas.example.edu.cn/cas/p3/serviceValidate?…")

What is called is decided before a packet leaves: the address is taken apart strictly, its name resolved once, every
address of the answer checked, and the connection made to a checked address; certificate, SNI and Host keep the name.
No redirect is followed, no proxy of the environment used, no compression accepted. Decision 0012 says why.
"""

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

type Address = IPv4Address | IPv6Address
PORTS = {"https": 443, "http": 80}
CONNECT, WHOLE = 5.0, 15.0  # seconds: until connected; from the first look-up to the last byte
LIMIT = 1024 * 1024  # bytes of an answer
TRIES = 4  # addresses of one name
HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
WORLD = ip_network("2000::/3")  # all of IPv6 that is given out; mapped, NAT64, SIIT, ULA, multicast lie elsewhere


def _nets(text: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(each) for each in text.split()]


CLOSED = _nets(
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
    "192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 "
    "203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32 "
    "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20"
)
INNER = _nets("10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7")
NEVER = _nets("100.100.100.200/32 fd00:ec2::254/128")  # what clouds tell their machines


class NotCalled(Exception):
    """The hall did not call, or got no whole answer. The text says why and names no path, query or body."""


class Barred(NotCalled):
    """The address may not be called by this hall; no packet left for it."""


class Unanswered(NotCalled):
    """It was called, and no whole answer came: no connection, a bad certificate, too slow, too long."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Scheme, host and port."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. A redirect is an answer like any other: status 3xx and a Location that nobody follows."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def listed(text: str) -> frozenset[tuple[str, Destination]]:
    """The deployment's list: `connector=scheme://host[:port] …`. ImproperlyConfigured for anything else.

    A listed destination may lie on a private address, use plain HTTP or another port, for that connector alone.
    """
    found = []
    for each in text.split():
        connector, _, address = each.partition("=")
        try:
            parts, destination = taken_apart(address)
        except Barred as fault:
            raise ImproperlyConfigured(f"HALL_OUTGOING names {each!r}: {fault}") from None
        if not connector.isidentifier() or parts.path.strip("/") or parts.query:
            raise ImproperlyConfigured(f"HALL_OUTGOING names {each!r}; write connector=https://host:port.")
        found.append((connector, destination))
    return frozenset(found)


def call(
    connector: str,
    method: str,
    address: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limit: int = LIMIT,
    connect: float = CONNECT,
    whole: float = WHOLE,
) -> Answer:
    """Ask once. Barred if the address may not be called, Unanswered if no whole answer came within `whole` seconds."""
    until = time.monotonic() + whole
    parts, destination = taken_apart(address)
    chosen = admitted(connector, destination, connect)
    with _connected(destination, chosen, connect, until) as line:
        return _asked(line, destination, parts, method, body, dict(headers or {}), limit)


def taken_apart(address: str) -> tuple[SplitResult, Destination]:
    """Scheme, host and port of an address written in its plain form. Barred for every form two readers may read apart."""
    if not (address.isascii() and address.isprintable()) or any(mark in address for mark in " \\#<>\"'`{}|^"):
        raise Barred("the address holds characters that have no place in one; write a foreign name as xn--…")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise Barred("the address cannot be read") from None
    host = parts.hostname or ""
    if parts.scheme not in PORTS or not host:
        raise Barred("only https://host… is called")
    if "@" in parts.netloc or port == 0 or parts.netloc.endswith(":"):
        raise Barred("the address may hold a host and a port, nothing else before the path")
    return parts, Destination(
        parts.scheme, _plain_host(host, bracketed="[" in parts.netloc), port or PORTS[parts.scheme]
    )


def _plain_host(host: str, *, bracketed: bool) -> str:
    """A name, or a number in the one usual form: no 127.1, no 0x7f000001, no zone, no final dot."""
    if bracketed or NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
        try:
            number = ip_address(host)
        except ValueError:
            number = None
        if number is None or "%" in host or (number.version == 4 and str(number) != host):
            raise Barred("a numeric address is written in its usual form: four decimal numbers, or [IPv6]")
        return str(number)
    if len(host) > 253 or not HOST.fullmatch(host):
        raise Barred("the host is no plain name")
    return host


def admitted(connector: str, destination: Destination, seconds: float = CONNECT) -> list[Address]:
    """The addresses of the destination, all of them checked. One that may not be called bars them all (mixed answers)."""
    inside = (connector, destination) in settings.HALL_OUTGOING
    if not inside and (destination.scheme, destination.port) != ("https", PORTS["https"]):
        raise Barred(f"{destination} is not in HALL_OUTGOING; only https on its own port is called without that")
    found = _resolved(destination, seconds)
    for number in found:
        if not may_be_called(number, inside=inside):
            raise Barred(f"{destination.host} stands for an address that is not called from here")
    return found[:TRIES]


def may_be_called(number: Address, *, inside: bool) -> bool:
    """Is this an address of the world, or, for a listed destination, of the college's own network? Link-local never is."""
    if _in(number, NEVER):
        return False
    if inside and _in(number, INNER):
        return True
    return not _in(number, CLOSED) and (number.version == 4 or number in WORLD)


def _in(number: Address, nets: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(number.version == net.version and number in net for net in nets)


def _resolved(destination: Destination, seconds: float) -> list[Address]:
    """Asked of the resolver once; it is given so many seconds, which the system's own limits do not promise."""
    try:
        return [ip_address(destination.host)]
    except ValueError:
        pass
    said: SimpleQueue[list[str] | OSError] = SimpleQueue()
    threading.Thread(target=_look_up, args=(destination, said), daemon=True).start()
    try:
        found = said.get(timeout=seconds)
    except Empty:
        raise Unanswered(f"the name {destination.host} was not found in time") from None
    if isinstance(found, OSError) or not found:
        raise Unanswered(f"the name {destination.host} is not known")
    return [ip_address(text) for text in dict.fromkeys(found)]


def _look_up(destination: Destination, said: "SimpleQueue[list[str] | OSError]") -> None:
    try:
        rows = socket.getaddrinfo(destination.host, destination.port, type=socket.SOCK_STREAM)
        said.put([str(row[4][0]).partition("%")[0] for row in rows])
    except (OSError, UnicodeError) as error:
        said.put(OSError(str(error)))


@contextmanager
def _connected(
    destination: Destination, chosen: list[Address], connect: float, until: float
) -> Iterator[socket.socket]:
    """A connection to one of the checked addresses, cut when the time is over, whatever is going on in it."""
    line = _dialled(destination, chosen, connect, until)
    cutter = line.dup()  # another handle of the same connection: TLS takes the first one over
    timer = threading.Timer(max(0.0, until - time.monotonic()), _cut, [cutter])
    timer.daemon = True
    timer.start()
    try:
        if destination.scheme == "https":
            line = _trust().wrap_socket(line, server_hostname=destination.host)
        yield line
        if time.monotonic() >= until:  # an answer without a length, cut short, would else look whole
            raise TimeoutError
    except ssl.SSLCertVerificationError as error:
        raise Unanswered(f"{destination.host}: the certificate is not good ({error.verify_message})") from None
    except (OSError, http.client.HTTPException) as error:
        late = time.monotonic() >= until
        why = "it took too long" if late or isinstance(error, TimeoutError) else type(error).__name__
        raise Unanswered(f"{destination.host} gave no whole answer: {why}") from None
    finally:
        timer.cancel()
        line.close()
        cutter.close()


def _cut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _dialled(destination: Destination, chosen: list[Address], connect: float, until: float) -> socket.socket:
    for number in chosen:
        seconds = min(connect, until - time.monotonic())
        if seconds <= 0:
            break
        family = socket.AF_INET if number.version == 4 else socket.AF_INET6
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(seconds)
            line.connect((str(number), destination.port))
            line.settimeout(max(0.01, until - time.monotonic()))
            return line
        except OSError:
            line.close()
    raise Unanswered(f"no connection to {destination.host}")


def _trust() -> ssl.SSLContext:
    """The machine's certificates, and those of the college if it has an authority of its own."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.HALL_OUTGOING_CA:
        context.load_verify_locations(settings.HALL_OUTGOING_CA)
    return context


def _asked(
    line: socket.socket,
    destination: Destination,
    parts: SplitResult,
    method: str,
    body: bytes | None,
    headers: dict[str, str],
    limit: int,
) -> Answer:
    connection = http.client.HTTPConnection(destination.host, destination.port)
    connection.sock, connection.auto_open = line, 0  # the checked connection, and never another
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request(method, target, body, {**headers, "Host": parts.netloc, "Connection": "close"})
    response = connection.getresponse()
    text = response.read(limit + 1)
    if len(text) > limit:
        raise Unanswered(f"{destination.host} answered with more than {limit} bytes")
    if response.length:
        raise http.client.IncompleteRead(text, response.length)
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)
