"""Six hundred clients that drip keep nobody out, and are dropped. On this machine only, bounded in count and time."""

import http.client
import os
import selectors
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from caller import Caller
from panels import CHEAP, settings_for
from processes import Server

from sync_panel.set_up import set_up

CLIENTS = int(os.environ.get("SYNC_PANEL_SLOW_CLIENTS", "600"))
EACH_DRIP = 2.0  # seconds between two bytes of each client
LONGEST = 30.0  # seconds until the last of them must be dropped
MORE_AT_MOST = 128 * 1024  # bytes of memory that a client may cost
HEAD = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n"


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
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=20)
    try:
        connection.request("GET", "/sign-in")
        return connection.getresponse().status
    finally:
        connection.close()


def memory_of(server: Server) -> int:
    """Return the bytes that the server holds."""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def drip(clients: list[socket.socket], meanwhile: Callable[[], object], longest: float = LONGEST) -> int:
    """Send a byte from each client now and then until all are dropped, or time is over; return how many are left."""
    waiting, began, next_drip = selectors.DefaultSelector(), time.monotonic(), 0.0
    for client in clients:
        client.setblocking(False)  # noqa: FBT003
        waiting.register(client, selectors.EVENT_READ)
    with waiting:
        while waiting.get_map() and (now := time.monotonic()) - began < longest:
            for key, _ in waiting.select(0.2):
                drop_if_ended(waiting, key.fileobj)  # type: ignore[arg-type]  # sockets only
            if now >= next_drip:
                next_drip = now + EACH_DRIP
                for key in list(waiting.get_map().values()):
                    send_a_byte(waiting, key.fileobj)  # type: ignore[arg-type]  # sockets only
                meanwhile()
        return len(waiting.get_map())


def drop_if_ended(waiting: selectors.BaseSelector, client: socket.socket) -> None:
    """Forget a client whose connection the server has ended."""
    try:
        ended = not client.recv(65536)
    except OSError:
        ended = True
    if ended:
        waiting.unregister(client)


def send_a_byte(waiting: selectors.BaseSelector, client: socket.socket) -> None:
    try:
        client.send(b"x")
    except OSError:
        waiting.unregister(client)


SLOW = {
    "head": (HEAD + b"X: ",),
    "body": (BODY,),
    "silent": (b"",),
    "handshake": (b"\x16\x03\x01", "--tls"),  # a record of TLS begins, and never ends
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("begin", "options"), [(begin, options) for begin, *options in SLOW.values()], ids=SLOW)
def test_slow_clients_are_dropped_and_keep_nobody_out(tmp_path: Path, begin: bytes, options: list[str]) -> None:
    with served(tmp_path, *options) as server, ExitStack() as opened:
        answered = [answer_of(server)]
        before = memory_of(server)
        clients = [opened.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(CLIENTS)]
        for client in clients:
            client.sendall(begin)
        left = drip(clients, lambda: answered.append(answer_of(server)))
        assert not left, f"{left} of {CLIENTS} are still connected"
        assert memory_of(server) - before < MORE_AT_MOST * len(clients)
    assert set(answered) == {200}
    assert len(answered) > 1
