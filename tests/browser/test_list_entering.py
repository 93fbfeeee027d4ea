"""Scenario h: a primary gets its satellites, ten through the dialog and the rest by the store."""

import pytest
from browser.conftest import Person
from browser.the_list import add, column, dialog, enter, list_places, on_list, row, rows, said, shows, typed, values_of
from panels import TestPanel, places
from playwright.sync_api import expect

PLACES = list(places())


@pytest.fixture
def primary(person: Person, on: TestPanel) -> Person:
    """Return an unlocked editor at a primary whose list is empty."""
    on.become(1)
    return person.sign_in().unlock()


def test_a_primary_gets_sixty_satellites(primary: Person, on: TestPanel) -> None:
    for place in PLACES[:10]:
        add(primary, place)
    list_places(on, after=10)
    shown = [cells(on_list(primary, page)) for page in ("", "?page=2")]
    assert [len(page) for page in shown] == [50, 10], "fifty a page"
    assert shown[0] + shown[1] == [tuple(map(str, values_of(place).values())) for place in PLACES]
    expect(primary.page.locator("#partner-count")).to_have_text("60 servers")


def cells(person: Person) -> list[tuple[str, ...]]:
    """Return the rows of the page that is shown."""
    return list(zip(*(column(person, name) for name in ("sync_id", "name", "store", "url")), strict=True))


def test_an_empty_list_says_how_to_begin(primary: Person) -> None:
    expect(primary.region("partners")).to_contain_text("The list is empty. Add a server with +.")
    expect(rows(primary)).to_have_count(0)


def test_cancel_adds_nothing(primary: Person) -> None:
    primary.button("Add server").click()
    dialog(primary).get_by_label("Name").fill("Nowhere")
    dialog(primary).get_by_role("button", name="Cancel").click()
    if primary.scripts:
        primary.button("Throw it away").click()
    expect(dialog(primary)).to_have_count(0)
    expect(primary.region("partners")).to_contain_text("The list is empty.")


def test_a_row_is_edited_in_place(primary: Person, on: TestPanel) -> None:
    list_places(on)
    row(on_list(primary), 44).get_by_role("link", name="Edit").click()
    expect(dialog(primary).get_by_label("Name")).to_have_value("Vientiane (ວຽງຈັນ)")
    assert typed(primary) == {name: str(value) for name, value in values_of(PLACES[42]).items()}
    enter(primary, name="ວຽງຈັນ", store="ສາງຢາ", url="HTTPS://Vientiane.Example.org:443/")
    said(primary, "ວຽງຈັນ is saved.")
    expect(row(primary, 44)).to_contain_text("ສາງຢາ")
    expect(row(primary, 44)).to_contain_text("https://vientiane.example.org")


def test_a_refused_edit_keeps_the_row_and_what_was_typed(primary: Person, on: TestPanel) -> None:
    list_places(on)
    row(on_list(primary, "?q=44"), 44).get_by_role("link", name="Edit").click()
    enter(primary, sync_id="45", name="Vientiane")
    expect(dialog(primary)).to_contain_text("45 Luang Prabang (ຫຼວງພະບາງ) has this Sync ID already.")
    assert typed(primary)["name"] == "Vientiane"
    shows(on_list(primary, "?q=44"), 44)
