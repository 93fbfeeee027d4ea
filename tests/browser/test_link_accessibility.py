"""What the link adds to the page and the dialogs: axe-core finds nothing in it, and it fits a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.conftest import Person
from browser.contacts import asks_to_join, comes_in, fails, is_refused, two_come_in
from browser.other_server import OtherServer, list_it, other_server
from browser.states import sees
from browser.steps import open_add_dialog, type_server
from browser.test_accessibility import PHONE, SMALLEST_TARGET, TOO_SMALL, TOO_WIDE, WIDE, expect_nothing_found, targets
from browser.the_check import check_row, failed_with, is_all_right, type_way
from browser.the_list import dialog, list_primary
from panels import TestPanel


@pytest.fixture
def other(on: TestPanel, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[OtherServer]:
    """Make the panel a primary, and serve a satellite, with TLS where the state wants it."""
    on.become(1)
    with other_server(tmp_path, on, sync_id=7, lists=1, tls=request.param is fingerprint_found) as other:
        yield other


def check_passed(on: TestPanel, person: Person, other: OtherServer) -> None:
    list_it(on, other.partner)
    check_row(person.sign_in().unlock(), 7)
    is_all_right(person)


def check_failed(on: TestPanel, person: Person, other: OtherServer) -> None:
    with other.panel.panel.database.writing() as db:
        db.execute("UPDATE site SET name = ?", ("W" * 100,))
    list_it(on, other.partner)
    check_row(person.sign_in(), 7)
    failed_with(person, "Another server than entered", "That server calls itself")


def check_under_way(on: TestPanel, person: Person, other: OtherServer) -> None:
    other.hold.clear()
    list_it(on, other.partner)
    check_row(person.sign_in(), 7)
    sees(person, "Checking …")


def fingerprint_found(on: TestPanel, person: Person, other: OtherServer) -> None:
    list_it(on, other.partner)
    check_row(person.sign_in().unlock(), 7)
    sees(person, "Trust this certificate")


def ladder_before_saving(on: TestPanel, person: Person, other: OtherServer) -> None:
    type_server(open_add_dialog(person.sign_in().unlock()))
    type_way(person, other.url, plain_http=True)
    person.button("Check").click()
    failed_with(person, "Another server than entered", "That server calls itself")


def found_at_the_url(on: TestPanel, person: Person, other: OtherServer) -> None:
    open_add_dialog(person.sign_in().unlock())
    type_way(person, other.url, plain_http=True)
    dialog(person).get_by_role("button", name="Look up").click()
    sees(person, "Found at this URL")


def satellite_whose_request_failed(on: TestPanel, person: Person, other: OtherServer) -> None:
    on.become(5)
    list_primary(on)
    fails(on)
    sees(person.sign_in(), "nothing listens at port 443")


def satellite_that_asks(on: TestPanel, person: Person, other: OtherServer) -> None:
    on.become(5)
    list_primary(on)
    sees(person.sign_in(), "Asking now …")


def primary_with_two_servers(on: TestPanel, person: Person, other: OtherServer) -> None:
    on.fill(6)
    two_come_in(on, 3)
    is_refused(on, 2)
    comes_in(on, 4, minutes=0)
    comes_in(on, 5)
    sees(person.sign_in().unlock(), "Two servers ask as")


def primary_that_sites_ask_to_join(on: TestPanel, person: Person, other: OtherServer) -> None:
    on.fill(3)
    for sync_id, name in ((901, "W" * 100), (901, "New Clinic"), (1, "Another primary")):
        asks_to_join(on, sync_id, name)
    sees(person.sign_in().unlock(), "901 New Clinic asked to join")


def region_that_is_not_fresh(on: TestPanel, person: Person, other: OtherServer) -> None:
    person.sign_in()
    person.region("link").evaluate("link => link.classList.add('stale')")
    sees(person, "This is not kept fresh now")


STATES: list[Callable[[TestPanel, Person, OtherServer], None]] = [
    check_passed,
    check_failed,
    check_under_way,
    fingerprint_found,
    ladder_before_saving,
    found_at_the_url,
    satellite_whose_request_failed,
    satellite_that_asks,
    primary_with_two_servers,
    primary_that_sites_ask_to_join,
    region_that_is_not_fresh,
]


@pytest.mark.parametrize(("state", "other"), [(state, state) for state in STATES], indirect=["other"])
def test_axe_finds_nothing_in_what_the_link_adds_and_a_phone_shows_it(
    people: Callable[..., Person],
    on: TestPanel,
    other: OtherServer,
    state: Callable[[TestPanel, Person, OtherServer], None],
) -> None:
    reader = people(viewport=WIDE)
    state(on, reader, other)
    expect_nothing_found(reader.page, "light")
    reader.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict
    expect_nothing_found(reader.page, "dark")
    assert not reader.page.evaluate(TOO_WIDE), "nothing scrolls sideways"
    assert not targets(reader.page).evaluate_all(TOO_SMALL, SMALLEST_TARGET)
