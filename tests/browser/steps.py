"""Steps that several browser tests take, and looks into what was stored by them."""

import re

from browser.conftest import Person
from fake_clock import FakeClock
from panels import CODE, TestPanel
from playwright.sync_api import Locator, expect

from sync_panel.guard.keys import unseal
from sync_panel.rules.partner import Partner
from sync_panel.rules.site import Parameters
from sync_panel.store.partners import all_partners
from sync_panel.store.site import load_interval, load_site

ERROR_TITLE = re.compile("^Error: ")
LOCKED_WORDS = "Everything except the sync time interval is protected"
ASKED_LATE = "Enter the code, and what you sent is saved after all"


def expect_said(person: Person, words: str) -> None:
    """Expect the page to say, in its status line, what was done."""
    expect(person.region("status")).to_contain_text(words)


def expect_locked(person: Person) -> None:
    """Expect the bar to be locked, and no way left to what is protected."""
    expect(person.region("lock-bar")).to_contain_text(LOCKED_WORDS)
    expect(person.button("Add server")).to_have_count(0)


def minutes_field(person: Person) -> Locator:
    """Return the field of the interval."""
    return person.field("interval", "Sync time interval")


def press(where: Locator, name: str) -> None:
    """Press a button in one part of the page."""
    where.get_by_role("button", name=name, exact=True).click()


def open_add_dialog(person: Person) -> Locator:
    """Open the dialog for a new server and return it."""
    person.button("Add server").click()
    expect(person.over()).to_contain_text("Add a server to sync with")
    return person.over()


def open_edit_dialog(person: Person, server: str = "") -> Locator:
    """Open the dialog of the first server, or of the one that is named."""
    person.page.get_by_role("link", name=f"Edit {server}").first.click()
    expect(person.over()).to_contain_text("Edit a server")
    return person.over()


def type_server(dialog: Locator, sync_id: str = "7", name: str = "Nouméa") -> None:
    """Type the values of a server into its dialog."""
    values = {"Sync ID": sync_id, "Name": name, "Store": "Dépôt", "URL": f"https://s{sync_id}.example.org"}
    for label, text in values.items():
        dialog.get_by_label(label, exact=True).fill(text)


def give_late_code(person: Person, code: str = CODE) -> None:
    """Enter the code that a save asked for: in a dialog above, or on a page of its own."""
    gate = person.over("gate")
    expect(gate).to_contain_text(ASKED_LATE)
    gate.get_by_label("Authorisation code").fill(code)
    press(gate, "OK")


def pass_time(person: Person, clock: FakeClock, seconds: int) -> None:
    """Let time pass on the server and, where its timers run, in the page."""
    clock.pass_time(seconds)
    person.let_pass(seconds)


def stored_parameters(on: TestPanel) -> Parameters:
    """Return the parameters as they are stored; the password is in `stored_password`."""
    with on.panel.database.reading() as db:
        return load_site(db).parameters


def stored_password(on: TestPanel) -> str | None:
    """Return the shared password as it is stored, opened with the panel's key."""
    with on.panel.database.reading() as db:
        sealed = load_site(db).sealed_password
    return unseal(on.panel.keys.passwords, sealed) if sealed else None


def stored_minutes(on: TestPanel) -> int:
    """Return the interval as it is stored."""
    with on.panel.database.reading() as db:
        return load_interval(db).minutes


def stored_partners(on: TestPanel) -> list[Partner]:
    """Return the list as it is stored."""
    with on.panel.database.reading() as db:
        return [listed.partner for listed in all_partners(db)]
