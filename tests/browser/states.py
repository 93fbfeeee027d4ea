"""Every state that the page can be seen in, and how to get there; for what must hold in all of them."""

from collections.abc import Callable

from browser.conftest import Person
from browser.the_list import HERE, ask_to_remove, edit, enter, list_primary, on_list, remove, row
from panels import VIEWER, VIEWER_PASSWORD, TestPanel
from playwright.sync_api import expect

from sync_panel.rules.partner import Partner
from sync_panel.store.partners import add_partner

WRONG_CODE = "not the code at all"


def ready(on: TestPanel, person: Person, count: int = 3) -> Person:
    """Return an unlocked editor at a primary."""
    on.fill(count)
    return person.sign_in().unlock()


def sees(person: Person, words: str) -> None:
    """Wait until something is on the screen."""
    expect(person.page.get_by_text(words).first).to_be_visible()


def asked_to_sign_in(on: TestPanel, person: Person) -> None:
    sees(person.open(), "Sign in")


def stand_alone_and_locked(on: TestPanel, person: Person) -> None:
    sees(person.sign_in(), "This installation is stand-alone")


def primary_with_fifty_rows(on: TestPanel, person: Person) -> None:
    on.fill()
    sees(person.sign_in(), "60 servers")


def satellite_and_locked(on: TestPanel, person: Person) -> None:
    on.become(5, HERE)
    list_primary(on)
    sees(person.sign_in(), "The primary of this satellite.")


def looked_at_by_a_viewer(on: TestPanel, person: Person) -> None:
    on.fill(3)
    sees(person.sign_in(VIEWER, VIEWER_PASSWORD), "(viewer)")


def asked_for_the_code(on: TestPanel, person: Person) -> None:
    person.sign_in().button("Click to un-lock").click()
    sees(person, "Authorisation code")


def wrong_code(on: TestPanel, person: Person) -> None:
    asked_for_the_code(on, person)
    person.enter_code(WRONG_CODE)
    sees(person, "This is not the authorisation code.")


def stand_alone_and_unlocked(on: TestPanel, person: Person) -> None:
    sees(person.sign_in().unlock(), "Unlocked")


def unlocked_with_fifty_rows(on: TestPanel, person: Person) -> None:
    sees(ready(on, person, 60), "60 servers")


def wrong_interval(on: TestPanel, person: Person) -> None:
    person.sign_in().field("interval", "Sync time interval").fill("fifteen")
    person.button("Save interval").click()
    sees(person, "is not a whole number of minutes")


def wrong_parameters(on: TestPanel, person: Person) -> None:
    person.sign_in().unlock().parameter("Sync ID").fill("none")
    person.parameter("URL").fill("here.example.org")
    person.button("Save parameters").click()
    sees(person, "Did you mean https://here.example.org?")


def adding(on: TestPanel, person: Person) -> None:
    ready(on, person).button("Add server").click()
    sees(person, "Add a server to sync with")


def adding_wrongly(on: TestPanel, person: Person) -> None:
    adding(on, person)
    enter(person, sync_id="x")
    sees(person, "There is a problem")


def editing(on: TestPanel, person: Person) -> None:
    edit(ready(on, person), 3)


def removing(on: TestPanel, person: Person) -> None:
    ready(on, person, 30)
    ask_to_remove(person, *range(2, 32))


def nothing_ticked(on: TestPanel, person: Person) -> None:
    ready(on, person).button("Remove selected servers").click()
    sees(person, "No server is ticked.")


def undo_offered(on: TestPanel, person: Person) -> None:
    remove(ready(on, person, 12), *range(2, 9))
    expect(person.button("Undo")).to_be_visible()


def nothing_found(on: TestPanel, person: Person) -> None:
    on_list(ready(on, person), "?q=nowhere")
    sees(person, "No server begins with")


def longest_values(on: TestPanel, person: Person) -> None:
    on.become(1, f"https://{'a' * 60}.{'b' * 60}.example.org/{'c' * 100}")
    with on.panel.database.writing() as db:
        add_partner(db, Partner(2147483647, "W" * 100, "ສ" * 100, f"https://{'d' * 60}.example.org/{'e' * 160}"))
    expect(row(person.sign_in().unlock(), 2147483647)).to_be_visible()


def saved(on: TestPanel, person: Person) -> None:
    person.sign_in().button("Save interval").click()
    sees(person, "The interval is saved.")


USUAL_STATES: dict[str, Callable[[TestPanel, Person], None]] = {
    state.__name__.replace("_", " "): state
    for state in (
        asked_to_sign_in,
        stand_alone_and_locked,
        primary_with_fifty_rows,
        satellite_and_locked,
        looked_at_by_a_viewer,
        asked_for_the_code,
        wrong_code,
        stand_alone_and_unlocked,
        unlocked_with_fifty_rows,
        wrong_interval,
        wrong_parameters,
        adding,
        adding_wrongly,
        editing,
        removing,
        nothing_ticked,
        undo_offered,
        nothing_found,
        longest_values,
        saved,
    )
}
