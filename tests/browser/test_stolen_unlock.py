"""Scenario f: a copied unlock cookie is refused once the unlock has ended, and in any other sign-in."""

from collections.abc import Callable

import pytest
from browser.conftest import Person
from browser.steps import expect_locked, stored_parameters
from panels import ADMIN, ADMIN_PASSWORD, CHEAP, TestPanel
from playwright.sync_api import expect

from sync_panel.store.users import add_user, set_code_hash

COLLEAGUE, COLLEAGUE_PASSWORD = "colleague", "another long password"


def lock_now(owner: Person, _on: TestPanel) -> None:
    owner.button("Lock now").click()
    expect_locked(owner)


def sign_out(owner: Person, _on: TestPanel) -> None:
    owner.button("Sign out").click()
    expect(owner.button("Sign in")).to_be_visible()


def set_code(_owner: Person, on: TestPanel) -> None:
    with on.panel.database.writing() as db:
        set_code_hash(db, CHEAP.hash("ANOTHERCODE2026"))


def restart(_owner: Person, on: TestPanel) -> None:
    on.restart()


ENDINGS = [lock_now, sign_out, set_code, restart]


def give_cookies(owner: Person, thief: Person, beginning: str) -> None:
    """Copy the owner's cookies whose name begins so."""
    for cookie in owner.context.cookies():
        if cookie["name"].startswith(beginning):
            thief.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": owner.address}])


@pytest.mark.parametrize("end", ENDINGS)
def test_a_copied_unlock_is_refused_once_the_unlock_has_ended(
    people: Callable[..., Person],
    on: TestPanel,
    scripts: bool,  # noqa: FBT001  # a fixture's value
    end: Callable[[Person, TestPanel], None],
) -> None:
    on.become(1)
    owner, thief = people(scripts=scripts).sign_in().unlock(), people(scripts=scripts)
    give_cookies(owner, thief, "sync_panel_")
    thief.open().parameter("Name").fill("Stolen")
    end(owner, on)
    thief.button("Save parameters").click()
    expect(thief.page.get_by_text("so nothing was saved yet")).to_be_visible()
    expect(thief.open().region("parameters").locator("form")).to_have_count(0)
    assert stored_parameters(on).name == "Here"


def test_a_new_code_locks_the_owner_too(person: Person, on: TestPanel) -> None:
    set_code(person.sign_in().unlock(), on)
    expect_locked(person.open())


@pytest.mark.parametrize(("name", "password"), [(COLLEAGUE, COLLEAGUE_PASSWORD), (ADMIN, ADMIN_PASSWORD)])
def test_a_copied_unlock_is_refused_in_another_sign_in(
    people: Callable[..., Person], on: TestPanel, name: str, password: str
) -> None:
    with on.panel.database.writing() as db:
        add_user(db, COLLEAGUE, CHEAP.hash(COLLEAGUE_PASSWORD), may_edit=True)
    owner, thief = people().sign_in().unlock(), people().sign_in(name, password)
    give_cookies(owner, thief, "sync_panel_unlock_")
    expect_locked(thief.open())
    expect(owner.open().region("lock-bar")).to_contain_text("Unlocked")


def test_no_script_can_read_the_unlock_and_no_form_of_another_site_can_send_it(people: Callable[..., Person]) -> None:
    cookies = people().sign_in().unlock().context.cookies()
    (unlock,) = [cookie for cookie in cookies if cookie["name"].startswith("sync_panel_unlock_")]
    assert (unlock["httpOnly"], unlock["sameSite"]) == (True, "Lax"), "a link sends it, see test_link_from_elsewhere.py"
