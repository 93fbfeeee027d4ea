"""Bad input: addresses that no link of the panel leads to."""

import pytest
from panels import TestPanel
from visitor import PAGE, Visitor, unlocked_editor
from web.routes import EDITED, LIST, ROUTES, WRITES, furnish

PLAIN_WRITES = sorted(set(WRITES) - {"POST /sign-out"})
BAD_VIEWS = [
    "sort=",
    "sort=password",
    "sort=fold(name)",
    "sort=name;DROP TABLE partner",
    "sort=NAME",
    "order=",
    "order=up",
    "order=asc,desc",
    "page=",
    "page=0",
    "page=-1",
    "page=abc",
    "page=1.0",
    "page=1e3",
    "page=%C2%B2",
    "page=%D9%A1",
    f"page={2**31}",
    f"page={2**63}",
    f"page={10**30}",
    "page=1&page=1",
    "sort=name&sort=url",
    "q=%00",
    f"q={'x' * 101}",
    f"q={'x' * 60_000}",
]
BOTH_WAYS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])


@BOTH_WAYS
@pytest.mark.parametrize("view", BAD_VIEWS)
def test_a_view_of_the_list_that_there_is_not_is_refused(visitor: Visitor, view: str, *, htmx: bool) -> None:
    for path in (LIST, PAGE, f"{PAGE}/lock", f"{LIST}/add", f"{LIST}/remove"):
        response = visitor.get(f"{path}?{view}", htmx=htmx)
        assert response.status_code == 400, response.text
        assert "notice-problem" in response.text


@pytest.mark.parametrize("name", PLAIN_WRITES)
def test_a_write_that_asks_for_such_a_view_does_nothing(on: TestPanel, name: str) -> None:
    visitor = unlocked_editor(furnish(on))
    before, cookie = on.kept(), visitor.unlock_cookie
    for view, htmx in (("page=0", False), ("sort=password", True)):
        response = visitor.post(f"{ROUTES[name].path}?{view}", ROUTES[name].fields, htmx=htmx)
        assert response.status_code == 400, response.text
    assert on.kept() == before
    assert visitor.unlock_cookie == cookie
    assert visitor.is_unlocked()


@pytest.mark.parametrize("page", ["2", "99", "999999"])
@pytest.mark.parametrize("search", ["", "&q=h", "&q=none+begins+so"])
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_a_page_past_the_end_is_the_last_one(visitor: Visitor, page: str, search: str, *, htmx: bool) -> None:
    """Its rows may have been removed since the address was made; its links lead on from what is shown."""
    response = visitor.get(f"{LIST}?page={page}{search}", htmx=htmx)
    assert response.status_code == 200
    assert f"page={page}" not in response.text
    assert visitor.get(f"{PAGE}?page={page}{search}").status_code == 200


@pytest.mark.parametrize("q", ["%25", "_", "'", "%22", "\u202e", "\ufffd", "[", "x" * 100, "\u2028"])
def test_any_search_text_only_searches(visitor: Visitor, q: str) -> None:
    response = visitor.get(f"{LIST}?q={q}")
    assert response.status_code == 200
    assert "No server begins with" in response.text


IDS = [
    "0",
    "3",
    "99",
    str(2**31 - 1),
    str(2**31),
    str(2**63),
    str(10**30),
    "-1",
    "+1",
    "1.0",
    "abc",
    "%00",
    "²",
]


@pytest.mark.parametrize("row", IDS)
def test_a_row_that_there_is_not_is_not_found(visitor: Visitor, row: str) -> None:
    assert visitor.get(f"{LIST}/{row}/edit").status_code == 404
    assert visitor.get(f"{LIST}/{row}/edit", htmx=True).status_code == 404
    assert visitor.post(f"{LIST}/{row}/edit", EDITED).status_code in {404, 405, 409}


BAD_CHOICES = [
    "1",
    "1.",
    ".1",
    "1.1.1",
    "a.b",
    "-1.1",
    "1.-1",
    "1.1 ",
    "²".join("1."),
    f"{2**40}.1",
    "1" * 30,
    "",
    "1,1",
    "*",
]


@pytest.mark.parametrize("choice", BAD_CHOICES)
def test_a_choice_of_servers_that_no_tick_makes_is_refused(visitor: Visitor, choice: str) -> None:
    asked = visitor.get(f"{LIST}/remove", query_string={"server": choice})
    sent = visitor.post(f"{LIST}/remove", {"server": ["1.1", choice]})
    assert asked.status_code == sent.status_code == 400
    assert "Tick them in the list again" in sent.text


def test_the_same_server_ticked_twice_is_one(on: TestPanel) -> None:
    visitor = unlocked_editor(furnish(on))
    assert visitor.post(f"{LIST}/remove", {"server": ["1.1", "1.1"]}).status_code == 303
    assert len(on.kept()["partner"]) == 1


@pytest.mark.parametrize("choice", ["99.1", "3.1", "2147483648.1", "9999999999.9999999999"])
def test_servers_that_there_are_not_cannot_be_removed(visitor: Visitor, choice: str) -> None:
    assert visitor.get(f"{LIST}/remove?server={choice}").status_code == 422
    response = visitor.post(f"{LIST}/remove", {"server": ["1.1", choice]})
    assert response.status_code == 409
    assert "Nothing was removed" in response.text


PATHS = [
    "/nowhere",
    "/favicon.ico",
    "/preferences",
    f"{PAGE}/",
    f"{PAGE}/password",
    f"{PAGE}/site",
    f"{PAGE}%00",
    f"{PAGE}/..%2f..%2fetc%2fpasswd",
    "/static/panel.css",
    "/sync-panel-static/x/panel.css",
    "/%ff%fe",
    "/\u202e",
    f"/{'x' * 10_000}",
]


@BOTH_WAYS
@pytest.mark.parametrize("path", PATHS)
def test_an_address_that_there_is_not_is_not_found(visitor: Visitor, path: str, *, htmx: bool) -> None:
    for who in (visitor, Visitor(visitor.on)):
        response = who.get(path, htmx=htmx)
        assert response.status_code == 404, response.text
        assert "There is no such page" in response.text
        assert ("<html" in response.text) is not htmx
