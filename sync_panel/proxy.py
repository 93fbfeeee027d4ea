"""A proxy in front: what it says of a request counts, when it is the one that was named."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from .wsgi import Application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class BehindProxy:
    """Reads `X-Forwarded-For`, `-Proto` and `-Host` from one address only; from any other they are the client's own."""

    def __init__(self, app: Application, proxy: str) -> None:
        self._direct, self._proxy = app, proxy
        self._forwarded = ProxyFix(app, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        app = self._forwarded if environ.get("REMOTE_ADDR") == self._proxy else self._direct
        return app(environ, start_response)
