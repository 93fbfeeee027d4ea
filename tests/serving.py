"""Applications served on the loopback address, as the product serves them, in a thread of the test."""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from panels import TestPanel

from sync_panel.guard.certificate import Certificate
from sync_panel.server import MOST_CLIENTS, listen, serve_app
from sync_panel.wsgi import Application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@contextmanager
def serving(
    application: Application, certificate: Certificate | None = None, most_clients: int = MOST_CLIENTS
) -> Iterator[str]:
    """Serve an application for as long as the block lasts, and give its address."""
    listening = listen("127.0.0.1:0")
    host, port = listening.getsockname()
    stop = threading.Event()

    async def run() -> None:
        until = asyncio.to_thread(stop.wait)
        await serve_app(application, listening, certificate, until=until, most_clients=most_clients)

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="server of a test")
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://{host}:{port}"
    finally:
        stop.set()
        thread.join()


@contextmanager
def serving_panel(
    panel: TestPanel, certificate: Certificate | None = None, most_clients: int = MOST_CLIENTS
) -> Iterator[str]:
    """Serve a panel for as long as the block lasts, after a restart of it too, and give its address."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return panel.app(environ, start_response)

    with serving(application, certificate, most_clients) as url:
        yield url
