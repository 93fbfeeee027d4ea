"""What is no panel at all at a port: told as what it is, whatever scheme the URL has, never as a bad certificate."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from link.asking import MARK, climb, failures, look_up, only_failure, primary_at, refusal, request, shown
from link.certificates import Certificate
from link.servers import Act, Peer, Server, keeps_still, says, serving

from sync_panel.link.failures import Failure, Rung
from sync_panel.link.ladder import FAILED, PASSED, Step
from sync_panel.link.wire import Network

HASTE = 0.8  # seconds; only for a server that lets us wait
LINGER_0 = struct.pack("ii", 1, 0)  # closing resets the connection
SERVER_HELLO = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + b"\x5a" * 20  # the first of 127 bytes


class First(Server):
    """A server that acts as soon as somebody has connected."""

    def _converse(self, connection: socket.socket) -> None:
        self.act(Peer(connection, self.connections, b"", self._stopping))


@contextmanager
def first(act: Act) -> Iterator[Server]:
    server = First(act)
    try:
        yield server
    finally:
        server.end()


def greets(banner: bytes) -> Act:
    """Say something as soon as somebody connects, then wait for what they say."""

    def act(peer: Peer) -> None:
        peer.connection.sendall(banner)
        keeps_still(peer)

    return act


def greets_and_goes(peer: Peer) -> None:
    peer.connection.sendall(b"421 Too many connections\r\n")


def goes(_peer: Peer) -> None:
    """Close the connection at once."""


def resets(peer: Peer) -> None:
    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)


def goes_once_asked(peer: Peer) -> None:
    peer.connection.recv(1)


def begins_to_encrypt(peer: Peer) -> None:
    """Answer the beginning of TLS with half an answer, and nothing more."""
    peer.connection.recv(65536)
    greets(SERVER_HELLO)(peer)


def breaks_off(peer: Peer) -> None:
    peer.connection.recv(65536)
    peer.connection.sendall(SERVER_HELLO)
    peer.connection.shutdown(socket.SHUT_WR)
    keeps_still(peer)


def finds_no_common_way(peer: Peer) -> None:
    peer.connection.recv(65536)
    peer.connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")  # a fatal alert: handshake_failure (RFC 8446, 6)


# What a server does, and how that is told for an https URL and for an http one.
CASES: dict[str, tuple[Act, Failure, Failure]] = {
    "SSH": (greets(f"SSH-2.0-{MARK}\r\n".encode()), Failure.OTHER_PROTOCOL, Failure.OTHER_PROTOCOL),
    "mail": (greets(f"220 {MARK} ESMTP\r\n".encode()), Failure.OTHER_PROTOCOL, Failure.OTHER_PROTOCOL),
    "a greeting without the end of a line": (
        greets(b"J\x00\x00\x00\n8.0.36"),
        Failure.OTHER_PROTOCOL,
        Failure.OTHER_PROTOCOL,
    ),
    "a greeting like half of TLS": (greets(b"\x16\x00\x00"), Failure.OTHER_PROTOCOL, Failure.OTHER_PROTOCOL),
    "a refusal in words": (greets_and_goes, Failure.OTHER_PROTOCOL, Failure.OTHER_PROTOCOL),
    "silence": (keeps_still, Failure.TOO_SLOW, Failure.TOO_SLOW),
    "closed at once": (goes, Failure.HUNG_UP, Failure.HUNG_UP),
    "reset at once": (resets, Failure.HUNG_UP, Failure.HUNG_UP),
    "closed once asked": (goes_once_asked, Failure.HUNG_UP, Failure.HUNG_UP),
    "half a handshake, then silence": (begins_to_encrypt, Failure.TLS_TOO_SLOW, Failure.HTTPS_SPOKEN),
    "half a handshake, then closed": (breaks_off, Failure.TLS_BROKEN_OFF, Failure.HTTPS_SPOKEN),
    "no common way to encrypt": (finds_no_common_way, Failure.TLS_FAILED, Failure.HTTPS_SPOKEN),
}
EACH = pytest.mark.parametrize(
    ("scheme", "act", "failure"),
    [
        pytest.param(scheme, act, failure, id=f"{name} at {scheme}")
        for name, (act, *failures) in CASES.items()
        for scheme, failure in zip(("https", "http"), failures, strict=True)
    ],
)


def network(failure: Failure) -> Network:
    return Network(seconds=HASTE if failure in {Failure.TOO_SLOW, Failure.TLS_TOO_SLOW} else 10)


def nothing_untrue(steps: list[Step], failure: Failure) -> None:
    """Look for what is not known: of a scheme nobody spoke, of a certificate nobody showed."""
    told = [step.title for step in steps]
    assert MARK not in shown(steps)
    assert FAILED[Rung.CERTIFICATE] not in told
    assert PASSED[Rung.CERTIFICATE] not in told
    if failure.rung is not Rung.CERTIFICATE:
        assert PASSED[Rung.SCHEME] not in told
    if failure is not Failure.HTTPS_SPOKEN:
        assert FAILED[Rung.SCHEME] not in told


@EACH
def test_a_check_tells_what_it_is(scheme: str, act: Act, failure: Failure) -> None:
    with first(act) as server:
        steps = climb(primary_at(f"{scheme}://127.0.0.1:{server.port}"), network(failure))
    assert only_failure(steps) is failure
    nothing_untrue(steps, failure)


@EACH
def test_a_look_up_tells_what_it_is(scheme: str, act: Act, failure: Failure) -> None:
    with first(act) as server:
        steps = look_up(primary_at(f"{scheme}://127.0.0.1:{server.port}"), network(failure))
    assert only_failure(steps) is failure
    nothing_untrue(steps, failure)


@EACH
def test_a_request_tells_what_it_is(scheme: str, act: Act, failure: Failure) -> None:
    with first(act) as server:
        entered = primary_at(f"{scheme}://127.0.0.1:{server.port}")
        error = refusal(lambda: request(entered, network(failure)))
    assert error.failure is failure


@pytest.mark.parametrize("said", [b"-ERR unknown command\r\n", b"\x00\x00\x00\x00", b"<html>Bad Request</html>"])
def test_what_answers_plain_words_in_words_of_its_own_is_another_service(said: bytes) -> None:
    for scheme in ("https", "http"):
        with serving(says(said)) as server:
            steps = climb(primary_at(f"{scheme}://127.0.0.1:{server.port}"))
        assert only_failure(steps) is Failure.OTHER_PROTOCOL


def test_another_service_that_encrypts_is_told_as_such(issued: Certificate) -> None:
    with serving(says(f"* OK {MARK} IMAP4 ready\r\n".encode()), issued.context) as server:
        steps = climb(primary_at(server.url()))
    assert failures(steps) == [Failure.OTHER_PROTOCOL]
    assert steps[-1].rung is Rung.PRODUCT, "encrypted it is, with a certificate that is trusted"


def test_what_hangs_up_on_tls_and_answers_http_is_told_as_http() -> None:
    def act(peer: Peer) -> None:
        if not peer.request.startswith(b"\x16"):
            peer.connection.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")

    with serving(act) as server:
        assert only_failure(climb(primary_at(f"https://127.0.0.1:{server.port}"))) is Failure.HTTP_SPOKEN
