"""A real panel behind a real server on loopback, over plain HTTP or TLS."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypercorn.asyncio import serve
from link.certificates import Certificate
from panels import TestPanel

from sync_panel.server import configuration, with_a_beginning


@contextmanager
def serving_panel(panel: TestPanel, certificate: Certificate | None = None) -> Iterator[str]:
    """Serve a panel with Hypercorn for as long as the block lasts, and give its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    host, port = listening.getsockname()
    config = configuration(listening)
    if certificate:
        config.certfile, config.keyfile = str(certificate.certificate_file), str(certificate.key_file)
    stop = threading.Event()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return panel.app(environ, start_response)

    async def run() -> None:
        async def stopped() -> None:
            await asyncio.to_thread(stop.wait)

        await serve(with_a_beginning(application), config, mode="wsgi", shutdown_trigger=stopped)

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="panel of a test")
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://{host}:{port}"
    finally:
        stop.set()
        thread.join()
