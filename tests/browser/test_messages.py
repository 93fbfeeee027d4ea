"""What the page said ends when it is no longer so, and can be closed, with JavaScript and without."""

from collections.abc import Callable

import pytest
from browser.conftest import PAGE, Person
from browser.contacts import fails
from browser.steps import (
    ERROR_TITLE,
    expect_locked,
    expect_said,
    minutes_field,
    open_add_dialog,
    pass_time,
    press,
    type_server,
)
from browser.the_list import list_primary, on_list
from fake_clock import FakeClock
from panels import TestPanel
from playwright.sync_api import expect

from sync_panel.store.own_requests import request_begins

CLOSE = "Close this message"


@pytest.fixture
def editor(people: Callable[..., Person], on: TestPanel) -> Person:
    """Return an unlocked editor of a satellite with its primary, whose page's clock the test moves."""
    on.become(5)
    list_primary(on)
    return unlocked(people)


@pytest.fixture
def alone(people: Callable[..., Person]) -> Person:
    """Return the same at a stand-alone site, whose page asks for nothing in between."""
    return unlocked(people)


def unlocked(people: Callable[..., Person]) -> Person:
    someone = people(scripts=True)
    someone.page.clock.install()
    return someone.sign_in().unlock()


@pytest.mark.parametrize("button", ["", "Keep unlocked"])
def test_unlocked_is_said_no_longer_than_it_is_so(alone: Person, clock: FakeClock, button: str) -> None:
    if button:
        alone.button(button).click()
    expect_said(alone, "unlocked.")
    pass_time(alone, clock, 601)
    expect_locked(alone)
    expect(alone.region("status")).to_have_text("")


def test_unlocked_is_not_said_beside_a_lock_from_another_tab(editor: Person) -> None:
    expect_said(editor, "The preferences are unlocked.")
    tab = Person(editor.context, editor.address, scripts=True).open()
    tab.button("Lock now").click()
    expect_said(tab, "The preferences are locked.")
    editor.let_pass(6)
    expect_locked(editor)
    expect(editor.region("status")).to_have_text("")


def test_what_was_done_is_still_said_after_the_lock(alone: Person, clock: FakeClock) -> None:
    alone.button("Save interval").click()
    expect_said(alone, "The interval is saved.")
    pass_time(alone, clock, 601)
    expect_locked(alone)
    expect_said(alone, "The interval is saved.")


def test_asked_now_is_not_said_beside_the_outcome(editor: Person, on: TestPanel) -> None:
    editor.button("Sync now").click()
    expect_said(editor, "The primary is asked now.")
    with on.panel.database.writing() as db:
        request_begins(db, on.clock.now())
    editor.let_pass(2)
    expect_said(editor, "The primary is asked now.")
    fails(on)
    editor.let_pass(2)
    expect(editor.region("link")).to_contain_text("nothing listens at port 443")
    expect(editor.region("status")).to_have_text("")


def test_nothing_is_said_of_a_state_that_the_page_does_not_know(editor: Person, on: TestPanel) -> None:
    editor.button("Sync now").click()
    expect_said(editor, "The primary is asked now.")
    tab = Person(editor.context, editor.address, scripts=True).open()
    tab.button("Sign out").click()
    expect(tab.button("Sign in")).to_be_visible()
    editor.let_pass(2)
    expect(editor.region("link")).to_contain_text("you are signed out", use_inner_text=True)
    expect(editor.region("status")).to_have_text("")


def test_a_message_that_was_never_shown_is_not_shown_when_it_is_so_no_longer(
    people: Callable[..., Person], on: TestPanel, clock: FakeClock
) -> None:
    """The answer of the redirect is lost: what it would have said waits for the next page."""
    person = people(scripts=False).sign_in()
    person.button("Click to un-lock").click()
    person.page.route("**/*", lambda route: route.abort() if route.request.method == "GET" else route.continue_())
    token = person.page.locator("input[name=csrf_token]").first.get_attribute("value")
    answer = person.context.request.post(
        f"{person.address}{PAGE}/unlock",
        form={"csrf_token": str(token), "code": "OPEN-SESAME-2026-AB"},
        headers={"Origin": person.address},
        max_redirects=0,
    )
    assert answer.status == 303
    person.page.unroute("**/*")
    clock.pass_time(601)
    person.open()
    expect_locked(person)
    expect(person.region("status")).to_have_text("")


def test_a_message_can_be_closed_and_the_view_of_the_list_stays(person: Person, on: TestPanel) -> None:
    on.fill()
    on_list(person.sign_in().unlock(), "?q=hospital+r&sort=name&order=desc")
    person.button("Save parameters").click()
    expect_said(person, "The parameters are saved.")
    person.button(CLOSE).click()
    expect(person.region("status")).to_have_text("")
    expect(person.page.get_by_role("searchbox")).to_have_value("hospital r")
    if person.scripts:
        expect(person.region("lock-bar")).to_be_focused()


def test_a_closed_message_takes_nothing_typed_with_it(editor: Person) -> None:
    minutes_field(editor).fill("45")
    editor.button(CLOSE).click()
    expect(editor.region("status")).to_have_text("")
    expect(minutes_field(editor)).to_have_value("45")


def test_trouble_in_a_dialog_ends_with_the_next_action_there_and_can_be_closed(editor: Person) -> None:
    dialog = open_add_dialog(editor)
    type_server(dialog, "1")
    for _ in range(2):
        editor.context.set_offline(True)
        press(dialog, "Check")
        expect(dialog.locator(".trouble")).to_be_visible()
        editor.context.set_offline(False)
        press(dialog, "Check")
        expect(dialog.locator(".trouble")).to_have_count(0)
    editor.context.set_offline(True)
    press(dialog, "Check")
    press(dialog, CLOSE)
    expect(dialog.locator(".trouble")).to_have_count(0)
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Nouméa")
    editor.complaints[:] = [text for text in editor.complaints if "Failed to fetch" not in text]


def test_a_screen_reader_finds_no_announcement_of_an_end_that_was_put_off(alone: Person, clock: FakeClock) -> None:
    pass_time(alone, clock, 545)
    expect(alone.region("announcer")).to_contain_text("in 1 minute")
    alone.button("Keep unlocked").click()
    expect(alone.region("announcer")).to_be_empty()


def test_the_title_tells_of_no_error_in_a_dialog_that_was_left(editor: Person) -> None:
    title = editor.page.title()
    editor.button("Lock now").click()
    editor.button("Click to un-lock").click()
    editor.enter_code("not the code at all")
    expect(editor.page).to_have_title(ERROR_TITLE)
    press(editor.over("gate"), "Cancel")
    expect(editor.page).to_have_title(title)
