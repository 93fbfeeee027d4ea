"""Serving the panel: where it listens, how it is encrypted, and how it is told to stop."""

import asyncio
import ipaddress
import re
import signal
import socket
import ssl
import threading
from asyncio.sslproto import SSLProtocol
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from flask import Flask

from .http11 import PATIENCE, PIECE, Service
from .panel import ExchangeCallable
from .rules.problems import PlainError
from .web.current import EXTENSION
from .web.guarding import HEADERS, HTTPS_FOR_GOOD
from .wsgi import Application

if TYPE_CHECKING:
    from .guard.certificate import Certificate  # imported by who serves TLS

HIGHEST_PORT = 65535
LONGEST_STOP = 0.5  # seconds
MOST_OPEN_FILES = 4096  # nearly all of them connections
MOST_CLIENTS = 800
MOST_UNREAD = 64 * 1024  # bytes that the system keeps for a client which does not read; by itself it takes megabytes
BACKLOG = 512  # connections that wait to be taken


class CannotListenError(PlainError):
    """The address cannot be listened on; the text says why."""


def listen(address: str) -> socket.socket:
    """Return a socket that listens on "HOST:PORT", an IPv6 host in brackets. Raise CannotListenError."""
    parts = re.fullmatch(r"(?:\[(?P<v6>[^]]+)\]|(?P<host>[^:]+)):(?P<port>[0-9]{1,5})", address)
    if not parts or int(parts["port"]) > HIGHEST_PORT:
        raise CannotListenError(f"“{address}” is no address to listen on. Write HOST:PORT, for example 127.0.0.1:8765.")
    family = socket.AF_INET6 if parts["v6"] else socket.AF_INET
    try:
        listening = socket.create_server((parts["v6"] or parts["host"], int(parts["port"])), family=family)
    except (OSError, TypeError, UnicodeError) as error:  # the last two for a host that no name can have
        reason = getattr(error, "strerror", None) or error
        raise CannotListenError(f"Cannot listen on {address}: {reason}. Name another address with --listen.") from None
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_UNREAD)
    return listening


def is_beyond_this_machine(listening: socket.socket) -> bool:
    return not ipaddress.ip_address(listening.getsockname()[0]).is_loopback


def address_of(listening: socket.socket, scheme: str = "http") -> str:
    """Return the address to open in a browser on this machine."""
    host, port = listening.getsockname()[:2]
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # told apart here, not listened on
    host = everywhere.get(host, host)
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"


def run(
    app: Flask,
    listening: socket.socket,
    *,
    exchange: ExchangeCallable | None = None,
    certificate: "Certificate | None" = None,
) -> None:
    """Serve until the process is told to stop by SIGINT or SIGTERM, and ask the primary meanwhile.

    `exchange` is called with the settings after each request that was answered, in place of the
    command that the settings may name. With a `certificate` HTTPS is spoken, and nothing else.
    """
    most_clients = limit_connections()
    panel = app.extensions[EXTENSION]
    panel.network.own = listening.getsockname()[:2]
    panel.network.certificate = certificate
    panel.network.has_schedule = True
    schedule = panel.schedule(exchange)
    asking = threading.Thread(target=schedule.run, name="schedule", daemon=True)

    async def serve_until_stopped() -> None:
        try:
            await serve_app(app, listening, certificate, most_clients=most_clients)
        finally:
            schedule.stop()
            panel.network.hang_up()  # the requests that wait for other servers end now, and their threads with them

    asking.start()
    asyncio.run(serve_until_stopped())
    asking.join(LONGEST_STOP)  # a callable of the host that does not end is left alone


def limit_connections() -> int:
    """Allow as many open files as the system lets this process have, up to a bound, and return for how many clients.

    Some files are needed for other things than connections.
    """
    try:
        import resource  # noqa: PLC0415  # not on Windows, which has no such limit
    except ImportError:
        return MOST_CLIENTS
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = MOST_OPEN_FILES if most == resource.RLIM_INFINITY else min(MOST_OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))
    return min(MOST_CLIENTS, few // 2)


async def serve_app(
    app: Application,
    listening: socket.socket,
    certificate: "Certificate | None" = None,
    *,
    until: Awaitable[object] | None = None,
    most_clients: int = MOST_CLIENTS,
) -> None:
    """Serve a WSGI application `until` something is over, or SIGINT or SIGTERM comes. Takes over the socket."""
    service = Service(app, headers_of_each_answer(certificate), most_clients)
    times = {"ssl_handshake_timeout": PATIENCE.handshake, "ssl_shutdown_timeout": PATIENCE.leaving}
    server = await asyncio.start_server(
        service.serve,
        sock=listening,
        limit=PIECE // 2,  # asyncio reads on until it has twice as much
        backlog=BACKLOG,
        **({"ssl": encryption(certificate), **times} if certificate else {}),  # type: ignore[arg-type]
    )
    try:
        await (until or told_to_stop().wait())
    finally:
        server.close()
        await service.stop(LONGEST_STOP)


def headers_of_each_answer(certificate: "Certificate | None") -> dict[str, str]:
    """Return the headers of the answers that do not come from the application, as `add_headers` gives the others."""
    is_vouched_for = bool(certificate and not certificate.is_self_signed)
    return {**HEADERS, **(HTTPS_FOR_GOOD if is_vouched_for else {}), "Cache-Control": "no-store"}


def encryption(certificate: "Certificate") -> ssl.SSLContext:
    """Return how connections are encrypted: TLS 1.2 or later, and HTTP/1.1 in it."""
    SSLProtocol.max_size = PIECE  # asyncio would keep 256 KiB for each connection
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.path, certificate.key_path)
    context.set_alpn_protocols(["http/1.1"])
    return context


def told_to_stop() -> asyncio.Event:
    """Return the event that SIGINT and SIGTERM set."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
    return stopped
