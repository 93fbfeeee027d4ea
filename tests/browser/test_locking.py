"""Scenario d: un-locking, and how long it lasts, in a real browser."""

from dataclasses import replace

from browser.conftest import Person
from browser.steps import ERROR_TITLE, expect_locked, expect_said
from fake_clock import FakeClock
from panels import CODE, TestPanel
from playwright.sync_api import expect


def expect_seconds_left(person: Person, seconds: int) -> None:
    """Expect the unlock to last so long, as the server says it on a page that is loaded anew."""
    expect(person.open().region("lock-bar")).to_have_attribute("data-seconds-left", str(seconds))


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
    expect(person.page).to_have_title(ERROR_TITLE)
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    person.open()
    expect(person.region("parameters").locator("form")).to_have_count(0)


def test_the_right_code_after_a_wrong_one_unlocks(person: Person) -> None:
    person.sign_in().button("Click to un-lock").click()
    person.enter_code("not the code at all")
    expect(person.page.get_by_text("This is not the authorisation code")).to_be_visible()
    person.enter_code(CODE)
    expect(person.region("lock-bar")).to_contain_text("Unlocked")
    expect(person.page).not_to_have_title(ERROR_TITLE)


def test_the_right_code_counts_in_lower_case_and_with_spaces(person: Person) -> None:
    person.sign_in().unlock(f" {CODE.lower().replace('-', ' ')} ")
    expect(person.region("lock-bar")).to_contain_text("Unlocked")
    expect(person.button("Add server")).to_be_visible()


def test_what_is_protected_is_text_while_locked(person: Person, on: TestPanel) -> None:
    on.become(1)
    person.sign_in()
    expect(person.region("parameters")).to_contain_text("Store of here")
    expect(person.region("parameters").locator("input")).to_have_count(0)


def test_lock_now_locks(person: Person) -> None:
    person.sign_in().unlock().button("Lock now").click()
    expect_locked(person)
    expect_said(person, "The preferences are locked")
    expect(person.region("parameters").locator("form")).to_have_count(0)


def test_looking_at_the_page_does_not_extend_the_unlock(person: Person, clock: FakeClock) -> None:
    person.sign_in().unlock()
    clock.pass_time(500)
    expect_seconds_left(person, 100)
    expect_seconds_left(person, 100)


def test_keep_unlocked_starts_the_time_anew(person: Person, clock: FakeClock) -> None:
    person.sign_in().unlock()
    clock.pass_time(500)
    person.button("Keep unlocked").click()
    expect_said(person, "stay unlocked")
    expect_seconds_left(person, 600)


def test_a_protected_save_starts_the_time_anew(person: Person, clock: FakeClock) -> None:
    person.sign_in().unlock()
    clock.pass_time(500)
    person.button("Save parameters").click()
    expect_said(person, "The parameters are saved")
    expect_seconds_left(person, 600)


def test_an_unlock_ends_at_the_latest_after_its_longest_time(person: Person, on: TestPanel, clock: FakeClock) -> None:
    on.settings = replace(on.settings, unlock_longest_seconds=900)
    on.restart()
    person.sign_in().unlock()
    clock.pass_time(500)
    person.button("Keep unlocked").click()
    expect_said(person, "stay unlocked")
    expect_seconds_left(person, 400)
