"""Scenario e: what the countdown listens to, and what it does not: the calendar, and a clock that runs ahead."""

import re
from collections.abc import Callable

import pytest
from browser.conftest import Person
from browser.steps import expect_locked, expect_said, pass_time
from fake_clock import FakeClock
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
        editor.button("Keep unlocked").click()
        expect(editor.region("lock-bar")).to_have_attribute("data-seconds-left", "600")
        pass_time(editor, clock, 2)
        expect(editor.region("time-left")).to_have_text(re.compile("^9:"))
        editor.page.evaluate("document.getElementById('announcer').textContent = ''")
