"""The states in which something went wrong: conflicts, refusals, and answers that are no page of ours."""

from collections.abc import Callable

from browser.conftest import PAGE, Person
from browser.states import USUAL_STATES, WRONG_CODE, adding, editing, ready, sees, wrong_code
from browser.the_list import HERE, ask_to_remove, enter, remove
from panels import VIEWER, VIEWER_PASSWORD, TestPanel

from sync_panel.rules.partner import Partner
from sync_panel.store.errors import NotUsableError
from sync_panel.store.partners import add_partner, all_partners, save_partner


def parameters_saved_by_two(on: TestPanel, person: Person) -> None:
    ready(on, person)
    with on.panel.database.writing() as db:
        db.execute("UPDATE site SET name = 'Theirs', url = ?, version = version + 1", (HERE,))
    person.parameter("Name").fill("W" * 100)
    person.button("Save parameters").click()
    sees(person, "These values were saved meanwhile")


def row_saved_by_two(on: TestPanel, person: Person) -> None:
    editing(on, person)
    change_behind(on, 3)
    enter(person, name="Mine")
    sees(person, "These values were saved meanwhile")


def removed_while_changed(on: TestPanel, person: Person) -> None:
    ready(on, person)
    change_behind(on, 3)
    ask_to_remove(person, 3)
    change_behind(on, 3)
    person.button("Remove").click()
    sees(person, "These servers were changed meanwhile.")


def change_behind(on: TestPanel, sync_id: int) -> None:
    """Save a row as somebody else does meanwhile."""
    with on.panel.database.writing() as db:
        listed = next(other for other in all_partners(db) if other.partner.sync_id == sync_id)
        theirs = Partner(sync_id, "Theirs", listed.partner.store, listed.partner.url)
        save_partner(db, listed.id, theirs, version=listed.version)


def undo_that_does_not_fit(on: TestPanel, person: Person) -> None:
    remove(ready(on, person), 3)
    with on.panel.database.writing() as db:
        add_partner(db, Partner(3, "Lae anew", "Lae", "https://lae.example.org"))
    person.button("Undo").click()
    sees(person, "The removal cannot be undone as the list is now.")


def forbidden(on: TestPanel, person: Person) -> None:
    person.sign_in(VIEWER, VIEWER_PASSWORD).open(f"{PAGE}/partners/add")
    sees(person, "You may look at these preferences, but not change them.")


def not_found(on: TestPanel, person: Person) -> None:
    sees(person.sign_in().open("/nowhere"), "There is no such page.")


def read_only(on: TestPanel, person: Person) -> None:
    adding(on, person)
    on.panel.database._connection.execute("PRAGMA query_only = ON")
    enter(person, sync_id="99", name="Nauru", store="RON", url="https://nauru.example.org")
    sees(person, "Nothing was saved: the database can only be read.")


def not_usable(on: TestPanel, person: Person) -> None:
    panel = on.panel
    on.app.extensions["sync_panel"] = NotUsableError("The database is missing. Put a copy of it back.")
    try:
        sees(person.open(), "The database is missing.")
    finally:
        on.app.extensions["sync_panel"] = panel


def saving_late(on: TestPanel, person: Person) -> None:
    editing(on, person)
    on.clock.pass_time(3600)
    enter(person, name="Typed long ago")
    sees(person, "The preferences are locked, so nothing was saved yet.")


def too_many_codes(on: TestPanel, person: Person) -> None:
    wrong_code(on, person)
    for _ in range(5):
        person.guess(WRONG_CODE)
    sees(person, "Too many wrong codes.")


def refused_at_sign_in(on: TestPanel, person: Person) -> None:
    person.open("/sign-in").button("Sign in").click()
    sees(person, "The user name or the password is wrong.")


def signed_out_meanwhile(on: TestPanel, person: Person) -> None:
    person.sign_in().context.clear_cookies()
    person.button("Save interval").click()
    sees(person, "You are signed out, so nothing was saved yet.")


TROUBLE: tuple[Callable[[TestPanel, Person], None], ...] = (
    parameters_saved_by_two,
    row_saved_by_two,
    removed_while_changed,
    undo_that_does_not_fit,
    forbidden,
    not_found,
    read_only,
    not_usable,
    saving_late,
    too_many_codes,
    refused_at_sign_in,
    signed_out_meanwhile,
)
STATES = USUAL_STATES | {state.__name__.replace("_", " "): state for state in TROUBLE}
