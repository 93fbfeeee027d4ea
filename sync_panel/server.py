"""Serving the panel: Hypercorn, in this process, with the application as plain WSGI."""

import asyncio
import ipaddress
import logging
import re
import socket
import threading
from asyncio.sslproto import SSLProtocol
from collections.abc import Awaitable, Callable, Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

from flask import Flask
from hypercorn.app_wrappers import WSGIWrapper
from hypercorn.asyncio.run import worker_serve
from hypercorn.config import Config
from hypercorn.typing import ASGIReceiveCallable, ASGIReceiveEvent, ASGISendCallable, HTTPScope
from werkzeug.wsgi import ClosingIterator

from .guard.certificate import Certificate
from .panel import ExchangeCallable
from .proxy import Application
from .web.current import EXTENSION

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# The panel answers a body of over 64 KiB in words; Hypercorn reads no more than this of any.
LONGEST_BODY = 1024 * 1024
HIGHEST_PORT = 65535
LONGEST_STOP = 0.5  # seconds
LONGEST_HEAD = 16 * 1024  # bytes
TLS_RECORD = 16 * 1024  # bytes: RFC 8446, section 5.1
MOST_OPEN_FILES = 4096  # nearly all of them connections
LONGEST_REQUEST = 15.0  # seconds for a request's body to arrive, even over a slow line


class CannotListenError(Exception):
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
    return listening


def is_beyond_this_machine(listening: socket.socket) -> bool:
    """Tell whether other machines can connect."""
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
    certificate: Certificate | None = None,
) -> None:
    """Serve until the process is told to stop by SIGINT or SIGTERM, and ask the primary meanwhile.

    `exchange` is called with the settings after each request that was answered, in place of the
    command that the settings may name. With a `certificate` HTTPS is spoken, and nothing else.
    """
    limit_connections()
    panel = app.extensions[EXTENSION]
    panel.network.own = listening.getsockname()[:2]
    if certificate:
        panel.network.fingerprint = certificate.fingerprint
        panel.network.is_vouched_for = not certificate.is_self_signed
    schedule = panel.schedule(exchange)
    asking = threading.Thread(target=schedule.run, name="schedule", daemon=True)

    async def serve_until_stopped() -> None:
        try:
            await serve_app(app, configuration(listening, certificate))
        finally:
            schedule.stop()
            panel.network.hang_up()  # the requests that wait for other servers end now, and their threads with them

    asking.start()
    asyncio.run(serve_until_stopped())
    asking.join(LONGEST_STOP)  # a callable of the host that does not end is left alone


def limit_connections() -> None:
    """Hold no more connections than this, and if the system allows it as many: the others wait to be taken.

    Slow clients are dropped long before they use them up; greedy ones cannot take all the memory.
    """
    try:
        import resource  # noqa: PLC0415  # not on Windows, which has no such limit
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = MOST_OPEN_FILES if most == resource.RLIM_INFINITY else min(MOST_OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))


class Impatient(WSGIWrapper):
    """Hypercorn's way to call the application, which waits for a request's body only so long.

    Hypercorn's own limit is per read: a client that drips a byte now and then would hold its connection.
    """

    async def handle_http(
        self,
        scope: HTTPScope,
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
        sync_spawn: Callable[..., Any],
        call_soon: Callable[..., Any],
    ) -> None:
        """Answer a request, or 408 to one that does not arrive in time."""
        ends_at = asyncio.get_running_loop().time() + LONGEST_REQUEST

        async def receive_in_time() -> ASGIReceiveEvent:
            return await asyncio.wait_for(receive(), ends_at - asyncio.get_running_loop().time())

        try:
            await super().handle_http(scope, receive_in_time, send, sync_spawn, call_soon)
        except TimeoutError:
            await send({"type": "http.response.start", "status": 408, "headers": [(b"connection", b"close")]})
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def serve_app(
    app: Application, config: Config, shutdown_trigger: Callable[..., Awaitable[None]] | None = None
) -> None:
    """Serve a WSGI application until the trigger, or SIGINT or SIGTERM without one."""
    await worker_serve(Impatient(with_a_beginning(app), LONGEST_BODY), config, shutdown_trigger=shutdown_trigger)


def with_a_beginning(app: Application) -> Application:
    """Let every answer begin with some bytes, if only none: with the first, Hypercorn sends the head.

    Without that it fails on answers that are empty, such as every one to HEAD.
    """

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = app(environ, start_response)
        return ClosingIterator(chain((b"",), body), getattr(body, "close", None))

    return application


def configuration(listening: socket.socket, certificate: Certificate | None = None) -> Config:
    """Return Hypercorn's configuration, which takes over the socket: its limits on time and size."""
    config = Config()
    if certificate:
        SSLProtocol.max_size = TLS_RECORD  # asyncio would keep 256 KiB for each connection
        config.certfile, config.keyfile = str(certificate.path), str(certificate.key_path)
    config.ssl_handshake_timeout = 8  # seconds, as for a request
    config.bind = [f"fd://{listening.detach()}"]
    config.include_server_header = False
    config.read_timeout = 8  # seconds between two reads of a connection
    config.keep_alive_timeout = 5  # seconds until a request has begun in earnest: its head is whole
    config.graceful_timeout = 1
    config.wsgi_max_body_size = LONGEST_BODY
    config.h11_max_incomplete_size = LONGEST_HEAD
    config.errorlog = logging.getLogger("hypercorn.error")
    return config
