"""A visitor without a browser: Flask's test client, which knows where a form's token stands."""

import re
from typing import Any

from panels import ADMIN, ADMIN_PASSWORD, CANARY, CODE, VIEWER, VIEWER_PASSWORD, TestPanel
from werkzeug.test import TestResponse

PAGE = "/preferences/synchronisation"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
VERSION = re.compile(r'id="(?P<region>interval|parameters)".*?name="version" value="(?P<version>\d+)"', re.DOTALL)


class Visitor:
    """Somebody with a browser of their own, JavaScript off unless a request says htmx."""

    def __init__(self, on: TestPanel) -> None:
        self.on = on
        self.client = on.app.test_client()

    def get(self, path: str = PAGE, *, htmx: bool = False, **options: Any) -> TestResponse:
        """Ask for a page, or for a fragment as htmx does."""
        return self.client.get(path, headers=headers(htmx=htmx), **options)

    def post(self, path: str, fields: Any = None, *, htmx: bool = False, token: str | None = None) -> TestResponse:
        """Send a form with this visitor's token, or with another."""
        sent = dict(fields or {})
        sent["csrf_token"] = self.token() if token is None else token
        return self.client.post(path, data=sent, headers=headers(htmx=htmx))

    def token(self) -> str:
        """Return the token that this visitor's pages carry."""
        found = TOKEN.search(self.client.get(PAGE).text)
        assert found
        return found[1]

    def sign_in(self, name: str = ADMIN, password: str = ADMIN_PASSWORD) -> "Visitor":
        """Sign in, by default as the first editor."""
        response = self.post("/sign-in", {"user_name": name, "password": password})
        assert response.status_code == 303, response.text
        return self

    def unlock(self, code: str = CODE) -> TestResponse:
        """Send an authorisation code."""
        return self.post(f"{PAGE}/unlock", {"code": code})

    def version_of(self, region: str) -> str:
        """Return the version that a region's form was made from."""
        text = self.get().text
        found = re.search(rf'<section id="{region}".*?name="version" value="(\d+)"', text, re.DOTALL)
        assert found, text
        return found[1]


def headers(*, htmx: bool) -> dict[str, str]:
    """Return what the browser adds to each request."""
    return {"HX-Request": "true"} if htmx else {}


def editor(on: TestPanel) -> Visitor:
    """Return a signed-in editor, locked."""
    return Visitor(on).sign_in()


def unlocked_editor(on: TestPanel) -> Visitor:
    """Return a signed-in editor who entered the code."""
    visitor = editor(on)
    assert visitor.unlock().status_code == 303
    return visitor


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
