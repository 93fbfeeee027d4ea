"""The application factory: a Flask application that holds one panel."""

import secrets
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature
from werkzeug.exceptions import HTTPException

from .guard.keys import Hasher
from .link.wire import Network
from .machine import Clock, SystemClock
from .panel import Panel, open_panel
from .settings import Settings
from .store.errors import NotUsableError, UnavailableError
from .web import blueprint, link_blueprint
from .web.current import EXTENSION, cookie_name
from .web.errors import show_http_error
from .web.guarding import add_headers
from .web.hosts import keep_name_in_use, refuse_other_hosts
from .web.link_v1 import is_link, refuse
from .web.templating import template_tools
from .wsgi import BehindProxy


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed session cookie, without its age: the server's clock may jump, or start in 1970."""

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name(super().get_cookie_name(app))

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """Read the session; one that is not signed with this panel's key is empty."""
        text = request.cookies.get(self.get_cookie_name(app), "")
        serializer = self.get_signing_serializer(app)
        try:
            return self.session_class(serializer.loads(text) if serializer and text else None)
        except BadSignature:
            return self.session_class()

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002  # Flask passes it
        """Mark the cookie Secure on HTTPS only: on plain HTTP browsers would drop it without a word."""
        return request.is_secure


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    hasher: Hasher | None = None,
    network: Network | None = None,
    **config: Any,
) -> Flask:
    """Return the application on the data folder that the settings name.

    Without a data folder that can be used, every request is answered 503 with the reason. Clock,
    hasher and network are the machine's and scrypt's unless given; `config` goes into Flask's
    configuration.
    """
    app = Flask("sync_panel", static_folder=None, template_folder=None)
    app.session_interface = SessionCookie()
    opened = try_to_open(settings or Settings.from_environment(), clock or SystemClock(), hasher or Hasher(), network)
    app.extensions[EXTENSION] = opened
    app.secret_key = opened.keys.cookies if isinstance(opened, Panel) else secrets.token_hex()
    mark = opened.mark if isinstance(opened, Panel) else "none"
    app.config.update(SESSION_COOKIE_NAME=f"sync_panel_{mark}", SESSION_COOKIE_SAMESITE="Lax", WTF_CSRF_TIME_LIMIT=None)
    app.config.update(config)
    app.register_blueprint(blueprint)
    app.register_blueprint(link_blueprint)
    # Addresses that are no view's are answered in the same words, with the same headers.
    app.register_error_handler(HTTPException, refuse_anywhere)
    app.before_request(refuse_other_hosts)
    app.context_processor(template_tools)
    app.after_request(add_headers)
    app.after_request(keep_name_in_use)
    if isinstance(opened, Panel) and (proxy := opened.settings.trusted_proxy):
        app.wsgi_app = BehindProxy(app.wsgi_app, proxy)  # type: ignore[method-assign]  # as Flask's documentation has it
    return app


def refuse_anywhere(error: HTTPException) -> Response:
    """Answer what no view was found for: under /link as problem details, otherwise in the panel's words."""
    return refuse(error) if is_link() else show_http_error(error)


def try_to_open(
    settings: Settings, clock: Clock, hasher: Hasher, network: Network | None
) -> Panel | NotUsableError | UnavailableError:
    try:
        panel = open_panel(settings, clock, hasher, network)
        panel.database.refuse_without_editor()
    except (NotUsableError, UnavailableError) as error:
        return error
    return panel
