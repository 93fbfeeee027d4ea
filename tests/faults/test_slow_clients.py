"""Hundreds of clients that are slow keep nobody out, and are dropped, in every step in which a client can be slow.

On this machine only, bounded in count and time.
"""

import http.client
import os
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from caller import Caller
from panels import CHEAP, settings_for
from processes import Server

from sync_panel.set_up import set_up
from sync_panel.web.templating import load

CLIENTS = int(os.environ.get("SYNC_PANEL_SLOW_CLIENTS", "200"))
EACH_DRIP = 2.0  # seconds between two bytes of each client
LONGEST = 30.0  # seconds until the last of them must be dropped
MORE_AT_MOST = 192 * 1024  # bytes of memory that a client may cost; over TLS asyncio takes 64 KiB before it says stop
HEAD = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
FILE = f"/sync-panel-static/{load('vendor/htmx.min.js').version}/vendor/htmx.min.js".encode()
FORM = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\n"
BODY = FORM + b"Content-Length: 60000\r\n\r\n"
CHUNKED = FORM + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n"
ASK = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % FILE
PIPELINED = 60  # requests that a client sends, before it would read the first answer


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Server]:
    data = folder / "data"
    set_up(settings_for(data), CHEAP, lambda _first: None)
    server = Server(data, folder / "errors", listen="127.0.0.1:0", options=options)
    try:
        yield server
    finally:
        server.stop()


def answer_of(server: Server) -> int:
    """Return how a new request is answered, over HTTPS when the server speaks that."""
    if not server.options:
        return Caller(server.port).get("/sign-in").status
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=trusting_anybody(), timeout=20)
    try:
        connection.request("GET", "/sign-in")
        return connection.getresponse().status
    finally:
        connection.close()


def trusting_anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def memory_of(server: Server) -> int:
    """Return the bytes that the server holds."""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def drip(
    clients: list[socket.socket], meanwhile: Callable[[], object], *, read: bool = True, longest: float = LONGEST
) -> int:
    """Send a byte from each client now and then until all are dropped, or time is over; return how many are left."""
    left = {client.fileno(): client for client in clients}
    waiting, began, next_drip = select.poll(), time.monotonic(), 0.0
    for number in left:
        waiting.register(number, select.POLLRDHUP | (select.POLLIN if read else 0))
    while left and (now := time.monotonic()) - began < longest:
        ended = [number for number, _ in waiting.poll(200) if not read or has_ended(left[number])]
        if now >= next_drip:
            next_drip = now + EACH_DRIP
            ended += [number for number, client in left.items() if not takes_a_byte(client)]
            meanwhile()
        for number in set(ended):
            waiting.unregister(number)
            del left[number]
    return len(left)


def has_ended(client: socket.socket) -> bool:
    """Read what came, and tell whether the server has ended the connection."""
    try:
        return not client.recv(65536)
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True


def takes_a_byte(client: socket.socket) -> bool:
    """Send a byte, and tell whether the connection is still there."""
    try:
        client.send(b"x")
    except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    return True


RECORD = b"\x16\x03\x01\x02\x00"  # a record of TLS begins, and never ends


@dataclass(frozen=True)
class Slow:
    """One way to be slow: what a client sends before it drips, over TLS or not, and whether it reads the answers."""

    begin: bytes
    tls: bool = False  # the server speaks it
    shakes_hands: bool = False  # and the client does
    reads: bool = True


SLOW = {
    "head": Slow(HEAD + b"X: "),
    "head, encrypted": Slow(HEAD + b"X: ", tls=True, shakes_hands=True),
    "body": Slow(BODY),
    "body, encrypted": Slow(BODY, tls=True, shakes_hands=True),
    "chunks": Slow(CHUNKED),
    "silent": Slow(b""),
    "handshake": Slow(RECORD, tls=True),
    "reading": Slow(ASK * PIPELINED, reads=False),
    "reading, encrypted": Slow(ASK * PIPELINED, tls=True, shakes_hands=True, reads=False),
    "a too long body": Slow(HEAD + b"Content-Length: 100000000\r\n\r\n" + b"x" * 100_000),
}


def connect(server: Server, slow: Slow) -> socket.socket:
    """Return a client that has begun to be slow."""
    client = socket.socket()
    if not slow.reads:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.connect(("127.0.0.1", server.port))
    if slow.shakes_hands:
        client = trusting_anybody().wrap_socket(client)
    client.setblocking(False)  # noqa: FBT003
    with suppress(OSError):
        client.send(slow.begin)
    return client


@pytest.mark.timeout(180)
@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
def test_slow_clients_are_dropped_and_keep_nobody_out(tmp_path: Path, slow: Slow) -> None:
    with served(tmp_path, *(["--tls"] if slow.tls else [])) as server, ExitStack() as opened:
        answered = [answer_of(server)]
        before = memory_of(server)
        clients = [opened.enter_context(connect(server, slow)) for _ in range(CLIENTS)]
        left = drip(clients, lambda: answered.append(answer_of(server)), read=slow.reads)
        assert not left, f"{left} of {CLIENTS} are still connected"
        assert memory_of(server) - before < MORE_AT_MOST * len(clients)
    assert set(answered) == {200}
    assert len(answered) > 1
    assert server.errors.read_text() == "", "what a client does is no fault of the server"


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "encrypted"])
def test_a_client_that_is_silent_after_its_answer_is_no_fault(tmp_path: Path, *, tls: bool) -> None:
    with served(tmp_path, *(["--tls"] if tls else [])) as server, ExitStack() as opened:
        for ask in (ASK, ASK.replace(b"Host", b"Connection: close\r\nHost"), b"GET nothing\r\n\r\n"):
            client = opened.enter_context(connect(server, Slow(ask, tls, shakes_hands=tls)))
            client.settimeout(20)
            assert client.recv(100).startswith(b"HTTP/1.1 ")
        assert answer_of(server) == 200
    assert server.errors.read_text() == ""


def test_bodies_of_anonymous_clients_are_read_no_further_than_what_is_told(tmp_path: Path) -> None:
    sent = FORM + b"Content-Length: 1048576\r\n\r\n" + b"x" * 1024 * 1024
    with served(tmp_path) as server, ExitStack() as opened:
        before = memory_of(server)
        clients = [opened.enter_context(connect(server, Slow(sent))) for _ in range(300)]
        for client in clients:
            client.settimeout(20)
            assert client.recv(100).startswith(b"HTTP/1.1 413 ")
        assert memory_of(server) - before < MORE_AT_MOST * len(clients)
