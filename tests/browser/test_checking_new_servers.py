"""Check and Look up in the dialogs, on values that are not saved; and trusting a certificate by its fingerprint."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser.conftest import Person
from browser.keys import press
from browser.other_server import OtherServer, list_it, other_server
from browser.steps import expect_said, open_add_dialog, open_edit_dialog, stored_partners
from browser.the_check import check_row, ended_with, failed_with, is_all_right, steps, type_way
from browser.the_list import LABELS, dialog, row, said, typed
from panels import TestPanel
from playwright.sync_api import Locator, expect

UNTRUSTED = "No authority that this server knows vouches for the certificate."


@pytest.fixture
def satellite(on: TestPanel, tmp_path: Path) -> Iterator[OtherServer]:
    """Make the panel a primary, and serve a satellite that it does not list yet."""
    on.become(1)
    with other_server(tmp_path, on, sync_id=7, lists=1) as other:
        yield other


@pytest.fixture
def self_signed(on: TestPanel, tmp_path: Path) -> Iterator[OtherServer]:
    """Make the panel a primary, and serve a satellite with a certificate that no authority vouches for."""
    on.become(1)
    with other_server(tmp_path, on, sync_id=7, lists=1, tls=True) as other:
        yield other


def type_values(person: Person, server: OtherServer) -> None:
    """Type a server into the open dialog."""
    for name in ("sync_id", "name", "store"):
        dialog(person).get_by_label(LABELS[name]).fill(str(getattr(server.partner, name)))
    type_way(person, server.url, plain_http=server.partner.plain_http)


def fingerprint_field(person: Person) -> Locator:
    return dialog(person).get_by_label("fingerprint")


def test_a_check_before_saving_keeps_what_was_typed(person: Person, on: TestPanel, satellite: OtherServer) -> None:
    open_add_dialog(person.sign_in().unlock())
    type_values(person, satellite)
    person.button("Check").click()
    is_all_right(person)
    assert typed(person) == {"sync_id": "7", "name": "Here", "store": "Store of here", "url": satellite.url}
    expect(dialog(person).get_by_label("Accept plain HTTP")).to_be_checked()
    assert not stored_partners(on), "nothing is saved by a check"
    person.button("OK").click()
    said(person, "Here is added.")
    assert stored_partners(on) == [satellite.partner]


def test_a_check_that_fails_stops_nobody_from_saving(person: Person, on: TestPanel, satellite: OtherServer) -> None:
    open_add_dialog(person.sign_in().unlock())
    type_values(person, satellite)
    dialog(person).get_by_label("Name").fill("There")
    person.button("Check").click()
    failed_with(person, "Another server than entered", "Name: “Here” there, “There” here.")
    person.button("OK").click()
    said(person, "There is added.")


def test_what_a_check_of_a_long_form_found_is_brought_into_sight(person: Person, satellite: OtherServer) -> None:
    open_add_dialog(person.sign_in().unlock())
    type_values(person, satellite)
    dialog(person).get_by_label("Name").fill("There")
    person.button("Check").click()
    expect(steps(person, "failed")).to_be_in_viewport()


def test_a_check_of_values_that_break_a_rule_tells_which(person: Person, satellite: OtherServer) -> None:
    open_add_dialog(person.sign_in().unlock())
    type_values(person, satellite)
    dialog(person).get_by_label("Sync ID").fill("seven")
    person.button("Check").click()
    expect(dialog(person)).to_contain_text("There is a problem")
    assert typed(person)["sync_id"] == "seven"
    expect(steps(person)).to_have_count(0)


@pytest.mark.parametrize("label", ["Sync ID", "Name", "URL"])
def test_enter_in_a_field_saves_and_does_not_check(person: Person, satellite: OtherServer, label: str) -> None:
    open_add_dialog(person.sign_in().unlock())
    type_values(person, satellite)
    dialog(person).get_by_label(label).focus()
    press(person, "Enter")
    said(person, "Here is added.")


def test_look_up_fills_the_fields_which_stay_editable(person: Person, on: TestPanel, satellite: OtherServer) -> None:
    open_add_dialog(person.sign_in().unlock())
    type_way(person, satellite.url, plain_http=True)
    person.button("Look up").click()
    expect(dialog(person)).to_contain_text("Found at this URL, and entered below.")
    expect(dialog(person).get_by_text("Found at the URL.")).to_have_count(3)
    assert typed(person) == {"sync_id": "7", "name": "Here", "store": "Store of here", "url": satellite.url}
    assert not stored_partners(on)
    dialog(person).get_by_label("Name").fill("As we call it")
    if person.scripts:
        expect(dialog(person), "what was typed was not found").not_to_contain_text("Found at")
    person.button("OK").click()
    said(person, "As we call it is added.")
    assert stored_partners(on)[0].plain_http, "the tick stayed"


def test_look_up_of_a_server_that_does_not_answer_shows_how_far_it_came(person: Person, satellite: OtherServer) -> None:
    open_add_dialog(person.sign_in().unlock())
    dialog(person).get_by_label("Name").fill("Mine")
    type_way(person, satellite.url)
    person.button("Look up").click()
    ended_with(person, "No login", "The password is not sent over plain HTTP.", "unneeded")
    assert (typed(person)["name"], typed(person)["url"]) == ("Mine", satellite.url)


def test_a_certificate_found_by_a_check_is_trusted_for_its_row(
    person: Person, on: TestPanel, self_signed: OtherServer
) -> None:
    list_it(on, self_signed.partner)
    check_row(person.sign_in(), 7)
    ended_with(person, "Certificate not trusted", UNTRUSTED, "unneeded")
    expect(dialog(person).get_by_text(self_signed.fingerprint)).to_be_visible()
    expect(dialog(person)).to_contain_text("Un-lock the preferences to trust it.")
    expect(person.button("Trust this certificate")).to_have_count(0)
    person.button("Close").click()
    check_row(person.unlock(), 7)
    person.button("Trust this certificate").click()
    said(person, "The certificate of 7 Here is trusted from now on.")
    check_row(person, 7)
    is_all_right(person)
    expect(dialog(person)).to_contain_text("Certificate trusted by its fingerprint")


@pytest.mark.parametrize("where", ["add", "edit"])
def test_a_certificate_is_trusted_in_a_dialog_and_holds_once_saved(
    person: Person, on: TestPanel, self_signed: OtherServer, where: str
) -> None:
    if where == "edit":
        list_it(on, self_signed.partner)
    person.sign_in().unlock()
    if where == "add":
        open_add_dialog(person)
        type_values(person, self_signed)
    else:
        open_edit_dialog(person)
    dialog(person).get_by_label("Store").fill("Renamed store")
    person.button("Check").click()
    ended_with(person, "Certificate not trusted", UNTRUSTED, "unneeded")
    person.button("Trust this certificate").click()
    expect(dialog(person)).to_contain_text("It holds once you save.")
    expect(fingerprint_field(person)).to_have_value(self_signed.fingerprint)
    expect(dialog(person)).to_contain_text("Add a server" if where == "add" else "Edit a server")
    assert typed(person)["store"] == "Renamed store"
    assert not [partner for partner in stored_partners(on) if partner.fingerprint], "nothing is saved yet"
    dialog(person).get_by_label("Store").fill("Store of here")
    person.button("OK").click()
    expect_said(person, "Here is")
    check_row(person, 7)
    is_all_right(person)


def test_a_changed_certificate_is_told_and_gets_no_password(
    person: Person, on: TestPanel, self_signed: OtherServer
) -> None:
    list_it(on, self_signed.partner)
    with on.panel.database.writing() as db:
        db.execute("UPDATE partner SET fingerprint = ?", ("ab" * 32,))
    check_row(person.sign_in().unlock(), 7)
    failed_with(person, "Certificate not trusted", "The certificate is not the one that was trusted.")
    expect(row(person, 7)).to_have_count(1 if person.scripts else 0)
    assert not self_signed.reached.is_set(), "no request was sent"


def test_a_server_that_was_moved_gets_no_password_before_it_is_saved(
    person: Person, on: TestPanel, satellite: OtherServer
) -> None:
    partner = satellite.partner
    list_it(on, type(partner)(7, "Here", "Store of here", "http://127.0.0.1:9", plain_http=True))
    open_edit_dialog(person.sign_in().unlock())
    dialog(person).get_by_label("URL").fill(satellite.url)
    person.button("Check").click()
    ended_with(person, "No login", "The password goes only to an address that was saved.", "unneeded")
    assert typed(person)["url"] == satellite.url


def begin_look_up(person: Person, server: OtherServer) -> Locator:
    """Press Look up for a server that is held, and wait until it is asked."""
    server.hold.clear()
    form = open_add_dialog(person)
    type_way(person, server.url, plain_http=True)
    person.button("Look up").click()
    expect(steps(person).first).to_be_visible()
    return form


def end_look_up(person: Person, server: OtherServer) -> None:
    """Let the server answer, and wait until the page has the answer."""
    with person.page.expect_response(lambda response: "look-up" in response.url):
        server.hold.set()


def test_what_is_typed_while_a_server_is_looked_up_stays(
    people: Callable[..., Person], on: TestPanel, satellite: OtherServer
) -> None:
    person = people().sign_in().unlock()
    form = begin_look_up(person, satellite)
    form.get_by_label("Name").fill("Typed meanwhile")
    end_look_up(person, satellite)
    expect(form).to_contain_text("You changed the form while the server was asked, so nothing was filled in.")
    assert typed(person)["name"] == "Typed meanwhile"
    expect(form.get_by_label("Name")).to_be_focused()
    expect(steps(person)).to_have_count(0)
    person.button("Look up").click()
    expect(form).to_contain_text("Found at this URL, and entered below.")
    expect(form).not_to_contain_text("You changed the form")


@pytest.mark.parametrize("opens_another", [False, True])
def test_a_look_up_whose_dialog_was_closed_comes_to_nothing(
    people: Callable[..., Person], on: TestPanel, satellite: OtherServer, *, opens_another: bool
) -> None:
    list_it(on, replace(satellite.partner, sync_id=8, url="http://127.0.0.1:9"))
    person = people()
    person.page.clock.install()
    begin_look_up(person.sign_in().unlock(), satellite)
    press(person, "Escape")
    person.button("Throw it away").click()
    expect(person.over()).to_have_count(1)
    if opens_another:
        open_edit_dialog(person).get_by_label("Name").fill("Typed meanwhile")
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.page.clock.run_for(1000)
    assert not [url for url in asked if url.endswith("/check")], "nobody asks any more how far it has come"
    end_look_up(person, satellite)
    person.page.evaluate("new Promise(requestAnimationFrame)")
    if opens_another:
        expect(dialog(person)).to_contain_text("Edit a server")
        assert typed(person)["name"] == "Typed meanwhile"
        expect(steps(person)).to_have_count(0)
    else:
        expect(person.over()).not_to_be_visible()


@pytest.mark.parametrize("size", [{"width": 360, "height": 740}, {"width": 1280, "height": 900}], ids=["phone", "desk"])
def test_what_was_looked_up_is_brought_into_sight(
    people: Callable[..., Person], self_signed: OtherServer, size: dict[str, int]
) -> None:
    person = people(viewport=size).sign_in().unlock()
    open_add_dialog(person)
    type_way(person, self_signed.url)
    person.button("Look up").click()
    expect(steps(person, "unneeded")).to_be_in_viewport(ratio=0.99)
    person.button("Trust this certificate").click()
    expect(dialog(person).get_by_text("It holds once you save.")).to_be_in_viewport()
    person.button("Look up").click()
    expect(dialog(person).get_by_text("Found at this URL")).to_be_in_viewport()
