"""Scenario h: removing three satellites. The page asks first, and takes the last removal back."""

import pytest
from browser.conftest import Person
from browser.the_list import add, ask_to_remove, dialog, edit, enter, on_list, remove, row, rows, said, shows
from panels import TestPanel
from playwright.sync_api import expect

from sync_panel.rules.partner import Partner
from sync_panel.store.partners import all_partners

NEW = Partner(99, "Nauru", "RON Hospital", "https://nauru.example.org")


@pytest.fixture
def remover(person: Person, on: TestPanel) -> Person:
    """Return an unlocked editor at a primary with sixty satellites."""
    on.fill()
    return person.sign_in().unlock()


def stored(on: TestPanel) -> list[int]:
    """Return the Sync IDs that are in the list now."""
    with on.panel.database.reading() as db:
        return [listed.partner.sync_id for listed in all_partners(db)]


def test_the_question_names_the_three_and_what_stops(remover: Person, on: TestPanel) -> None:
    ask_to_remove(remover, 3, 8, 46)
    question = dialog(remover)
    expect(question.get_by_role("heading")).to_have_text("Remove these servers?")
    expect(question.get_by_role("listitem")).to_have_text(
        [
            "3 Lae – Angau Memorial Hospital, Area Medical Store Lae",
            "8 Kokopo – Nonga, Nonga Base Hospital",
            "46 Savannakhet (ສະຫວັນນະເຂດ), Savannakhet Provincial Store",
        ]
    )
    expect(question).to_contain_text("Their requests for new information will be refused")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    assert len(stored(on)) == 60, "asking removes nothing"


def test_cancel_removes_nothing(remover: Person, on: TestPanel) -> None:
    ask_to_remove(remover, 3, 8, 46)
    remover.page.keyboard.press("Enter")
    expect(dialog(remover)).to_have_count(0)
    expect(rows(remover)).to_have_count(50)
    assert len(stored(on)) == 60


def test_three_are_removed_and_undo_brings_them_back(remover: Person, on: TestPanel) -> None:
    remove(remover, 3, 8, 46)
    expect(row(remover, 8)).to_have_count(0)
    assert not {3, 8, 46} & set(stored(on))
    remover.button("Undo").click()
    said(remover, "Back in the list: 3 Lae – Angau Memorial Hospital, 8 Kokopo – Nonga, 46 Savannakhet")
    expect(row(remover, 8)).to_contain_text("Nonga Base Hospital")
    expect(remover.button("Undo")).to_have_count(0)
    assert stored(on) == list(range(2, 62))


def test_undo_is_offered_until_the_next_removal(remover: Person, on: TestPanel) -> None:
    remove(remover, 3, 8)
    add(remover, NEW)
    edit(remover, 5)
    enter(remover, name="Wewak")
    said(remover, "Wewak is saved.")
    remover.page.reload()
    expect(remover.region("partners").locator(".undo")).to_contain_text("3 Lae – Angau Memorial Hospital, 8 Kokopo")
    remove(remover, 10)
    expect(remover.region("partners").locator(".undo")).not_to_contain_text("Lae")
    remover.button("Undo").click()
    said(remover, "Back in the list: 10 Alotau")
    assert stored(on) == [2, *range(4, 8), *range(9, 62), 99], "only the last removal comes back"


def test_undo_that_no_longer_fits_says_why(remover: Person, on: TestPanel) -> None:
    remove(remover, 3)
    add(remover, Partner(3, "Lae anew", "Lae", "https://lae.example.org"))
    remover.button("Undo").click()
    expect(remover.page.get_by_text("The removal cannot be undone as the list is now.")).to_contain_text("3 Lae anew")
    assert stored(on) == list(range(2, 62))


def test_minus_without_a_tick_says_what_to_do(remover: Person, on: TestPanel) -> None:
    remover.button("Remove selected servers").click()
    expect(dialog(remover)).to_contain_text("No server is ticked.")
    dialog(remover).get_by_role("button", name="Back to the list").click()
    expect(rows(remover)).to_have_count(50)
    assert len(stored(on)) == 60


def test_a_satellite_is_told_what_removing_the_primary_stops(person: Person, on: TestPanel) -> None:
    on.become(5)
    add(person.sign_in().unlock(), Partner(1, "National Medical Store", "Central", "https://primary.example.org"))
    ask_to_remove(person, 1)
    expect(dialog(person).get_by_role("heading")).to_have_text("Remove this server?")
    expect(dialog(person)).to_contain_text("This site will ask nobody for new information")


def test_the_last_row_of_the_last_page_leads_to_the_page_before(remover: Person, on: TestPanel) -> None:
    on_list(remover, "?page=2")
    remove(remover, *range(52, 62))
    shows(remover, *range(2, 52))
    remover.page.reload()
    shows(remover, *range(2, 52))


def test_a_page_whose_rows_somebody_else_removed_is_the_last_one_when_it_is_loaded_again(
    remover: Person, on: TestPanel
) -> None:
    on_list(remover, "?page=2&sort=name&order=desc")
    with on.panel.database.writing() as db:
        db.execute("DELETE FROM partner WHERE sync_id > 53")
    remover.page.reload()
    expect(rows(remover)).to_have_count(2)
    with on.panel.database.writing() as db:
        db.execute("DELETE FROM partner WHERE sync_id > 20")
    remover.page.reload()
    expect(rows(remover)).to_have_count(19)
    expect(remover.region("partners")).to_contain_text("19 servers")
