"""What every template can use, beside the values that a view gives it; and the files that pages link to."""

import gzip
import hashlib
import mimetypes
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from flask import Response, abort, request, url_for
from flask_wtf.csrf import generate_csrf

from sync_panel.guard.access import Access
from sync_panel.rules.partner import in_pairs
from sync_panel.web.blueprint import folder

from .blueprint import blueprint, needs
from .draft import waiting
from .words import counted, in_words, when, words, zone

FILES = {"panel.css", "panel.js", "icon.svg", "vendor/htmx.min.js"}


def template_tools() -> dict[str, Callable[..., object]]:
    """Return the tools by the names that templates call; `say` also marks what a translation must know."""
    return {
        "say": words,
        "counted": counted,
        "in_words": in_words,
        "in_pairs": in_pairs,
        "when": when,
        "zone": zone,
        "static_url": static_url,
        "waiting": waiting,
        "csrf_token": generate_csrf,
        "once": partial(secrets.token_hex, 16),
    }


@dataclass(frozen=True)
class StaticFile:
    plain: bytes
    compressed: bytes
    mimetype: str
    version: str


@cache
def load(name: str) -> StaticFile:
    plain = (folder("static") / name).read_bytes()
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return StaticFile(plain, gzip.compress(plain, mtime=0), mimetype, hashlib.sha256(plain).hexdigest()[:12])


@blueprint.get("/sync-panel-static/<version>/<path:name>")
@needs(Access.ANYBODY)
def send_static(version: str, name: str) -> Response:
    """Send a file compressed and for good: its address carries its hash, so that it changes with the content."""
    if name not in FILES or load(name).version != version:
        abort(404)
    file = load(name)
    compressed = request.accept_encodings.quality("gzip") > 0
    response = Response(file.compressed if compressed else file.plain, mimetype=file.mimetype)
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.vary.add("Accept-Encoding")
    return response


def static_url(name: str) -> str:
    return url_for("sync_panel.send_static", version=load(name).version, name=name)
