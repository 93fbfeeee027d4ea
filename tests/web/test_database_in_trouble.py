"""Bad input of the machine's own: a database that another program holds, or that can only be read, answers 503."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from markupsafe import escape
from panels import TestPanel
from unit.test_transactions import no_emptying
from visitor import PAGE, editor, unlocked_editor
from web.routes import ADDED, EDITED, LIST, ROUTES, TRIES, WRITES, furnish
from web.trouble import busy, read_only

Trouble = Callable[[TestPanel], AbstractContextManager[None]]
TROUBLES: dict[str, tuple[Trouble, str]] = {
    "busy": (busy, "another program is using the database"),
    "read-only": (read_only, "the database can only be read"),
}
WITHOUT_DATABASE = {f"POST {PAGE}/{name}" for name in ("lock", "keep-unlocked", "sync-now", "confirm")}
WITH_DATABASE = sorted(set(WRITES) - WITHOUT_DATABASE - TRIES)
BOTH_WAYS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
EVERY_TROUBLE = pytest.mark.parametrize(("trouble", "words"), TROUBLES.values(), ids=TROUBLES)


@BOTH_WAYS
@EVERY_TROUBLE
@pytest.mark.parametrize("name", WITH_DATABASE)
def test_a_write_is_refused_in_words_and_works_again_afterwards(
    on: TestPanel, name: str, trouble: Trouble, words: str, *, htmx: bool
) -> None:
    visitor, route, before = unlocked_editor(furnish(on)), ROUTES[name], on.kept()
    with trouble(on):
        response = visitor.post(route.path, route.fields, htmx=htmx)
        assert on.kept() == before
    assert response.status_code == 503, response.text
    assert f"Nothing was saved: {words}" in response.text
    assert visitor.post(route.path, route.fields, htmx=htmx).status_code in {200, 303}
    after = on.kept()
    assert {table for table in before if before[table] != after[table]} == route.changes


FORMS = {
    "interval": (f"{PAGE}/interval", {"minutes": " 0030", "version": "1"}),
    "parameters": (f"{PAGE}/parameters", ROUTES[f"POST {PAGE}/parameters"].fields | {"name": "What I typed"}),
    "added": (f"{LIST}/add", ADDED | {"url": "HTTPS://As.Typed/", "name": "<What> I typed"}),
    "edited": (f"{LIST}/1/edit", EDITED | {"store": "\u00e9 & \u0e2a"}),
    "signing in": ("/sign-in", {"user_name": "admin", "password": "correct horse battery"}),
}


@BOTH_WAYS
@EVERY_TROUBLE
@pytest.mark.parametrize("form", FORMS)
def test_what_was_typed_is_kept_but_no_password(
    on: TestPanel, form: str, trouble: Trouble, words: str, *, htmx: bool
) -> None:
    (path, fields), visitor = FORMS[form], unlocked_editor(furnish(on))
    with trouble(on):
        response = visitor.post(path, fields, htmx=htmx)
    assert words in response.text
    for name, typed in fields.items():
        shown = f'value="{escape(typed)}"' in response.text
        assert shown is (name != "password"), name
    assert 'name="password"' in response.text or "password" not in fields


@EVERY_TROUBLE
def test_a_removal_still_names_the_servers(on: TestPanel, trouble: Trouble, words: str) -> None:
    visitor = unlocked_editor(furnish(on))
    with trouble(on):
        response = visitor.post(f"{LIST}/remove", {"server": "1.1"})
    assert words in response.text
    assert "Port Moresby General Hospital" in response.text
    assert 'name="server" value="1.1"' in response.text


@EVERY_TROUBLE
def test_the_page_is_still_shown(on: TestPanel, trouble: Trouble, words: str) -> None:
    visitor = unlocked_editor(furnish(on))
    with trouble(on):
        assert visitor.get().status_code == 200
        assert visitor.get(f"{LIST}/1/edit").status_code == 200


@EVERY_TROUBLE
def test_the_code_is_not_accepted_while_failures_cannot_be_counted(on: TestPanel, trouble: Trouble, words: str) -> None:
    visitor = editor(on)
    with trouble(on):
        assert visitor.unlock().status_code == 503
        assert visitor.unlock("a wrong one").status_code == 503
    assert not visitor.is_unlocked()


@EVERY_TROUBLE
def test_lock_now_works_even_then(on: TestPanel, trouble: Trouble, words: str) -> None:
    visitor = unlocked_editor(on)
    with trouble(on):
        assert visitor.post(f"{PAGE}/lock").status_code == 303
    assert not visitor.is_unlocked()


def no_failures(action: int, table: str | None, column: str | None, *_more: object) -> int:
    is_page_read = (action, table, column) == (sqlite3.SQLITE_READ, "request", "failure_values")  # no save reads it
    return sqlite3.SQLITE_DENY if is_page_read else sqlite3.SQLITE_OK


def test_what_is_saved_is_told_as_saved_when_the_page_cannot_be_read_afterwards(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    on.panel.database._connection.set_authorizer(no_failures)
    response = visitor.post(f"{PAGE}/interval", {"minutes": "30", "version": "1"}, htmx=True)
    on.panel.database._connection.set_authorizer(None)
    assert response.status_code == 503
    assert "The interval is saved. Nothing could be read" in response.text
    assert "Nothing was saved" not in response.text
    assert 'value="30"' in visitor.get().text


def test_parameters_are_saved_when_only_the_log_could_not_be_emptied(on: TestPanel) -> None:
    visitor, route = unlocked_editor(furnish(on)), ROUTES[f"POST {PAGE}/parameters"]
    on.panel.database._connection.set_authorizer(no_emptying)
    response = visitor.post(route.path, route.fields, htmx=True)
    on.panel.database._connection.set_authorizer(None)
    assert response.status_code == 200
    assert "The parameters are saved." in response.text
