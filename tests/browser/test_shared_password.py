"""Scenario k: the shared password can be replaced and kept, but not read."""

from browser.conftest import Person
from browser.steps import expect_said, press, stored_parameters, stored_password
from fake_clock import FakeClock
from panels import CANARY, TestPanel
from playwright.sync_api import expect


def test_saving_with_an_empty_field_keeps_the_password(person: Person, on: TestPanel) -> None:
    on.become(1)
    person.sign_in().unlock()
    expect(person.parameter("Password")).to_have_value("")
    person.parameter("Name").fill("Port Vila")
    person.button("Save parameters").click()
    expect_said(person, "The parameters are saved")
    assert (stored_parameters(on).name, stored_password(on)) == ("Port Vila", CANARY)


def test_the_page_shows_only_whether_the_password_is_set_and_when(
    person: Person, on: TestPanel, clock: FakeClock
) -> None:
    password = person.region("parameters").locator("dl div", has_text="Password").locator("dd")
    person.sign_in()
    expect(password).to_have_text("Not set")
    on.become(1)
    clock.pass_time(3600)
    person.open()
    expect(password).to_have_text("Set on Monday 23 November 2026, 14:30")
    person.unlock()
    expect(person.region("parameters")).to_contain_text("Set on Monday 23 November 2026, 14:30. Leave empty to keep it")


def test_a_new_password_is_kept_exactly_as_typed_and_dated_anew(
    person: Person, on: TestPanel, clock: FakeClock
) -> None:
    on.become(1)
    clock.pass_time(3600)
    person.sign_in().unlock().parameter("Password").fill(f" {CANARY} ")
    person.button("Save parameters").click()
    expect_said(person, "The parameters are saved")
    assert stored_password(on) == f" {CANARY} "
    press(person.region("lock-bar"), "Lock now")
    expect(person.region("parameters")).to_contain_text("Set on Monday 23 November 2026, 15:30")


def test_the_password_is_in_no_page(person: Person, on: TestPanel) -> None:
    on.become(1)
    assert CANARY not in person.sign_in().page.content(), "the locked page must not hold it"
    assert CANARY not in person.unlock().page.content(), "the form must not hold it"
    person.parameter("Password").fill(CANARY)
    person.parameter("Sync ID").fill("one")
    person.button("Save parameters").click()
    expect(person.region("parameters").get_by_role("alert")).to_contain_text("There is a problem")
    expect(person.parameter("Password")).to_have_value("")
    assert CANARY not in person.page.content(), "the refused form must not give it back"
