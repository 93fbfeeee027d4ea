"""Two servers under one Sync ID: an editor sees both, and says which of them goes on."""

import pytest
from browser.conftest import Person
from browser.contacts import FIRST, SECOND, comes_in, two_come_in
from browser.steps import expect_said
from browser.the_list import row
from panels import VIEWER, VIEWER_PASSWORD, TestPanel
from playwright.sync_api import Locator, expect

from sync_panel.store.contacts import Contact, contact_of


@pytest.fixture
def copied(on: TestPanel) -> TestPanel:
    """Return a primary where two servers ask under one Sync ID."""
    on.fill(3)
    two_come_in(on, 3)
    return on


def notice(person: Person) -> Locator:
    return person.region("link").locator(".notice")


def kept(on: TestPanel) -> Contact:
    with on.panel.database.reading() as db:
        return contact_of(db, 3)


def test_both_addresses_stand_side_by_side(person: Person, copied: TestPanel) -> None:
    person.sign_in()
    expect(notice(person)).to_contain_text("Two servers ask as 3 ")
    expect(notice(person)).to_contain_text("One of them is a copy, or was restored from a backup.")
    for title, address, number in (("Known so far", FIRST, 7), ("The second one", SECOND, 3)):
        side = notice(person).locator(".side").filter(has_text=title)
        expect(side).to_contain_text(f"from {address}")
        expect(side).to_contain_text(f"request number {number}")
    expect(person.region("link")).to_contain_text("1 with two servers under one Sync ID")
    expect(row(person, 3)).to_contain_text("Two servers")


def test_while_locked_it_says_what_is_needed(person: Person, copied: TestPanel) -> None:
    person.sign_in()
    expect(notice(person)).to_contain_text("Un-lock the preferences to choose.")
    expect(notice(person).get_by_role("button")).to_have_count(0)


def test_a_viewer_sees_it_and_cannot_choose(person: Person, copied: TestPanel) -> None:
    person.sign_in(VIEWER, VIEWER_PASSWORD)
    expect(notice(person)).to_contain_text(f"from {SECOND}")
    expect(notice(person).get_by_role("button")).to_have_count(0)
    expect(notice(person)).not_to_contain_text("Un-lock")


@pytest.mark.parametrize(("title", "goes_on"), [("Known so far", FIRST), ("The second one", SECOND)])
def test_the_one_that_is_chosen_goes_on(person: Person, copied: TestPanel, title: str, goes_on: str) -> None:
    person.sign_in().unlock()
    notice(person).locator(".side").filter(has_text=title).get_by_role("button").click()
    expect_said(person, "goes on with the server you chose.")
    expect(notice(person)).to_have_count(0)
    expect(row(person, 3)).to_contain_text("On time")
    known = kept(copied).known
    assert known
    assert known.address == goes_on
    assert kept(copied).rival is None


def test_each_button_says_which_server_it_chooses(person: Person, copied: TestPanel) -> None:
    person.sign_in().unlock()
    for address in (FIRST, SECOND):
        expect(notice(person).get_by_role("button", name=f"Go on with the server at {address} as 3 ")).to_be_visible()


def test_what_was_decided_meanwhile_is_told_and_changes_nothing(person: Person, copied: TestPanel) -> None:
    person.sign_in().unlock()
    with copied.panel.database.writing() as db:
        db.execute("DELETE FROM rival")
    comes_in(copied, 3, counter=8)
    notice(person).locator(".side").filter(has_text="The second one").get_by_role("button").click()
    expect(person.page.get_by_text("This was decided meanwhile, or looks different now.")).to_be_visible()
    known = kept(copied).known
    assert known
    assert (known.address, known.counter) == (FIRST, 8)
