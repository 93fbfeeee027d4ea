"""Before each view: is the request well formed, from this page, and allowed. After it: headers and cookies."""

from dataclasses import replace
from urllib.parse import unquote_to_bytes

from flask import Response, abort, current_app, request
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from sync_panel.guard.access import Access, DeniedError
from sync_panel.panel import Panel

from . import current
from .blueprint import blueprint, needed_by
from .list_view import ListView

FORM_TYPE = "application/x-www-form-urlencoded"
MANY_ALLOWED = {"server"}  # the servers ticked for removal; every other field comes once
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # no-referrer would make form posts send "Origin: null"
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_FOR_GOOD = {"Strict-Transport-Security": "max-age=31536000"}  # a year, in seconds


class ForgedError(Exception):
    """The request did not come from a form of this panel."""


class NoCookieError(ForgedError):
    """The browser sent no session: its token may be right, but nothing shows it."""


@blueprint.before_request
def guard_request() -> None:
    """Let a request through to its view only when it is well formed, from here, and allowed."""
    if request.endpoint == "sync_panel.send_static":
        return  # whoever may see nothing else may see these
    current.panel()
    refuse_malformed()
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        refuse_foreign()
    needed = needed_by(current_app.view_functions[request.endpoint or ""])
    if needed is Access.ANYBODY and request.method != "POST":
        return
    held = current.visitor().access
    if held is Access.ANYBODY < needed:
        raise DeniedError(needed, held)
    if request.method == "POST":
        refuse_without_token()
    if held < needed:
        raise DeniedError(needed, held)
    if needed is Access.UNLOCKED and request.method == "POST":
        keep_unlocked()


def keep_unlocked() -> None:
    """Count a protected action: the unlock lasts its full time from here."""
    visitor = current.visitor()
    if visitor.unlock:
        current.set_visitor(replace(visitor, unlock=current.panel().unlocks.extend(visitor.unlock)))


def refuse_malformed() -> None:
    """Answer 400, 413 or 415 to what no form of ours would send."""
    if request.method == "POST" and request.mimetype != FORM_TYPE:
        abort(415)
    current.refuse_large()
    if not (is_text(request.query_string) and is_text(request.get_data())):
        abort(400, "What was sent is not text in UTF-8.")
    ListView.from_request()  # a write must not find out after it that its way back leads nowhere
    for values in (request.args, request.form):
        for name, sent in values.lists():
            if len(sent) > 1 and name not in MANY_ALLOWED:
                abort(400, f"The field “{name[:40]}” came more than once.")
            if any("\x00" in text for text in sent):
                abort(400, f"The field “{name[:40]}” contains a NUL character.")


def is_text(encoded: bytes) -> bool:
    try:
        unquote_to_bytes(encoded).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def refuse_foreign() -> None:
    """Refuse what the browser does not say comes from here; `Sec-Fetch-Site` needs HTTPS or localhost, Origin not."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        is_ours = request.headers.get("Origin", "").partition("://")[2] == request.host
    else:
        is_ours = site in {"same-origin", "none"}  # none: the person at the browser itself, by a reload
    if not is_ours:
        raise ForgedError


def refuse_without_token() -> None:
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"))
    except ValidationError:
        raise (ForgedError if current.brought_session() else NoCookieError) from None


@blueprint.after_request
def send_unlock(response: Response) -> Response:
    """Send the visitor's unlock where it changed. It has no end of its own: the browser's clock may jump."""
    if not current.unlock_changed():
        return response
    unlock, name, secure = current.visitor().unlock, current.unlock_cookie(), request.is_secure
    if unlock is None:
        response.delete_cookie(name, secure=secure, httponly=True, samesite="Strict")
    else:
        cookie = current.panel().unlocks.to_cookie(unlock)
        response.set_cookie(name, cookie, secure=secure, httponly=True, samesite="Strict")
    return response


def add_headers(response: Response) -> Response:
    """Add the headers that every answer has; none of them replaces one that is there."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    opened = current.try_panel()
    certificate = opened.network.certificate if isinstance(opened, Panel) else None
    if request.is_secure and certificate and not certificate.is_self_signed:
        response.headers.update(HTTPS_FOR_GOOD)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("HX-Request")
    return response
