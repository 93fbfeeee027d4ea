"""A visitor without a browser: a WSGI client, which knows where a form's token stands."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from panels import ADMIN, ADMIN_PASSWORD, CANARY, CHEAP, CODE, VIEWER, VIEWER_PASSWORD, TestPanel
from werkzeug.test import Client, TestResponse

from sync_panel.store.users import add_user

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PAGE = "/preferences/synchronisation"
OTHER, OTHER_PASSWORD = "edna", "another editor here"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
DRAFT = re.compile(r'name="draft" value="([^"]+)"')
SECONDS_LEFT = re.compile(r'data-seconds-left="(\d+)"')


class Visitor:
    """Somebody with a browser of their own, JavaScript off unless a request says htmx.

    The browser keeps its cookies when the panel is restarted.
    """

    def __init__(self, on: TestPanel, address: str = "127.0.0.1") -> None:
        self.on, self.address = on, address
        self.client = Client(self._reach)

    def _reach(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self.on.app(environ, start_response)

    def send(
        self, method: str, path: str, *, htmx: bool = False, headers: Mapping[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """Send any request from this visitor's address, as browsers do: a form with where it comes from."""
        base = {"REMOTE_ADDR": self.address} | options.pop("environ_base", {})
        sent = {"HX-Request": "true"} if htmx else {}
        if method == "POST" and not {"Origin", "Sec-Fetch-Site"} & set(headers or {}):
            sent["Origin"] = options.get("base_url", "http://localhost")
        return self.client.open(path, method=method, headers=sent | dict(headers or {}), environ_base=base, **options)

    def get(self, path: str = PAGE, *, htmx: bool = False, **options: Any) -> TestResponse:
        """Ask for a page, or for a fragment as htmx does."""
        return self.send("GET", path, htmx=htmx, **options)

    def post(
        self, path: str, fields: Any = None, *, htmx: bool = False, token: str | None = None, **options: Any
    ) -> TestResponse:
        """Send a form with this visitor's token, or with another; a field with a list comes more than once."""
        sent = dict(fields or {})
        sent["csrf_token"] = self.token() if token is None else token
        return self.send("POST", path, htmx=htmx, data=sent, **options)

    def token(self) -> str:
        """Return the token that this visitor's pages carry."""
        found = TOKEN.search(self.get().text)
        assert found
        return found[1]

    def sign_in(self, name: str = ADMIN, password: str = ADMIN_PASSWORD) -> "Visitor":
        """Sign in, by default as the first editor."""
        response = self.try_password(password, name)
        assert response.status_code == 303, response.text
        return self

    def try_password(self, password: str, name: str = ADMIN, **options: Any) -> TestResponse:
        """Send a user name and a password."""
        return self.post("/sign-in", {"user_name": name, "password": password}, **options)

    def unlock(self, code: str = CODE, **options: Any) -> TestResponse:
        """Send an authorisation code."""
        return self.post(f"{PAGE}/unlock", {"code": code}, **options)

    def is_unlocked(self) -> bool:
        """Tell whether the server lets this visitor at what the code protects."""
        status = self.get(f"{PAGE}/partners/add").status_code
        assert status in {200, 401, 403}, status
        return status == 200

    def seconds_left(self) -> int:
        """Return how long the lock bar says that the unlock still lasts; 0 when locked."""
        found = SECONDS_LEFT.search(self.get(f"{PAGE}/lock", htmx=True).text)
        return int(found[1]) if found else 0

    @property
    def unlock_cookie(self) -> str:
        """The cookie that carries the unlock; empty without one. Setting it is what a thief would do."""
        cookie = self.client.get_cookie(self._unlock_cookie_name)
        return cookie.value if cookie else ""

    @unlock_cookie.setter
    def unlock_cookie(self, value: str) -> None:
        self.client.set_cookie(self._unlock_cookie_name, value)

    @property
    def _unlock_cookie_name(self) -> str:
        return f"sync_panel_unlock_{self.on.panel.mark}_80"

    def version_of(self, region: str) -> str:
        """Return the version that a region's form was made from."""
        text = self.get().text
        found = re.search(rf'<section id="{region}".*?name="version" value="(\d+)"', text, re.DOTALL)
        assert found, text
        return found[1]


def hidden(pattern: re.Pattern[str], response: TestResponse, region: str = "") -> str:
    """Return what a hidden field of an answer holds: the VERSION (of a region's form) or the DRAFT."""
    found = pattern.search(response.text, response.text.index(f'id="{region}"') if region else 0)
    assert found, response.text
    return found[1]


def editor(on: TestPanel) -> Visitor:
    """Return a signed-in editor, locked."""
    return Visitor(on).sign_in()


def unlocked_editor(on: TestPanel) -> Visitor:
    """Return a signed-in editor who entered the code."""
    visitor = editor(on)
    assert visitor.unlock().status_code == 303
    return visitor


def other_editor(on: TestPanel) -> Visitor:
    """Return a second editor, another user, signed in and locked. They are added to the users."""
    with on.panel.database.writing() as db:
        add_user(db, OTHER, CHEAP.hash(OTHER_PASSWORD), may_edit=True)
    return Visitor(on).sign_in(OTHER, OTHER_PASSWORD)


def viewer(on: TestPanel) -> Visitor:
    """Return a signed-in viewer."""
    return Visitor(on).sign_in(VIEWER, VIEWER_PASSWORD)


PARAMETERS = {
    "sync_id": "1",
    "name": "National Medical Store",
    "store": "Central",
    "url": "https://primary.example.org",
    "user_name": "sync",
    "password": CANARY,
}
