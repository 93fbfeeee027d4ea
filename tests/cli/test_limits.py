"""What one client may take: a head of so many bytes, a body of so many, and a bounded number of connections."""

import re
import socket
from pathlib import Path

import pytest
from cli.conftest import Serve

HEAD = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
FORM = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def answer(port: int, sent: bytes) -> bytes:
    """Send bytes, and return all that comes back until the server closes; it may close while we still send."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        came = b""
        try:
            client.sendall(sent)
            while read := client.recv(65536):
                came += read
        except ConnectionError:
            pass
        return came


@pytest.mark.parametrize(("size", "status"), [(1000, b"200"), (200_000, b"431|400")])
def test_a_head_has_a_limit(data: Path, serve: Serve, size: int, status: bytes) -> None:
    sent = HEAD + b"Connection: close\r\nX-Long: " + b"x" * size + b"\r\n\r\n"
    assert re.match(rb"HTTP/1.1 (" + status + rb") ", answer(serve(data).port, sent))


@pytest.mark.parametrize("size", [100_000, 3_000_000])
def test_a_body_has_a_limit(data: Path, serve: Serve, size: int) -> None:
    sent = FORM + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size
    came = answer(serve(data).port, sent)
    assert not came or re.match(rb"HTTP/1.1 (400|413) ", came)


def test_connections_have_a_limit(data: Path, serve: Serve) -> None:
    server = serve(data)
    assert answer(server.port, HEAD + b"Connection: close\r\n\r\n")
    limits = Path(f"/proc/{server.process.pid}/limits").read_text()
    found = re.search(r"Max open files +(\d+)", limits)
    assert found
    assert int(found[1]) <= 4096
