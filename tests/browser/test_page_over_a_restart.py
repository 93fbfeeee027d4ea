"""Scenario m: a restart while the page is open: the sign-in survives, the unlock ends, nothing typed is lost."""

from browser.conftest import Person
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
from panels import CANARY, TestPanel
from playwright.sync_api import expect


def test_the_sign_in_survives_and_the_unlock_does_not(person: Person, on: TestPanel) -> None:
    person.sign_in().unlock()
    on.restart()
    expect_locked(person.open())
    expect(person.button("Sign out")).to_be_visible()


def test_parameters_typed_before_are_saved_after_the_code(person: Person, on: TestPanel) -> None:
    on.become(1)
    person.sign_in().unlock().parameter("Name").fill("Port Vila")
    person.parameter("Password").fill(f"{CANARY} new")
    on.restart()
    person.button("Save parameters").click()
    give_late_code(person)
    expect_said(person, "The parameters are saved")
    assert (stored_parameters(on).name, stored_password(on)) == ("Port Vila", f"{CANARY} new")


def test_a_server_typed_before_is_added_after_the_code(person: Person, on: TestPanel) -> None:
    on.become(1)
    dialog = open_add_dialog(person.sign_in().unlock())
    type_server(dialog)
    on.restart()
    press(dialog, "OK")
    give_late_code(person)
    expect_said(person, "Nouméa is added")
    assert [partner.name for partner in stored_partners(on)] == ["Nouméa"]


def test_an_interval_typed_before_is_saved_at_once(person: Person, on: TestPanel) -> None:
    minutes_field(person.sign_in()).fill("45")
    on.restart()
    person.button("Save interval").click()
    expect_said(person, "The interval is saved")
    assert stored_minutes(on) == 45


def test_keep_unlocked_asks_for_the_code_and_unlocks_again(person: Person, on: TestPanel) -> None:
    person.sign_in().unlock()
    on.restart()
    person.button("Keep unlocked").click()
    give_late_code(person)
    expect(person.region("lock-bar")).to_contain_text("Unlocked")
    expect(person.page.locator(".htmx-request")).to_have_count(0)  # the forms come anew, each by itself
    person.button("Save parameters").click()
    expect_said(person, "The parameters are saved")


def test_what_was_saved_is_there_after_the_restart(person: Person, on: TestPanel) -> None:
    on.become(1)
    minutes_field(person.sign_in().unlock()).fill("45")
    person.button("Save interval").click()
    expect_said(person, "The interval is saved")
    type_server(open_add_dialog(person))
    press(person.over(), "OK")
    expect_said(person, "Nouméa is added")
    on.restart()
    expect(minutes_field(person.open())).to_have_value("45")
    expect(person.region("parameters")).to_contain_text("Store of here")
    expect(person.region("partners").locator("tbody")).to_contain_text("Nouméa")
