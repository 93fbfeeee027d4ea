"""Panels that reach each other over real sockets: a WSGI application served on the loopback address."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socket import create_server
from ssl import SSLContext
from typing import Any

from panels import TestPanel
from werkzeug.serving import WSGIRequestHandler, make_server

from sync_panel.rules.partner import Partner
from sync_panel.store.partners import add_partner, all_partners, save_partner
from sync_panel.store.site import load_installation

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log(self, *_anything: object, **_more: object) -> None:
        pass


@contextmanager
def served(app: Application, context: SSLContext | None = None) -> Iterator[str]:
    """Serve an application on a free port, and give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def at_work(on: TestPanel) -> Application:
    """Return a panel's application, after a restart too."""

    def reach(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return on.app(environ, start_response)

    return reach


def closed_port() -> str:
    """Return an address where nothing listens."""
    with create_server(("127.0.0.1", 0)) as was_here:
        return f"http://127.0.0.1:{was_here.getsockname()[1]}"


def primary_at(url: str, **changed: Any) -> Partner:
    """Return a primary as a satellite lists it: test panels are all called alike."""
    values: dict[str, Any] = {"sync_id": 1, "name": "Here", "store": "Store of here", "url": url, "plain_http": True}
    return Partner(**values | changed)


def satellite(on: TestPanel, url: str, **changed: Any) -> TestPanel:
    """Make a panel the satellite 2 of the primary at an address."""
    on.become(2)
    with on.panel.database.writing() as db:
        add_partner(db, primary_at(url, **changed))
    return on


def list_it(on: TestPanel, **changed: Any) -> TestPanel:
    """Make a panel the primary that lists satellite 2."""
    on.become(1)
    values: dict[str, Any] = {"sync_id": 2, "name": "Here", "store": "Store of here", "url": "https://two.example.org"}
    with on.panel.database.writing() as db:
        add_partner(db, Partner(**values | changed))
    return on


def save_primary(on: TestPanel, new: Partner) -> None:
    """Change what a satellite lists."""
    with on.panel.database.writing() as db:
        (listed,) = all_partners(db)
        save_partner(db, listed.id, new, version=listed.version)


def requests_made(on: TestPanel) -> int:
    """Return how many requests a satellite has made, those that failed among them."""
    with on.panel.database.reading() as db:
        return load_installation(db).counter
