"""What people do with the check of a server, the same with JavaScript on and off."""

from browser.conftest import Person
from browser.the_list import dialog, row
from playwright.sync_api import Locator, expect

ALL_STEPS = 9
STEP_NAMES = ("Address found", "Connected", "http and https the right way round")


def steps(person: Person, kind: str = "") -> Locator:
    """Return the steps of the ladder, or those that were "passed", "failed" or "unneeded"."""
    return dialog(person).locator(f".ladder li.{kind}" if kind else ".ladder li")


def open_check(person: Person, sync_id: int) -> None:
    """Open the check of a row. With JavaScript it begins by itself; otherwise its button is there to be pressed."""
    row(person, sync_id).get_by_role("link", name="Check").click()
    expect(dialog(person)).to_contain_text("Check the connection to")


def check_row(person: Person, sync_id: int) -> None:
    """Check a server of the list."""
    open_check(person, sync_id)
    if not person.scripts:
        person.button("Check").click()


def is_all_right(person: Person) -> None:
    """Expect every step to be passed."""
    expect(dialog(person)).to_contain_text("Everything is right: both sides agree.")
    expect(steps(person, "passed")).to_have_count(ALL_STEPS)
    expect(steps(person)).to_have_count(ALL_STEPS)


def failed_with(person: Person, title: str, remedy: str) -> None:
    """Expect one step to have failed, and to say what helps."""
    ended_with(person, title, remedy, "failed")


def ended_with(person: Person, title: str, remedy: str, kind: str) -> None:
    """Expect one step to be of a kind that is not passed, and to say what helps."""
    last = steps(person, kind)
    expect(last).to_have_count(1)
    expect(last).to_contain_text(title)
    expect(last).to_contain_text(remedy)
    expect(dialog(person)).not_to_contain_text("Everything is right")


def type_way(person: Person, url: str, *, plain_http: bool = False) -> None:
    """Type where a server is, and accept plain HTTP for it."""
    dialog(person).get_by_label("URL").fill(url)
    if plain_http:
        dialog(person).get_by_text("Certificate, plain HTTP, mSupply").click()
        dialog(person).get_by_label("Accept plain HTTP").check()
