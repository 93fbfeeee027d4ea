"""Scenario c: the interval is changed while everything else stays locked."""

import pytest
from browser.conftest import Person
from browser.steps import ERROR_TITLE, expect_locked, expect_said, minutes_field, stored_minutes
from fake_clock import FakeClock
from panels import TestPanel
from playwright.sync_api import expect

REFUSED = {
    "fifteen": "“fifteen” is not a whole number of minutes. Enter one from 0 to 10080; 0 pauses.",
    "1.5": "“1.5” is not a whole number of minutes. Enter one from 0 to 10080; 0 pauses.",
    "-1": "“-1” is not a whole number of minutes. Enter one from 0 to 10080; 0 pauses.",
    "10081": "10081 is too long. Enter at most 10080 minutes, which is a week.",
    "": "This is empty. Enter the minutes as a whole number from 0 to 10080; 0 pauses.",
}


def save(person: Person, typed: str) -> None:
    minutes_field(person).fill(typed)
    person.button("Save interval").click()


def expect_times(person: Person, *times: str) -> None:
    expect(person.region("interval").locator("ol li")).to_have_text(list(times))


def test_the_next_three_requests_follow_the_interval(person: Person, on: TestPanel, clock: FakeClock) -> None:
    on.become(7)
    save(person.sign_in(), "20")
    expect_said(person, "The interval is saved")
    expect_times(person, "14:50", "15:10", "15:30")
    expect_locked(person)
    clock.pass_time(21 * 60)
    person.open()
    expect(minutes_field(person)).to_have_value("20")
    expect_times(person, "15:10", "15:30", "15:50")


def test_a_week_is_the_longest_interval(person: Person) -> None:
    save(person.sign_in(), "10080")
    expect_said(person, "The interval is saved")
    expect_times(
        person,
        "Monday 30 November 2026, 14:30",
        "Monday 7 December 2026, 14:30",
        "Monday 14 December 2026, 14:30",
    )


def test_0_pauses(person: Person) -> None:
    save(person.sign_in(), "0")
    expect(person.region("interval")).to_contain_text("Synchronisation is paused: no requests are made")
    expect_times(person)


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_no_interval_is_refused_and_still_there(person: Person, on: TestPanel, typed: str) -> None:
    before = stored_minutes(on)
    save(person.sign_in(), typed)
    expect(person.region("interval").locator(".error")).to_have_text(f"Error: {REFUSED[typed]}")
    expect(minutes_field(person)).to_have_value(typed)
    expect(person.page).to_have_title(ERROR_TITLE)
    assert stored_minutes(on) == before


def test_a_refused_interval_can_be_put_right(person: Person, on: TestPanel) -> None:
    save(person.sign_in(), "fifteen")
    expect(person.page).to_have_title(ERROR_TITLE)
    save(person, "30")
    expect_said(person, "The interval is saved")
    expect(person.region("interval").locator(".error")).to_have_count(0)
    expect(person.page).not_to_have_title(ERROR_TITLE)
    assert stored_minutes(on) == 30
