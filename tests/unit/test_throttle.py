"""Making a guesser wait (scenario g): longer each time, in parallel, after a restart, whatever the calendar says."""

import threading

import pytest
from fake_clock import FakeClock

from sync_panel.guard.throttle import EVERYONE, Throttle, TooManyError, wait_after
from sync_panel.store.attempts import failures_of
from sync_panel.store.database import Database

HERE, THERE = "127.0.0.1", "127.0.0.2"


@pytest.fixture
def throttle(database: Database, clock: FakeClock) -> Throttle:
    return Throttle("code", database, clock)


def fail(throttle: Throttle, times: int, source: str = HERE) -> None:
    for _ in range(times):
        throttle.admit(source)


def seconds_to_wait(throttle: Throttle, source: str = HERE) -> int:
    """Return the wait that a try is refused with; 0 when it is let in, and counted."""
    try:
        throttle.admit(source)
    except TooManyError as error:
        return error.seconds
    return 0


def failures(database: Database, source: str = HERE) -> int:
    with database.reading() as db:
        return failures_of(db, "code", source)


@pytest.mark.parametrize(
    ("count", "seconds"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (11, 900), (10_000_000, 900)],
)
def test_one_source_waits_twice_as_long_each_time_up_to_a_quarter_of_an_hour(count: int, seconds: int) -> None:
    assert wait_after(count, HERE) == seconds


@pytest.mark.parametrize(("count", "seconds"), [(49, 0), (50, 30), (51, 60), (52, 60), (10_000_000, 60)])
def test_all_sources_together_wait_a_minute_at_most(count: int, seconds: int) -> None:
    assert wait_after(count, EVERYONE) == seconds


def test_five_tries_are_free_and_the_sixth_waits(throttle: Throttle) -> None:
    fail(throttle, 5)
    assert seconds_to_wait(throttle) in {30, 31}


def test_whoever_waits_as_long_as_told_is_let_in(throttle: Throttle, clock: FakeClock) -> None:
    fail(throttle, 5)
    clock.pass_time(seconds_to_wait(throttle))
    assert seconds_to_wait(throttle) == 0


def test_a_wait_of_half_a_minute_is_told_as_30_seconds(throttle: Throttle) -> None:
    fail(throttle, 5)
    assert seconds_to_wait(throttle) == 30


def test_the_wait_told_gets_shorter_but_never_0(throttle: Throttle, clock: FakeClock) -> None:
    fail(throttle, 5)
    clock.pass_time(20)
    assert seconds_to_wait(throttle) in {10, 11}
    clock.pass_time(9.9)
    assert seconds_to_wait(throttle) == 1


def test_ten_wrong_codes_in_a_row_take_over_a_quarter_of_an_hour(throttle: Throttle, clock: FakeClock) -> None:
    waited = 0
    for _ in range(10):
        wait = seconds_to_wait(throttle)
        waited += wait
        clock.pass_time(wait)
        if wait:
            throttle.admit(HERE)
    assert waited >= 30 + 60 + 120 + 240 + 480


def test_a_try_during_a_wait_counts_for_nothing(throttle: Throttle, clock: FakeClock, database: Database) -> None:
    fail(throttle, 5)
    for _ in range(20):
        assert seconds_to_wait(throttle)
    assert failures(database) == failures(database, EVERYONE) == 5
    clock.pass_time(30)
    assert seconds_to_wait(throttle) == 0


def test_tries_at_the_same_moment_are_counted_one_by_one(throttle: Throttle) -> None:
    """Each is counted before it is verified, so that no more than five are under way."""
    let_in: list[bool] = []
    threads = [threading.Thread(target=lambda: let_in.append(not seconds_to_wait(throttle))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let_in) == 5


@pytest.mark.parametrize("monotonic", [1000.0, 0.0, 3.5, 10_000_000.0], ids=["process", "machine", "soon", "long"])
def test_a_restart_does_not_shorten_a_wait(
    throttle: Throttle, clock: FakeClock, database: Database, monotonic: float
) -> None:
    """Nobody can say how long the machine was off, and its monotonic clock may begin again."""
    fail(throttle, 5)
    clock.pass_time(29)
    clock.monotonic = monotonic
    restarted = Throttle("code", database, clock)
    assert seconds_to_wait(restarted) in {30, 31}
    clock.pass_time(30)
    assert seconds_to_wait(restarted) == 0
    assert seconds_to_wait(restarted) in {60, 61}


@pytest.mark.parametrize("jump", [3600, -3600, 10**9, -(10**9)])
def test_a_calendar_that_jumps_neither_ends_nor_lengthens_a_wait(
    throttle: Throttle, clock: FakeClock, jump: int
) -> None:
    fail(throttle, 5)
    clock.jump(jump)
    assert seconds_to_wait(throttle) in {30, 31}
    clock.pass_time(30)
    assert seconds_to_wait(throttle) == 0


def test_success_starts_its_source_again_from_none(throttle: Throttle, database: Database) -> None:
    fail(throttle, 4)
    throttle.succeeded(HERE)
    assert failures(database) == 0
    fail(throttle, 5)


def test_success_takes_only_its_own_try_back_from_everyone(throttle: Throttle, database: Database) -> None:
    fail(throttle, 4)
    throttle.succeeded(HERE)
    assert failures(database, EVERYONE) == 3


def test_a_source_does_not_wait_for_another(throttle: Throttle) -> None:
    fail(throttle, 5)
    assert seconds_to_wait(throttle, THERE) == 0


def test_signing_in_does_not_wait_for_codes(throttle: Throttle, database: Database, clock: FakeClock) -> None:
    fail(throttle, 5)
    assert seconds_to_wait(Throttle("sign-in", database, clock)) == 0


def test_a_guesser_with_many_addresses_waits_after_fifty_tries(throttle: Throttle, clock: FakeClock) -> None:
    for number in range(50):
        throttle.admit(f"127.0.0.{number}")
    assert seconds_to_wait(throttle, "127.0.1.1") in {30, 31}
    clock.pass_time(30)
    assert seconds_to_wait(throttle, "127.0.1.1") == 0


@pytest.mark.parametrize(("passed", "kept"), [(86399, 10), (86400, 1)])
def test_failures_are_forgotten_after_a_day_without_any(
    throttle: Throttle, clock: FakeClock, database: Database, passed: int, kept: int
) -> None:
    fail(throttle, 4)
    fail(throttle, 5, THERE)
    clock.pass_time(passed)
    throttle.admit(HERE)
    assert failures(database) == (5 if kept == 10 else 1)
    assert failures(database, EVERYONE) == kept


def test_times_of_long_ago_do_not_fill_the_memory(
    throttle: Throttle, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_panel.store.attempts.KEPT_AT_MOST", 3)
    for number in range(10):
        throttle.admit(f"127.0.0.{number}")
        clock.pass_time(90_000)
    assert len(throttle._last_failure) <= 4
