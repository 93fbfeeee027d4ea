"""Scenario l: a save that was made from an older version is refused (409), and both values are shown."""

import re
import threading
from typing import NamedTuple

import pytest
from panels import CANARY, TestPanel
from visitor import PAGE, VERSION, Visitor, editor, hidden, unlocked_editor
from web.routes import ADDED, EDITED, LIST, SITE, furnish
from werkzeug.test import TestResponse

from sync_panel.store.site import load_site

BOTH_WAYS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
SIDE_BY_SIDE = re.compile(r"<tr>\s*<th scope=\"row\">(.*?)</th>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>", re.DOTALL)


class Row(NamedTuple):
    """One field of the comparison."""

    field: str
    yours: str
    theirs: str


def compared(response: TestResponse) -> list[Row]:
    """Return the comparison's rows: the field, and both values."""
    return [Row(*(cell.strip() for cell in cells)) for cells in SIDE_BY_SIDE.findall(response.text)]


@pytest.fixture
def first(on: TestPanel) -> Visitor:
    """Return an unlocked editor on a furnished panel."""
    return unlocked_editor(furnish(on))


@pytest.fixture
def second(on: TestPanel, first: Visitor) -> Visitor:
    """Return an unlocked editor in another browser."""
    return unlocked_editor(on)


@BOTH_WAYS
def test_two_intervals(on: TestPanel, first: Visitor, *, htmx: bool) -> None:
    second, mine = editor(on), {"minutes": "20", "version": "1"}
    assert first.post(f"{PAGE}/interval", {"minutes": "30", "version": "1"}).status_code == 303
    refused = second.post(f"{PAGE}/interval", mine, htmx=htmx)
    assert refused.status_code == 409
    assert compared(refused) == [Row("Sync time interval", "20", "30")]
    assert 'value="20"' in refused.text, "what was typed is still there"
    assert on.kept()["interval"][0][1] == 30
    again = second.post(f"{PAGE}/interval", mine | {"version": hidden(VERSION, refused)}, htmx=htmx)
    assert again.status_code in {200, 303}
    assert on.kept()["interval"][0][1] == 20


@BOTH_WAYS
def test_two_sets_of_parameters(on: TestPanel, first: Visitor, second: Visitor, *, htmx: bool) -> None:
    mine = SITE | {"name": "Mine", "store": "Shared", "password": ""}
    assert first.post(f"{PAGE}/parameters", SITE | {"name": "Theirs", "store": "Shared"}).status_code == 303
    refused = second.post(f"{PAGE}/parameters", mine, htmx=htmx)
    assert refused.status_code == 409
    assert compared(refused) == [Row("Name", "Mine", "Theirs")], "what is the same is not asked for"
    assert on.kept()["site"][0][2] == "Theirs"
    again = second.post(f"{PAGE}/parameters", mine | {"version": hidden(VERSION, refused, "parameters")}, htmx=htmx)
    assert again.status_code in {200, 303}
    assert on.kept()["site"][0][2] == "Mine"


@BOTH_WAYS
def test_no_password_stands_in_the_comparison(first: Visitor, second: Visitor, *, htmx: bool) -> None:
    """The typed one may not be shown; conftest.py watches for it in every answer as well."""
    first.post(f"{PAGE}/parameters", SITE)
    refused = second.post(f"{PAGE}/parameters", SITE | {"name": "Mine", "password": CANARY}, htmx=htmx)
    assert refused.status_code == 409
    assert CANARY not in refused.text
    assert Row("Password", "changed", "changed") in compared(refused)


@BOTH_WAYS
def test_two_versions_of_a_server(on: TestPanel, first: Visitor, second: Visitor, *, htmx: bool) -> None:
    assert first.post(f"{LIST}/1/edit", EDITED).status_code == 303
    mine = EDITED | {"sync_id": "901", "name": "Mine <b>"}
    refused = second.post(f"{LIST}/1/edit", mine, htmx=htmx)
    assert refused.status_code == 409
    assert compared(refused) == [Row("Sync ID", "901", "900"), Row("Name", "Mine &lt;b&gt;", "Tulagi")]
    again = second.post(f"{LIST}/1/edit", mine | {"version": hidden(VERSION, refused)}, htmx=htmx)
    assert again.status_code in {200, 303}
    assert "Mine <b>" in str(on.kept()["partner"])


@BOTH_WAYS
def test_removing_what_somebody_changed(on: TestPanel, first: Visitor, second: Visitor, *, htmx: bool) -> None:
    assert first.post(f"{LIST}/1/edit", EDITED).status_code == 303
    before = on.kept()
    refused = second.post(f"{LIST}/remove", {"server": ["1.1", "2.1"]}, htmx=htmx)
    assert refused.status_code == 409
    assert "Nothing was removed" in refused.text
    assert "Tulagi" in refused.text, "named as it is now"
    assert on.kept() == before
    again = second.post(f"{LIST}/remove", {"server": re.findall(r'name="server" value="([^"]+)"', refused.text)})
    assert again.status_code == 303
    assert on.kept()["partner"] == []


def test_removing_what_somebody_removed(on: TestPanel, first: Visitor, second: Visitor) -> None:
    assert first.post(f"{LIST}/remove", {"server": "1.1"}).status_code == 303
    before = on.kept()
    assert second.post(f"{LIST}/remove", {"server": ["2.1", "1.1"]}).status_code == 409
    assert on.kept() == before, "not even the other one, and Undo still brings the first back"


@BOTH_WAYS
def test_editing_what_somebody_removed(on: TestPanel, first: Visitor, second: Visitor, *, htmx: bool) -> None:
    assert first.post(f"{LIST}/remove", {"server": "1.1"}).status_code == 303
    before = on.kept()
    refused = second.post(f"{LIST}/1/edit", EDITED, htmx=htmx)
    assert refused.status_code == 409
    assert "This server was removed meanwhile. Nothing was saved." in refused.text
    assert 'value="Tulagi"' in refused.text, "what was typed is still there"
    assert second.get(f"{LIST}/1/edit", htmx=htmx).status_code == 404
    assert on.kept() == before


def test_undo_brings_back_what_was_changed_before_it_was_removed(on: TestPanel, first: Visitor) -> None:
    assert first.post(f"{LIST}/1/edit", EDITED).status_code == 303
    assert first.post(f"{LIST}/remove", {"server": "1.2"}).status_code == 303
    assert first.post(f"{LIST}/undo").status_code == 303
    assert "Tulagi" in str(on.kept()["partner"])
    assert on.kept()["removed_partner"] == []


@BOTH_WAYS
def test_an_undo_that_no_longer_fits(on: TestPanel, first: Visitor, second: Visitor, *, htmx: bool) -> None:
    """Row 3, with Sync ID 4, was removed; somebody else gives its Sync ID to another server."""
    assert first.post(f"{LIST}/add", ADDED | {"sync_id": "4"}).status_code == 303
    before = on.kept()
    refused = second.post(f"{LIST}/undo", htmx=htmx)
    assert refused.status_code == 409
    assert "cannot be undone as the list is now. 4 Tulagi has this Sync ID already" in refused.text
    assert on.kept() == before


@BOTH_WAYS
def test_an_undo_that_somebody_did_already(on: TestPanel, first: Visitor, second: Visitor, *, htmx: bool) -> None:
    assert first.post(f"{LIST}/undo").status_code == 303
    before = on.kept()
    assert second.post(f"{LIST}/undo", htmx=htmx).status_code in {404, 409}
    assert on.kept() == before


def test_of_many_saves_at_the_same_moment_one_wins(on: TestPanel) -> None:
    visitors = [editor(on) for _ in range(6)]
    tokens = [visitor.token() for visitor in visitors]
    answers: list[int] = []

    def save(number: int) -> None:
        fields = {"minutes": str(number), "version": "1"}
        answers.append(visitors[number].post(f"{PAGE}/interval", fields, token=tokens[number]).status_code)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409, 409, 409, 409, 409]
    with on.panel.database.reading() as db:
        assert load_site(db).version == 1
