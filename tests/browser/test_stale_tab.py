"""A tab from before the browser's present sign-in: what is typed there is saved, by a question at most."""

from collections.abc import Callable

import pytest
from browser.conftest import PAGE, Person
from browser.steps import (
    expect_said,
    give_late_code,
    minutes_field,
    press,
    stored_minutes,
    stored_parameters,
    stored_password,
)
from panels import ADMIN, ADMIN_PASSWORD, CANARY, CHEAP, CODE, TestPanel
from playwright.sync_api import Page, expect
from visitor import OTHER, OTHER_PASSWORD

from sync_panel.store.users import add_user


@pytest.fixture(autouse=True)
def other_user(on: TestPanel) -> None:
    with on.panel.database.writing() as db:
        add_user(db, OTHER, CHEAP.hash(OTHER_PASSWORD), may_edit=True)


def another_tab(person: Person) -> Page:
    tab = person.context.new_page()
    tab.goto(person.address + PAGE)
    return tab


def sign_in_at(tab: Page, name: str = ADMIN, password: str = ADMIN_PASSWORD) -> None:
    tab.get_by_label("User name").fill(name)
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("button", name="Sign out")).to_be_visible()


def sign_out_at(tab: Page) -> None:
    tab.get_by_role("button", name="Sign out").click()
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()


def become_other_elsewhere(person: Person) -> Page:
    """Sign the other user in, in another tab of the same browser."""
    tab = another_tab(person)
    sign_out_at(tab)
    sign_in_at(tab, OTHER, OTHER_PASSWORD)
    return tab


def go_on(person: Person, name: str) -> None:
    expect(person.over("gate")).to_contain_text(f"Go on as “{name}”?")
    press(person.over("gate"), "Go on")


def test_after_a_new_sign_in_in_another_tab_it_is_saved_at_once(person: Person, on: TestPanel) -> None:
    minutes_field(person.sign_in()).fill("45")
    tab = another_tab(person)
    sign_out_at(tab)
    sign_in_at(tab)
    person.button("Save interval").click()
    expect_said(person, "The interval is saved")
    assert stored_minutes(on) == 45


def test_after_another_user_signed_in_in_another_tab_it_is_saved_by_their_word(person: Person, on: TestPanel) -> None:
    minutes_field(person.sign_in()).fill("45")
    become_other_elsewhere(person)
    person.button("Save interval").click()
    go_on(person, OTHER)
    expect_said(person, "The interval is saved")
    expect(person.region("who")).to_contain_text(OTHER)
    assert stored_minutes(on) == 45


def test_cancel_instead_saves_nothing(person: Person, on: TestPanel) -> None:
    minutes_field(person.sign_in()).fill("45")
    become_other_elsewhere(person)
    person.button("Save interval").click()
    expect(person.over("gate")).to_contain_text("Go on as")
    press(person.over("gate"), "Cancel")
    expect(person.button("Save interval")).to_be_visible()
    assert stored_minutes(on) == 15


def test_protected_values_are_saved_after_the_code_with_their_password(person: Person, on: TestPanel) -> None:
    on.become(1)
    person.sign_in().unlock().parameter("Name").fill("Port Vila")
    person.parameter("Password").fill(f"{CANARY} new")
    become_other_elsewhere(person)
    person.button("Save parameters").click()
    give_late_code(person)
    expect_said(person, "The parameters are saved")
    expect(person.region("who")).to_contain_text(OTHER)
    assert (stored_parameters(on).name, stored_password(on)) == ("Port Vila", f"{CANARY} new")


def test_a_sign_in_that_was_asked_for_still_works_after_one_in_another_tab(person: Person, on: TestPanel) -> None:
    minutes_field(person.sign_in()).fill("45")
    tab = another_tab(person)
    sign_out_at(tab)
    person.button("Save interval").click()
    expect(person.over("gate")).to_contain_text("Sign in, and what you sent is not lost")
    sign_in_at(tab)
    gate = person.over("gate")
    gate.get_by_label("User name").fill(ADMIN)
    gate.get_by_label("Password").fill(ADMIN_PASSWORD)
    press(gate, "Sign in")
    expect_said(person, "The interval is saved")
    assert stored_minutes(on) == 45


def test_a_code_that_was_asked_for_is_asked_again_after_another_sign_in(
    people: Callable[..., Person], on: TestPanel
) -> None:
    on.become(1)
    person = people(scripts=True).sign_in().unlock()
    person.parameter("Name").fill("Port Vila")
    press(another_tab(person).locator("#lock-bar"), "Lock now")
    person.button("Save parameters").click()
    expect(person.over("gate")).to_contain_text("Enter the code")
    become_other_elsewhere(person)
    person.enter_code(CODE)
    expect(person.over("gate")).to_contain_text("Enter it again")
    person.enter_code(CODE)
    expect_said(person, "The parameters are saved")
    assert stored_parameters(on).name == "Port Vila"


def test_lock_now_locks_in_a_tab_of_before(person: Person, on: TestPanel) -> None:
    on.become(1)
    person.sign_in().unlock()
    tab = become_other_elsewhere(person)
    press(tab.locator("#lock-bar"), "Click to un-lock")
    tab.get_by_label("Authorisation code").fill(CODE)
    tab.get_by_role("button", name="OK", exact=True).click()
    expect(tab.get_by_role("button", name="Lock now")).to_be_visible()
    person.button("Lock now").click()
    go_on(person, OTHER)
    expect_said(person, "The preferences are locked")


def test_the_second_of_two_sign_in_tabs_leads_to_the_page(person: Person) -> None:
    person.open()
    tab = another_tab(person)
    sign_in_at(tab)
    person.page.get_by_label("User name").fill(ADMIN)
    person.page.get_by_label("Password").fill(ADMIN_PASSWORD)
    person.button("Sign in").click()
    expect(person.page.locator("main")).to_contain_text(f"Go on as “{ADMIN}”?")
    person.button("Go on").click()
    expect(person.button("Sign out")).to_be_visible()
