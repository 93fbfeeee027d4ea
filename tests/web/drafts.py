"""Saving too late, and what the page that asks for the code or the sign-in is then filled with."""

import re
from collections.abc import Mapping

from panels import ADMIN, ADMIN_PASSWORD, CODE, TestPanel
from visitor import DRAFT, PAGE, Visitor, hidden
from web.routes import ADDED, EDITED, LIST, SITE
from werkzeug.test import TestResponse

FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
# What a browser says when it vouches that a form of this panel was sent.
VOUCHED = [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}]
LATE = {
    "parameters": (f"{PAGE}/parameters", SITE | {"name": "Typed in time"}, "site"),
    "added": (f"{LIST}/add", ADDED | {"name": "Typed in time"}, "partner"),
    "edited": (f"{LIST}/1/edit", EDITED | {"name": "Typed in time"}, "partner"),
}


def lock_by_time(on: TestPanel) -> None:
    on.clock.pass_time(on.settings.unlock_seconds)


def sign_out_by_time(on: TestPanel) -> None:
    on.clock.pass_time(on.settings.sign_in_seconds + 1)


def save_late(visitor: Visitor, form: str = "parameters") -> TestResponse:
    """Send a form after the unlock ended; the answer asks for the code."""
    path, fields, _ = LATE[form]
    lock_by_time(visitor.on)
    response = visitor.post(path, fields)
    assert response.status_code == 403, response.text
    return response


def enter(visitor: Visitor, asked: TestResponse, code: str = CODE) -> TestResponse:
    """Fill the page that asks for the code, as a browser without JavaScript would."""
    return visitor.post(f"{PAGE}/unlock", {"code": code, "draft": hidden(DRAFT, asked)})


def sign_in_again(visitor: Visitor, asked: TestResponse, fields: Mapping[str, str] | None = None) -> TestResponse:
    """Fill the page that asks for the sign-in."""
    sent = {"user_name": ADMIN, "password": ADMIN_PASSWORD, "draft": hidden(DRAFT, asked)}
    return visitor.post("/sign-in", sent | dict(fields or {}), token=token_in(asked))


def go_on(visitor: Visitor, asked: TestResponse) -> TestResponse:
    """Say, on the page that asks, that one sent what it shows."""
    assert "Go on" in asked.text, asked.text
    return visitor.post(f"{PAGE}/confirm", {"draft": hidden(DRAFT, asked)}, token=token_in(asked))


def token_in(asked: TestResponse) -> str:
    """Return the token of the form that an answer asks with, which stands behind those of the page around it."""
    return str(FORM_TOKEN.findall(asked.text)[-1])
