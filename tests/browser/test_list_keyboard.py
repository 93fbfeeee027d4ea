"""Scenario h with the keyboard alone: adding, sorting, searching, editing, removing three, undo."""

from collections.abc import Callable

import pytest
from browser.conftest import Person
from browser.keys import FOCUS, choose, expect_focus_in, go, press, write
from browser.the_list import LABELS, dialog, on_list, row, rows, said, shows, values_of
from panels import TestPanel
from playwright.sync_api import Locator, expect

from sync_panel.rules.partner import Partner

NEW = Partner(99, "Nauru", "RON Hospital", "https://nauru.example.org")
OPENERS: dict[str, Callable[[Person], Locator]] = {
    "Add server": lambda person: person.button("Add server"),
    "Edit": lambda person: row(person, 4).get_by_role("link", name="Edit"),
    "Remove selected servers": lambda person: person.button("Remove selected servers"),
}


@pytest.fixture
def primary(person: Person, on: TestPanel) -> Person:
    """Return an unlocked editor at a primary with twelve satellites."""
    on.fill(12)
    return person.sign_in().unlock()


def test_adding_and_editing_need_no_mouse(primary: Person) -> None:
    choose(primary, primary.button("Add server"))
    expect(dialog(primary).get_by_label("Sync ID")).to_be_focused()
    for name, value in values_of(NEW).items():
        go(primary, dialog(primary).get_by_label(LABELS[name]))
        write(primary, str(value))
    choose(primary, dialog(primary).get_by_role("button", name="OK", exact=True), "Space")
    said(primary, "Nauru is added.")
    expect_focus_in(primary, "#partners")
    choose(primary, row(primary, 99).get_by_role("link", name="Edit"))
    go(primary, dialog(primary).get_by_label("Name"))
    write(primary, "Naoero")
    press(primary, "Enter")
    said(primary, "Naoero is saved.")
    expect_focus_in(primary, "#partners")
    expect(row(primary, 99)).to_contain_text("Naoero")


def test_sorting_and_searching_need_no_mouse(primary: Person) -> None:
    heading = primary.region("partners").get_by_role("link", name="Name")
    for order in ("ascending", "descending"):
        choose(primary, heading)
        expect(primary.region("partners").locator(".column-name[aria-sort]")).to_have_attribute("aria-sort", order)
        expect_focus_in(primary, "#partners .column-name")
    expect(rows(primary).first).to_contain_text("Wewak")
    go(primary, primary.page.get_by_role("searchbox"), "Shift+Tab")
    write(primary, "ki")
    press(primary, "Enter")
    shows(primary, 12)
    expect_focus_in(primary, "#search")


def test_paging_needs_no_mouse(person: Person, on: TestPanel) -> None:
    on.fill(60)
    choose(person.sign_in(), person.page.get_by_role("link", name="Page 2"))
    shows(person, *range(52, 62))
    expect_focus_in(person, "#partners")


def test_removing_three_and_undo_need_no_mouse(primary: Person) -> None:
    for sync_id in (3, 8, 12):
        go(primary, row(primary, sync_id).get_by_role("checkbox"))
        press(primary, "Space")
    go(primary, primary.button("Remove selected servers"), "Shift+Tab")
    press(primary, "Enter")
    expect(dialog(primary).get_by_role("button", name="Cancel")).to_be_focused()
    go(primary, dialog(primary).get_by_role("button", name="Remove"), "Shift+Tab")
    press(primary, "Enter")
    said(primary, "Removed: 3 Lae – Angau Memorial Hospital, 8 Kokopo – Nonga, 12 Kiunga.")
    expect_focus_in(primary, "#partners")
    choose(primary, primary.button("Undo"))
    said(primary, "Back in the list:")
    expect_focus_in(primary, "#partners")
    expect(rows(primary)).to_have_count(12)


@pytest.mark.parametrize("opener", OPENERS)
def test_escape_closes_a_dialog_and_gives_the_focus_back(
    people: Callable[..., Person], on: TestPanel, opener: str
) -> None:
    on.fill(3)
    person = people(scripts=True).sign_in().unlock()
    choose(person, OPENERS[opener](person))
    expect(dialog(person).locator(":focus")).to_have_count(1)
    for key in ["Tab"] * 9 + ["Shift+Tab"] * 9:
        press(person, key)
        focus = person.page.evaluate(FOCUS)
        assert focus is None or focus["dialog"] == "dialog", "the focus stays in the dialog, or leaves for the browser"
    press(person, "Escape")
    expect(dialog(person)).to_have_count(0)
    expect(OPENERS[opener](person)).to_be_focused()
    expect(rows(person)).to_have_count(3)


def test_escape_leaves_the_preferences_locked(people: Callable[..., Person]) -> None:
    person = people(scripts=True).sign_in()
    choose(person, person.button("Click to un-lock"))
    expect(person.page.get_by_label("Authorisation code")).to_be_focused()
    write(person, "half a co")
    press(person, "Escape")
    choose(person, person.button("Throw it away"))
    expect(dialog(person)).to_have_count(0)
    expect(person.button("Click to un-lock")).to_be_focused()
    expect(person.region("parameters").locator("form")).to_have_count(0)


def test_a_row_that_left_the_view_gives_the_focus_to_the_list(people: Callable[..., Person], on: TestPanel) -> None:
    """Edited away under the search that found it, the row has no place left for the focus."""
    on.fill(3)
    person = on_list(people(scripts=True).sign_in().unlock(), "?q=lae")
    choose(person, row(person, 3).get_by_role("link", name="Edit"))
    go(person, dialog(person).get_by_label("Name"))
    write(person, "Angau")
    press(person, "Tab")
    write(person, "Angau Store")
    press(person, "Enter")
    said(person, "Angau is saved.")
    expect_focus_in(person, "#partners")
