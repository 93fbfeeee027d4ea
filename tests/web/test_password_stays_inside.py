"""Scenario k: the shared password goes in and never comes out; an empty field keeps it.

conftest.py watches every answer and every log line for it.
"""

import re

import pytest
from panels import CANARY, TestPanel
from visitor import PAGE, PARAMETERS, Visitor, editor, unlocked_editor
from web.routes import LIST

from sync_panel.guard.keys import unseal
from sync_panel.store.site import load_site

BOTH_WAYS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])


def stored_password(on: TestPanel) -> str | None:
    """Return the password as the sync engine would read it."""
    with on.panel.database.reading() as db:
        sealed = load_site(db).sealed_password
    return unseal(on.panel.keys.passwords, sealed) if sealed else None


def save(visitor: Visitor, *, htmx: bool = False, **changed: str) -> int:
    version = visitor.version_of("parameters")
    return visitor.post(f"{PAGE}/parameters", PARAMETERS | {"version": version} | changed, htmx=htmx).status_code


@pytest.fixture
def visitor(on: TestPanel) -> Visitor:
    """Return an unlocked editor of a site whose password is set."""
    visitor = unlocked_editor(on)
    assert save(visitor) == 303
    return visitor


@BOTH_WAYS
def test_an_empty_field_keeps_it_byte_for_byte(on: TestPanel, visitor: Visitor, *, htmx: bool) -> None:
    with on.panel.database.reading() as db:
        before = load_site(db)
    on.clock.pass_time(60)
    assert save(visitor, htmx=htmx, name="Another name", password="") in {200, 303}
    with on.panel.database.reading() as db:
        after = load_site(db)
    assert after.parameters.name == "Another name"
    assert after.sealed_password == before.sealed_password
    assert after.password_set_at == before.password_set_at
    assert stored_password(on) == CANARY


@pytest.mark.parametrize(
    "password", [" spaces around ", "a", "\u00e9\u0301 \u65e5\u672c", "x" * 200, "colon:too", "   "]
)
def test_it_is_kept_exactly_as_typed(on: TestPanel, visitor: Visitor, password: str) -> None:
    assert save(visitor, password=password) == 303
    assert stored_password(on) == password


def test_a_missing_field_keeps_it_too(on: TestPanel, visitor: Visitor) -> None:
    fields = {name: value for name, value in PARAMETERS.items() if name != "password"}
    sent = visitor.post(f"{PAGE}/parameters", fields | {"version": "2"})
    assert sent.status_code == 303
    assert stored_password(on) == CANARY


def test_the_page_says_only_that_it_is_set_and_when(on: TestPanel, visitor: Visitor) -> None:
    assert "Set " in visitor.get().text
    assert "14:30</time>" in visitor.get().text
    assert visitor.post(f"{PAGE}/lock").status_code == 303
    assert "14:30</time>" in visitor.get().text


@BOTH_WAYS
def test_no_answer_on_its_way_shows_it(on: TestPanel, visitor: Visitor, *, htmx: bool) -> None:
    """Not valid, of an old version, too late, without a token: each is sent with the password in it."""
    sent = PARAMETERS | {"version": "2"}
    assert visitor.post(f"{PAGE}/parameters", sent | {"sync_id": "x"}, htmx=htmx).status_code == 422
    assert visitor.post(f"{PAGE}/parameters", sent, htmx=htmx, token="x").status_code == 403
    assert visitor.post(f"{PAGE}/parameters?password={CANARY[:10]}", sent | {"url": "x"}, htmx=htmx).status_code == 422
    assert visitor.post(f"{PAGE}/lock").status_code == 303
    assert visitor.post(f"{PAGE}/parameters", sent, htmx=htmx).status_code == 403
    assert visitor.post("/sign-out").status_code == 303
    assert visitor.post(f"{PAGE}/parameters", sent, htmx=htmx).status_code == 401


def test_it_is_not_in_the_database_file_in_the_clear(on: TestPanel, visitor: Visitor) -> None:
    assert save(visitor, password=f"{CANARY}2") == 303
    files = [path for path in on.settings.data.iterdir() if path.is_file()]
    assert len(files) >= 4
    for path in files:
        assert CANARY.encode() not in path.read_bytes(), path.name


def test_it_is_not_in_another_form(on: TestPanel, visitor: Visitor) -> None:
    for path in (PAGE, f"{PAGE}/parameters", f"{PAGE}/unlock", f"{LIST}/add"):
        text = visitor.get(path).text
        assert not re.search(r'<input\b[^>]*class="secret"[^>]* value=', text)
        assert stored_password(on) not in {None, ""}


def test_a_password_that_cannot_be_opened_is_told_on_the_page(on: TestPanel) -> None:
    on.become(1)
    lost = "The password was sealed with another key."
    assert lost not in editor(on).get().text
    with on.panel.database.writing() as db:
        db.execute("UPDATE site SET password = ?", (b"sealed with another key",))
    assert lost in editor(on).get().text
    assert lost in unlocked_editor(on).get().text
