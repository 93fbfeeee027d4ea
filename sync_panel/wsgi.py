"""A request as WSGI has it (PEP 3333), what a proxy in front may say of it, and the application's answer, whole."""

import io
import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import h11
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Application = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]

NO_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
SAYS_HOW_LONG = {b"content-length", b"transfer-encoding"}  # told anew, since the body is read by then
FOR_THE_SERVER = {*SAYS_HOW_LONG, b"upgrade"}  # and not for the application; nothing is upgraded

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Ends:
    """The two ends of a connection, each as host and port, and whether it is encrypted."""

    server: tuple[str, int]
    client: tuple[str, int]
    is_encrypted: bool


def environ_of(request: h11.Request, body: bytes, length: int, ends: Ends) -> "WSGIEnvironment":
    """Return what the application is told; `length` is what the body had, were it read to its end.

    Whoever names a server in the target means that one, whatever Host says (RFC 9112, section 3.2.2). A header with
    an underscore in its name is left out: as a variable it would be taken for the one with a dash, which a proxy
    in front has looked at, while it has passed this one on.
    """
    target, query = path_and_query(request.target)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method.decode("ascii"),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(target).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_NAME": ends.server[0],
        "SERVER_PORT": str(ends.server[1]),
        "SERVER_PROTOCOL": f"HTTP/{request.http_version.decode('ascii')}",
        "REMOTE_ADDR": ends.client[0],
        "REMOTE_PORT": str(ends.client[1]),
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if ends.is_encrypted else "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        if b"_" in name or name in FOR_THE_SERVER:
            continue
        key, text = name.decode("ascii").upper().replace("-", "_"), value.decode("latin-1")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        environ[key] = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}" if key in environ else text
    if authority := authority_of(request.target):
        environ["HTTP_HOST"] = authority
    return environ


def path_and_query(target: bytes) -> tuple[bytes, bytes]:
    """Return the path and the query of a target, in whichever form it came (RFC 9112, section 3.2)."""
    if authority := authority_of(target):
        target = target.partition(b"://")[2][len(authority) :]
    path, _, query = target.partition(b"?")
    return (path if path.startswith(b"/") else b"/" + path), query


def authority_of(target: bytes) -> str:
    """Return the host and port of a target in absolute form; nothing when it has another form."""
    scheme, found, rest = target.partition(b"://")
    if not found or scheme.lower() not in {b"http", b"https"}:
        return ""
    return urlsplit(b"//" + rest).netloc.decode("latin-1")


def run(app: Application, environ: "WSGIEnvironment") -> Answer | None:
    """Let an application answer; None when it fails, which is in the log then."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _fault: object = None) -> Any:
        started.append((status, headers))
        return None

    try:
        answered = app(environ, start_response)
        try:
            body = b"".join(answered)
        finally:
            if close := getattr(answered, "close", None):
                close()
        status, headers = started[-1]
    except Exception:
        log.exception("The application could not answer")
        return None
    code = int(status.split()[0])
    if code not in NO_BODY and not any(name.lower() == "content-length" for name, _ in headers):
        headers = [*headers, ("Content-Length", str(len(body)))]
    return Answer(code, headers, body)


if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class BehindProxy:
    """Reads `X-Forwarded-For`, `-Proto` and `-Host` from one address only; from any other they are the client's own."""

    def __init__(self, app: Application, proxy: str) -> None:
        self._direct, self._proxy = app, proxy
        self._forwarded = ProxyFix(app, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        app = self._forwarded if environ.get("REMOTE_ADDR") == self._proxy else self._direct
        return app(environ, start_response)
