"""Scenarios i and j: what the list and the site's own Sync ID must agree on, each refusal with a sentence."""

import pytest
from browser.conftest import Person
from browser.steps import stored_partners
from browser.the_list import HERE, LABELS, add, dialog, enter, list_primary, on_list, row, shows, typed
from panels import TestPanel
from playwright.sync_api import Locator, expect

from sync_panel.rules.partner import Partner
from sync_panel.store.partners import add_partner

PRIMARY = Partner(1, "National Medical Store", "Central", "https://primary.example.org")
LISTED = Partner(2, "Lae", "Angau", "https://host.example.org")
NEW = {"sync_id": "3", "name": "Noumea", "store": "Depot", "url": "https://new.example.org"}
OWN_URL = f"{HERE} is this site's own address. Enter the other server's."
SAME_ID = "has this Sync ID already. Each server has one of its own."
SAME_URL = "2 Lae has this address already. Each server has one of its own."
PROPOSAL = "This does not begin with http:// or https://. Did you mean https://"
# At which site, what is typed in place of NEW, at which field it is refused, and how.
REFUSED = {
    "an ID other than 1": (5, {"sync_id": "3"}, "sync_id", "The primary's Sync ID is 1, not 3."),
    "a satellite's own ID": (5, {"sync_id": "5"}, "sync_id", "5 is this site's own Sync ID."),
    "a satellite's own URL": (5, {"sync_id": "1", "url": HERE}, "url", OWN_URL),
    "a primary's own ID": (1, {"sync_id": "1"}, "sync_id", "1 is this site's own Sync ID."),
    "a primary's own URL, written differently": (1, {"url": "HTTPS://Here.Example.org:443/"}, "url", OWN_URL),
    "a duplicate ID": (1, {"sync_id": "2"}, "sync_id", f"2 Lae {SAME_ID}"),
    "a duplicate URL": (1, {"url": "https://host.example.org"}, "url", SAME_URL),
    "a duplicate URL, written differently": (1, {"url": "HTTPS://Host.Example.org:443/"}, "url", SAME_URL),
    "a URL without a scheme": (1, {"url": "10.20.1.10:2048"}, "url", f"{PROPOSAL}10.20.1.10:2048?"),
    "a host alone": (1, {"url": "sync.example.org/a"}, "url", f"{PROPOSAL}sync.example.org/a?"),
}


@pytest.fixture
def satellite(person: Person, on: TestPanel) -> Person:
    """Return an unlocked editor at a satellite whose list is empty."""
    on.become(5, HERE)
    return person.sign_in().unlock()


@pytest.fixture
def primary(person: Person, on: TestPanel) -> Person:
    """Return an unlocked editor at a primary with one satellite."""
    on.become(1, HERE)
    with on.panel.database.writing() as db:
        add_partner(db, LISTED)
    return person.sign_in().unlock()


def error_at(person: Person, name: str) -> Locator:
    return dialog(person).locator(f"#partner-{name}-error")


def test_a_satellite_gets_its_primary(satellite: Person) -> None:
    add(satellite, PRIMARY)
    expect(row(satellite, 1)).to_contain_text("National Medical Store")
    expect(satellite.region("partners")).to_contain_text("The primary of this satellite.")


@pytest.mark.parametrize("site", [5, 1], ids=["satellite", "primary"])
def test_a_server_that_does_not_fit_is_refused_and_what_was_typed_stays(
    person: Person, on: TestPanel, request: pytest.FixtureRequest, site: int
) -> None:
    request.getfixturevalue("primary" if site == 1 else "satellite")
    before = stored_partners(on)
    person.button("Add server").click()
    for what, (where, changed, field, sentence) in REFUSED.items():
        if where == site:
            enter(person, **(NEW | changed))
            expect(error_at(person, field), what).to_contain_text(sentence)
            expect(dialog(person).locator("p.error"), "nothing else is wrong").to_have_count(1)
            assert typed(person) == NEW | changed, what
    assert stored_partners(on) == before


@pytest.mark.parametrize(("sync_id", "sentence"), [("1", f"1 National Medical Store {SAME_ID}"), ("3", "not 3.")])
def test_a_second_partner_of_a_satellite_is_refused(
    satellite: Person, on: TestPanel, sync_id: str, sentence: str
) -> None:
    list_primary(on)
    on_list(satellite).button("Add server").click()
    enter(satellite, **(NEW | {"sync_id": sync_id}))
    expect(error_at(satellite, "sync_id")).to_contain_text(sentence)
    assert typed(satellite) == NEW | {"sync_id": sync_id}
    assert stored_partners(on) == [PRIMARY]


def test_everything_wrong_is_told_at_once(primary: Person) -> None:
    primary.button("Add server").click()
    enter(primary, sync_id="2147483648", name="", store="x" * 101, url="ftp://a.example.org")
    for name, sentence in {
        "sync_id": "2147483648 is out of range. A Sync ID lies between 1 and 2147483647.",
        "name": "This is empty. Enter 1 to 100 characters.",
        "store": "This has 101 characters. Shorten it to 100 or fewer.",
        "url": "ftp:// is not spoken here. An address begins with https:// or http://.",
    }.items():
        expect(error_at(primary, name)).to_contain_text(sentence)
        expect(dialog(primary).get_by_label(LABELS[name])).to_have_attribute("aria-invalid", "true")


def test_a_stand_alone_site_lists_nobody(person: Person, on: TestPanel) -> None:
    person.sign_in().unlock().button("Add server").click()
    enter(person, **NEW)
    expect(error_at(person, "sync_id")).to_contain_text("This site is stand-alone. Give it a Sync ID of its own")
    assert not stored_partners(on)


def save_sync_id(person: Person, sync_id: str) -> None:
    person.parameter("Sync ID").fill(sync_id)
    person.parameter("Store").fill("Typed before")
    person.button("Save parameters").click()


@pytest.mark.parametrize(
    ("sync_id", "sentence"), [("7", "With Sync ID 7 this site is a satellite"), ("", "stand-alone")]
)
def test_another_sync_id_that_the_list_contradicts_is_refused(
    person: Person, on: TestPanel, sync_id: str, sentence: str
) -> None:
    on.fill(7)
    save_sync_id(person.sign_in().unlock(), sync_id)
    error = person.page.locator("#parameters-sync_id-error")
    expect(error).to_contain_text(sentence)
    expect(error).to_contain_text("2 Port Moresby General Hospital, 3 Lae – Angau Memorial Hospital, 4 Mount Hagen")
    expect(error, "five are named, the rest are counted").to_contain_text("6 Vanimo (+ 2)")
    expect(person.parameter("Sync ID")).to_have_value(sync_id)
    expect(person.parameter("Store")).to_have_value("Typed before")
    shows(on_list(person), *range(2, 9))
    expect(person.parameter("Sync ID")).to_have_value("1")


def test_a_satellite_with_a_primary_listed_cannot_become_one(satellite: Person, on: TestPanel) -> None:
    list_primary(on)
    save_sync_id(on_list(satellite), "1")
    error = satellite.page.locator("#parameters-sync_id-error")
    expect(error).to_contain_text("1 National Medical Store is listed as the primary, and there is only one.")
    assert stored_partners(on) == [PRIMARY]


def test_an_empty_list_lets_the_sync_id_change(person: Person, on: TestPanel) -> None:
    on.become(1)
    save_sync_id(person.sign_in().unlock(), "7")
    expect(person.region("status")).to_contain_text("The parameters are saved.")
    expect(person.region("partners")).to_contain_text("The primary of this satellite.")
    expect(person.parameter("Sync ID")).to_have_value("7")
