"""Scenario h: a write keeps the search, the order and the page that somebody was looking at."""

from collections.abc import Callable

import pytest
from browser.conftest import Person
from browser.the_list import add, edit, enter, on_list, remove, said, search, shows
from panels import TestPanel
from playwright.sync_api import expect

from sync_panel.rules.partner import Partner


def save_a_row(person: Person) -> None:
    edit(person, 42)
    enter(person, url="https://suai.example.org")
    said(person, "Suai is saved.")


def add_a_row(person: Person) -> None:
    add(person, Partner(99, "Nauru", "RON Hospital", "https://nauru.example.org"))


def remove_and_undo(person: Person) -> None:
    remove(person, 43)
    shows(person, 42, 41, 40)
    person.button("Undo").click()
    said(person, "Back in the list")


def save_the_interval(person: Person) -> None:
    person.field("interval", "Sync time interval").fill("20")
    person.button("Save interval").click()
    said(person, "The interval is saved.")


def save_the_parameters(person: Person) -> None:
    person.parameter("Name").fill("Here and now")
    person.button("Save parameters").click()
    said(person, "The parameters are saved.")


def keep_unlocked(person: Person) -> None:
    person.button("Keep unlocked").click()
    said(person, "The preferences stay unlocked.")


def lock_and_unlock(person: Person) -> None:
    person.button("Lock now").click()
    said(person, "The preferences are locked.")
    shows(person, 42, 43, 41, 40)
    person.unlock()


LIST_WRITES = {"edit": save_a_row, "add": add_a_row, "remove": remove_and_undo}
OTHER_WRITES = {
    "interval": save_the_interval,
    "parameters": save_the_parameters,
    "keep unlocked": keep_unlocked,
    "lock": lock_and_unlock,
}


@pytest.fixture
def looking(person: Person, on: TestPanel) -> Person:
    """Return an unlocked editor at a primary with sixty satellites, who sorted and searched."""
    on.fill()
    return on_list(person.sign_in().unlock(), "?q=hospital+r&sort=name&order=desc")


@pytest.mark.parametrize("write", [*LIST_WRITES.values()], ids=[*LIST_WRITES])
def test_a_write_to_the_list_keeps_its_view(looking: Person, write: Callable[[Person], None]) -> None:
    write(looking)
    shows(looking, 42, 43, 41, 40)
    expect(looking.page.get_by_role("searchbox")).to_have_value("hospital r")


@pytest.mark.parametrize("write", [*OTHER_WRITES.values()], ids=[*OTHER_WRITES])
def test_a_write_elsewhere_keeps_the_view_of_the_list(looking: Person, write: Callable[[Person], None]) -> None:
    write(looking)
    shows(looking, 42, 43, 41, 40)
    expect(looking.page.get_by_role("searchbox")).to_have_value("hospital r")


def test_a_search_survives_locking(looking: Person) -> None:
    """The view may have been reached by typing alone, with nothing but the rows exchanged."""
    search(looking, "gizo")
    shows(looking, 14)
    looking.button("Lock now").click()
    said(looking, "The preferences are locked.")
    expect(looking.button("Add server")).to_have_count(0)
    shows(looking, 14)


def test_a_write_on_the_second_page_stays_there(person: Person, on: TestPanel) -> None:
    on.fill()
    on_list(person.sign_in().unlock(), "?page=2")
    edit(person, 60)
    enter(person, name="Bissau")
    said(person, "Bissau is saved.")
    shows(person, *range(52, 62))
