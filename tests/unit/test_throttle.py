"""Making a guesser wait (scenario g): longer each time, in parallel, after a restart, whatever the calendar says."""

import threading

import pytest
from fake_clock import FakeClock

from sync_panel.guard.throttle import (
    EVERYONE,
    OF_ADDRESS,
    OF_ALL,
    OF_ONE,
    Limit,
    Throttle,
    TooManyError,
    Try,
    beside,
    crowd,
)
from sync_panel.store.database import Database
from sync_panel.store.users import failures_of

HERE, THERE = "127.0.0.1", "127.0.0.2"
NAME = "name"


@pytest.fixture
def throttle(database: Database, clock: FakeClock) -> Throttle:
    return Throttle("code", database, clock)


def attempt(throttle: Throttle, place: str = HERE, name: str = NAME) -> Try:
    return throttle.admit(crowd(place, name))


def fail(throttle: Throttle, times: int, place: str = HERE, name: str = NAME) -> None:
    for _ in range(times):
        attempt(throttle, place, name)


def seconds_to_wait(throttle: Throttle, place: str = HERE, name: str = NAME) -> int:
    """Return the wait that a try is refused with; 0 when it is let in, and counted."""
    try:
        attempt(throttle, place, name)
    except TooManyError as error:
        return error.seconds
    return 0


def failures(database: Database, source: str = f"{HERE} {NAME}") -> int:
    with database.reading() as db:
        return failures_of(db, "code", source)


@pytest.mark.parametrize(
    ("count", "seconds"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (11, 900)],
)
def test_one_name_waits_twice_as_long_each_time_up_to_a_quarter_of_an_hour(count: int, seconds: int) -> None:
    assert OF_ONE.wait(count) == seconds


@pytest.mark.parametrize(("count", "seconds"), [(14, 0), (15, 30), (16, 60), (20, 900)])
def test_an_address_has_fifteen_tries_under_all_names(count: int, seconds: int) -> None:
    assert OF_ADDRESS.wait(count) == seconds


@pytest.mark.parametrize(("count", "seconds"), [(49, 0), (50, 60), (51, 60)])
def test_all_sources_together_wait_a_minute_at_most(count: int, seconds: int) -> None:
    assert OF_ALL.wait(count) == seconds


@pytest.mark.parametrize("limit", [OF_ONE, OF_ADDRESS, OF_ALL])
def test_no_count_keeps_more_than_makes_the_longest_wait(limit: Limit) -> None:
    most = limit.left(10_000_000, 0)
    assert limit.wait(most) == limit.longest_wait
    assert limit.wait(most - 1) < limit.longest_wait
    assert [limit.left(most, forgotten) for forgotten in (1, most, most + 1)] == [most - 1, 0, 0]


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
            attempt(throttle)
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
    fail(throttle, 3)
    throttle.succeeded(attempt(throttle))
    assert failures(database) == 0
    fail(throttle, 5)


def test_success_takes_only_its_own_try_back_from_what_it_shares(throttle: Throttle, database: Database) -> None:
    fail(throttle, 3)
    throttle.succeeded(attempt(throttle))
    assert failures(database, EVERYONE) == failures(database, HERE) == 3


def test_a_source_does_not_wait_for_another(throttle: Throttle) -> None:
    fail(throttle, 5)
    assert seconds_to_wait(throttle, THERE) == 0


def test_signing_in_does_not_wait_for_codes(throttle: Throttle, database: Database, clock: FakeClock) -> None:
    fail(throttle, 5)
    assert seconds_to_wait(Throttle("sign-in", database, clock)) == 0


def test_a_guesser_with_many_addresses_waits_after_fifty_tries(throttle: Throttle, clock: FakeClock) -> None:
    for number in range(50):
        attempt(throttle, f"127.0.0.{number}")
    assert seconds_to_wait(throttle, "127.0.1.1") in {60, 61}
    clock.pass_time(60)
    assert seconds_to_wait(throttle, "127.0.1.1") == 0


def test_a_guesser_with_many_names_waits_after_fifteen_tries_and_keeps_no_other_address_out(throttle: Throttle) -> None:
    for number in range(15):
        attempt(throttle, HERE, f"name {number}")
    assert seconds_to_wait(throttle, HERE, "another") in {30, 31}
    assert seconds_to_wait(throttle, THERE, "another") == 0


@pytest.mark.parametrize(("passed", "left"), [(3599, 4), (3600, 3), (7200, 2), (4 * 3600, 0), (10**9, 0)])
def test_one_failure_is_forgotten_each_hour(throttle: Throttle, clock: FakeClock, passed: float, left: int) -> None:
    fail(throttle, 4)
    clock.pass_time(passed)
    assert tries_left(throttle) == OF_ONE.free - left


def tries_left(throttle: Throttle) -> int:
    """Return how many tries are let in one after the other."""
    return next(number for number in range(100) if seconds_to_wait(throttle))


def test_an_hour_counts_once(throttle: Throttle, clock: FakeClock, database: Database) -> None:
    fail(throttle, 4)
    clock.pass_time(3600)
    fail(throttle, 1)
    throttle.succeeded(throttle.admit(crowd(HERE, "another")))
    clock.pass_time(3599)
    fail(throttle, 1)
    assert failures(database) == 5


def test_whoever_may_sign_in_does_not_keep_the_failures_of_all_from_being_forgotten(
    throttle: Throttle, clock: FakeClock, database: Database
) -> None:
    """Otherwise one user, signing in again and again, would keep everybody new out with a failure now and then."""
    for number in range(40):
        attempt(throttle, f"10.0.0.{number}")
    for number in range(100):
        throttle.succeeded(attempt(throttle, f"10.0.1.{number}", "wendy"))
        clock.pass_time(59)
    assert failures(database, EVERYONE) == 0


def test_a_known_place_has_as_many_tries_beside_the_crowd_and_is_refused_like_it(
    throttle: Throttle, clock: FakeClock, database: Database
) -> None:
    fail(throttle, 5)
    clock.pass_time(10)
    for _ in range(15):
        admitted = throttle.admit(crowd(HERE, NAME), HERE, lambda _db: True)
        assert admitted.refusal
        assert admitted.refusal.seconds == 20
    assert failures(database) == failures(database, EVERYONE) == 5, "the crowd does not wait longer for it"
    with pytest.raises(TooManyError) as refused:
        throttle.admit(crowd(HERE, NAME), HERE, lambda _db: True)
    assert refused.value.seconds == 20


def test_a_success_beside_the_crowd_takes_only_its_own_try_back(throttle: Throttle, database: Database) -> None:
    """Who may sign in as one user there would otherwise guess another's password for ever."""
    fail(throttle, 5)
    admitted = [throttle.admit(crowd(HERE, NAME), HERE, lambda _db: True) for _ in range(4)]
    throttle.succeeded(admitted[0])
    assert failures(database, beside(HERE).source) == 3


def test_times_of_long_ago_do_not_fill_the_memory(
    throttle: Throttle, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_panel.store.users.FAILURES_AT_MOST", 3)
    for number in range(10):
        attempt(throttle, f"127.0.0.{number}")
        clock.pass_time(90_000)
    assert len(throttle._times) <= 6
