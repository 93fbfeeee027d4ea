"""A site that is not listed asks to join: the open page shows it, and an unlocked editor adds or dismisses it."""

from collections.abc import Callable

import pytest
from browser.conftest import Person
from browser.contacts import asks_to_join
from browser.steps import expect_said, give_late_code
from browser.the_list import dialog, row, typed
from panels import TestPanel
from playwright.sync_api import Locator, expect

REFRESH = 6  # seconds: a little more than the page waits between two looks
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def asks(person: Person) -> Locator:
    return person.region("link").locator(".joiners li")


@pytest.fixture
def primary(on: TestPanel) -> TestPanel:
    """Return a primary with three satellites, which 901 asks to join."""
    on.fill(3)
    asks_to_join(on, 901, "New Clinic")
    return on


def test_who_asks_meanwhile_comes_up_in_the_open_page_and_is_added(
    people: Callable[..., Person], on: TestPanel
) -> None:
    on.fill(3)
    person = people()
    person.page.clock.install(time="2026-11-23T14:30:00")
    person.sign_in().unlock()
    expect(asks(person)).to_have_count(0)
    asks_to_join(on, 901, "New Clinic")
    person.let_pass(REFRESH)
    expect(asks(person)).to_contain_text("901 New Clinic asked to join")
    person.button("Add 901 New Clinic").click()
    expect(dialog(person)).to_contain_text("said of itself")
    assert list(typed(person).values()) == ["901", "New Clinic", "Clinic", "https://host-901.example.org"]
    dialog(person).get_by_role("button", name="OK", exact=True).click()
    expect_said(person, "New Clinic is added.")
    expect(asks(person)).to_have_count(0)
    expect(row(person, 901)).to_contain_text("No contact yet")


@SCRIPTS
def test_it_is_dismissed(people: Callable[..., Person], primary: TestPanel, *, scripts: bool) -> None:
    person = people(scripts=scripts).sign_in().unlock()
    person.button("Dismiss 901 New Clinic").click()
    expect_said(person, "901 New Clinic is dismissed.")
    expect(asks(person)).to_have_count(0)


def test_without_scripts_it_is_added_too(people: Callable[..., Person], primary: TestPanel) -> None:
    person = people(scripts=False).sign_in().unlock()
    person.button("Add 901 New Clinic").click()
    assert typed(person)["name"] == "New Clinic"
    dialog(person).get_by_role("button", name="OK", exact=True).click()
    expect_said(person, "New Clinic is added.")
    expect(asks(person)).to_have_count(0)


def test_in_a_page_that_was_locked_meanwhile_the_code_is_asked_for_first(
    people: Callable[..., Person], primary: TestPanel
) -> None:
    person = people()
    person.page.clock.install(time="2026-11-23T14:30:00")
    person.sign_in().unlock()
    primary.clock.pass_time(primary.settings.unlock_seconds)
    person.button("Add 901 New Clinic").click()
    expect(person.over("gate")).to_be_visible()
    asks_to_join(primary, 902, "Newer Clinic")
    person.let_pass(REFRESH)  # the page would have shown it, and no button any more
    give_late_code(person)
    expect(dialog(person)).to_contain_text("said of itself")
    assert typed(person)["sync_id"] == "901"
