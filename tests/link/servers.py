"""Small real servers on loopback, which answer as a test says and keep every byte that they hear."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

PATIENCE = 10.0  # seconds; a client that keeps still for longer hangs
BETWEEN_DRIPS = 0.01  # seconds
FIRST_BYTE_OF_TLS = b"\x16"


@dataclass(frozen=True)
class Peer:
    """Who is connected now: the `number` of the connection, and what it sent first."""

    connection: socket.socket
    number: int
    request: bytes
    stopping: threading.Event


Act = Callable[[Peer], None]


@dataclass
class Server:
    """A server that lets `act` answer one connection after the other.

    With `contexts` it speaks TLS: the first connection gets the first of them, and so on; the last serves the rest.
    """

    act: Act
    contexts: Sequence[ssl.SSLContext] = ()
    host: str = "127.0.0.1"
    connections: int = 0
    heard: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listening = socket.create_server((self.host, 0), family=family)
        self.port: int = self._listening.getsockname()[1]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="server of a test")
        self._thread.start()

    @property
    def everything(self) -> bytes:
        """Return every byte that was heard, once the server has ended."""
        assert not self._thread.is_alive(), "end the server first: a byte may still be under way"
        return b"".join(self.heard)

    def url(self, host: str = "", path: str = "") -> str:
        """Return the address, under the server's own host or another name of it."""
        shown = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{'https' if self.contexts else 'http'}://{shown}:{self.port}{path}"

    def end(self) -> None:
        """Stop serving, and wait until what was sent is heard."""
        self._stopping.set()
        with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=PATIENCE):
            pass  # which wakes the thread from its wait for a connection
        self._thread.join(2 * PATIENCE)
        self._listening.close()
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            connection.settimeout(PATIENCE)
            with connection:
                if self._stopping.is_set():
                    return
                self.connections += 1
                with contextlib.suppress(OSError):
                    self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        number = self.connections
        if not self.contexts:
            self._answer(connection, number)
        elif connection.recv(1, socket.MSG_PEEK) != FIRST_BYTE_OF_TLS:
            self.heard.append(read_request(connection))  # no TLS at all: what it says counts as heard
        else:
            context = self.contexts[min(number, len(self.contexts)) - 1]
            with context.wrap_socket(connection, server_side=True) as encrypted:
                self._answer(encrypted, number)

    def _answer(self, connection: socket.socket, number: int) -> None:
        request = read_request(connection)
        self.heard.append(request)
        self.act(Peer(connection, number, request, self._stopping))
        if not isinstance(connection, ssl.SSLSocket):
            connection.shutdown(socket.SHUT_WR)
            while more := connection.recv(65536):
                self.heard.append(more)


def read_request(connection: socket.socket) -> bytes:
    """Return a request with its body, or what a client began that speaks TLS where this server does not."""
    request = b""
    while not (is_whole(request) or request.startswith(FIRST_BYTE_OF_TLS)) and (more := connection.recv(65536)):
        request += more
    return request


def is_whole(request: bytes) -> bool:
    """Tell whether head and body of a request are there."""
    head, end, body = request.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().splitlines() if line.startswith(b"content-length:")]
    return bool(end) and len(body) >= int(lengths[0] if lengths else 0)


@contextmanager
def serving(act: Act, *contexts: ssl.SSLContext, host: str = "127.0.0.1") -> Iterator[Server]:
    """Run a server for as long as the block lasts."""
    server = Server(act, contexts, host)
    try:
        yield server
    finally:
        server.end()


def says(*answers: bytes) -> Act:
    """Answer the first connection with the first of these bytes, and so on; the last answers the rest."""
    return lambda peer: peer.connection.sendall(answers[min(peer.number, len(answers)) - 1])


def floods(beginning: bytes, piece: bytes) -> Act:
    """Send the beginning, then the piece again and again until the client leaves."""

    def act(peer: Peer) -> None:
        peer.connection.sendall(beginning)
        while not peer.stopping.is_set():
            peer.connection.sendall(piece)

    return act


def drips(beginning: bytes, drop: bytes = b"x") -> Act:
    """Send the beginning byte by byte and then a drop now and then, until the client leaves."""

    def act(peer: Peer) -> None:
        for byte in beginning:
            if peer.stopping.wait(BETWEEN_DRIPS):
                return
            peer.connection.sendall(bytes([byte]))
        while not peer.stopping.wait(BETWEEN_DRIPS):
            peer.connection.sendall(drop)

    return act


def keeps_still(peer: Peer) -> None:
    """Say nothing until the client leaves."""
    while not peer.stopping.is_set() and peer.connection.recv(1):
        pass


def http(body: bytes | object, status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole answer; a body that is not bytes is sent as JSON."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(sent)}", *headers]
    return "\r\n".join([*head, "Connection: close", "", ""]).encode() + sent
