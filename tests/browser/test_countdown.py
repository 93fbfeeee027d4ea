"""Scenario e: what the countdown listens to, and what it does not: the calendar, and a clock that runs ahead."""

import re
from collections.abc import Callable

import pytest
from browser.conftest import PAGE, Person
from browser.steps import expect_locked, expect_said, pass_time
from fake_clock import FakeClock
from panels import TestPanel
from playwright.sync_api import expect

HOUR = 3600


@pytest.mark.parametrize("seconds", [-HOUR, HOUR])
def test_a_jump_of_the_servers_calendar_neither_ends_nor_extends_the_unlock(
    person: Person, clock: FakeClock, seconds: int
) -> None:
    person.sign_in().unlock()
    clock.jump(seconds)
    expect(person.open().region("lock-bar")).to_have_attribute("data-seconds-left", "600")
    person.button("Save parameters").click()
    expect_said(person, "The parameters are saved")
    clock.pass_time(601)
    clock.jump(-seconds)
    expect_locked(person.open())


def installed(people: Callable[..., Person]) -> Person:
    """Return an unlocked editor whose page's clock the test moves."""
    someone = people(scripts=True)
    someone.page.clock.install(time="2026-11-23T14:30:00")
    return someone.sign_in().unlock()


@pytest.mark.parametrize("jumped", ["2026-11-23T13:30:00", "2026-11-23T15:30:00", "1970-01-01T00:00:00"])
def test_a_jump_of_the_browsers_calendar_changes_nothing(
    people: Callable[..., Person], clock: FakeClock, jumped: str
) -> None:
    editor = installed(people)
    pass_time(editor, clock, 60)
    editor.page.clock.set_system_time(jumped)
    pass_time(editor, clock, 2)
    expect(editor.region("lock-bar")).to_contain_text("Unlocked")
    expect(editor.region("time-left")).to_have_text(re.compile("^8:"))


def test_a_page_whose_clock_runs_ahead_asks_the_server_before_it_locks(
    people: Callable[..., Person], clock: FakeClock
) -> None:
    editor = installed(people)
    clock.pass_time(300)
    editor.let_pass(601)
    expect(editor.region("lock-bar")).to_have_attribute("data-seconds-left", "300")
    expect(editor.button("Add server")).to_be_visible()
    pass_time(editor, clock, 301)
    expect_locked(editor)


def test_keep_unlocked_starts_the_countdown_and_its_announcements_anew(
    people: Callable[..., Person], clock: FakeClock
) -> None:
    editor = installed(people)
    for _ in range(2):
        pass_time(editor, clock, 545)
        expect(editor.region("announcer")).to_contain_text("in 1 minute")
        with editor.page.expect_response("**/keep-unlocked"):
            editor.button("Keep unlocked").click()
        expect(editor.region("lock-bar")).to_have_attribute("data-seconds-left", "600")
        pass_time(editor, clock, 2)
        expect(editor.region("time-left")).to_have_text(re.compile("^9:"))
        editor.page.evaluate("document.getElementById('announcer').textContent = ''")


def requests_of(editor: Person) -> list[str]:
    """Return what the page asks for from now on, as it grows."""
    asked: list[str] = []
    editor.page.on("request", lambda request: asked.append(request.url.partition(PAGE)[2].partition("?")[0]))
    return asked


def test_the_end_of_an_unlock_costs_one_request_for_each_region_also_where_the_page_is_a_moment_early(
    people: Callable[..., Person], on: TestPanel, clock: FakeClock
) -> None:
    on.fill(3)
    editor = installed(people)
    for _ in range(3):
        with editor.page.expect_response("**/keep-unlocked"):
            editor.button("Keep unlocked").click()
        pass_time(editor, clock, 2)
    asked = requests_of(editor)
    clock.pass_time(597.7)
    editor.let_pass(599)
    expect(editor.region("lock-bar")).to_have_attribute("data-seconds-left", "1")
    assert asked.count("/lock") == 1, asked
    pass_time(editor, clock, 2)
    expect_locked(editor)
    expect(editor.region("parameters").locator("form")).to_have_count(0)
    assert sorted(path for path in asked if path != "/link") == ["/lock", "/lock", "/parameters", "/partners"]


def test_two_tabs_ask_no_more_at_the_end_than_each_for_itself(
    people: Callable[..., Person], on: TestPanel, clock: FakeClock
) -> None:
    on.fill(3)
    editor = installed(people)
    other = Person(editor.context, editor.address, scripts=True).open()
    asked = [requests_of(editor), requests_of(other)]
    clock.pass_time(601)
    editor.let_pass(601)
    other.let_pass(601)
    for tab in (editor, other):
        expect_locked(tab)
        expect(tab.region("parameters").locator("form")).to_have_count(0)
    for of_one in asked:
        assert sorted(path for path in of_one if path != "/link") == ["/lock", "/parameters", "/partners"]


def test_an_end_that_the_server_does_not_tell_is_said_in_the_bar_and_asked_for_again_later(
    people: Callable[..., Person], clock: FakeClock
) -> None:
    editor = installed(people)
    asked = requests_of(editor)
    editor.context.set_offline(True)
    pass_time(editor, clock, 601)
    expect(editor.region("lock-bar")).to_contain_text("This is not kept fresh now", use_inner_text=True)
    expect(editor.region("status")).not_to_contain_text("did not answer")
    editor.page.clock.run_for(5000)
    assert asked.count("/lock") == 1
    editor.context.set_offline(False)
    editor.page.clock.run_for(6000)
    expect_locked(editor)
    editor.complaints[:] = [text for text in editor.complaints if "Failed to fetch" not in text]


def test_an_end_in_a_tab_that_was_signed_out_elsewhere_takes_nothing_from_the_sign_in(
    people: Callable[..., Person], clock: FakeClock
) -> None:
    editor = installed(people)
    tab = Person(editor.context, editor.address, scripts=True).open()
    tab.button("Sign out").click()
    expect(tab.button("Sign in")).to_be_visible()
    editor.button("Save interval").click()
    editor.over("gate").get_by_label("User name").fill("adm")
    pass_time(editor, clock, 601)
    editor.page.clock.run_for(15_000)
    expect(editor.over("gate").get_by_label("User name")).to_have_value("adm")
