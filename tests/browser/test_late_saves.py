"""Scenario e, without JavaScript: a late save is answered by a page that asks for the code, and then it saves."""

from collections.abc import Callable

import pytest
from browser.conftest import Person
from browser.steps import (
    ASKED_LATE,
    expect_locked,
    expect_said,
    give_late_code,
    open_add_dialog,
    open_edit_dialog,
    press,
    stored_parameters,
    stored_partners,
    stored_password,
    type_server,
)
from fake_clock import FakeClock
from panels import CANARY, CODE, TestPanel
from playwright.sync_api import expect


@pytest.fixture
def editor(people: Callable[..., Person], on: TestPanel) -> Person:
    """Return an unlocked editor of a primary with two satellites, without JavaScript."""
    on.fill(2)
    return people(scripts=False).sign_in().unlock()


def save_too_late(editor: Person, clock: FakeClock, button: str = "Save parameters") -> None:
    clock.pass_time(601)
    editor.button(button).click()
    expect(editor.region("main")).to_contain_text(ASKED_LATE)


def test_late_parameters_are_saved_after_the_code_with_their_password(
    editor: Person, on: TestPanel, clock: FakeClock
) -> None:
    editor.parameter("Name").fill("Port Vila")
    editor.parameter("Password").fill(f"{CANARY} new")
    save_too_late(editor, clock)
    assert CANARY not in editor.page.content(), "the page that keeps the password must not show it"
    give_late_code(editor)
    expect_said(editor, "The parameters are saved")
    assert (stored_parameters(on).name, stored_password(on)) == ("Port Vila", f"{CANARY} new")


def test_a_wrong_late_code_loses_nothing(editor: Person, on: TestPanel, clock: FakeClock) -> None:
    editor.parameter("Name").fill("Port Vila")
    save_too_late(editor, clock)
    editor.enter_code("not the code at all")
    expect(editor.region("main")).to_contain_text("This is not the authorisation code")
    editor.enter_code(CODE)
    expect_said(editor, "The parameters are saved")
    assert stored_parameters(on).name == "Port Vila"


def test_cancel_at_the_late_code_saves_nothing(editor: Person, on: TestPanel, clock: FakeClock) -> None:
    editor.parameter("Name").fill("Port Vila")
    save_too_late(editor, clock)
    editor.button("Cancel").click()
    expect_locked(editor)
    assert stored_parameters(on).name == "Here"


def test_a_late_server_is_added_after_the_code(editor: Person, on: TestPanel, clock: FakeClock) -> None:
    type_server(open_add_dialog(editor), sync_id="700")
    save_too_late(editor, clock, "OK")
    give_late_code(editor)
    expect_said(editor, "Nouméa is added")
    assert "Nouméa" in [partner.name for partner in stored_partners(on)]


def test_a_late_edit_is_saved_after_the_code(editor: Person, on: TestPanel, clock: FakeClock) -> None:
    type_server(open_edit_dialog(editor), sync_id="700")
    save_too_late(editor, clock, "OK")
    give_late_code(editor)
    expect_said(editor, "Nouméa is saved")
    assert "Nouméa" in [partner.name for partner in stored_partners(on)]


def test_a_late_removal_is_done_after_the_code(editor: Person, on: TestPanel, clock: FakeClock) -> None:
    editor.page.get_by_role("checkbox").first.check()
    editor.button("Remove selected servers").click()
    save_too_late(editor, clock, "Remove")
    give_late_code(editor)
    expect_said(editor, "Removed: ")
    assert len(stored_partners(on)) == 1


def test_a_late_save_that_is_invalid_shows_what_was_typed_after_the_code(
    editor: Person, on: TestPanel, clock: FakeClock
) -> None:
    editor.parameter("Name").fill("Port Vila")
    editor.parameter("URL").fill("port-vila.example.org")
    save_too_late(editor, clock)
    give_late_code(editor)
    expect(editor.region("parameters").get_by_role("alert")).to_contain_text("There is a problem")
    expect(editor.parameter("Name")).to_have_value("Port Vila")
    press(editor.region("lock-bar"), "Lock now")
    assert stored_parameters(on).name == "Here"
