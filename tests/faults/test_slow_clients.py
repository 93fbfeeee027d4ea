"""Six hundred clients that drip keep nobody out, and are dropped. On this machine only, bounded in count and time."""

import os
import selectors
import socket
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
HEAD = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n"


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    data = folder / "data"
    set_up(settings_for(data), CHEAP, lambda _first: None)
    server = Server(data, folder / "errors")
    try:
        yield server
    finally:
        server.stop()


def memory_of(server: Server) -> int:
    """Return the bytes that the server holds."""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def drip(clients: list[socket.socket], meanwhile: Callable[[], None]) -> int:
    """Send a byte from each client now and then until all are dropped, or time is over; return how many are left."""
    waiting, began, next_drip = selectors.DefaultSelector(), time.monotonic(), 0.0
    for client in clients:
        client.setblocking(False)  # noqa: FBT003
        waiting.register(client, selectors.EVENT_READ)
    with waiting:
        while waiting.get_map() and (now := time.monotonic()) - began < LONGEST:
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


@pytest.mark.timeout(180)
@pytest.mark.parametrize("begin", [HEAD + b"X: ", BODY, b"", b"\x16\x03\x01"], ids=["head", "body", "silent", "tls"])
def test_slow_clients_are_dropped_and_keep_nobody_out(tmp_path: Path, begin: bytes) -> None:
    answered: list[int] = []
    with served(tmp_path) as server, ExitStack() as opened:
        answered.append(Caller(server.port).get("/sign-in").status)
        before = memory_of(server)
        clients = [opened.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(CLIENTS)]
        for client in clients:
            client.sendall(begin)
        left = drip(clients, lambda: answered.append(Caller(server.port).get("/sign-in").status))
        assert not left, f"{left} of {CLIENTS} are still connected"
        assert memory_of(server) - before < 40 * 1024 * 1024
    assert set(answered) == {200}
    assert len(answered) > 1
