"""Scenario d: un-locking, in a real browser."""

from browser.conftest import Person
from panels import CODE
from playwright.sync_api import expect


def test_cancel_leaves_everything_locked(person: Person) -> None:
    person.sign_in().button("Click to un-lock").click()
    person.button("Cancel").click()
    expect(person.region("lock-bar")).to_contain_text("Locked")
    expect(person.region("parameters").locator("form")).to_have_count(0)


def test_a_wrong_code_is_told_and_unlocks_nothing(person: Person) -> None:
    person.sign_in().button("Click to un-lock").click()
    person.enter_code("not the code at all")
    field = person.page.get_by_label("Authorisation code")
    expect(person.page.get_by_text("This is not the authorisation code")).to_be_visible()
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    person.open()
    expect(person.region("parameters").locator("form")).to_have_count(0)


def test_the_right_code_counts_in_lower_case_and_with_spaces(person: Person) -> None:
    person.sign_in().unlock(f" {CODE.lower().replace('-', ' ')} ")
    expect(person.region("lock-bar")).to_contain_text("Unlocked")
    expect(person.button("Add server")).to_be_visible()
