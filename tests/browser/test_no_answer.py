"""The server does not answer: with JavaScript the page says so where it can be seen, and keeps what was typed."""

from collections.abc import Callable

import pytest
from browser.conftest import Person
from browser.steps import (
    expect_said,
    minutes_field,
    open_add_dialog,
    press,
    stored_minutes,
    stored_partners,
    type_server,
)
from panels import CODE, TestPanel
from playwright.sync_api import Locator, expect

NO_ANSWER = "The server did not answer, so nothing was changed"


@pytest.fixture
def editor(people: Callable[..., Person], on: TestPanel) -> Person:
    """Return an unlocked editor of a primary."""
    on.become(1)
    return people(scripts=True).sign_in().unlock()


def expect_no_answer(editor: Person, where: Locator, button: str) -> None:
    """Press a button while the network is down, and expect to be told; htmx tells the console too."""
    editor.context.set_offline(True)
    press(where, button)
    told = editor.page.get_by_role("alert").filter(has_text=NO_ANSWER).first
    expect(told).to_be_in_viewport()
    editor.context.set_offline(False)
    editor.complaints[:] = [text for text in editor.complaints if "Failed to fetch" not in text]


def test_a_form_on_the_page_can_be_sent_again(editor: Person, on: TestPanel) -> None:
    minutes_field(editor).fill("45")
    expect_no_answer(editor, editor.region("interval"), "Save interval")
    expect(minutes_field(editor)).to_have_value("45")
    editor.button("Save interval").click()
    expect_said(editor, "The interval is saved")
    expect(editor.page.get_by_text(NO_ANSWER)).to_have_count(0)
    assert stored_minutes(on) == 45


def test_a_form_in_a_dialog_says_it_there_and_can_be_sent_again(editor: Person, on: TestPanel) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog)
    expect_no_answer(editor, dialog, "OK")
    expect(dialog).to_contain_text(NO_ANSWER)
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Nouméa")
    press(dialog, "OK")
    expect_said(editor, "Nouméa is added")
    assert [partner.name for partner in stored_partners(on)] == ["Nouméa"]


def test_the_code_can_be_entered_again(editor: Person) -> None:
    editor.button("Lock now").click()
    editor.button("Click to un-lock").click()
    editor.page.get_by_label("Authorisation code").fill(CODE)
    expect_no_answer(editor, editor.over("gate"), "OK")
    press(editor.over("gate"), "OK")
    expect(editor.region("lock-bar")).to_contain_text("Unlocked")


def test_trouble_that_is_told_twice_is_shown_once(editor: Person) -> None:
    dialog = open_add_dialog(editor)
    expect_no_answer(editor, dialog, "OK")
    expect_no_answer(editor, dialog, "OK")
    expect(dialog.get_by_text(NO_ANSWER)).to_have_count(1)


def test_trouble_that_the_server_cannot_put_into_the_form_is_said_in_the_dialog(editor: Person, on: TestPanel) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog)
    on.panel.database.close()
    press(dialog, "OK")
    expect(dialog).to_contain_text("the database did not answer as it should")
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Nouméa")
    on.restart()
