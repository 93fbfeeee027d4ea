"""What people do with the "Sync with" list, the same with JavaScript on and off."""

from browser.conftest import PAGE, Person
from panels import TestPanel, places
from playwright.sync_api import Locator, expect

from sync_panel.rules.partner import Partner
from sync_panel.store.partners import add_partner

LABELS = {"sync_id": "Sync ID", "name": "Name", "store": "Store", "url": "URL"}
HERE = "https://here.example.org"


def on_list(person: Person, query: str = "") -> Person:
    """Open the list as an address shows it, such as `?q=a&sort=name`."""
    return person.open(f"{PAGE}/partners{query}")


def rows(person: Person) -> Locator:
    return person.region("partners").locator("tbody tr")


def column(person: Person, name: str) -> list[str]:
    """Return a column's cells from top to bottom."""
    return rows(person).locator(f"td.column-{name}").all_inner_texts()


def row(person: Person, sync_id: int) -> Locator:
    cell = person.page.locator("td.column-sync_id").get_by_text(str(sync_id), exact=True)
    return rows(person).filter(has=cell)


def dialog(person: Person) -> Locator:
    """Return the dialog, or the page that stands for it without JavaScript."""
    return person.page.locator(".dialog")


def typed(person: Person) -> dict[str, str]:
    """Return what stands in the dialog's fields."""
    return {name: dialog(person).get_by_label(label).input_value() for name, label in LABELS.items()}


def enter(person: Person, **values: object) -> None:
    """Type into the dialog's fields, and press OK."""
    for name, value in values.items():
        dialog(person).get_by_label(LABELS[name]).fill(str(value))
    dialog(person).get_by_role("button", name="OK", exact=True).click()


def values_of(place: Partner) -> dict[str, object]:
    """Return what is typed for a server, the way its certificate is trusted aside."""
    return {name: getattr(place, name) for name in LABELS}


def add(person: Person, place: Partner) -> None:
    """Add a server through the dialog, and wait until the page says so."""
    person.button("Add server").click()
    enter(person, **values_of(place))
    said(person, f"{place.name} is added.")


def edit(person: Person, sync_id: int) -> None:
    """Open the form of a row."""
    row(person, sync_id).get_by_role("link", name="Edit").click()
    dialog(person).wait_for()


def remove(person: Person, *sync_ids: int) -> None:
    """Tick servers, and answer the question."""
    ask_to_remove(person, *sync_ids)
    dialog(person).get_by_role("button", name="Remove").click()
    said(person, "Removed: ")


def ask_to_remove(person: Person, *sync_ids: int) -> None:
    """Tick servers, and press −."""
    for sync_id in sync_ids:
        row(person, sync_id).get_by_role("checkbox").check()
    person.button("Remove selected servers").click()
    dialog(person).wait_for()


def said(person: Person, text: str) -> None:
    """Wait until the page says what was done, in the list's own page."""
    expect(person.page.locator("#status")).to_contain_text(text)
    expect(dialog(person)).to_have_count(0)


def search(person: Person, text: str) -> None:
    """Search for a beginning."""
    person.page.get_by_role("searchbox").fill(text)
    person.page.get_by_role("searchbox").press("Enter")


def shows(person: Person, *sync_ids: int) -> None:
    """Expect these rows and no others, from top to bottom."""
    expect(rows(person).locator("td.column-sync_id")).to_have_text([str(sync_id) for sync_id in sync_ids])


def list_places(on: TestPanel, *, after: int = 0) -> None:
    """Put the places of the file into the list, as the store does, without the first ones."""
    with on.panel.database.writing() as db:
        for place in list(places())[after:]:
            add_partner(db, place)


def list_primary(on: TestPanel) -> Partner:
    """Put the primary into a satellite's list."""
    primary = Partner(1, "National Medical Store", "Central", "https://primary.example.org")
    with on.panel.database.writing() as db:
        add_partner(db, primary)
    return primary
