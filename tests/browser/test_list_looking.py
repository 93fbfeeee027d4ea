"""Scenario h: looking at sixty satellites: sorting, searching and paging, for everybody who may see the page."""

import unicodedata
from collections.abc import Callable

import pytest
from browser.conftest import PAGE, Person
from browser.the_list import column, on_list, rows, search, shows
from panels import VIEWER, VIEWER_PASSWORD, TestPanel, places
from playwright.sync_api import Page, expect

from sync_panel.rules.partner import Partner
from sync_panel.store.partners import add_partner

# What is typed, and the Sync IDs that it finds: by the beginning of Sync ID, name or store.
SEARCHES = {
    "5": [5, *range(50, 60)],
    "61": [61],
    "port": [2, 20],
    "PORT M": [2],
    "lome": [57],
    "sao": [59],
    "Oé": [43],
    "oe": [43],
    "hospital referal": [40, 41, 42, 43],
    "nuku'": [27],
    "Vientiane (ວຽງ": [44],
    "Djibouti (جيب": [61],
    "ရန်": [71],
    "काठ": [72],
    "Нук": [73],
    "нук": [73],
    "  gizo ": [14],
}
OWN_SCRIPTS = {71: "ရန်ကုန်", 72: "काठमाडौं", 73: "Нукуалофа"}


@pytest.fixture
def looker(person: Person, on: TestPanel) -> Person:
    """Return a viewer at a primary with sixty satellites."""
    on.fill()
    return person.sign_in(VIEWER, VIEWER_PASSWORD)


def plain(text: str) -> str:
    """Return a text as a reader's alphabet has it: without case and accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))


ORDERS: dict[str, tuple[str, Callable[[Partner], str]]] = {
    "Store": ("store", lambda place: plain(place.store)),
    "Name": ("name", lambda place: plain(place.name)),
    "URL": ("url", lambda place: place.url),
    "Sync ID": ("sync_id", lambda place: f"{place.sync_id:03}"),
}


def test_each_heading_sorts_both_ways(looker: Person) -> None:
    for heading, (name, key) in ORDERS.items():
        upwards = [str(getattr(place, name)) for place in sorted(places(), key=key)]
        press(looker, heading, "ascending")
        assert column(looker, name) == upwards[:50], heading
        press(looker, heading, "descending")
        assert column(looker, name) == upwards[::-1][:50], heading
        looker.page.reload()
        assert column(looker, name) == upwards[::-1][:50], "the order is in the address"


def press(person: Person, heading: str, order: str) -> None:
    """Press a heading, and wait until the list says that it is sorted by it."""
    header = person.region("partners").get_by_role("columnheader", name=heading)
    header.get_by_role("link").click()
    expect(header).to_have_attribute("aria-sort", order)
    expect(person.region("partners").locator("[aria-sort]")).to_have_count(1)


def test_accents_and_scripts_stand_where_a_reader_looks_for_them(looker: Person) -> None:
    names = [name for page in (1, 2) for name in column(on_list(looker, f"?sort=name&page={page}"), "name")]
    ordered = ["Nuku'alofa – Vaiola", "Oé-Cusse Ambeno – Pante Macassar", "Pakse (ປາກເຊ)", "São Tomé", "Wewak (Boram)"]
    assert [name for name in names if name in ordered] == ordered
    assert sorted(names) == sorted(place.name for place in places()), "two pages hold each place once"


def test_search_finds_beginnings_without_case_and_accents_in_any_script(looker: Person, on: TestPanel) -> None:
    with on.panel.database.writing() as db:
        for sync_id, name in OWN_SCRIPTS.items():
            add_partner(db, Partner(sync_id, name, "Central", f"https://sync-{sync_id}.example.org"))
    looker.open()
    for text, found in SEARCHES.items():
        search(looker, text)
        shows(looker, *found)
    expect(looker.page.locator("#partner-count")).to_have_text("1 of 63 servers")


def test_a_search_without_a_match_says_so_and_can_be_undone(looker: Person) -> None:
    search(looker, "Atlantis <b>")
    expect(looker.region("partners")).to_contain_text("No server begins with “Atlantis <b>”.")
    expect(rows(looker)).to_have_count(0)
    search(looker, "")
    expect(rows(looker)).to_have_count(50)


def test_signs_that_mean_something_to_a_database_find_only_themselves(looker: Person) -> None:
    for text in ("%", "_", "*", "'", '"; --'):
        search(looker, text)
        expect(looker.region("partners")).to_contain_text(f"No server begins with “{text}”.")


def test_typing_alone_narrows_the_list(people: Callable[..., Person], on: TestPanel) -> None:
    on.fill()
    person = people(scripts=True).sign_in(VIEWER, VIEWER_PASSWORD)
    box = person.page.get_by_role("searchbox")
    box.press_sequentially("hospital ref")
    shows(person, 40, 41, 42, 43)
    expect(box).to_be_focused()
    expect(box).to_have_value("hospital ref")


def test_pages_hold_fifty_and_lead_to_each_other(looker: Person) -> None:
    shows(looker, *range(2, 52))
    turn(looker, 2)
    shows(looker, *range(52, 62))
    turn(looker, 1)
    shows(looker, *range(2, 52))


def turn(person: Person, number: int) -> None:
    link = person.page.get_by_role("link", name=f"Page {number}")
    link.click()
    expect(link).to_have_attribute("aria-current", "page")


def test_a_new_order_or_search_begins_at_the_first_page(looker: Person) -> None:
    press(on_list(looker, "?page=2"), "Name", "ascending")
    expect(rows(looker).first).to_contain_text("Abidjan")
    search(on_list(looker, "?page=2"), "5")
    shows(looker, 5, *range(50, 60))


def test_a_list_of_fifty_has_one_page(person: Person, on: TestPanel) -> None:
    on.fill(50)
    person.sign_in(VIEWER, VIEWER_PASSWORD)
    expect(rows(person)).to_have_count(50)
    expect(person.page.get_by_role("link", name="Page 2")).to_have_count(0)


def test_the_address_leads_back_to_the_same_view(looker: Person) -> None:
    search(looker, "hospital r")
    shows(looker, 40, 41, 42, 43)
    press(looker, "Name", "ascending")
    shows(looker, 40, 41, 43, 42)
    looker.page.reload()
    shows(looker, 40, 41, 43, 42)
    expect(looker.page.get_by_role("searchbox")).to_have_value("hospital r")


def test_back_leads_to_the_page_before(looker: Person) -> None:
    """Leaving the list and coming back shows the whole page, not a fragment of it."""
    search(looker, "gizo")
    shows(looker, 14)
    looker.open("/nowhere")
    back(looker.page)
    shows(looker, 14)
    expect(looker.region("lock-bar")).to_be_visible()


def back(page: Page) -> None:
    page.go_back()
    assert PAGE in page.url
