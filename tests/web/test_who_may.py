"""Scenario n: every route, every visitor, with and without the form's token, with htmx and without."""

import pytest
from panels import TestPanel
from visitor import Visitor
from web.routes import ANYBODY, READS, ROUTES, VISITORS, WRITES, furnish, routes_in_code
from werkzeug.test import TestResponse

IN_CODE = sorted(routes_in_code())
BOTH_WAYS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])


def test_every_route_has_its_row_in_the_table_and_every_row_its_route() -> None:
    assert set(IN_CODE) == set(ROUTES)


def is_write(name: str) -> bool:
    return not name.startswith("GET ")


def may(who: str, name: str) -> bool:
    """Tell what section 2 says; a route that the table does not know is for nobody."""
    return name in ROUTES and who in ROUTES[name].allowed


ALL = [(name, who) for name in IN_CODE for who in VISITORS]
REFUSED = [(name, who) for name, who in ALL if not may(who, name)]
ALLOWED_READS = [(name, who) for name, who in ALL if may(who, name) and not is_write(name)]
ALLOWED_WRITES = [(name, who) for name, who in ALL if may(who, name) and is_write(name)]


def ask(visitor: Visitor, name: str, *, htmx: bool, token: str | None = None) -> TestResponse:
    """Send what works for somebody who may."""
    route = ROUTES[name]
    if is_write(name):
        return visitor.post(route.path, route.fields, htmx=htmx, token=token)
    return visitor.get(route.path, htmx=htmx)


@BOTH_WAYS
@pytest.mark.parametrize(("name", "who"), REFUSED)
def test_what_section_2_does_not_allow_is_refused(
    unchanged: TestPanel, visitors: dict[str, Visitor], name: str, who: str, *, htmx: bool
) -> None:
    response = ask(visitors[who], name, htmx=htmx)
    assert response.status_code == (401 if who == "nobody" else 403), response.text
    assert ("<html" in response.text) is not htmx


@BOTH_WAYS
@pytest.mark.parametrize(("name", "who"), ALLOWED_READS)
def test_what_may_be_seen_is_shown_and_changes_nothing(
    unchanged: TestPanel, visitors: dict[str, Visitor], name: str, who: str, *, htmx: bool
) -> None:
    assert ask(visitors[who], name, htmx=htmx).status_code in {200, 204, 302}


@BOTH_WAYS
@pytest.mark.parametrize(("name", "who"), ALLOWED_WRITES)
def test_what_may_be_done_changes_its_own_tables_and_no_other(
    on: TestPanel, name: str, who: str, *, htmx: bool
) -> None:
    visitor = VISITORS[who](furnish(on))
    before = on.kept()
    response = ask(visitor, name, htmx=htmx)
    assert response.status_code in {200, 303}, response.text
    after = on.kept()
    assert {table for table in before if before[table] != after[table]} == ROUTES[name].changes


@BOTH_WAYS
@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("name", sorted(filter(is_write, IN_CODE)))
def test_no_form_without_its_own_token_does_anything(
    unchanged: TestPanel, visitors: dict[str, Visitor], name: str, who: str, *, htmx: bool
) -> None:
    visitor = visitors[who]
    for token in ("", "rubbish", Visitor(unchanged).token(), f"{visitor.token()}x"):
        response = ask(visitor, name, htmx=htmx, token=token)
        assert response.status_code == (401 if who == "nobody" and ROUTES[name].allowed != ANYBODY else 403), token
    assert visitor.is_unlocked() is (who == "editor, unlocked")
    assert visitor.get().status_code == (401 if who == "nobody" else 200)


@pytest.mark.parametrize("name", sorted(WRITES))
def test_a_token_without_its_session_is_refused(unchanged: TestPanel, visitors: dict[str, Visitor], name: str) -> None:
    route, token = ROUTES[name], visitors["editor, unlocked"].token()
    response = Visitor(unchanged).post(route.path, route.fields, token=token)
    assert response.status_code == (403 if route.allowed == ANYBODY else 401)


def test_reads_and_writes_are_told_apart() -> None:
    assert {name for name in ROUTES if is_write(name)} == set(WRITES)
    assert set(READS) | set(WRITES) == set(ROUTES)
