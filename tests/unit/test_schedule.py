"""The schedule: when a satellite asks its primary, on a clock that the test moves and over real sockets."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from link_calls import noted
from loopback_panel import closed_port, list_it, primary_at, requests_made, satellite, save_primary
from panels import TestPanel
from unit.schedules import asks_after, joined, meanwhile, scheduled, set_interval, stands

from sync_panel.link.schedule import Schedule
from sync_panel.store.own_requests import ask_at_once
from sync_panel.store.partners import all_partners, remove_partners, undo_removal


@pytest.fixture
def there(on: TestPanel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPanel]:
    """Return a primary that lists the panel, which lists it; it is served."""
    with joined(on, tmp_path_factory.mktemp("there")) as primary:
        yield primary


@pytest.fixture
def schedule(on: TestPanel, there: TestPanel) -> Iterator[Schedule]:
    """Return the schedule of the panel, which has made its first request."""
    with scheduled(on) as made:
        made.look()
        assert requests_made(on) == 1
        yield made


@pytest.fixture
def failing(on: TestPanel) -> Iterator[Schedule]:
    """Return the schedule of a satellite whose primary is not there; the interval is two hours."""
    set_interval(satellite(on, closed_port()), 120)
    with scheduled(on) as made:
        made.look()
        assert stands(on).failures == 1
        yield made


def test_a_new_partner_is_asked_at_once(on: TestPanel, there: TestPanel, schedule: Schedule) -> None:
    known = noted(there).known
    assert known
    assert (known.at, known.address, known.minutes, known.counter) == (on.clock.now(), "127.0.0.1", 15, 1)
    request = stands(on)
    assert (request.succeeded_at, request.failed_at, request.asking) == (on.clock.now(), None, False)


def test_both_sides_keep_the_urls_that_the_other_told(on: TestPanel, there: TestPanel, schedule: Schedule) -> None:
    there.become(1, "https://primary.example.org")
    on.become(2, "https://moved.example.org")
    schedule.look()
    assert stands(on).urls == ("https://primary.example.org", "https://two.example.org")
    known = noted(there).known
    assert known
    assert known.listed
    with on.panel.database.reading() as db:
        assert (known.url, known.listed.url) == ("https://moved.example.org", all_partners(db)[0].partner.url)


def test_a_satellite_that_takes_another_site_for_its_primary_tells_it(
    on: TestPanel, there: TestPanel, schedule: Schedule
) -> None:
    with on.panel.database.reading() as db:
        (listed,) = all_partners(db)
    save_primary(on, replace(listed.partner, name="Gizo"))
    schedule.look()
    assert stands(on).failure == "OTHER_VALUES"
    known = noted(there).known
    assert known
    assert known.listed
    assert known.listed.name == "Gizo"


def test_the_primary_is_asked_every_interval(on: TestPanel, there: TestPanel, schedule: Schedule) -> None:
    for number in (2, 3, 4):
        assert asks_after(on, schedule, 15)
        known = noted(there).known
        assert known
        assert known.counter == number


def test_a_look_too_many_asks_nothing(on: TestPanel, schedule: Schedule) -> None:
    for _ in range(20):
        schedule.look()
    assert requests_made(on) == 1


def test_a_failure_is_tried_again_after_1_2_5_and_more_minutes(on: TestPanel, failing: Schedule) -> None:
    for wait in (1, 2, 5, 10, 15, 30, 60, 60):
        assert asks_after(on, failing, wait), wait
    assert stands(on).failures == 9


def test_a_retry_never_comes_later_than_the_interval(on: TestPanel, failing: Schedule) -> None:
    set_interval(on, 3)
    failing.look()
    for wait in (1, 2, 3, 3):
        assert asks_after(on, failing, wait), wait


def test_a_success_ends_the_failures(on: TestPanel, there: TestPanel, schedule: Schedule) -> None:
    here = primary_at(f"{closed_port()}")
    with on.panel.database.reading() as db:
        (right,) = all_partners(db)
    save_primary(on, here)
    schedule.look()
    assert stands(on).failures == 1
    save_primary(on, right.partner)
    schedule.look()
    assert stands(on).failures == 0
    assert asks_after(on, schedule, 15)


def test_a_shorter_interval_holds_at_once(on: TestPanel, schedule: Schedule) -> None:
    on.clock.pass_time(120)
    set_interval(on, 1)
    schedule.look()
    assert requests_made(on) == 2
    assert asks_after(on, schedule, 1)


def test_a_longer_interval_holds_at_once(on: TestPanel, schedule: Schedule) -> None:
    set_interval(on, 60)
    schedule.look()
    assert asks_after(on, schedule, 60)


@pytest.mark.parametrize("minutes", [60, 1, 0, 10080])
def test_the_primary_is_told_at_once_of_another_interval(
    on: TestPanel, there: TestPanel, schedule: Schedule, minutes: int
) -> None:
    on.clock.pass_time(60)
    set_interval(on, minutes)
    schedule.look()
    known = noted(there).known
    assert known
    assert (known.minutes, known.at) == (minutes, on.clock.now())


def test_the_same_interval_saved_again_asks_nothing(on: TestPanel, schedule: Schedule) -> None:
    set_interval(on, 15)
    schedule.look()
    assert requests_made(on) == 1
    assert asks_after(on, schedule, 15)


@pytest.mark.parametrize("days", [0, 1, 400])
def test_0_pauses_and_is_told_once(on: TestPanel, there: TestPanel, schedule: Schedule, days: int) -> None:
    set_interval(on, 0)
    schedule.look()
    on.clock.pass_time(86400 * days)
    with on.panel.database.writing() as db:
        ask_at_once(db)
    schedule.look()
    assert requests_made(on) == 2
    set_interval(on, 15)
    schedule.look()
    known = noted(there).known
    assert known
    assert (known.counter, known.minutes) == (3, 15)


def test_a_pause_is_told_until_the_primary_knows_it(on: TestPanel, there: TestPanel, schedule: Schedule) -> None:
    with on.panel.database.reading() as db:
        (right,) = all_partners(db)
    save_primary(on, primary_at(closed_port()))
    set_interval(on, 0)
    schedule.look()
    for wait in (1, 2, 5, 10, 15, 30, 60, 60):
        assert asks_after(on, schedule, wait), wait
    save_primary(on, right.partner)
    schedule.look()
    known = noted(there).known
    assert known
    assert known.minutes == 0
    on.clock.pass_time(86400)
    before = requests_made(on)
    schedule.look()
    assert requests_made(on) == before


def test_an_interval_that_changes_while_the_primary_is_asked_is_told_by_the_next_request(
    on: TestPanel, there: TestPanel, schedule: Schedule
) -> None:
    on.clock.pass_time(900)
    meanwhile(on, lambda: set_interval(on, 0))
    schedule.look()
    assert stands(on).asking
    schedule.look()
    known = noted(there).known
    assert known
    assert (known.minutes, known.counter) == (0, 3)


def test_who_is_paused_before_the_first_request_asks_nobody(on: TestPanel, there: TestPanel) -> None:
    set_interval(on, 0)
    with scheduled(on) as schedule:
        schedule.look()
    assert requests_made(on) == 0


def test_sync_now_asks_at_once_and_once(on: TestPanel, schedule: Schedule) -> None:
    with on.panel.database.writing() as db:
        ask_at_once(db)
    for _ in range(3):
        schedule.look()
    assert requests_made(on) == 2
    assert asks_after(on, schedule, 15)


def test_a_changed_partner_is_asked_at_once_and_as_if_nothing_had_failed(on: TestPanel, failing: Schedule) -> None:
    for wait in (1, 2):
        assert asks_after(on, failing, wait)
    save_primary(on, primary_at(closed_port()))
    failing.look()
    assert requests_made(on) == 4
    assert stands(on).failures == 1


def test_a_changed_password_asks_at_once(on: TestPanel, schedule: Schedule) -> None:
    on.become(2)
    schedule.look()
    assert requests_made(on) == 2


def test_a_partner_that_was_removed_is_forgotten_and_asked_when_it_comes_back(
    on: TestPanel, schedule: Schedule
) -> None:
    with on.panel.database.writing() as db:
        (listed,) = all_partners(db)
        remove_partners(db, [(listed.id, listed.version)])
    schedule.look()
    assert requests_made(on) == 1
    assert stands(on).succeeded_at is None
    with on.panel.database.writing() as db:
        undo_removal(db)
    schedule.look()
    assert requests_made(on) == 2


@pytest.mark.parametrize("seconds", [3600, -3600, -1795408200])
def test_a_calendar_that_jumps_neither_delays_nor_repeats(on: TestPanel, schedule: Schedule, seconds: float) -> None:
    on.clock.jump(seconds)
    assert asks_after(on, schedule, 15)
    on.clock.jump(-seconds)
    assert asks_after(on, schedule, 15)


def test_after_a_restart_the_rest_of_the_interval_is_waited_for(on: TestPanel, there: TestPanel) -> None:
    with scheduled(on) as before:
        before.look()
    on.clock.pass_time(600)
    on.restart()
    with scheduled(on) as after:
        assert asks_after(on, after, 5)


def test_after_a_restart_with_the_calendar_set_back_nothing_waits_for_ever(on: TestPanel, there: TestPanel) -> None:
    with scheduled(on) as before:
        before.look()
    on.clock.jump(-1795408200)
    on.restart()
    with scheduled(on) as after:
        after.look()
        assert requests_made(on) == 2
        assert asks_after(on, after, 15)


@pytest.mark.parametrize("sync_id", [None, 1, 2])
def test_nobody_is_asked_by_who_is_no_satellite_with_a_primary(on: TestPanel, sync_id: int | None) -> None:
    if sync_id == 1:
        list_it(on)
    else:
        on.become(sync_id)
    with scheduled(on) as schedule:
        schedule.look()
        on.clock.pass_time(86400)
        schedule.look()
    assert requests_made(on) == 0
