"""What a server speaks, by how its answer begins: TLS and HTTP have a beginning each, all else has another."""

import contextlib
import ssl

LONG_ENOUGH = 5  # bytes by which each is known
BEGINS_HTTP = b"HTTP/"  # RFC 9112, 4
BEGINS_TLS = {b"\x15\x03", b"\x16\x03"}  # an alert or a handshake, then the version, which begins alike in all of them


def is_http(heard: bytes) -> bool:
    """Tell whether HTTP begins so, as far as anything was heard."""
    return bool(heard) and BEGINS_HTTP.startswith(heard[: len(BEGINS_HTTP)])


def is_tls(heard: bytes) -> bool:
    """Tell whether TLS begins so, as far as anything was heard (RFC 8446, 5.1)."""
    return bool(heard) and any(begins.startswith(heard[:2]) for begins in BEGINS_TLS)


def tls_hello(host: str) -> bytes:
    """Return how a client of TLS begins: it holds no secret, and a server that speaks TLS answers it."""
    sent = ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with contextlib.suppress(ssl.SSLWantReadError):  # which comes once it has begun
        context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=host).do_handshake()
    return sent.read()


def http_question(authority: str) -> bytes:
    """Return a request that any server of HTTP answers."""
    return f"HEAD / HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n".encode()
