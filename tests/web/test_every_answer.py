"""Every answer, whatever became of the request, carries the headers that protect the page; none holds a secret."""

import logging
from pathlib import Path

import pytest
from panels import ADMIN_PASSWORD, CANARY, CODE, TestPanel
from visitor import PAGE, Visitor, unlocked_editor
from web.routes import LIST, READS, ROUTES, VISITORS, WRITES, furnish
from web.trouble import busy
from werkzeug.test import TestResponse

from sync_panel import Settings, create_app
from sync_panel.store.site import load_site
from sync_panel.store.users import list_users, load_authorisation

CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
BOTH_WAYS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])


def assert_protected(response: TestResponse) -> None:
    """Expect the headers of every answer, each once."""
    assert {part.strip() for part in response.headers["Content-Security-Policy"].split(";")} == CSP
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Cache-Control"):
        assert len(response.headers.getlist(name)) == 1, name
    if response.mimetype == "text/html":
        assert response.headers["Cache-Control"] == "no-store"
        assert "HX-Request" in response.headers["Vary"]


ODD_REQUESTS = {
    "not found": ("GET", "/nowhere", 404),
    "gone": ("GET", f"{LIST}/99/edit", 404),
    "wrong method": ("PUT", PAGE, 405),
    "wrong kind": ("POST", f"{PAGE}/interval", 415),
    "bad order": ("GET", f"{LIST}?sort=x", 400),
    "options": ("OPTIONS", PAGE, 200),
    "head": ("HEAD", PAGE, 200),
    "no such file": ("GET", "/sync-panel-static/x/panel.css", 404),
}


@BOTH_WAYS
@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("name", sorted(READS))
def test_answers_to_reading_are_protected(visitors: dict[str, Visitor], name: str, who: str, *, htmx: bool) -> None:
    assert_protected(visitors[who].get(ROUTES[name].path, htmx=htmx))


@BOTH_WAYS
@pytest.mark.parametrize(("method", "path", "status"), ODD_REQUESTS.values(), ids=ODD_REQUESTS)
def test_answers_to_odd_requests_are_protected(
    visitor: Visitor, method: str, path: str, status: int, *, htmx: bool
) -> None:
    response = visitor.send(method, path, htmx=htmx)
    assert response.status_code == status
    assert_protected(response)


@BOTH_WAYS
@pytest.mark.parametrize("name", sorted(WRITES))
def test_answers_to_writing_are_protected(on: TestPanel, name: str, *, htmx: bool) -> None:
    visitor = unlocked_editor(furnish(on))
    with busy(on):
        assert_protected(visitor.post(ROUTES[name].path, ROUTES[name].fields, htmx=htmx))
    assert_protected(visitor.post(ROUTES[name].path, ROUTES[name].fields, htmx=htmx, token="x"))
    assert_protected(visitor.post(ROUTES[name].path, ROUTES[name].fields, htmx=htmx))


def failing_view() -> str:
    raise RuntimeError(f"near {CODE}")


@BOTH_WAYS
def test_an_error_nobody_expected_is_told_without_its_details(
    on: TestPanel, caplog: pytest.LogCaptureFixture, *, htmx: bool
) -> None:
    visitor = unlocked_editor(on)
    on.app.view_functions["sync_panel.show_page"] = failing_view
    with caplog.at_level(logging.ERROR):
        response = visitor.get(htmx=htmx)
    assert response.status_code == 500
    assert "Something went wrong in the panel itself" in response.text
    assert "RuntimeError" not in response.text
    assert CODE not in response.text
    assert ("<html" in response.text) is not htmx
    assert_protected(response)
    assert "RuntimeError" in caplog.text, "whoever looks after the server finds it in the log"


def test_without_a_database_every_answer_is_503_with_the_reason(tmp_path: Path) -> None:
    client = create_app(Settings(data=tmp_path / "never set up")).test_client()
    for name in set(ROUTES) - {"GET /sync-panel-static/<version>/<path:name>"}:
        response = client.open(ROUTES[name].path, method=name.partition(" ")[0], data=ROUTES[name].fields or {"x": ""})
        assert response.status_code == 503, name
        assert "was not set up yet" in response.text
        assert_protected(response)


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("name", sorted(READS))
def test_no_page_holds_a_secret(unchanged: TestPanel, visitors: dict[str, Visitor], name: str, who: str) -> None:
    panel = unchanged.panel
    with panel.database.reading() as db:
        hashes = [user.password_hash for user in list_users(db)]
        secrets = [load_authorisation(db).code_hash, (load_site(db).sealed_password or b"-").decode(), *hashes]
    response = visitors[who].get(ROUTES[name].path)
    answer = response.text + str(response.headers)
    for secret in [*secrets, CANARY, CODE, ADMIN_PASSWORD, panel.keys.cookies, panel.keys.passwords]:
        assert secret not in answer
    assert str(unchanged.settings.data) not in answer
