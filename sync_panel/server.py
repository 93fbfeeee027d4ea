"""Serving the panel: Hypercorn, in this process, with the application as plain WSGI."""

import asyncio
import logging
import re
import socket

from flask import Flask
from hypercorn.asyncio import serve
from hypercorn.config import Config

# The panel answers a body of over 64 KiB in words; Hypercorn reads no more than this of any.
LONGEST_BODY = 1024 * 1024
HIGHEST_PORT = 65535


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


def address_of(listening: socket.socket) -> str:
    """Return the address to open in a browser on this machine."""
    host, port = listening.getsockname()[:2]
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # told apart here, not listened on
    host = everywhere.get(host, host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(app: Flask, listening: socket.socket) -> None:
    """Serve until the process is told to stop by SIGINT or SIGTERM."""
    asyncio.run(serve(app, configuration(listening), mode="wsgi"))


def configuration(listening: socket.socket) -> Config:
    """Return Hypercorn's configuration, which takes over the socket: its limits on time and size."""
    config = Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.include_server_header = False
    config.read_timeout = 8  # seconds for a request to arrive, which drops a client that drips bytes
    config.keep_alive_timeout = 5
    config.graceful_timeout = 1
    config.wsgi_max_body_size = LONGEST_BODY
    config.errorlog = logging.getLogger("hypercorn.error")
    return config
