"""What no browser sends: refused in words, with the headers of each answer, and without a line in the log."""

import random
import re
from pathlib import Path

import pytest
from caller import FORM
from cli.conftest import Serve
from cli.test_limits import CLOSE, answer
from web.test_security_headers import EXPECTED

HOST = b"Host: 127.0.0.1\r\n"
GET = b"GET /sign-in HTTP/1.1\r\n" + HOST + CLOSE
POST = b"POST /sign-in HTTP/1.1\r\n" + HOST + CLOSE + b"".join(f"{n}: {v}\r\n".encode() for n, v in FORM.items())

REFUSED = {
    "no request at all": (b"\x00\x01\x02\r\n\r\n", 400),
    "no Host": (b"GET /sign-in HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (GET + b"Host: evil.example.org\r\n\r\n", 400),
    "a folded header": (GET + b"X: a\r\n b: c\r\n\r\n", 200),
    "a header without a colon": (GET + b"nothing\r\n\r\n", 400),
    "a space before the colon": (POST + b"Content-Length : 3\r\n\r\na=b", 400),
    "two lengths": (POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\na=b", 400),
    "a length that is none": (POST + b"Content-Length: +3\r\n\r\na=b", 400),
    "a length beyond all numbers": (POST + b"Content-Length: " + b"9" * 4000 + b"\r\n\r\n", 400),
    "a length and chunks": (POST + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "chunks that are none": (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "a body that is compressed": (POST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    "a head without an end": (GET + b"X: " + b"x" * 40_000, 431),
    "HTTP/2 by prior knowledge": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "a tunnel": (b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    "a target without a slash": (b"GET sign-in HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    "a target that is no place": (b"GET ftp://127.0.0.1/sign-in HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    "a method of its own": (b"BREW /sign-in HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 405),
    "asking for the server as a whole": (b"OPTIONS * HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    "HTTP/1.0": (b"GET /sign-in HTTP/1.0\r\n" + HOST + b"\r\n", 200),
    "an upgrade to HTTP/2": (
        GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
        200,
    ),
    "an upgrade to a WebSocket": (
        GET
        + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n\r\n",
        200,
    ),
    "a whole address": (b"GET http://127.0.0.1/sign-in HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 200),
    "a whole address without a path": (b"GET http://127.0.0.1?a=b HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 302),
    "another server's address": (b"GET http://evil.example.org/sign-in HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 421),
}


@pytest.mark.parametrize(("sent", "status"), REFUSED.values(), ids=REFUSED)
def test_each_is_answered_with_the_headers_of_each_answer(data: Path, serve: Serve, sent: bytes, status: int) -> None:
    server = serve(data)
    came = answer(server.port, sent)
    head = came.partition(b"\r\n\r\n")[0].decode()
    assert re.match(r"HTTP/1\.1 (\d+) ", head), came
    assert int(head.split()[1]) == status
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    assert {name: headers.get(name) for name in EXPECTED} == EXPECTED
    assert headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert headers["Cache-Control"] == "no-store"
    assert server.errors.read_text() == ""


def test_bytes_without_a_sense_leave_nothing_in_the_log(data: Path, serve: Serve) -> None:
    server, any_bytes = serve(data), random.Random(1)  # noqa: S311  # the same at each run
    for _ in range(200):
        sent = bytearray(POST + b"Content-Length: 3\r\n\r\na=b" + GET + b"\r\n")
        for _ in range(any_bytes.randrange(1, 8)):
            sent[any_bytes.randrange(len(sent))] = any_bytes.randrange(256)
        came = answer(server.port, bytes(sent[: any_bytes.randrange(20, len(sent))]), ends=True)
        assert not came or came.startswith(b"HTTP/1.1 ")
    assert server.errors.read_text() == ""


def test_a_header_with_underscores_is_not_taken_for_the_one_with_dashes(data: Path, serve: Serve) -> None:
    server = serve(data, SYNC_PANEL_TRUSTED_PROXY="127.0.0.1")
    forwarded = b"X-Forwarded-Proto: https\r\nX-Forwarded-Host: 127.0.0.1\r\n"

    def cookie(headers: bytes) -> bytes:
        found = re.search(rb"Set-Cookie: [^\r]*", answer(server.port, GET + headers + b"\r\n"))
        assert found
        return found[0]

    assert b"Secure" in cookie(forwarded)
    assert b"Secure" not in cookie(forwarded.replace(b"-", b"_"))
