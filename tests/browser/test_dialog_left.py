"""Leaving a dialog in which something was typed: it asks before that is thrown away, and only then."""

from collections.abc import Callable

import pytest
from browser.conftest import Person
from browser.steps import expect_locked, open_add_dialog, open_edit_dialog, press, stored_partners, type_server
from browser.the_list import typed
from panels import TestPanel
from playwright.sync_api import Locator, expect

QUESTION = "What you typed here is not saved yet."
FILLED = {"sync_id": "7", "name": "Nouméa", "store": "Dépôt", "url": "https://s7.example.org"}
WAYS: dict[str, Callable[[Person, Locator], None]] = {
    "Escape": lambda person, _dialog: escape(person, 1),
    "Cancel": lambda _person, dialog: press(dialog, "Cancel"),
    "two Escapes": lambda person, _dialog: escape(person, 2),
    "many Escapes": lambda person, _dialog: escape(person, 5),
}


def escape(person: Person, times: int) -> None:
    """Press Escape; browsers ask the page about the first one only."""
    for _ in range(times):
        person.page.keyboard.press("Escape")


every_way = pytest.mark.parametrize("leave", WAYS.values(), ids=WAYS)


@pytest.fixture
def editor(people: Callable[..., Person], on: TestPanel) -> Person:
    """Return an unlocked editor of a primary with three satellites."""
    on.fill(3)
    return people(scripts=True).sign_in().unlock()


@every_way
def test_a_filled_dialog_asks_and_keeps_what_was_typed(
    editor: Person, on: TestPanel, leave: Callable[[Person, Locator], None]
) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog)
    leave(editor, dialog)
    expect(dialog).to_contain_text(QUESTION)
    expect(dialog.get_by_role("button", name="Go on")).to_be_focused()
    press(dialog, "Go on")
    expect(dialog).not_to_contain_text(QUESTION)
    assert typed(editor) == FILLED
    press(dialog, "OK")
    expect(dialog).to_be_hidden()
    assert len(stored_partners(on)) == 4


def test_after_a_yes_it_is_thrown_away(editor: Person, on: TestPanel) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog)
    press(dialog, "Cancel")
    press(dialog, "Throw it away")
    expect(dialog).to_be_hidden()
    open_add_dialog(editor)
    assert set(typed(editor).values()) == {""}
    editor.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert len(stored_partners(on)) == 3


def test_a_click_beside_leaves_the_dialog_as_it_is(editor: Person) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog)
    editor.page.mouse.click(5, 5)
    expect(dialog).to_be_visible()
    assert typed(editor) == FILLED


@pytest.mark.parametrize("way", ["Escape", "Cancel"])
def test_an_untouched_dialog_closes_at_once(editor: Person, way: str) -> None:
    dialog = open_edit_dialog(editor)
    WAYS[way](editor, dialog)
    expect(dialog).to_be_hidden()


def test_a_change_that_was_taken_back_is_none(editor: Person) -> None:
    dialog = open_edit_dialog(editor)
    name = dialog.get_by_label("Name", exact=True)
    before = name.input_value()
    name.fill("Another")
    name.fill(before)
    editor.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_tick_alone_is_a_change(editor: Person) -> None:
    dialog = open_edit_dialog(editor)
    dialog.locator("summary").click()
    dialog.get_by_label("Accept plain HTTP").check()
    editor.page.keyboard.press("Escape")
    expect(dialog).to_contain_text(QUESTION)


def test_a_form_that_was_refused_still_holds_what_was_typed(editor: Person) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog, "2")
    press(dialog, "OK")
    expect(dialog).to_contain_text("has this Sync ID already")
    editor.page.keyboard.press("Escape")
    expect(dialog).to_contain_text(QUESTION)
    press(dialog, "Throw it away")
    expect(dialog).to_be_hidden()


def test_an_empty_form_that_was_refused_holds_nothing(editor: Person) -> None:
    dialog = open_add_dialog(editor)
    press(dialog, "OK")
    expect(dialog).to_contain_text("There is a problem")
    editor.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_code_that_was_typed_is_asked_about_too(editor: Person) -> None:
    editor.button("Lock now").click()
    expect_locked(editor)
    editor.button("Click to un-lock").click()
    gate = editor.over("gate")
    gate.get_by_label("Authorisation code").fill("OPEN-SESAME")
    editor.page.keyboard.press("Escape")
    expect(gate).to_contain_text(QUESTION)
    press(gate, "Go on")
    expect(gate.get_by_label("Authorisation code")).to_be_focused()
    expect(gate.get_by_label("Authorisation code")).to_have_value("OPEN-SESAME")


def test_the_removal_has_nothing_to_ask_about(editor: Person) -> None:
    editor.page.get_by_role("checkbox").first.check()
    editor.button("Remove selected servers").click()
    expect(editor.over()).to_contain_text("Remove this server?")
    editor.page.keyboard.press("Escape")
    expect(editor.over()).to_be_hidden()
