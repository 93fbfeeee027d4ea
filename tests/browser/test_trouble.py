"""Trouble while saving: it is said in words where it can be seen, nothing is half saved and nothing typed is lost."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest
from browser.conftest import Person
from browser.steps import (
    ERROR_TITLE,
    expect_said,
    minutes_field,
    open_add_dialog,
    press,
    stored_minutes,
    stored_parameters,
    stored_partners,
    type_server,
)
from panels import CODE, TestPanel
from playwright.sync_api import expect

from sync_panel.set_up import DATABASE_FILE

Trouble = Callable[[TestPanel], AbstractContextManager[None]]


@contextmanager
def busy(on: TestPanel) -> Iterator[None]:
    """Let another program write to the database for longer than the panel waits."""
    on.panel.database._connection.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(on.settings.data / DATABASE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def read_only(on: TestPanel) -> Iterator[None]:
    """Let SQLite refuse every write, as it does on a file that cannot be written."""
    on.panel.database._connection.execute("PRAGMA query_only = ON")
    yield
    on.panel.database._connection.execute("PRAGMA query_only = OFF")


TROUBLES: dict[Trouble, str] = {
    busy: "another program is using the database",
    read_only: "the database can only be read",
}
both_troubles = pytest.mark.parametrize("trouble", TROUBLES)


@both_troubles
def test_the_interval_is_saved_once_the_trouble_is_over(person: Person, on: TestPanel, trouble: Trouble) -> None:
    minutes_field(person.sign_in()).fill("45")
    with trouble(on):
        person.button("Save interval").click()
        expect(person.region("interval").get_by_role("alert")).to_contain_text(TROUBLES[trouble])
        expect(minutes_field(person)).to_have_value("45")
        expect(person.page).to_have_title(ERROR_TITLE)
        assert stored_minutes(on) == 15
    person.button("Save interval").click()
    expect_said(person, "The interval is saved")
    assert stored_minutes(on) == 45


def test_the_parameters_are_saved_once_the_trouble_is_over(person: Person, on: TestPanel) -> None:
    on.become(1)
    person.sign_in().unlock().parameter("Name").fill("Port Vila")
    with busy(on):
        person.button("Save parameters").click()
        expect(person.region("parameters").get_by_role("alert")).to_contain_text(TROUBLES[busy])
        expect(person.parameter("Name")).to_have_value("Port Vila")
    person.button("Save parameters").click()
    expect_said(person, "The parameters are saved")
    assert stored_parameters(on).name == "Port Vila"


@both_troubles
def test_an_open_dialog_says_the_trouble_and_keeps_what_was_typed(
    person: Person, on: TestPanel, trouble: Trouble
) -> None:
    on.become(1)
    dialog = open_add_dialog(person.sign_in().unlock())
    type_server(dialog)
    with trouble(on):
        press(dialog, "OK")
        expect(dialog.get_by_role("alert")).to_contain_text(TROUBLES[trouble])
        expect(dialog.get_by_label("Name", exact=True)).to_have_value("Nouméa")
        assert stored_partners(on) == []
    press(dialog, "OK")
    expect_said(person, "Nouméa is added")


def test_a_removal_that_fails_leaves_the_list_as_it_was(person: Person, on: TestPanel) -> None:
    on.fill(2)
    person.sign_in().unlock().page.get_by_role("checkbox").first.check()
    person.button("Remove selected servers").click()
    with busy(on):
        press(person.over(), "Remove")
        expect(person.over().get_by_role("alert")).to_contain_text(TROUBLES[busy])
        assert len(stored_partners(on)) == 2
    press(person.over(), "Remove")
    expect_said(person, "Removed: ")


def test_un_locking_and_signing_in_say_the_trouble(person: Person, on: TestPanel) -> None:
    person.sign_in().button("Click to un-lock").click()
    with busy(on):
        person.enter_code(CODE)
        expect(person.page.get_by_role("alert")).to_contain_text(TROUBLES[busy])
    person.enter_code(CODE)
    expect(person.region("lock-bar")).to_contain_text("Unlocked")


def test_a_database_that_cannot_be_read_is_said_in_words(person: Person, on: TestPanel) -> None:
    person.sign_in()
    on.panel.database.close()
    person.open()
    expect(person.page.get_by_text("the database did not answer as it should")).to_be_visible()
    expect(person.page).to_have_title(ERROR_TITLE)
