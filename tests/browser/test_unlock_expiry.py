"""Scenario e, with JavaScript: the unlock ends while the page stays open, and nothing that was typed is lost."""

from collections.abc import Callable

import pytest
from browser.conftest import Person
from browser.steps import (
    expect_locked,
    expect_said,
    give_late_code,
    minutes_field,
    open_add_dialog,
    pass_time,
    press,
    stored_minutes,
    stored_parameters,
    stored_partners,
    stored_password,
    type_server,
)
from fake_clock import FakeClock
from panels import CANARY, TestPanel
from playwright.sync_api import expect

ALL_OF_IT = 601  # seconds


@pytest.fixture
def editor(people: Callable[..., Person], on: TestPanel) -> Person:
    """Return an unlocked editor of a primary, whose page's clock the test moves."""
    on.become(1)
    someone = people(scripts=True)
    someone.page.clock.install()
    return someone.sign_in().unlock()


def test_the_bar_counts_down_and_announces_the_end(editor: Person, clock: FakeClock) -> None:
    announcer, left = editor.region("announcer"), editor.region("time-left")
    pass_time(editor, clock, 300)
    expect(announcer).to_be_empty()
    for seconds, shown, words in (
        (181, "2:00", "in 2 minutes"),
        (60, "1:00", "in 1 minute"),
        (40, "0:20", "in 20 sec"),
    ):
        pass_time(editor, clock, seconds)
        expect(announcer).to_contain_text(words)
        assert left.inner_text() <= shown, "the countdown shows no more than is left"


def test_an_untouched_page_turns_into_text_by_itself(editor: Person, clock: FakeClock) -> None:
    pass_time(editor, clock, ALL_OF_IT)
    expect_locked(editor)
    expect(editor.region("parameters").locator("input")).to_have_count(0)
    expect(editor.region("parameters")).to_contain_text("Store of here")


def test_parameters_typed_before_the_end_are_saved_after_the_code(
    editor: Person, on: TestPanel, clock: FakeClock
) -> None:
    editor.parameter("Name").fill("Port Vila")
    pass_time(editor, clock, ALL_OF_IT)
    expect_locked(editor)
    expect(editor.region("parameters")).to_contain_text("Locked meanwhile. What you typed is kept")
    editor.button("Save parameters").click()
    give_late_code(editor)
    expect_said(editor, "The parameters are saved")
    assert stored_parameters(on).name == "Port Vila"


def test_a_password_typed_before_the_end_is_saved_after_the_code(
    editor: Person, on: TestPanel, clock: FakeClock
) -> None:
    editor.parameter("Password").fill(f"{CANARY} new")
    pass_time(editor, clock, ALL_OF_IT)
    editor.button("Save parameters").click()
    give_late_code(editor)
    expect_said(editor, "The parameters are saved")
    assert stored_password(on) == f"{CANARY} new"


def test_a_server_typed_before_the_end_is_added_after_the_code(editor: Person, on: TestPanel, clock: FakeClock) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog)
    pass_time(editor, clock, ALL_OF_IT)
    expect(dialog).to_contain_text("Locked meanwhile. What you typed is kept")
    press(dialog, "OK")
    give_late_code(editor)
    expect_said(editor, "Nouméa is added")
    expect(dialog).to_be_hidden()
    assert [partner.name for partner in stored_partners(on)] == ["Nouméa"]


def test_all_open_forms_keep_their_text_side_by_side(editor: Person, on: TestPanel, clock: FakeClock) -> None:
    minutes_field(editor).fill("45")
    editor.parameter("Store").fill("Dépôt")
    dialog = open_add_dialog(editor)
    type_server(dialog)
    pass_time(editor, clock, ALL_OF_IT)
    expect_locked(editor)
    press(dialog, "OK")
    give_late_code(editor)
    expect_said(editor, "Nouméa is added")
    editor.button("Save parameters").click()
    expect_said(editor, "The parameters are saved")
    editor.button("Save interval").click()
    expect_said(editor, "The interval is saved")
    assert (stored_minutes(on), stored_parameters(on).store) == (45, "Dépôt")


def test_an_interval_typed_before_the_end_needs_no_code(editor: Person, on: TestPanel, clock: FakeClock) -> None:
    minutes_field(editor).fill("45")
    pass_time(editor, clock, ALL_OF_IT)
    expect_locked(editor)
    editor.button("Save interval").click()
    expect_said(editor, "The interval is saved")
    assert stored_minutes(on) == 45


def test_cancel_at_the_late_code_saves_nothing_and_keeps_the_text(
    editor: Person, on: TestPanel, clock: FakeClock
) -> None:
    editor.parameter("Name").fill("Port Vila")
    pass_time(editor, clock, ALL_OF_IT)
    editor.button("Save parameters").click()
    press(editor.over("gate"), "Cancel")
    expect(editor.over("gate")).to_be_hidden()
    expect(editor.parameter("Name")).to_have_value("Port Vila")
    assert stored_parameters(on).name == "Here"


def test_un_locking_after_a_cancelled_save_does_not_save_it_unasked(
    editor: Person, on: TestPanel, clock: FakeClock
) -> None:
    editor.parameter("Name").fill("Port Vila")
    pass_time(editor, clock, ALL_OF_IT)
    editor.button("Save parameters").click()
    press(editor.over("gate"), "Cancel")
    editor.unlock()
    expect_said(editor, "The preferences are unlocked")
    expect(editor.parameter("Name")).to_have_value("Port Vila")
    assert stored_parameters(on).name == "Here"


def test_a_wrong_late_code_loses_nothing(editor: Person, on: TestPanel, clock: FakeClock) -> None:
    editor.parameter("Name").fill("Port Vila")
    pass_time(editor, clock, ALL_OF_IT)
    editor.button("Save parameters").click()
    give_late_code(editor, "not the code at all")
    expect(editor.over("gate")).to_contain_text("This is not the authorisation code")
    editor.enter_code("open sesame 2026 ab")
    expect_said(editor, "The parameters are saved")
    assert stored_parameters(on).name == "Port Vila"


def test_lock_now_keeps_typed_text_and_saving_it_asks_for_the_code(editor: Person, on: TestPanel) -> None:
    editor.parameter("Name").fill("Port Vila")
    editor.button("Lock now").click()
    expect_locked(editor)
    expect(editor.parameter("Name")).to_have_value("Port Vila")
    editor.button("Save parameters").click()
    give_late_code(editor)
    expect_said(editor, "The parameters are saved")
    assert stored_parameters(on).name == "Port Vila"
