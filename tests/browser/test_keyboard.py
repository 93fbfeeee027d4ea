"""Scenarios d and i with the keyboard alone, and where the focus is while somebody works so."""

import pytest
from browser.conftest import Person
from browser.keys import FOCUS, choose, expect_focus_in, expect_seen, go, press, write
from browser.the_list import dialog, on_list
from panels import ADMIN, ADMIN_PASSWORD, CODE, TestPanel
from playwright.sync_api import Locator, expect


def code_field(person: Person) -> Locator:
    return person.page.get_by_label("Authorisation code")


def ask_for_code(person: Person) -> None:
    choose(person, person.button("Click to un-lock"))
    expect(code_field(person)).to_be_focused()


def unlock(person: Person, code: str = CODE) -> None:
    ask_for_code(person)
    write(person, code)
    press(person, "Enter")


def test_signing_in_needs_no_mouse(person: Person) -> None:
    expect(person.open().page.get_by_label("User name")).to_be_focused()
    write(person, ADMIN)
    press(person, "Tab")
    write(person, ADMIN_PASSWORD)
    press(person, "Enter")
    expect(person.region("lock-bar")).to_contain_text("Locked")


def test_unlocking_needs_no_mouse(person: Person) -> None:
    ask_for_code(person.sign_in())
    choose(person, person.button("Cancel"), "Space")
    expect(dialog(person)).to_have_count(0)
    unlock(person, "not the code")
    expect(person.page.get_by_text("This is not the authorisation code")).to_be_visible()
    expect(code_field(person)).to_be_focused()
    expect(code_field(person)).to_have_value("")
    write(person, f" {CODE.lower()} ")
    press(person, "Enter")
    expect(person.region("parameters").locator("form")).to_be_visible()
    expect_focus_in(person, "#lock-bar")
    choose(person, person.button("Keep unlocked"))
    expect_focus_in(person, "#lock-bar")
    choose(person, person.button("Lock now"))
    expect(person.region("parameters").locator("form")).to_have_count(0)
    expect_focus_in(person, "#lock-bar")


def test_a_satellite_gets_its_primary_without_a_mouse(person: Person, on: TestPanel) -> None:
    on.become(5)
    unlock(person.sign_in())
    choose(person, person.button("Add server"), "Space")
    expect(dialog(person).get_by_label("Sync ID")).to_be_focused()
    fill(person, "3", "National Medical Store", "Central", "primary.example.org")
    expect(dialog(person).get_by_role("alert")).to_be_focused()
    choose(person, dialog(person).get_by_role("link", name="URL:"))
    expect(dialog(person).get_by_label("URL")).to_be_focused()
    write(person, "https://primary.example.org")
    go(person, dialog(person).get_by_label("Sync ID"), "Shift+Tab")
    write(person, "1")
    press(person, "Enter")
    expect(person.page.locator("#status")).to_contain_text("National Medical Store is added.")
    expect_focus_in(person, "#partners")


def fill(person: Person, *values: str) -> None:
    """Type into one field after the other, and press Enter in the last."""
    for value in values:
        write(person, value)
        press(person, "Tab" if value is not values[-1] else "Enter")


def test_saving_needs_no_mouse_and_keeps_the_focus(person: Person, on: TestPanel) -> None:
    on.become(1)
    unlock(person.sign_in())
    go(person, person.parameter("Sync ID"))
    write(person, "no number")
    press(person, "Enter")
    expect(person.region("parameters").get_by_role("alert")).to_be_focused()
    go(person, person.parameter("Sync ID"))
    write(person, "7")
    choose(person, person.button("Save parameters"))
    expect(person.page.locator("#status")).to_contain_text("The parameters are saved.")
    expect_focus_in(person, "#parameters")
    go(person, person.field("interval", "Sync time interval"), "Shift+Tab")
    write(person, "30")
    press(person, "Enter")
    expect(person.page.locator("#status")).to_contain_text("The interval is saved.")
    expect_focus_in(person, "#interval")


@pytest.mark.parametrize("width", [1280, 360])
def test_the_focus_is_always_seen_on_its_way_through_the_page(person: Person, on: TestPanel, width: int) -> None:
    on.fill(20)
    person.sign_in().unlock().page.set_viewport_size({"width": width, "height": 700})
    on_list(person)
    for key in ("Tab", "Shift+Tab"):
        assert len(walk(person, key)) > 60, "all fields, headings and rows are stops"


def walk(person: Person, key: str) -> list[str]:
    """Press Tab from one end of the page to the other, and expect each stop to be seen."""
    stops: list[str] = []
    for _ in range(200):
        press(person, key)
        focus = person.page.evaluate(FOCUS)
        if focus is None:
            break
        expect_seen(person)
        stops.append(focus["name"])
    return stops


def test_the_first_stop_skips_to_the_preferences(person: Person) -> None:
    press(person.sign_in().open(), "Tab")
    expect(person.page.get_by_role("link", name="Skip to the preferences")).to_be_focused()
    press(person, "Enter", "Tab")
    expect(person.button("Click to un-lock")).to_be_focused()
