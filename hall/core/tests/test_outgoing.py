"""The one outgoing client (B23): what is never called, proven by listeners that hear nothing; what comes back, by bad servers."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from hall.core import outgoing
from hall.core.outgoing import Barred, Destination, Unanswered, call, listed, may_be_called
from hall.core.testing.authority import authority, certificate

NAMES = {  # what the patched resolver says
    "inner.example": ["10.1.2.3"],
    "loop.example": ["127.0.0.1"],
    "six.example": ["::1"],
    "mixed.example": ["93.184.215.14", "192.168.1.1"],
    "mixed-six.example": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "fd12::1"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "localhost": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "world.example": ["93.184.215.14"],
}
HOSTS = [
    # loopback, private, link-local, shared, benchmark, documentation, nothing, multicast, reserved, broadcast
    "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.0.1", "169.254.0.5", "100.64.0.1",
    "198.18.0.1", "198.19.255.255", "192.0.0.8", "192.0.2.5", "198.51.100.5", "203.0.113.5", "192.88.99.1", "0.0.0.0",
    "0.1.2.3", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    # what clouds tell their machines
    "169.254.169.254", "100.100.100.200", "168.63.129.16", "[fd00:ec2::254]", "metadata.google.internal",
    # IPv6: loopback, nothing, mapped, compatible, both NAT64, SIIT, 6to4, Teredo, ULA, site-local, link-local, multicast
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b::10.0.0.1]", "[64:ff9b:1::10.0.0.1]", "[::ffff:0:127.0.0.1]", "[2002:7f00:1::]", "[2002:a00:1::1]",
    "[2001:0:7f00:1::]", "[2001::1]", "[fc00::1]", "[fd12:3456::1]", "[fec0::1]", "[fe80::1]", "[ff02::1]",
    "[2001:db8::1]", "[100::1]", "[5f00::1]", "[3fff::1]",
    # numbers written another way
    "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "0x7f.1", "10.1",
    "127.000.000.001", "0",
    # names that lead inside
    "localhost", "inner.example", "loop.example", "six.example", "mixed.example", "mixed-six.example", "mapped.example",
    # final dots
    "localhost.", "127.0.0.1.", "loop.example.",
]  # fmt: skip
WHOLE = [
    # userinfo, two readers reading apart, characters that fold into digits and dots
    "https://world.example@127.0.0.1/", "https://127.0.0.1:443@127.0.0.1/", "https://:@localhost/",
    "https://127.0.0.1\\@world.example/", "https://127.0.0.1\t/", "https:// 127.0.0.1/", "https://127.0.0.1#@world.example/",
    "https://１２７.0.0.1/", "https://127。0。0。1/", "https://①②⑦.⓪.⓪.①/", "https://ｌocalhost/", "https://loop。example/",
    "https://[::1%25lo]/", "https://[fe80::1%25lo]/", "https://127.0.0.1%00.world.example/", "https://%6c%6f%6f%70.example/",
    # other schemes and ports
    "http://127.0.0.1/", "http://world.example/", "https://127.0.0.1:22/", "https://world.example:8443/", "file:///etc/passwd",
    "gopher://127.0.0.1/_x", "ftp://127.0.0.1/", "//127.0.0.1/", "https:127.0.0.1", "https:///127.0.0.1/", "HTTPS://LOCALHOST/",
    "https://world.example:0/", "https://world.example:/", "https://world.example:99999/", "https://", "",
]  # fmt: skip
FORMS = [f"https://{host}/feed" for host in HOSTS] + WHOLE


class Canary:
    """Listens on loopback and remembers who knocked. `every` line of the outgoing client leads here, whatever it dials."""

    def __init__(self):
        self.heard = 0
        self.doors = {socket.AF_INET: self._listen(socket.AF_INET, "127.0.0.1")}
        if socket.has_ipv6:
            self.doors[socket.AF_INET6] = self._listen(socket.AF_INET6, "::1")

    def _listen(self, family, host):
        door = socket.create_server((host, 0), family=family)
        threading.Thread(target=self._hear, args=(door,), daemon=True).start()
        return door

    def _hear(self, door):
        while True:
            try:
                line, _who = door.accept()
            except OSError:
                return
            self.heard += 1
            line.close()


@pytest.fixture
def canary(monkeypatch):
    """Whatever the client dials leads to the canary; names are answered from the table."""
    made = Canary()
    honest, found = socket.socket.connect, socket.getaddrinfo

    def connect(line, address):
        return honest(line, made.doors[line.family].getsockname()[:2])

    def look_up(host, port, **more):
        if (name := host.rstrip(".").lower()) in NAMES:
            return [(0, 0, 0, "", (number, port)) for number in NAMES[name]]
        return found(host.rstrip("."), port, flags=socket.AI_NUMERICHOST, **more)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield made
    for door in made.doors.values():
        door.close()


@pytest.mark.parametrize("address", FORMS)
def test_nothing_inside_is_called_in_whatever_form_it_is_written(canary, address):  # B23
    with pytest.raises(Barred):
        call("feeds", "GET", address)
    assert canary.heard == 0


def test_there_are_forty_forms_and_more():  # B23
    assert len(set(FORMS)) >= 100


@pytest.mark.control
@pytest.mark.parametrize("host", HOSTS)
def test_without_the_checks_each_of_them_is_reached(canary, host, monkeypatch):
    """B23's control: the same forms, read as others read them and not checked, all reach the listener."""
    monkeypatch.setattr(outgoing, "may_be_called", lambda number, inside: True)
    monkeypatch.setattr(outgoing, "_plain_host", lambda host, bracketed: host)
    with pytest.raises(Unanswered):
        call("feeds", "GET", f"https://{host}/feed")
    assert canary.heard >= 1


def test_a_public_name_is_called(canary):
    with pytest.raises(Unanswered):
        call("feeds", "GET", "https://world.example/feed")
    assert canary.heard == 1


def test_a_name_that_answers_differently_the_second_time_is_asked_once(canary, monkeypatch):
    """B23, DNS rebinding: public when checked, loopback when dialled. The address dialled is the one that was checked."""
    asked, dialled = [], []

    def rebinding(host, port, **more):
        asked.append(host)
        return [(0, 0, 0, "", ("93.184.215.14" if len(asked) == 1 else "127.0.0.1", port))]

    def connect(line, address):
        dialled.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(Unanswered):
        call("feeds", "GET", "https://rebinding.example/")
    assert (asked, dialled) == (["rebinding.example"], [("93.184.215.14", 443)])


@given(st.ip_addresses())
def test_whatever_python_calls_private_is_never_called(number):
    """B23: our table is no narrower than the one of the standard library."""
    if not number.is_global or number.is_multicast or number.is_reserved:
        assert not may_be_called(number, inside=False)


@pytest.mark.parametrize("text", ["1.1.1.1", "114.114.114.114", "2001:da8:1::1", "2400:3200::1", "2606:4700::1111"])
def test_the_world_may_be_called(text):
    assert may_be_called(ip_address(text), inside=False)


@pytest.mark.parametrize(
    "text", ["169.254.169.254", "fe80::1", "100.100.100.200", "fd00:ec2::254", "224.0.0.1", "0.0.0.0"]
)
def test_even_a_listed_name_does_not_lead_to_the_machines_own_secrets(text):
    assert not may_be_called(ip_address(text), inside=True)


# What the deployment lists


def test_a_listed_destination_is_called_by_its_connector_alone(server, settings):
    port = server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nja")
    settings.HALL_OUTGOING = listed(f"signon=http://127.0.0.1:{port}")
    assert call("signon", "GET", f"http://127.0.0.1:{port}/a?b=c").body == b"ja"
    for connector, address in (
        ("feeds", f"http://127.0.0.1:{port}/"),
        ("signon", f"https://127.0.0.1:{port}/"),
        ("signon", f"http://127.0.0.2:{port}/"),
        ("signon", f"http://localhost:{port}/"),
        ("signon", f"http://127.0.0.1:{port + 1}/"),
    ):
        with pytest.raises(Barred):
            call(connector, "GET", address)


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example", "signon=a.example", "signon=ftp://a.example", "signon=https://a.example/path",
        "signon=https://u:p@a.example", "=https://a.example", "signon=https://127.1", "signon=https://a.example?x", "sign on",
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_meant_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="HALL_OUTGOING"):
        listed(text)


def test_a_list_is_read():
    inner = Destination("http", "10.0.0.7", 8080)
    assert listed("signon=https://cas.example.edu.cn sms=http://10.0.0.7:8080") == {
        ("signon", Destination("https", "cas.example.edu.cn", 443)),
        ("sms", inner),
    }
    assert str(inner) == "http://10.0.0.7:8080"


# What comes back


@pytest.fixture
def server(settings):
    """`server(bytes, …)`: answers each caller with these bytes, `pause` seconds between two of them; the port."""
    doors = []

    def start(*pieces, pause=0.0, context=None, heard=None):
        door = socket.create_server(("127.0.0.1", 0))
        doors.append(door)

        def serve():
            while True:
                try:
                    line, _who = door.accept()
                    line = context.wrap_socket(line, server_side=True) if context else line
                    said = line.recv(65536)
                    if heard is not None:
                        heard.append(said)
                    for piece in pieces:
                        line.sendall(piece)
                        time.sleep(pause)
                    line.close()
                except (ssl.SSLError, ConnectionError):
                    continue
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        return door.getsockname()[1]

    yield start
    for door in doors:
        door.close()


@contextmanager
def calling(settings, port, scheme="http", host="127.0.0.1"):
    settings.HALL_OUTGOING = listed(f"signon={scheme}://{host}:{port}")
    yield f"{scheme}://{host}:{port}/x"


def test_a_redirect_is_an_answer_and_nobody_goes_there(server, settings):
    """B23: the canary behind the redirect hears nothing."""
    visited = []
    behind = server(b"HTTP/1.1 200 OK\r\n\r\n", heard=visited)
    for status in (301, 302, 303, 307, 308):
        port = server(
            b"HTTP/1.1 %d Go\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % (status, behind)
        )
        with calling(settings, port) as address:
            assert call("signon", "GET", address).status == status
    assert visited == []


def test_proxies_of_the_environment_are_not_asked(server, settings, monkeypatch):
    visited = []
    proxy = server(b"HTTP/1.1 200 OK\r\n\r\n", heard=visited)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
    port = server(b"HTTP/1.1 204 No\r\n\r\n")
    with calling(settings, port) as address:
        assert call("signon", "GET", address).status == 204
    assert visited == []


SLOW = {
    "silent": ([b"", b""], 5),
    "a header in drops": ([bytes([byte]) for byte in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 60], 0.1),
    "a body in drops": ([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"a"] * 60], 0.1),
    "a body without length in drops": ([b"HTTP/1.1 200 OK\r\n\r\n", *[b"a"] * 60], 0.1),
    "headers without end": ([b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 60], 0.1),
}


@pytest.mark.parametrize("how", SLOW)
def test_a_slow_server_holds_nobody_up(server, settings, how):
    pieces, pause = SLOW[how]
    port = server(*pieces, pause=pause)
    began = time.monotonic()
    with calling(settings, port) as address, pytest.raises(Unanswered, match="too long"):
        call("signon", "GET", address, whole=0.5)
    assert time.monotonic() - began < 1.5


BAD = {
    "too long": b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 3000,
    "announced too long": b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + b"a" * 3000,
    "chunks too long": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"3e8\r\n" + b"a" * 1000 + b"\r\n"
    + b"3e8\r\n" + b"a" * 1000 + b"\r\n0\r\n\r\n",
    "broken off": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nabc",
    "a broken chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "no HTTP": b"220 smtp.example ESMTP\r\n",
    "nothing": b"",
    "a header line without end": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70000,
    "a thousand headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
}  # fmt: skip


@pytest.mark.parametrize("how", BAD)
def test_a_bad_answer_is_no_answer(server, settings, how):
    port = server(BAD[how])
    with calling(settings, port) as address, pytest.raises(Unanswered):
        call("signon", "GET", address, limit=1000)


def test_a_name_server_that_is_silent_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: time.sleep(3) or [])
    began = time.monotonic()
    with pytest.raises(Unanswered, match="in time"):
        call("feeds", "GET", "https://slow.example/", connect=0.3)
    assert time.monotonic() - began < 1.5


def test_the_request_says_the_name_and_asks_for_no_compression(server, settings):
    heard = []
    port = server(b"HTTP/1.1 204 No\r\n\r\n", heard=heard)
    with calling(settings, port) as address:
        call("signon", "POST", address, body=b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"})
    head = heard[0].split(b"\r\n")
    assert head[0] == b"POST /x HTTP/1.1" and f"Host: 127.0.0.1:{port}".encode() in head
    assert b"Accept-Encoding: identity" in head


# Certificates: a small authority of our own


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("authority"), "Campus CA")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("good", None), ("stranger", "certificate"), ("expired", "certificate"), ("other name", "certificate"),
        ("self-signed", "certificate"), ("old TLS", "SSLError"), ("no TLS", "SSLError"),
    ],
)  # fmt: skip
def test_only_a_good_certificate_for_the_name_is_believed(ours, server, settings, monkeypatch, tmp_path, how, why):
    """C11, B23: the connection goes to a checked address, and name, time and issuer of the certificate still count."""
    issuer = authority(tmp_path, "Stranger") if how == "stranger" else ours
    name = "other.example" if how == "other name" else "cas.example"
    files = certificate(issuer, name, expired=how == "expired", own=how == "self-signed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    if how == "old TLS":
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nja"
    port = server(answer, context=None if how == "no TLS" else context)
    settings.HALL_OUTGOING_CA = str(ours.file)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", ("127.0.0.1", port))])
    with calling(settings, port, "https", "cas.example") as address:
        if why is None:
            assert call("signon", "GET", address).body == b"ja"
        else:
            with pytest.raises(Unanswered, match=why):
                call("signon", "GET", address)


def test_what_went_wrong_names_no_path_and_no_query(server, settings):
    port = server(b"")
    with calling(settings, port) as address, pytest.raises(Unanswered) as error:
        call("signon", "GET", f"{address}?ticket=ST-secret")
    assert "ST-secret" not in str(error.value) and urlsplit(address).path not in str(error.value)
