"""Scenario g: a guesser of the code is made to wait; the right code works after that, and nobody else is disturbed."""

import re
from collections.abc import Callable

from browser.conftest import Person
from browser.steps import ERROR_TITLE, expect_said, stored_parameters
from fake_clock import FakeClock
from panels import CODE, TestPanel
from playwright.sync_api import expect

TOO_MANY = re.compile("Too many wrong codes. Wait 3[01] seconds, then try again.")


def guess_ten_times(person: Person) -> None:
    person.button("Click to un-lock").click()
    for number in range(10):
        person.guess(f"a wrong guess {number}")
    expect(person.page.get_by_role("alert")).to_have_text(TOO_MANY)


def test_ten_wrong_codes_make_even_the_right_one_wait(person: Person, clock: FakeClock) -> None:
    guess_ten_times(person.sign_in())
    person.guess(CODE)
    expect(person.page.get_by_role("alert")).to_have_text(TOO_MANY)
    expect(person.page).to_have_title(ERROR_TITLE)
    clock.pass_time(31)
    person.enter_code(CODE)
    expect(person.region("lock-bar")).to_contain_text("Unlocked")


def test_the_wait_is_the_same_after_a_restart(person: Person, on: TestPanel, clock: FakeClock) -> None:
    guess_ten_times(person.sign_in())
    on.restart()
    person.open().button("Click to un-lock").click()
    person.guess(CODE)
    expect(person.page.get_by_role("alert")).to_have_text(TOO_MANY)
    clock.pass_time(31)
    person.enter_code(CODE)
    expect(person.region("lock-bar")).to_contain_text("Unlocked")


def test_whoever_is_unlocked_already_is_not_disturbed(
    people: Callable[..., Person], person: Person, on: TestPanel
) -> None:
    colleague = people(scripts=person.scripts).sign_in().unlock()
    guess_ten_times(person.sign_in())
    colleague.parameter("Name").fill("Port Vila")
    colleague.button("Save parameters").click()
    expect_said(colleague, "The parameters are saved")
    assert stored_parameters(on).name == "Port Vila"


def test_ten_wrong_passwords_make_the_next_sign_in_wait(person: Person, clock: FakeClock) -> None:
    person.open("/sign-in")
    for number in range(10):
        person.page.get_by_label("User name").fill("admin")
        person.page.get_by_label("Password").fill(f"a wrong guess {number}")
        person.button("Sign in").click()
        expect(person.page.get_by_label("Password")).to_have_value("")
    expect(person.page.get_by_role("alert")).to_contain_text("Too many failed tries. Wait ")
    clock.pass_time(31)
    person.sign_in()
