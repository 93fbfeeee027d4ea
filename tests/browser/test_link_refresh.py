"""The region that says how the link stands: it keeps itself fresh, and disturbs nobody who works on the page."""

from collections.abc import Callable

import pytest
from browser.conftest import PAGE, Person
from browser.contacts import comes_in, fails, is_refused, succeeds
from browser.keys import has_focus
from browser.steps import expect_locked, expect_said, open_add_dialog, pass_time, type_server
from browser.the_list import dialog, list_primary, row, typed
from fake_clock import FakeClock
from panels import TestPanel
from playwright.sync_api import expect

from sync_panel.store.own_requests import load_request

HIDE = """hidden => Object.defineProperty(document, "hidden", {get: () => hidden, configurable: true})"""
SHOWN = "document.dispatchEvent(new Event('visibilitychange'))"
REFRESH = 6  # seconds: a little more than the page waits between two looks


@pytest.fixture
def editor(people: Callable[..., Person], on: TestPanel) -> Person:
    """Return an editor at a primary with three satellites, whose page's clock the test moves."""
    on.fill(3)
    return moved(people())


def moved(person: Person) -> Person:
    person.page.clock.install(time="2026-11-23T14:30:00")
    return person.sign_in()


def polls(person: Person) -> list[str]:
    """Return what the page asks for by itself from now on, as it grows."""
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url) if f"{PAGE}/link" in request.url else None)
    return asked


def test_a_contact_that_comes_in_shows_by_itself(editor: Person, on: TestPanel) -> None:
    expect(editor.region("link")).to_contain_text("3 without contact yet")
    comes_in(on, 2)
    is_refused(on, 3)
    editor.let_pass(REFRESH)
    expect(editor.region("link").locator("li")).to_have_text(["1 on time", "1 without contact yet", "1 refused"])
    expect(row(editor, 2)).to_contain_text("On time 14:30 (just now)", use_inner_text=True)
    expect(row(editor, 3)).to_contain_text("“Another name” there")


def test_a_satellite_becomes_overdue_before_the_eyes_of_the_reader(
    editor: Person, on: TestPanel, clock: FakeClock
) -> None:
    comes_in(on, 2, minutes=15)
    clock.pass_time(45 * 60)
    editor.let_pass(REFRESH)
    expect(row(editor, 2)).to_contain_text("On time")
    clock.pass_time(1)
    editor.let_pass(REFRESH)
    expect(row(editor, 2)).to_contain_text("Overdue")
    expect(row(editor, 2)).to_contain_text("It should ask every 15 minutes.")


def test_without_scripts_the_page_shows_it_when_it_is_opened(people: Callable[..., Person], on: TestPanel) -> None:
    on.fill(3)
    reader = people(scripts=False).sign_in()
    expect(row(reader, 2)).to_contain_text("No contact yet")
    comes_in(on, 2)
    expect(row(reader.open(), 2)).to_contain_text("On time")
    expect(reader.region("link")).to_contain_text("1 on time")


def test_typing_ticks_and_the_focus_survive_a_refresh(editor: Person, on: TestPanel) -> None:
    editor.unlock()
    row(editor, 3).get_by_role("checkbox").check()
    editor.parameter("Store").fill("Half a na")
    comes_in(on, 2)
    editor.let_pass(REFRESH)
    expect(row(editor, 2)).to_contain_text("On time")
    expect(row(editor, 3).get_by_role("checkbox")).to_be_checked()
    expect(editor.parameter("Store")).to_be_focused()
    expect(editor.parameter("Store")).to_have_value("Half a na")
    editor.page.keyboard.type("me")
    expect(editor.parameter("Store")).to_have_value("Half a name")


def test_an_open_dialog_survives_a_refresh(editor: Person, on: TestPanel) -> None:
    type_server(open_add_dialog(editor.unlock()))
    comes_in(on, 2)
    editor.let_pass(REFRESH)
    expect(row(editor, 2)).to_contain_text("On time")
    assert typed(editor) == {"sync_id": "7", "name": "Nouméa", "store": "Dépôt", "url": "https://s7.example.org"}
    assert has_focus(dialog(editor).get_by_label("URL"))
    expect(editor.page.locator("dialog#dialog[open]")).to_have_count(1)


def test_the_focus_on_a_button_of_the_region_survives_a_refresh(people: Callable[..., Person], on: TestPanel) -> None:
    on.become(5)
    list_primary(on)
    succeeds(on)
    editor = moved(people())
    editor.button("Sync now").focus()
    fails(on)
    editor.let_pass(REFRESH)
    expect(editor.region("link")).to_contain_text("nothing listens at port 443")
    expect(editor.button("Sync now")).to_be_focused()


def test_nothing_is_asked_while_the_page_is_hidden(editor: Person, on: TestPanel) -> None:
    asked = polls(editor)
    with editor.page.expect_response(f"**{PAGE}/link?*"):
        editor.let_pass(REFRESH)
    assert len(asked) == 1
    editor.page.evaluate(HIDE, True)  # noqa: FBT003  # an argument of the script
    comes_in(on, 2)
    for _ in range(5):
        editor.let_pass(REFRESH)
    assert len(asked) == 1
    expect(row(editor, 2)).to_contain_text("No contact yet")
    editor.page.evaluate(HIDE, False)  # noqa: FBT003  # likewise
    editor.page.evaluate(SHOWN)
    editor.let_pass(2)
    expect(row(editor, 2)).to_contain_text("On time")


def test_a_region_that_gets_no_answer_says_so_in_its_own_place(editor: Person, on: TestPanel) -> None:
    note = editor.region("link").get_by_text("This is not kept fresh now")
    expect(note).to_be_hidden()
    editor.context.route(f"**{PAGE}/link?*", lambda route: route.abort())
    editor.let_pass(REFRESH)
    expect(note).to_be_visible()
    expect(editor.page.get_by_role("alert")).to_have_count(0)
    expect(editor.region("status")).to_be_empty()
    editor.context.unroute(f"**{PAGE}/link?*")
    editor.let_pass(REFRESH)
    expect(note).to_be_hidden()
    editor.complaints[:] = [text for text in editor.complaints if "Failed to fetch" not in text]  # htmx's own


def test_a_region_of_somebody_who_was_signed_out_says_so_in_its_own_place(editor: Person) -> None:
    editor.context.clear_cookies()
    editor.let_pass(REFRESH)
    expect(editor.region("link").get_by_text("you are signed out")).to_be_visible()
    expect(editor.page.locator("dialog[open]")).to_have_count(0)
    expect(editor.page.get_by_role("alert")).to_have_count(0)


def test_an_unlock_is_not_extended_by_what_the_page_asks_itself(
    editor: Person, on: TestPanel, clock: FakeClock
) -> None:
    editor.unlock()
    asked = polls(editor)
    for counter in range(1, 11):
        comes_in(on, 2, counter=counter)
        pass_time(editor, clock, 10)
        expect(editor.region("link")).to_be_visible()
    assert len(asked) >= 5
    expect(editor.open().region("lock-bar")).to_have_attribute("data-seconds-left", "500")
    clock.pass_time(501)
    expect_locked(editor.open())


def test_sync_now_lets_the_next_request_go_out_at_once(person: Person, on: TestPanel) -> None:
    on.become(5)
    list_primary(on)
    succeeds(on)
    region = person.sign_in().region("link")
    expect(region).to_contain_text("in 15 minutes")
    person.button("Sync now").click()
    expect_said(person, "The primary is asked now.")
    expect(region).to_contain_text("Asking now …")
    with on.panel.database.reading() as db:
        assert load_request(db).asking


def test_while_a_request_is_under_way_the_page_looks_every_second(people: Callable[..., Person], on: TestPanel) -> None:
    on.become(5)
    list_primary(on)
    editor = moved(people())
    expect(editor.region("link")).to_contain_text("Asking now …")
    fails(on)
    editor.let_pass(2)
    expect(editor.region("link")).to_contain_text("nothing listens at port 443")
    expect(row(editor, 1)).to_contain_text("Failed")
