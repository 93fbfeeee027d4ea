"""Scenario l: two people edit the same values; the second to save is told, sees both, and decides."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from browser.conftest import Person
from browser.steps import (
    ERROR_TITLE,
    expect_said,
    minutes_field,
    open_edit_dialog,
    press,
    stored_minutes,
    stored_parameters,
    stored_partners,
    stored_password,
)
from panels import CANARY, TestPanel
from playwright.sync_api import Locator, expect

from sync_panel.store.partners import all_partners, save_partner

MEANWHILE = "These values were saved meanwhile"


@pytest.fixture
def first(people: Callable[..., Person], on: TestPanel, scripts: bool) -> Person:  # noqa: FBT001  # a fixture's value
    """Return the one who saves first, un-locked, at a primary with two satellites."""
    on.fill(2)
    return people(scripts=scripts).sign_in().unlock()


@pytest.fixture
def second(people: Callable[..., Person], first: Person) -> Person:
    """Return the one who saves later, un-locked in another browser."""
    return people(scripts=first.scripts).sign_in().unlock()


def expect_both(where: Locator, field: str, mine: str, theirs: str) -> None:
    """Expect the conflict with both values of a field side by side, and the focus on it."""
    notice = where.get_by_role("alert")
    expect(notice).to_contain_text(MEANWHILE)
    expect(notice).to_be_focused()
    row = notice.locator("tr", has=where.page.get_by_role("rowheader", name=field, exact=True))
    expect(row.locator("td")).to_have_text([mine, theirs])


def conflict_in_interval(first: Person, second: Person) -> None:
    minutes_field(first).fill("20")
    first.button("Save interval").click()
    expect_said(first, "The interval is saved")
    minutes_field(second).fill("30")
    second.button("Save interval").click()
    expect_both(second.region("interval"), "Sync time interval", "30", "20")
    expect(second.page).to_have_title(ERROR_TITLE)


def conflict_in_parameters(first: Person, second: Person) -> None:
    first.parameter("Name").fill("Theirs")
    first.button("Save parameters").click()
    expect_said(first, "The parameters are saved")
    second.parameter("Name").fill("Mine")
    second.button("Save parameters").click()
    expect_both(second.region("parameters"), "Name", "Mine", "Theirs")


def conflict_in_server(first: Person, second: Person) -> Locator:
    """Let both change a server's name. Return the second's dialog."""
    theirs, mine = open_edit_dialog(first), open_edit_dialog(second)
    theirs.get_by_label("Name", exact=True).fill("Theirs")
    press(theirs, "OK")
    expect_said(first, "Theirs is saved")
    mine.get_by_label("Name", exact=True).fill("Mine")
    press(mine, "OK")
    expect_both(mine, "Name", "Mine", "Theirs")
    return mine


def test_an_interval_saved_again_wins(first: Person, second: Person, on: TestPanel) -> None:
    conflict_in_interval(first, second)
    assert stored_minutes(on) == 20
    expect(minutes_field(second)).to_have_value("30")
    second.button("Save interval").click()
    expect_said(second, "The interval is saved")
    assert stored_minutes(on) == 30


def test_take_theirs_shows_the_interval_that_was_saved(first: Person, second: Person, on: TestPanel) -> None:
    conflict_in_interval(first, second)
    second.page.get_by_role("link", name="Take theirs").click()
    expect(minutes_field(second)).to_have_value("20")
    assert stored_minutes(on) == 20


def test_parameters_saved_again_win(first: Person, second: Person, on: TestPanel) -> None:
    conflict_in_parameters(first, second)
    assert stored_parameters(on).name == "Theirs"
    second.button("Save parameters").click()
    expect_said(second, "The parameters are saved")
    assert stored_parameters(on).name == "Mine"


def test_take_theirs_shows_the_parameters_that_were_saved(first: Person, second: Person, on: TestPanel) -> None:
    conflict_in_parameters(first, second)
    second.page.get_by_role("link", name="Take theirs").click()
    expect(second.parameter("Name")).to_have_value("Theirs")
    assert stored_parameters(on).name == "Theirs"


def test_a_conflict_does_not_show_the_password_that_was_typed(first: Person, second: Person, on: TestPanel) -> None:
    second.parameter("Password").fill(f"{CANARY} new")
    conflict_in_parameters(first, second)
    assert CANARY not in second.page.content()
    assert stored_password(on) == CANARY


def test_a_server_saved_again_wins(first: Person, second: Person, on: TestPanel) -> None:
    dialog = conflict_in_server(first, second)
    assert "Mine" not in [partner.name for partner in stored_partners(on)]
    press(dialog, "OK")
    expect_said(second, "Mine is saved")
    assert "Mine" in [partner.name for partner in stored_partners(on)]


def test_take_theirs_shows_the_server_that_was_saved_and_goes_on(first: Person, second: Person, on: TestPanel) -> None:
    conflict_in_server(first, second).get_by_role("link", name="Take theirs").click()
    name = second.page.locator("#partner-name")
    expect(name).to_have_value("Theirs")
    name.fill("Both of us")
    second.button("OK").click()
    expect_said(second, "Both of us is saved")
    expect(second.region("partners").locator("tbody")).to_contain_text("Both of us")


def test_what_only_one_changed_is_kept_without_asking(first: Person, second: Person, on: TestPanel) -> None:
    first.parameter("Store").fill("Theirs")
    first.button("Save parameters").click()
    expect_said(first, "The parameters are saved")
    second.parameter("Name").fill("Mine")
    second.button("Save parameters").click()
    expect_said(second, "and kept: Store: Theirs.")
    expect(second.parameter("Store")).to_have_value("Theirs")
    assert (stored_parameters(on).name, stored_parameters(on).store) == ("Mine", "Theirs")


@pytest.mark.parametrize("width", [1280, 320])
def test_the_longest_conflict_fits_into_its_dialog(first: Person, second: Person, on: TestPanel, width: int) -> None:
    second.page.set_viewport_size({"width": width, "height": 800})
    dialog = open_edit_dialog(second)
    with on.panel.database.writing() as db:
        row = all_partners(db)[0]
        theirs = replace(row.partner, name="W" * 100, fingerprint="ab" * 32, plain_http=True, hardware_id="H" * 100)
        save_partner(db, row.id, theirs, version=row.version)
    dialog.get_by_text("Certificate, plain HTTP, mSupply").click()
    dialog.get_by_label("Name", exact=True).fill("M" * 100)
    dialog.get_by_label("Certificate fingerprint").fill("cd" * 32)
    dialog.get_by_label("Hardware ID").fill("I" * 100)
    press(dialog, "OK")
    notice = second.over().get_by_role("alert")
    expect(notice.locator("tbody tr")).to_have_count(3)
    wide = "box => [...box.querySelectorAll('*'), box].filter(each => each.scrollWidth > each.clientWidth + 1"
    assert notice.evaluate(f"{wide} && each.clientWidth).map(each => each.outerHTML.slice(0, 80))") == []
    assert second.over().evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_a_server_that_somebody_removed_meanwhile_cannot_be_saved(first: Person, second: Person, on: TestPanel) -> None:
    dialog = open_edit_dialog(second)
    dialog.get_by_label("Name", exact=True).fill("Mine")
    first.page.get_by_role("checkbox").first.check()
    first.button("Remove selected servers").click()
    press(first.over(), "Remove")
    expect_said(first, "Removed: ")
    press(dialog, "OK")
    expect(dialog.get_by_role("alert")).to_contain_text("This server was removed meanwhile")
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Mine")
    assert len(stored_partners(on)) == 1
