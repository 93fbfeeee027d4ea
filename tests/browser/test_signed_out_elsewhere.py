"""A save after the browser was signed out, or locked, in another tab: it asks, and what was typed is saved."""

from collections.abc import Callable

from browser.conftest import PAGE, Person
from browser.steps import (
    expect_locked,
    expect_said,
    give_late_code,
    minutes_field,
    open_add_dialog,
    press,
    stored_minutes,
    stored_parameters,
    stored_partners,
    stored_password,
    type_server,
)
from panels import ADMIN, ADMIN_PASSWORD, CANARY, VIEWER, VIEWER_PASSWORD, TestPanel
from playwright.sync_api import expect


def sign_out_in_another_tab(person: Person) -> None:
    press_in_another_tab(person, "Sign out", then="Sign in")


def lock_in_another_tab(person: Person) -> None:
    press_in_another_tab(person, "Lock now", then="Click to un-lock")


def press_in_another_tab(person: Person, button: str, *, then: str) -> None:
    """Press a button in another tab of the same browser, and wait until its page has the other one."""
    tab = person.context.new_page()
    tab.goto(person.address + PAGE)
    tab.get_by_role("button", name=button).click()
    expect(tab.get_by_role("button", name=then)).to_be_visible()


def sign_in_late(person: Person, name: str = ADMIN, password: str = ADMIN_PASSWORD) -> None:
    """Sign in where the save asked for it: in a dialog above, or on a page of its own."""
    gate = person.over("gate")
    expect(gate).to_contain_text("Sign in, and what you sent is not lost")
    gate.get_by_label("User name").fill(name)
    gate.get_by_label("Password").fill(password)
    press(gate, "Sign in")


def test_an_interval_is_saved_after_the_sign_in(person: Person, on: TestPanel) -> None:
    minutes_field(person.sign_in()).fill("45")
    sign_out_in_another_tab(person)
    person.button("Save interval").click()
    sign_in_late(person)
    expect_said(person, "The interval is saved")
    assert stored_minutes(on) == 45


def test_parameters_are_saved_after_the_sign_in_and_the_code(person: Person, on: TestPanel) -> None:
    on.become(1)
    person.sign_in().unlock().parameter("Name").fill("Port Vila")
    person.parameter("Password").fill(f"{CANARY} new")
    sign_out_in_another_tab(person)
    person.button("Save parameters").click()
    sign_in_late(person)
    give_late_code(person)
    expect_said(person, "The parameters are saved")
    assert (stored_parameters(on).name, stored_password(on)) == ("Port Vila", f"{CANARY} new")


def test_a_server_is_added_after_the_sign_in_and_the_code(person: Person, on: TestPanel) -> None:
    on.become(1)
    dialog = open_add_dialog(person.sign_in().unlock())
    type_server(dialog)
    sign_out_in_another_tab(person)
    press(dialog, "OK")
    sign_in_late(person)
    give_late_code(person)
    expect_said(person, "Nouméa is added")
    assert [partner.name for partner in stored_partners(on)] == ["Nouméa"]


def test_a_wrong_password_loses_nothing(person: Person, on: TestPanel) -> None:
    minutes_field(person.sign_in()).fill("45")
    sign_out_in_another_tab(person)
    person.button("Save interval").click()
    sign_in_late(person, password="not the password")
    expect(person.over("gate").get_by_role("alert")).to_contain_text("The user name or the password is wrong")
    sign_in_late(person)
    expect_said(person, "The interval is saved")
    assert stored_minutes(on) == 45


def test_a_viewer_who_signs_in_instead_saves_nothing(person: Person, on: TestPanel) -> None:
    minutes_field(person.sign_in()).fill("45")
    sign_out_in_another_tab(person)
    person.button("Save interval").click()
    sign_in_late(person, VIEWER, VIEWER_PASSWORD)
    refusal = (
        "You may look at these preferences, but not change them" if person.scripts else "signed in as another user"
    )
    expect(person.page.get_by_text(refusal)).to_be_visible()
    assert stored_minutes(on) == 15


def test_a_page_that_was_locked_in_another_tab_says_so_at_the_next_save(person: Person, on: TestPanel) -> None:
    on.become(1)
    person.sign_in().unlock().parameter("Name").fill("Port Vila")
    lock_in_another_tab(person)
    person.button("Save parameters").click()
    expect(person.over("gate")).to_contain_text("Enter the code")
    if person.scripts:
        expect(person.region("lock-bar")).to_contain_text("Locked")
        expect(person.region("parameters")).to_contain_text("Locked meanwhile. What you typed is kept")
    give_late_code(person)
    expect_said(person, "The parameters are saved")
    expect(person.region("lock-bar")).to_contain_text("Unlocked")
    assert stored_parameters(on).name == "Port Vila"


def test_an_untouched_page_that_was_locked_in_another_tab_learns_it_by_itself(
    people: Callable[..., Person], on: TestPanel
) -> None:
    on.become(1)
    person = people(scripts=True)
    person.page.clock.install()
    person.sign_in().unlock()
    lock_in_another_tab(person)
    person.let_pass(6)
    expect_locked(person)
    expect(person.region("parameters").locator("input")).to_have_count(0)


def test_servers_that_were_ticked_before_another_tab_locked_are_asked_about_after_the_code(
    people: Callable[..., Person], on: TestPanel
) -> None:
    on.fill(3)
    person = people(scripts=True).sign_in().unlock()
    person.page.get_by_role("checkbox").first.check()
    lock_in_another_tab(person)
    person.button("Remove selected servers").click()
    expect(person.region("lock-bar")).to_contain_text("Locked")
    give_late_code(person)
    press(person.over(), "Remove")
    expect_said(person, "Removed: ")
    assert len(stored_partners(on)) == 2


def test_after_cancel_a_page_that_was_locked_in_another_tab_is_text(
    people: Callable[..., Person], on: TestPanel
) -> None:
    on.fill(3)
    person = people(scripts=True).sign_in().unlock()
    lock_in_another_tab(person)
    person.page.get_by_role("link", name="Edit").first.click()
    expect(person.region("lock-bar")).to_contain_text("Locked")
    press(person.over("gate"), "Cancel")
    expect_locked(person)
    expect(person.page.get_by_role("link", name="Edit")).to_have_count(0)
