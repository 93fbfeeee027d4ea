"""What one client may take: a head of so many bytes, a body of so many, and a bounded number of connections."""

import os
import re
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from cli.conftest import Serve
from panels import TestPanel
from serving import serving, serving_panel

HEAD = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
CLOSE = b"Connection: close\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
CONTACT = b"POST /link/v1/contact HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
FORM = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def answer(port: int, sent: bytes, *, ends: bool = False) -> bytes:
    """Send bytes, and return all that comes back until the server closes; it may close while we still send.

    One that `ends` says that no more will come.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        came = b""
        try:
            client.sendall(sent)
            if ends:
                client.shutdown(socket.SHUT_WR)
            while read := client.recv(65536):
                came += read
        except ConnectionError:
            pass
        return came


@pytest.mark.parametrize(("size", "status"), [(1000, b"200"), (200_000, b"431")])
def test_a_head_has_a_limit(data: Path, serve: Serve, size: int, status: bytes) -> None:
    sent = HEAD + CLOSE + b"X-Long: " + b"x" * size + b"\r\n\r\n"
    assert re.match(rb"HTTP/1.1 (" + status + rb") ", answer(serve(data).port, sent))


@pytest.mark.parametrize("size", [65_537, 100_000, 3_000_000])
@pytest.mark.parametrize("head", [FORM + CLOSE + b"Content-Length: %d\r\n\r\n", FORM + CLOSE + CHUNKED + b"%x\r\n"])
def test_a_body_has_a_limit(data: Path, serve: Serve, head: bytes, size: int) -> None:
    came = answer(serve(data).port, head % size + b"x" * size)
    assert came.startswith(b"HTTP/1.1 413 ")
    assert b"A form here has at most 64 KB." in came


def test_a_body_that_is_too_long_is_refused_before_it_is_sent(data: Path, serve: Serve) -> None:
    came = answer(serve(data).port, FORM + b"Expect: 100-continue\r\nContent-Length: 65537\r\n\r\n")
    assert came.startswith(b"HTTP/1.1 413 ")


def test_a_body_that_is_waited_for_is_asked_for(data: Path, serve: Serve) -> None:
    with socket.create_connection(("127.0.0.1", serve(data).port), timeout=30) as client:
        client.sendall(FORM + CLOSE + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 100 ")
        client.sendall(b"a=b&c")
        assert client.recv(65536).startswith(b"HTTP/1.1 403 ")


def test_a_body_in_chunks_arrives(data: Path, serve: Serve) -> None:
    def length_is_told(sent: bytes) -> bytes:
        return answer(serve(data).port, CONTACT + CLOSE + sent)

    in_one = length_is_told(b"Content-Length: 2\r\n\r\n[]")
    in_chunks = length_is_told(CHUNKED + b"1\r\n[\r\n1\r\n]\r\n0\r\n\r\n")
    assert in_one.partition(b"\r\n\r\n")[2] == in_chunks.partition(b"\r\n\r\n")[2] != b""


def test_requests_that_were_sent_at_once_are_answered_in_their_order(data: Path, serve: Serve) -> None:
    asked = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    came = answer(serve(data).port, asked * 20 + HEAD + CLOSE + b"\r\n")
    assert re.findall(rb"HTTP/1.1 (\d+) ", came) == [b"200", b"404"] * 20 + [b"200"]


def test_a_client_that_ends_its_side_is_answered(data: Path, serve: Serve) -> None:
    with socket.create_connection(("127.0.0.1", serve(data).port), timeout=30) as client:
        client.sendall(HEAD + b"\r\n")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_connections_have_a_limit(data: Path, serve: Serve) -> None:
    server = serve(data)
    assert answer(server.port, HEAD + CLOSE + b"\r\n")
    limits = Path(f"/proc/{server.process.pid}/limits").read_text()
    found = re.search(r"Max open files +(\d+)", limits)
    assert found
    assert int(found[1]) <= 4096


def test_for_one_client_too_many_the_quietest_makes_room(on: TestPanel) -> None:
    with serving_panel(on, most_clients=3) as url, ExitStack() as opened:

        def connect() -> socket.socket:
            address = ("127.0.0.1", int(url.rpartition(":")[2]))
            return opened.enter_context(socket.create_connection(address, timeout=30))

        def is_answered(client: socket.socket) -> bool:
            client.sendall(HEAD.replace(b"GET", b"HEAD") + b"\r\n")
            return client.recv(65536).startswith(b"HTTP/1.1 200 ")

        quiet, talking, other = connect(), connect(), connect()
        assert is_answered(quiet)
        assert is_answered(talking)
        assert is_answered(other)
        assert is_answered(connect())
        assert was_ended(quiet)
        assert is_answered(talking)


def was_ended(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_of_a_long_answer_a_piece_waits_for_its_reader_and_no_more() -> None:
    long_answer = b"x" * 10_000_000

    def application(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [])
        return [long_answer]

    with serving(application) as url, ExitStack() as opened:
        clients = [opened.enter_context(socket.socket()) for _ in range(20)]
        before = memory()
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect(("127.0.0.1", int(url.rpartition(":")[2])))
            client.sendall(HEAD + b"\r\n")
        assert all(client.recv(8) for client in clients)
        assert memory() - before < 2 * len(long_answer)


def memory() -> int:
    """Return the bytes that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
